"""`gkbot send-test`: does mail arrive, does the robot speak?"""

from collections.abc import Iterator

import click

from gkbot.cli.chinese import command
from gkbot.cli.start import clock_for
from gkbot.errors import SettingsError
from gkbot.ledger import Outcome, Receipt
from gkbot.service.attempt_words import code_words, phase_word
from gkbot.service.groups import channel_of
from gkbot.service.sending import transports_of
from gkbot.service.trial import send_trial
from gkbot.service.ways import channel_word
from gkbot.settings import Settings, load_settings


@command(
    "send-test",
    help="""发一条测试消息，检查邮件和机器人是否通。不写参数时写一封到发件文件夹。

例：gkbot send-test --mail a@example.gov.cn

例：gkbot send-test --robot COUNTIES

退出码：0 对方已收下，1 没有送达，2 用法或设置有错。""",
)
@click.option("--mail", metavar="邮箱", multiple=True, help="收件地址，可写多次。")
@click.option("--robot", metavar="机器人", multiple=True, help="机器人名称，可写多次。")
def send_test(*, mail: tuple[str, ...], robot: tuple[str, ...]) -> int:
    """Send one harmless message on each channel asked for."""
    settings = load_settings()
    clock = clock_for(settings, None)
    transports = {transport.channel: transport for transport in transports_of(settings, clock)}
    failed = 0
    try:
        for channel, address in _wanted(settings, mail, robot):
            receipt = send_trial(transports[channel], address, clock.now().astimezone(settings.zone))
            failed += receipt.outcome is not Outcome.OK
            click.echo(f"{channel_word(channel)} {address}：{_words(receipt)}")
    finally:
        for transport in transports.values():
            transport.close()
    return 1 if failed else 0


def _wanted(settings: Settings, mail: tuple[str, ...], robot: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    if mail and settings.smtp is None:
        raise SettingsError("GKBOT_SMTP_HOST", "没有设置邮件服务器", "设置后才能发测试邮件。")
    groups = [channel_of(settings, name) for name in robot]
    yield from (("email", address) for address in mail)
    yield from groups
    if not mail and not robot:
        yield "file", "test@example.com"


def _words(receipt: Receipt) -> str:
    if receipt.outcome is Outcome.OK:
        return "对方已收下"
    reply = f"：{receipt.reply}" if receipt.reply else ""
    return f"没有送达（{code_words(receipt.code)}，阶段：{phase_word(receipt.phase) or '未开始'}）{reply}"
