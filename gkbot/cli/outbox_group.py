"""What the commands of `gkbot outbox` share: the group, options, words for states and reasons."""

from collections.abc import Callable

import click

from gkbot.cli.chinese import ChineseGroup, command
from gkbot.ledger import Entry, NoticeState

STATE_WORDS = {
    NoticeState.HELD: "等人处理",
    NoticeState.PENDING: "待发",
    NoticeState.LEASED: "正在发",
    NoticeState.DEAD: "未送达",
    NoticeState.EXPIRED: "过期未发",
    NoticeState.SENT: "已发",
    NoticeState.SUPERSEDED: "已无需发",
    NoticeState.CANCELLED: "已撤销",
}
REASON_WORDS = {
    "draft": "草稿，待审核",
    "brake-burst": "暂扣：数量异常",
    "brake-group": "暂扣：同一收件人太多",
    "brake-clock": "暂扣：时钟异常",
    "brake-restored": "暂扣：数据库恢复",
    "unclear": "结果不明，可能已到",
    "unclear twice": "两次结果不明，可能已到",
    "unreadable": "数据库里的记录读不懂",
    "unclear, dropped": "结果不明，按规定不重发",
    "poison": "发送时多次中断",
    "channel disabled": "渠道已停用",
    "channel removed": "渠道已从设置中去掉",
    "expired": "多次重试仍未送出",
    "released": "由人放行",
    "coalesced": "并入后来的消息",
    "obsolete revision": "期限已调整",
    "reported": "单位已报完成",
    "done": "已办结",
    "paused": "已暂停",
    "silenced": "静默中",
    "moved": "期限已调整",
    "gone": "任务已删除",
    "archived": "文件已归档",
    "returned": "撤销的任务已恢复",
    "later letter": "另有后来的草稿",
    "cancelled": "任务已取消",
    "part before it was not sent": "前一段没有送出",
}
EXIT_CODES = "\n\n退出码：0 正常，2 编号或用法有错。"
who_option = click.option("--who", metavar="姓名", help="由谁决定，默认当前登录用户。")
why_option = click.option("--why", metavar="原因", required=True, help="为什么，写进审计记录。")
yes_option = click.option("--yes", is_flag=True, help="不再询问，直接执行。")


ORDER = ("list", "show", "approve", "release", "retry", "drop", "enable", "restored", "audit", "export")


class _Group(ChineseGroup):
    """The commands of the outbox."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order people need them."""
        return sorted(self.commands, key=ORDER.index)


@click.group(
    cls=_Group,
    help="""发件箱：查看待发、未送达、暂扣的消息和催办函草稿，审核后发出或撤销；查审计记录，导出发送日志。

例：gkbot outbox list

例：gkbot outbox approve 7K2M9QXA --why 分管领导同意

退出码：0 正常，2 编号或用法有错。""",
)
def outbox() -> None:
    """The outbox's commands."""


def sub(name: str, short: str, text: str) -> Callable[[Callable[..., int]], click.Command]:
    """A command of the group."""

    def add(function: Callable[..., int]) -> click.Command:
        made = command(name, help=text + EXIT_CODES)(function)
        made.short_help = short
        outbox.add_command(made)
        return made

    return add


def reason_of(entry: Entry) -> str:
    """Why a message stands as it does, in words; a provider's code as it is."""
    reason = entry.reason or ""
    if reason.startswith("cancelled by "):
        return f"{reason.removeprefix('cancelled by ')}撤销"
    words = "、".join(REASON_WORDS.get(part, part) for part in reason.split("、"))
    return words if reason in REASON_WORDS or words != reason else (f"错误码 {reason}" if reason else "")


def kind_of(entry: Entry) -> str:
    """What kind of message it is."""
    from gkbot.planning import NoticeKind
    from gkbot.planning.reasons import LETTER_NAMES
    from gkbot.service.views import KIND_WORDS

    word = LETTER_NAMES.get(entry.facts.get("letter") or "") or KIND_WORDS[NoticeKind(entry.kind)]
    return word + ("（草稿）" if entry.draft else "")


def ask(question: str, *, yes: bool) -> None:
    """Ask the person at the terminal; without one, `--yes` must say it."""
    import sys

    if yes:
        return
    if not sys.stdin.isatty():
        raise click.UsageError(f"{question}没有终端可以询问。核对以后加上 --yes。")
    click.confirm(question, abort=True)
