"""What goes out on a day, and on each day of a stretch."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

from gkbot.planning.agenda import CATCH_UP_DAYS, Agenda
from gkbot.planning.conditions import Condition
from gkbot.planning.digest import told_by as _told_by
from gkbot.planning.occurrences import fixed_occurrences
from gkbot.planning.planner import Planner
from gkbot.planning.values import Channels, History, Plan, Silence, Told
from gkbot.rulebook.values import Rulebook, Task

ONE_DAY = timedelta(days=1)
LONGEST_PREVIEW = timedelta(days=400)  # days before the first that are gone through; a year holds every rhythm


def agenda_for(book: Rulebook, history: History, first: date, last: date) -> Agenda:
    """The index that planning `first` to `last` needs; worth keeping while the rule book stays the same."""
    return Agenda.of(book, _earliest(history, first), last)


def plan_day(
    book: Rulebook,
    history: History,
    day: date,
    *,
    channels: Channels | None = None,
    agenda: Agenda | None = None,
    conditions: Sequence[Condition] = (),
) -> Plan:
    """What `day` asks for, with what was missed since the last scan.

    Args:
        channels: What is configured; None for nothing, all notices then go to files.
        agenda: From `agenda_for`, when many days are planned with one rule book; None makes one.
        conditions: States of the files (broken, held back) that the admins are to know of, and when they are over.
    """
    if agenda is None or not agenda.holds(_earliest(history, day), day):
        agenda = agenda_for(book, history, day, day)
    return Planner.of(agenda, history, channels or Channels(), day).plan(day, conditions)


def plan_range(
    book: Rulebook, history: History, first: date, last: date, *, channels: Channels | None = None
) -> Iterator[Plan]:
    """A plan for each day from `first` to `last`, both inclusive, as if every notice had gone out."""
    if last < first:
        return
    agenda = agenda_for(book, history, first, last)
    planner = Planner.of(agenda, history, channels or Channels(), first)
    for count in range((last - first).days + 1):
        plan = planner.plan(first + timedelta(days=count))
        yield plan
        planner.go_on(plan)


def plan_ahead(
    book: Rulebook, history: History, first: date, last: date, *, channels: Channels | None = None
) -> Iterator[Plan]:
    """Plans for `first` to `last`, both inclusive, as if every day since the last scan were looked at, too.

    A preview of next month is not the catch-up after a month's stop.
    """
    begin = first
    if history.last_scan is not None and history.last_scan < first:
        begin = max(history.last_scan + ONE_DAY, first - LONGEST_PREVIEW)
    for plan in plan_range(book, history, begin, last, channels=channels):
        if plan.day >= first:
            yield plan


def explain_day(
    book: Rulebook,
    history: History,
    day: date,
    tasks: Collection[Task],
    *,
    channels: Channels | None = None,
) -> tuple[Plan, tuple[Silence, ...]]:
    """What `day` says of some tasks, and for each of their silent duties why, in words."""
    few = replace(book, tasks=tuple(tasks))
    agenda = agenda_for(few, history, day, day)
    planner = Planner.of(agenda, history, channels or Channels(), day)
    return planner.plan(day), planner.silences(day, tasks)


def told_by(plan: Plan) -> Iterator[Told]:
    """What a plan tells, for the history; keep it only for notices that were taken up."""
    yield from _told_by(plan.notices)


def fixed_periods(book: Rulebook) -> Iterator[tuple[str, str]]:
    """Each (task id, period) that follows from the rule files alone and comes once.

    Kept with the day it was first in force (`History.periods_seen`), so that a moved due day is noticed.
    """
    for task in book.tasks:
        for occurrence in fixed_occurrences(task, book.calendar):
            yield task.id, occurrence.period


def _earliest(history: History, day: date) -> date:
    """The first day a catch-up may reach back to, or the first day of a silence that may be over."""
    earliest = min(history.last_scan or day, day) - CATCH_UP_DAYS
    begun = (found.since for found in history.suppressions if found.end is not None and found.end > earliest)
    return max(min((earliest, *begun)), day - LONGEST_PREVIEW) - ONE_DAY
