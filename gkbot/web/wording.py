"""Days, duties and notices in the words of the pages."""

from datetime import date

from gkbot.ledger import Entry, NoticeState
from gkbot.planning import Duty, NoticeKind
from gkbot.rulebook.values import Role, Task
from gkbot.service.views import KIND_WORDS, WEEKDAY_WORDS, status_of, status_word
from gkbot.service.ways import reader_of
from gkbot.web.desk import Draft, Row

ROLE_WORDS = {Role.LEAD: "牵头", Role.RESPONSIBLE: "责任", Role.SUPPORT: "配合"}
STATE_WORDS = {
    NoticeState.PENDING: "待发出",
    NoticeState.LEASED: "正在发出",
    NoticeState.SENT: "已发出",
    NoticeState.HELD: "待人工处理",
    NoticeState.DEAD: "未能送达",
    NoticeState.EXPIRED: "过期未发",
}
HIDDEN = "（内容不在网页显示，请登录内网查看）"


def named(day: date) -> str:
    """2026年3月5日（周四）."""
    return f"{day.year}年{day.month}月{day.day}日（{WEEKDAY_WORDS[day.weekday()]}）"


def title_of(task: Task) -> str:
    """The task's title; of a sensitive one only that there is one (facts/notices.md, section 5, Secrecy)."""
    return HIDDEN if task.sensitive else task.title


def words_of(task: Task) -> str:
    """The deadline as the document says it."""
    return "" if task.sensitive else "；".join(task.words)


def due_of(duty: Duty) -> str:
    """The last day in time, with hour and doubt where there are any."""
    if duty.due is None:
        return "无具体日期"
    at = "" if duty.at is None else f"{duty.at:%H:%M}"
    return f"{named(duty.due)}{at}{'，暂定' if duty.provisional else ''}"


def row_of(duty: Duty, day: date) -> Row:
    """A duty as a line of a table."""
    task = duty.task
    return Row(
        task=task.id,
        title=title_of(task),
        unit=duty.unit.name,
        role=ROLE_WORDS[duty.role],
        document=task.document.title,
        clause=task.clause or "",
        words=words_of(task),
        due=due_of(duty),
        status=status_of(duty, day),
        status_word=status_word(duty, day),
        remark=_remark(duty, day),
    )


def draft_of(entry: Entry) -> Draft:
    """A notice that waits for a person."""
    kind = KIND_WORDS[NoticeKind(entry.kind)] if entry.kind in set(NoticeKind) else entry.kind
    return Draft(
        number=entry.number,
        day=named(entry.day),
        kind=kind,
        recipient=f"{entry.unit}（{reader_of(entry)}）" if entry.unit else reader_of(entry),
        why="草稿，审核后由人发出" if entry.draft else "发送中遇到问题，等人决定",
    )


def _remark(duty: Duty, day: date) -> str:
    said = []
    if duty.revision:
        said.append("期限已调整")
    if duty.is_late_loaded and duty.is_overdue(day):
        said.append("载入时已逾期，未接管")
    if duty.paused:
        said.append("暂停提醒")
    return "；".join(said)
