"""`gkbot outbox approve|retry|drop|release|enable`: what a person decides, each with who and why."""

from collections.abc import Callable, Sequence

import click

from gkbot.cli.arguments import current_user
from gkbot.cli.outbox_group import REASON_WORDS, ask, sub, who_option, why_option, yes_option
from gkbot.cli.output import say
from gkbot.errors import UsageError
from gkbot.ledger import Brake

numbers_argument = click.argument("numbers", metavar="编号...", nargs=-1)
one_number = click.argument("number", metavar="编号")
brake_option = click.option(
    "--brake",
    type=click.Choice([str(brake) for brake in Brake]),
    metavar="暂扣类别",
    help="一次处理同一类暂扣的全部消息：burst 数量异常，group 同一收件人太多，clock 时钟异常，restored 数据库恢复。",
)
RELEASED = "已放行，下一次检查（或后台服务）发出"


@sub(
    "approve",
    "审核通过，发出草稿或等人处理的消息",
    "审核通过：发出草稿（催办函）或等人处理的消息。\n\n例：gkbot outbox approve 7K2M9QXA --why 分管领导同意",
)
@one_number
@why_option
@who_option
def approve(*, number: str, why: str, who: str | None) -> int:
    """Let a held message go out."""
    return _decide([number], why, who, "release", RELEASED)


@sub("retry", "重发未送达的消息", "重发未送达的消息。\n\n例：gkbot outbox retry 7K2M9QXA --why 邮箱已恢复")
@one_number
@why_option
@who_option
def retry(*, number: str, why: str, who: str | None) -> int:
    """Send a dead message again."""
    return _decide([number], why, who, "resend", "已重新排队，下一次检查（或后台服务）发出")


@sub(
    "release",
    "放行暂扣的消息，一条、几条或一类",
    """放行暂扣的消息：写一个或几个编号，或用 --brake 放行一类的全部。先说有多少条、涉及谁，确认后执行。

例：gkbot outbox release 7K2M9QXA 8QW3PLM2 --why 已核对

例：gkbot outbox release --brake burst --why 新文件下发，数量无误""",
)
@numbers_argument
@brake_option
@yes_option
@why_option
@who_option
def release(*, numbers: Sequence[str], brake: str | None, yes: bool, why: str, who: str | None) -> int:
    """Let held messages go out."""
    if brake == Brake.RESTORED:
        _refuse_where_a_choice_waits()
    if brake is not None:
        return _decide_brake(numbers, Brake(brake), why, who, "release", "放行", yes=yes)
    return _decide(numbers, why, who, "release", RELEASED)


@sub(
    "drop",
    "撤销，不再发出",
    """撤销未发出的消息：写一个或几个编号，或用 --brake 撤销一类暂扣的全部。

例：gkbot outbox drop 7K2M9QXA --why 已电话联系""",
)
@numbers_argument
@brake_option
@yes_option
@why_option
@who_option
def drop(*, numbers: Sequence[str], brake: str | None, yes: bool, why: str, who: str | None) -> int:
    """Never send messages."""
    if brake is not None:
        return _decide_brake(numbers, Brake(brake), why, who, "drop", "撤销", yes=yes)
    return _decide(numbers, why, who, "cancel", "已撤销，不会发出")


@sub(
    "enable",
    "重新启用停用的渠道",
    """重新启用停用的渠道（密码错、机器人被移除时会停用）。不写渠道时列出停用的渠道。

例：gkbot outbox enable email --why 授权码已更换""",
)
@click.argument("channel", metavar="[渠道]", required=False)
@click.option("--why", metavar="原因", help="为什么，写进审计记录；启用时必填。")
@who_option
def enable(*, channel: str | None, why: str | None, who: str | None) -> int:
    """Let a disabled channel be used again."""
    from gkbot.cli.start import office
    from gkbot.service.ways import named_channel

    with office(writes=True) as opened:
        assert opened.ledger is not None  # noqa: S101 - opened for writing
        disabled = opened.ledger.outbox.disabled_channels()
        if channel is None:
            for each in disabled:
                since = each.since.astimezone(opened.settings.zone)
                name = f"{each.channel_id}（{named_channel(each.channel_id)}）"
                click.echo(f"{name}  {each.reason}  {since:%Y-%m-%d %H:%M} 起停用")
            say(f"停用的渠道 {len(disabled)} 个。" if disabled else "没有停用的渠道。")
            return 0
        if channel not in {each.channel_id for each in disabled}:
            raise UsageError(f"渠道“{channel}”没有停用。用 gkbot outbox enable 查看停用的渠道。")
        if not why:
            raise click.UsageError("请用 --why 写明原因。")
        opened.ledger.outbox.enable_channel(channel, who=who or current_user(), why=why)
    click.echo(f"{channel}：已重新启用。")
    return 0


def _decide(numbers: Sequence[str], why: str, who: str | None, verb: str, done: str) -> int:
    from gkbot.cli.start import office

    if not numbers:
        raise click.UsageError("请写编号，或用 --brake 指明哪一类暂扣的消息。")
    with office(writes=True) as opened:
        assert opened.ledger is not None  # noqa: S101 - opened for writing
        decide: Callable[..., int] = getattr(opened.ledger.outbox, verb)
        for number in dict.fromkeys(each.upper() for each in numbers):
            decide(number, who=who or current_user(), why=why)
            click.echo(f"{number}：{done}。")
    return 0


def _decide_brake(
    numbers: Sequence[str], brake: Brake, why: str, who: str | None, verb: str, word: str, *, yes: bool
) -> int:
    from gkbot.cli.start import office
    from gkbot.service.brakes import lines_of_held

    if numbers:
        raise click.UsageError("编号和 --brake 只写一种。")
    with office(writes=True) as opened:
        assert opened.ledger is not None  # noqa: S101 - opened for writing
        braking = opened.ledger.braking
        held = [each for each in braking.held() if each.brake is brake]
        stands = braking.standing(brake) is not None
        if not held and not stands:
            raise UsageError(f"没有“{REASON_WORDS[brake.reason]}”的消息。")
        for line in lines_of_held(held):
            click.echo(line)
        ask(f"以上 {len(held)} 条消息确实要{word}吗？", yes=yes)
        count = getattr(braking, verb)(brake, who=who or current_user(), why=why)
    click.echo(f"已{word} {count} 条。" + ("今后照常计划和发送。" if stands and verb == "release" else ""))
    return 0


def _refuse_where_a_choice_waits() -> None:
    """A restored database needs more than a yes: what was said since the backup is not in it."""
    from gkbot.cli.start import office

    with office(writes=True) as opened:
        assert opened.ledger is not None  # noqa: S101 - opened for writing
        if opened.ledger.braking.standing(Brake.RESTORED) is not None:
            raise UsageError("数据库恢复以后要先选择办法，见 gkbot outbox restored --help。")
