"""The computed columns of the 台账: what the words of a task come to, and how far the units are."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, tzinfo

from gkbot.planning import CLOSED, Duty
from gkbot.planning.values import EventKind, Status
from gkbot.rulebook.values import Assignment, Role, Task
from gkbot.service.views import STATUS_WORDS, status_of

CellValue = str | int | float | date | None
_MOST_CONTACTS = 5
_MOST_STAGES = 12
_MOST_NOTES = 3


def computed(task: Task, duties: Sequence[Duty], day: date, zone: tzinfo) -> Mapping[str, CellValue]:
    """What stands in the grey columns of a task on `day`, by header."""
    counted = [duty for duty in duties if duty.status is not Status.CANCELLED]
    done = [duty for duty in counted if duty.status is Status.DONE]
    is_done = bool(counted) and len(done) == len(counted)
    return {
        "来源文件": "".join(filter(None, (task.document.title, task.document.number))),
        "联络员": _contacts(task.assignments),
        "截止日": _due(counted),
        "阶段目标": _stages(counted),
        "进展情况": _progress(duties, day),
        "完成比例": len(done) / len(counted) if counted else None,
        "是否办结": None if not counted else "是" if is_done else "否",
        "销号日期": max((at for duty in done if (at := _done_on(duty, zone))), default=None) if is_done else None,
    }


def _contacts(assignments: Sequence[Assignment]) -> str:
    units = [each.unit for each in assignments if each.role is not Role.SUPPORT]
    known = [unit for unit in units if unit.contacts]
    lines = [f"{unit.name}{unit.contacts[0].post}" for unit in known[:_MOST_CONTACTS]]
    return "\n".join(lines) + (f"\n等{len(known)}个单位" if len(known) > _MOST_CONTACTS else "")


def _due(duties: Sequence[Duty]) -> date | None:
    days = [duty.due for duty in duties if duty.due]
    waiting = [duty.due for duty in duties if duty.due and duty.status not in CLOSED]
    return min(waiting) if waiting else max(days, default=None)


def _stages(duties: Sequence[Duty]) -> str:
    days: Counter[date] = Counter(duty.due for duty in duties if duty.due)
    if len(days) < 2:
        return ""
    done = Counter(duty.due for duty in duties if duty.due and duty.status is Status.DONE)
    unsure = {duty.due for duty in duties if duty.provisional}
    marks = {day: "（暂定）" if day in unsure else "" for day in days}
    lines = [f"{day}{marks[day]}：办结{done[day]}/{days[day]}" for day in sorted(days)[:_MOST_STAGES]]
    return "\n".join(lines) + (f"\n等{len(days)}个日子" if len(days) > _MOST_STAGES else "")


def _progress(duties: Sequence[Duty], day: date) -> str:
    counts = Counter(STATUS_WORDS[status_of(duty, day)] for duty in duties)
    lines = ["，".join(f"{word}{count}" for word, count in counts.items())]
    notes = [
        f"{duty.unit.name}：{event.note}"
        for duty in duties
        for event in duty.events
        if event.note and event.kind in {EventKind.DONE, EventKind.REPORTED}
    ]
    return "\n".join([*lines, *notes[-_MOST_NOTES:]])


def _done_on(duty: Duty, zone: tzinfo) -> date | None:
    days = [event.at.astimezone(zone).date() for event in duty.events if event.kind is EventKind.DONE]
    return days[-1] if days else None
