"""`gkbot outbox`: what waits, what failed, and the drafts that a person sends."""

from collections.abc import Callable
from datetime import datetime

import click

from gkbot.cli.arguments import current_user, json_option
from gkbot.cli.chinese import ChineseHelp, command, write_list
from gkbot.cli.output import print_json, print_table, say
from gkbot.errors import UsageError
from gkbot.ledger import Entry, NoticeState
from gkbot.service.letters import letter_of

STATE_WORDS = {
    NoticeState.PENDING: "待发",
    NoticeState.LEASED: "正在发",
    NoticeState.SENT: "已发",
    NoticeState.DEAD: "未送达",
    NoticeState.HELD: "等人处理",
    NoticeState.SUPERSEDED: "已无需发",
    NoticeState.CANCELLED: "已撤销",
    NoticeState.EXPIRED: "过期未发",
}
WAITING = (NoticeState.HELD, NoticeState.PENDING, NoticeState.LEASED, NoticeState.DEAD, NoticeState.EXPIRED)
EXIT_CODES = "\n\n退出码：0 正常，2 编号或用法有错。"
who_option = click.option("--who", metavar="姓名", help="由谁决定，默认当前登录用户。")
why_option = click.option("--why", metavar="原因", required=True, help="为什么，写进审计记录。")


class _Group(ChineseHelp, click.Group):
    """A group with a Chinese help page."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The options, then the commands."""
        super().format_options(ctx, formatter)
        rows = [(name, (self.commands[name].short_help or "")) for name in self.commands]
        write_list(formatter, "命令", rows)


@click.group(
    cls=_Group,
    help="""发件箱：查看待发、未送达的消息和催办函草稿，审核后发出或撤销。

例：gkbot outbox list

例：gkbot outbox approve 7K2M9QXA --why 分管领导同意

退出码：0 正常，2 编号或用法有错。""",
)
def outbox() -> None:
    """The outbox's commands."""


def _sub(name: str, short: str, text: str) -> Callable[[Callable[..., int]], click.Command]:
    def add(function: Callable[..., int]) -> click.Command:
        made = command(name, help=text + EXIT_CODES)(function)
        made.short_help = short
        outbox.add_command(made)
        return made

    return add


@_sub("list", "列出等人处理、待发和未送达的消息", "列出等人处理、待发和未送达的消息。\n\n例：gkbot outbox list --all")
@click.option("--all", "everything", is_flag=True, help="连同已发、已撤销的一起列出。")
@json_option
def list_entries(*, everything: bool, as_json: bool) -> int:
    """List the outbox."""
    from gkbot.cli.start import office

    with office(writes=True) as opened:
        assert opened.ledger is not None  # noqa: S101 - opened for writing
        found = [entry for entry in opened.ledger.outbox.entries(limit=5000) if everything or entry.state in WAITING]
    if as_json:
        print_json([_as_json(entry) for entry in found])
        return 0
    rows = [
        (
            e.number,
            e.day.isoformat(),
            _kind(e),
            e.unit or "管理员",
            e.contact,
            e.channel,
            STATE_WORDS[e.state],
            _reason(e),
        )
        for e in found
    ]
    print_table(("编号", "日期", "类型", "单位", "岗位", "渠道", "状态", "原因"), rows)
    say(f"共 {len(rows)} 条。")
    return 0


@_sub("show", "查看一条消息的全文", "查看一条消息的全文，与将要发出的一致。\n\n例：gkbot outbox show 7K2M9QXA")
@click.argument("number", metavar="编号")
def show_entry(*, number: str) -> int:
    """Show one message as it would leave."""
    from gkbot.cli.start import office

    with office(writes=True) as opened:
        assert opened.ledger is not None  # noqa: S101 - opened for writing
        found = opened.ledger.outbox.entries(number=number.upper())
        if not found:
            raise UsageError(f"发件箱里没有编号为“{number}”的消息。用 gkbot outbox list --all 查看。")
        letter = letter_of(opened.settings, found[0], opened.clock.today())
    click.echo(f"状态：{STATE_WORDS[found[0].state]} {_reason(found[0])}".rstrip())
    click.echo(f"收件：{found[0].unit or '管理员'} {found[0].contact}（{found[0].channel}）")
    if letter.subject:
        click.echo(f"主题：{letter.subject}")
    click.echo(f"\n{letter.text}")
    return 0


@_sub(
    "approve",
    "审核通过，发出草稿或等人处理的消息",
    "审核通过：发出草稿（催办函）或等人处理的消息。\n\n例：gkbot outbox approve 7K2M9QXA --why 分管领导同意",
)
@click.argument("number", metavar="编号")
@why_option
@who_option
def approve(*, number: str, why: str, who: str | None) -> int:
    """Let a held message go out."""
    return _decide(number, why, who, "release", "已放行，下一次检查（或后台服务）发出")


@_sub("retry", "重发未送达的消息", "重发未送达的消息。\n\n例：gkbot outbox retry 7K2M9QXA --why 邮箱已恢复")
@click.argument("number", metavar="编号")
@why_option
@who_option
def retry(*, number: str, why: str, who: str | None) -> int:
    """Send a dead message again."""
    return _decide(number, why, who, "release", "已重新排队，下一次检查（或后台服务）发出")


@_sub("drop", "撤销，不再发出", "撤销一条未发出的消息。\n\n例：gkbot outbox drop 7K2M9QXA --why 已电话联系")
@click.argument("number", metavar="编号")
@why_option
@who_option
def drop(*, number: str, why: str, who: str | None) -> int:
    """Never send a message."""
    return _decide(number, why, who, "cancel", "已撤销，不会发出")


def _decide(number: str, why: str, who: str | None, verb: str, done: str) -> int:
    from gkbot.cli.start import office

    with office(writes=True) as opened:
        assert opened.ledger is not None  # noqa: S101 - opened for writing
        decide = getattr(opened.ledger.outbox, verb)
        decide(number.upper(), who=who or current_user(), why=why)
    click.echo(f"{number.upper()}：{done}。")
    return 0


def _kind(entry: Entry) -> str:
    from gkbot.planning import NoticeKind
    from gkbot.service.views import KIND_WORDS

    return KIND_WORDS[NoticeKind(entry.kind)] + ("（草稿）" if entry.draft else "")


def _reason(entry: Entry) -> str:
    return {"draft": "草稿，待审核"}.get(entry.reason or "", entry.reason or "")


def _as_json(entry: Entry) -> dict[str, object]:
    def moment(value: datetime | None) -> str | None:
        return None if value is None else value.isoformat()

    return {
        "number": entry.number,
        "part": entry.part_no,
        "date": entry.day.isoformat(),
        "kind": entry.kind,
        "draft": entry.draft,
        "state": str(entry.state),
        "reason": entry.reason,
        "recipient": {"unit": entry.unit, "contact": entry.contact, "channel": entry.channel, "address": entry.address},
        "tries": entry.tries,
        "next_at": moment(entry.next_at),
        "settled_at": moment(entry.settled_at),
    }
