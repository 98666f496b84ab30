"""`gkbot bounce`: mails that came back."""

from collections.abc import Sequence
from typing import BinaryIO

import click

from gkbot.cli.arguments import current_user, json_option
from gkbot.cli.chinese import command
from gkbot.cli.output import print_json, print_table, say
from gkbot.ledger.addresses import BOUNCE, Remembered


@command(
    "bounce",
    help="""登记退信。邮件服务器把退信用管道交进来，或者由人把退信另存为 .eml 文件再登记。
核对编号确是本系统发出的邮件后：通知改走其他渠道，无效的地址停用并告知管理员。重复登记没有影响；不会回复任何来信。

例：gkbot bounce 退信.eml

例：gkbot bounce < 退信.eml

例：gkbot bounce --list

例：gkbot bounce --clear a@example.gov.cn

退出码：0 已登记或不是退信，1 读不出来或不是本系统的邮件，2 用法或设置有错。""",
)
@click.argument("file", metavar="[文件]", type=click.File("rb"), default="-")
@click.option("--clear", metavar="邮箱", help="恢复向这个邮箱发送；写岗位名称时，表示不再接收的申请已办妥。")
@click.option("--list", "lists", is_flag=True, help="列出停用的邮箱和不再接收的申请。")
@click.option("--why", metavar="原因", default="", help="为什么恢复，写进审计记录。")
@json_option
def bounce(*, file: BinaryIO, clear: str | None, lists: bool, why: str, as_json: bool) -> int:
    """Take a bounce in, or end its effect."""
    from gkbot.cli.start import office
    from gkbot.service.bouncing import WORDS, Came, take_bounce
    from gkbot.service.fallback import Fallback

    with office(writes=True) as opened:
        ledger = opened.ledger
        assert ledger is not None  # noqa: S101 - opened for writing
        if clear is not None:
            done = ledger.addresses.clear(clear, who=current_user(), why=why)
            say("已恢复，今后照常发送。" if done else "这个邮箱没有停用，也没有这个岗位的申请。")
            return 0
        if lists:
            return _list(ledger.addresses.open(), as_json=as_json)
        fallback = Fallback(book=lambda: opened.book, ledger=ledger, channels=opened.channels)
        result = take_bounce(ledger, fallback, _content(file), who=current_user())
    if as_json:
        print_json(result.as_json())
    else:
        say(result.sentence)
    return 1 if result.came in WORDS and result.came is not Came.OTHER else 0


def _content(file: BinaryIO) -> bytes:
    """The mail, one byte more than may be read at most."""
    from gkbot.delivery.bounces import MOST_BYTES

    return file.read(MOST_BYTES + 1)


def _list(known: Sequence[Remembered], *, as_json: bool) -> int:
    if as_json:
        names = ("kind", "unit", "contact", "address", "number", "reason")
        print_json(
            [{name: getattr(each, name) for name in names} | {"since": each.since.isoformat()} for each in known]
        )
        return 0
    if not known:
        click.echo("没有停用的邮箱，也没有不再接收的申请。")
        return 0
    words = {BOUNCE: "退信停用"}
    rows = [
        (
            f"{each.since:%Y-%m-%d}",
            words.get(each.kind, "申请不再接收"),
            each.unit or "",
            each.contact,
            each.address,
            each.reason,
        )
        for each in known
    ]
    print_table(("日期", "情况", "单位", "联络员", "邮箱", "原因"), rows)
    return 0
