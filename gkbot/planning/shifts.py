"""The days of the few tasks whose days were shifted by events: extensions, events, adoptions, returns."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Self

from gkbot.planning.agenda import Agenda
from gkbot.planning.duties import task_duties
from gkbot.planning.folding import Today
from gkbot.planning.past import Past
from gkbot.planning.telling import timetable_of
from gkbot.planning.values import Duty, EventKind
from gkbot.rulebook.values import Task


@dataclass(slots=True)
class Shifts:
    """The shifted tasks, and on which days they are spoken of.

    Attributes:
        restless: Tasks to look at on every day, since their days cannot be told beforehand.
    """

    tasks: tuple[Task, ...]
    restless: dict[str, Task]
    by_day: dict[date, dict[str, Task]]

    @classmethod
    def of(cls, past: Past, agenda: Agenda, today: Today) -> Self:
        """Work out the days of every shifted task once, as seen from `today`."""
        live = agenda.live
        tasks = tuple(live[key] for key in sorted(past.shifted) if key in live)
        shifts = cls(tasks=tasks, restless={}, by_day={})
        for key in past.events:
            if key in live and _is_restless(past, live[key], today):
                shifts.restless[key] = live[key]
        for task in tasks:
            duties = task_duties(task, past, today)
            for duty in duties:
                for day in _days_of(duty, agenda, today):
                    shifts.by_day.setdefault(day, {})[task.id] = task
            if _extends_more_than(duties, past, task):
                shifts.restless[task.id] = task
        return shifts

    def on(self, days: Iterable[date]) -> dict[str, Task]:
        """The tasks to look at for some days."""
        found = dict(self.restless)
        for day in days:
            found.update(self.by_day.get(day, {}))
        return found


def _is_restless(past: Past, task: Task, today: Today) -> bool:
    """A pause may end on any day, and in a replay of the past events come from later days."""
    return any(event.kind is EventKind.PAUSED or today.recorded(event) is None for event in past.events_of(task))


def _extends_more_than(duties: list[Duty], past: Past, task: Task) -> bool:
    """A period was extended that has not begun yet."""
    periods = {duty.period for duty in duties}
    return any(
        event.kind is EventKind.EXTENDED and event.period is not None and event.period not in periods
        for event in past.events_of(task)
    )


def _days_of(duty: Duty, agenda: Agenda, today: Today) -> set[date]:
    days = {found.on for found in duty.announcements}
    timetable = timetable_of(duty, agenda.timetables)
    if timetable is not None:
        days |= timetable.days()
    if duty.since is not None:
        days.add(today.calendar.workday_on_or_after(duty.since))
    return days
