"""Due days that the holiday calendar alone has moved since people were told of them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from gkbot.deadline import Roll
from gkbot.deadline.schedule import AfterEvent, Recurring, Schedule
from gkbot.planning.duties import duties
from gkbot.planning.occurrences import fixed_occurrences
from gkbot.planning.past import Past
from gkbot.planning.values import CLOSED, Duty, EventKind, History
from gkbot.rulebook.values import Rulebook, Task

LONGEST_MOVE = timedelta(days=45)  # no arrangement of holidays moves a day further

DutyDay = tuple[str, str, str | None, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class DayTold:
    """The due day of a duty as it was told.

    Attributes:
        revision: How often the day had been changed by then.
    """

    task: str
    unit: str
    period: str | None
    revision: int
    due: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Rescheduled:
    """A duty whose due day is another one now though nobody changed it."""

    duty: Duty
    told: date


def depends_on_holidays(task: Task) -> bool:
    """Whether another arrangement of holidays can move a due day of the task."""
    if task.roll not in {None, Roll.NONE}:
        return True
    found = [deadline.schedule for deadline in (*task.deadlines, *([task.check_in] if task.check_in else []))]
    return any(_counts_workdays(schedule) for schedule in found)


def rescheduled(book: Rulebook, history: History, day: date, told: Iterable[DayTold]) -> list[Rescheduled]:
    """The open duties whose day was told and has moved; what stood still by a pause moves with the pause."""
    days = {(each.task, each.unit, each.period, each.revision): each.due for each in told}
    tasks = _suspicious(book, history, days)
    found = (duty for task in tasks for duty in duties(book, history, day, tasks=[task]))
    return [
        Rescheduled(duty=duty, told=before)
        for duty in found
        if (before := days.get((*duty.key, duty.revision))) is not None and _has_moved(duty, before, day)
    ]


def _has_moved(duty: Duty, before: date, day: date) -> bool:
    if duty.due is None or duty.due == before or max(duty.due, before) < day:
        return False
    was_paused = any(event.kind is EventKind.PAUSED for event in duty.events)
    return not was_paused and duty.status not in CLOSED


def _suspicious(book: Rulebook, history: History, days: Mapping[DutyDay, date]) -> Iterator[Task]:
    """Tasks some day of which may have moved; those whose fixed days are all as told, and nothing else, are not."""
    shifted = Past.of(history).shifted
    by_task: dict[str, dict[str | None, date]] = {}
    for (task_id, _, period, _), due in days.items():
        by_task.setdefault(task_id, {})[period] = due
    for task_id, told in by_task.items():
        task = book.task(task_id)
        if task is not None:
            fixed = {found.period: found.due for found in fixed_occurrences(task, book.calendar)}
            if task_id in shifted or any(fixed.get(period or "") != due for period, due in told.items()):
                yield task


def _counts_workdays(schedule: Schedule) -> bool:
    if isinstance(schedule, Recurring):
        return any(mark.nth is not None and mark.weekday is None for mark in schedule.marks)
    return isinstance(schedule, AfterEvent)
