"""Which due days a task has: one for a fixed phrase, many for a recurring one, one for each event."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta, tzinfo

from gkbot.deadline import Calendar, Reckoning, occurrences, reckon
from gkbot.deadline.schedule import AfterEvent, By, Freq, Ongoing, Recurring, Schedule, Vague, Within
from gkbot.planning.values import Event, EventKind
from gkbot.rulebook.values import Task

ONE_DAY = timedelta(days=1)
HORIZON = timedelta(days=40_000)  # a rhythm is followed for a century; readers stop long before
DAYS_OF = {
    Freq.DAILY: 1,
    Freq.WEEKLY: 7,
    Freq.MONTHLY: 31,
    Freq.QUARTERLY: 92,
    Freq.HALFYEARLY: 184,
    Freq.YEARLY: 366,
}  # the longest each can be


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrence:
    """One due day of a task, before it is handed to the units.

    Attributes:
        period: Names the occurrence (see `Duty.period`).
        recurring: It comes from a rhythm; `opens` and `closes` are then the days after the last and of
            the next due day, None at the ends.
        event: The recorded event that opened it; None for all others.
        counted: What it is counted by, and from where; None unless it is counted from an event.
    """

    task: Task
    period: str
    due: date
    nominal: date
    at: time | None = None
    provisional: bool = False
    reckoning: Reckoning | None = None
    recurring: bool = False
    opens: date | None = None
    closes: date | None = None
    event: Event | None = None
    counted: tuple[AfterEvent, date | datetime] | None = None


def fixed_occurrences(task: Task, calendar: Calendar) -> tuple[Occurrence, ...]:
    """Due days that follow from the rule file alone and come once, each period once."""
    found: dict[str, Occurrence] = {}
    confirmed = _confirmed_index(task)
    if task.confirmation is not None:
        due = task.confirmation.due
        found[due.isoformat()] = Occurrence(task=task, period=due.isoformat(), due=due, nominal=due)
    for index, deadline in enumerate(task.deadlines):
        if index != confirmed:
            occurrence = _fixed(task, deadline.schedule, calendar)
            if occurrence is not None:
                _add(found, occurrence)
    return tuple(found.values())


def recurring_occurrences(task: Task, calendar: Calendar, first: date, last: date) -> tuple[Occurrence, ...]:
    """Occurrences of a task's rhythms with `first <= nominal < last`, in order of each rhythm."""
    found: dict[str, Occurrence] = {}
    for schedule in recurring_schedules(task):
        for occurrence in _rhythm(task, schedule, calendar, first):
            if occurrence.nominal >= last:
                break
            found.setdefault(occurrence.period, occurrence)
    return tuple(found.values())


def occurrences_until_next(task: Task, calendar: Calendar, first: date, day: date) -> tuple[Occurrence, ...]:
    """Occurrences of a task's rhythms from `first` to the next one on or after `day`."""
    found: dict[str, Occurrence] = {}
    for schedule in recurring_schedules(task):
        for occurrence in _rhythm(task, schedule, calendar, first):
            found.setdefault(occurrence.period, occurrence)
            if occurrence.nominal >= day:
                break
    return tuple(found.values())


def opened_occurrences(task: Task, calendar: Calendar, events: Iterable[Event], zone: tzinfo) -> tuple[Occurrence, ...]:
    """One occurrence for each recorded event, in order of recording; for one unit where the event names one."""
    found: dict[tuple[str | None, str], Occurrence] = {}
    for event in events:
        if event.kind is EventKind.OCCURRED and event.occurred_on is not None:
            moment = event.occurred_at.astimezone(zone) if event.occurred_at else event.occurred_on
            for occurrence in _counted(task, moment, calendar):
                found.setdefault((event.unit, occurrence.period), replace(occurrence, event=event))
    return tuple(found.values())


def waits_for_event(task: Task) -> bool:
    """Whether some deadline of the task is counted from an event that is not in the rule file."""
    return bool(_awaited(task)) and _trigger_day(task) is None


def is_undated(task: Task) -> bool:
    """Whether no deadline of the task ever gives a day."""
    if task.confirmation is not None or task.check_in is not None:
        return False
    return all(isinstance(deadline.schedule, Ongoing | Vague) for deadline in task.deadlines)


def recurring_schedules(task: Task) -> tuple[Recurring, ...]:
    """The rhythms of a task; the check-in of a task without a day is one."""
    confirmed = _confirmed_index(task)
    found = [
        deadline.schedule
        for index, deadline in enumerate(task.deadlines)
        if index != confirmed and isinstance(deadline.schedule, Recurring)
    ]
    if not found and task.check_in is not None and isinstance(task.check_in.schedule, Recurring):
        found.append(task.check_in.schedule)
    return tuple(found)


def _confirmed_index(task: Task) -> int | None:
    """Which deadline a confirmation settles: the first ambiguous one, else the first without a day, else the first."""
    if task.confirmation is None:
        return None
    for index, deadline in enumerate(task.deadlines):
        if deadline.ambiguous:
            return index
    for index, deadline in enumerate(task.deadlines):
        if isinstance(deadline.schedule, Ongoing | Vague):
            return index
    return 0


def _fixed(task: Task, schedule: Schedule, calendar: Calendar) -> Occurrence | None:
    if isinstance(schedule, By | Within):
        # 含当日: 否 has moved the day already: the rule book reads the words that way.
        reckoning = reckon(schedule, trigger=None, calendar=calendar, roll=task.roll)
        return None if reckoning is None else _occurrence(task, schedule.due.isoformat(), reckoning)
    if isinstance(schedule, AfterEvent):
        start = task.document.issued if schedule.own_document else _trigger_day(task)
        if start is not None:
            reckoning = reckon(schedule, trigger=start, calendar=calendar, roll=task.roll)
            if reckoning is not None:
                found = _occurrence(task, start.isoformat(), reckoning)
                return replace(found, counted=(schedule, start))
    return None


def _counted(task: Task, moment: date | datetime, calendar: Calendar) -> Iterator[Occurrence]:
    day = moment.date() if isinstance(moment, datetime) else moment
    for index, schedule in enumerate(_awaited(task)):
        reckoning = reckon(schedule, trigger=moment, calendar=calendar, roll=task.roll)
        if reckoning is not None:
            period = day.isoformat() + (f"#{index + 1}" if index else "")
            yield replace(_occurrence(task, period, reckoning), counted=(schedule, moment))


def _rhythm(task: Task, schedule: Recurring, calendar: Calendar, first: date) -> Iterator[Occurrence]:
    """Occurrences with `nominal >= first`, without end, each with the days between which it is the current one."""
    before = first - timedelta(days=_longest_gap(schedule))
    previous: Reckoning | None = None
    current: Reckoning | None = None
    for following in occurrences(schedule, start=before, end=before + HORIZON, calendar=calendar, roll=task.roll):
        if current is not None and current.nominal >= first:
            yield _of_rhythm(task, calendar, current, previous, following)
        previous, current = current, following
    if current is not None and current.nominal >= first:
        yield _of_rhythm(task, calendar, current, previous, None)


def _of_rhythm(
    task: Task,
    calendar: Calendar,
    current: Reckoning,
    previous: Reckoning | None,
    following: Reckoning | None,
) -> Occurrence:
    reckoning: Reckoning | None = current
    if not task.inclusive:
        day_before = By(due=current.nominal - ONE_DAY)
        reckoning = reckon(day_before, trigger=None, calendar=calendar, roll=task.roll)
    return replace(
        _occurrence(task, current.nominal.isoformat(), reckoning or current),
        nominal=current.nominal,
        recurring=True,
        opens=None if previous is None else previous.nominal + ONE_DAY,
        closes=None if following is None else following.nominal,
    )


def _occurrence(task: Task, period: str, reckoning: Reckoning) -> Occurrence:
    return Occurrence(
        task=task,
        period=period,
        due=reckoning.due,
        nominal=reckoning.nominal,
        at=reckoning.at,
        provisional=reckoning.provisional,
        reckoning=reckoning,
    )


def _add(found: dict[str, Occurrence], occurrence: Occurrence) -> None:
    """Keep an occurrence under a period of its own, unless it says the same as one already there."""
    known = found.get(occurrence.period)
    number = 2
    period = occurrence.period
    while known is not None:
        if (known.due, known.at) == (occurrence.due, occurrence.at):
            return
        period = f"{occurrence.period}#{number}"
        known = found.get(period)
        number += 1
    found[period] = replace(occurrence, period=period)


def _awaited(task: Task) -> list[AfterEvent]:
    confirmed = _confirmed_index(task)
    return [
        deadline.schedule
        for index, deadline in enumerate(task.deadlines)
        if index != confirmed and isinstance(deadline.schedule, AfterEvent) and not deadline.schedule.own_document
    ]


def _trigger_day(task: Task) -> date | None:
    return None if task.trigger is None else task.trigger.on


def _longest_gap(schedule: Recurring) -> int:
    return DAYS_OF[schedule.freq] * schedule.interval + (366 if schedule.months else 0) + 1
