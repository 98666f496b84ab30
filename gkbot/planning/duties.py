"""Task × unit × period: which duties there are, and where each of them stands."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime

from gkbot.planning.folding import Before, Today, fold
from gkbot.planning.occurrences import (
    Occurrence,
    fixed_occurrences,
    is_undated,
    occurrences_until_next,
    opened_occurrences,
    recurring_occurrences,
    waits_for_event,
)
from gkbot.planning.past import Past
from gkbot.planning.pauses import with_pauses
from gkbot.planning.reasons import named_day
from gkbot.planning.values import CLOSED, Announcement, Duty, Event, History, Status
from gkbot.rulebook.values import Assignment, Rulebook, Task


def duties(book: Rulebook, history: History, day: date, *, tasks: Iterable[Task] | None = None) -> list[Duty]:
    """Every duty that exists on `day`, in document order, then unit, then period.

    Args:
        tasks: Only these; None means all of the rule book.
    """
    past = Past.of(history)
    today = Today(day=day, zone=history.zone, calendar=book.calendar)
    return [duty for task in (book.tasks if tasks is None else tasks) for duty in task_duties(task, past, today)]


def task_duties(task: Task, past: Past, today: Today) -> list[Duty]:
    """The duties of one task, unit by unit."""
    known = _occurrences(task, past, today)
    return [duty for assignment in task.assignments for duty in _unit_duties(task, assignment, known, past, today)]


def duty_of(occurrence: Occurrence, assignment: Assignment, past: Past, today: Today) -> Duty:
    """Where an occurrence stands for one unit."""
    task = occurrence.task
    events = [event for event in past.events_of(task) if _applies(event, assignment.unit.name, occurrence, today)]
    occurrence = with_pauses(occurrence, events, today)
    before = _before(occurrence, past, today)
    standing = fold(before, events, today)
    is_own_day = standing.revision == 0
    return Duty(
        task=task,
        unit=assignment.unit,
        role=assignment.role,
        status=_archived(task, standing.status, today.day),
        period=occurrence.period,
        due=standing.due,
        at=occurrence.at if is_own_day else None,
        nominal=occurrence.nominal,
        revision=standing.revision,
        provisional=occurrence.provisional and is_own_day,
        reckoning=occurrence.reckoning,
        events=tuple(events),
        since=standing.since,
        adopted_on=standing.adopted_on,
        paused=standing.paused,
        announcements=tuple(standing.announcements.values()),
        opens=occurrence.opens,
        closes=occurrence.closes,
    )


def is_current(occurrence: Occurrence, past: Past, day: date) -> bool:
    """Whether a period of a rhythm is one the office answers for: it ends after the task came into force."""
    return not occurrence.recurring or occurrence.nominal >= past.task_since(occurrence.task, day)


def _occurrences(task: Task, past: Past, today: Today) -> list[Occurrence]:
    calendar = today.calendar
    found = [*fixed_occurrences(task, calendar)]
    archived_on = task.document.archived_on
    if archived_on is not None and today.day >= archived_on:
        found += recurring_occurrences(task, calendar, task.document.issued, archived_on)
    else:
        anchor = past.task_since(task, today.day)
        found += occurrences_until_next(task, calendar, anchor, today.day)
    return [*found, *opened_occurrences(task, calendar, past.events_of(task), today.zone)]


def _unit_duties(
    task: Task, assignment: Assignment, known: list[Occurrence], past: Past, today: Today
) -> Iterator[Duty]:
    own: dict[str, Occurrence] = {}
    for occurrence in known:
        if occurrence.event is None or occurrence.event.unit in (None, assignment.unit.name):
            own.setdefault(occurrence.period, occurrence)
    for period in sorted(own):
        yield duty_of(own[period], assignment, past, today)
    if waits_for_event(task) and not any(occurrence.event for occurrence in own.values()):
        yield _without_day(task, assignment, Status.WAITING, past, today)
    elif is_undated(task):
        yield _without_day(task, assignment, Status.OPEN, past, today)


def _without_day(task: Task, assignment: Assignment, status: Status, past: Past, today: Today) -> Duty:
    unit = assignment.unit.name
    events = [event for event in past.events_of(task) if event.period is None and event.unit in (None, unit)]
    before = Before(status=status, due=None, since=past.task_since(task, today.day))
    standing = fold(before, events, today)
    return Duty(
        task=task,
        unit=assignment.unit,
        role=assignment.role,
        status=_archived(task, standing.status, today.day),
        due=standing.due,
        revision=standing.revision,
        events=tuple(events),
        since=standing.since,
        adopted_on=standing.adopted_on,
        paused=standing.paused,
        announcements=tuple(standing.announcements.values()),
    )


def _before(occurrence: Occurrence, past: Past, today: Today) -> Before:
    task, day = occurrence.task, today.day
    announcements: tuple[Announcement, ...] = ()
    if occurrence.event is not None:
        recorded = today.recorded(occurrence.event)
        since = recorded or min(day, occurrence.due)
        text = f"起算事件已发生，截止{named_day(occurrence.due)}"
        announcements = (_said("opened", recorded or day, text, today),)
    elif occurrence.recurring:
        since = past.task_since(task, day)
    else:
        since = past.period_since(task, occurrence.period, day)
        if since > past.task_since(task, day):
            text = f"期限已调整为{named_day(occurrence.due)}"
            announcements = (_said("changed", since, text, today),)
    return Before(status=Status.OPEN, due=occurrence.due, since=since, announcements=announcements)


def _said(stage: str, on: date, text: str, today: Today) -> Announcement:
    return Announcement(stage=stage, on=today.calendar.workday_on_or_after(on), text=text)


def _applies(event: Event, unit: str, occurrence: Occurrence, today: Today) -> bool:
    """Whether an event is about this occurrence; one without a period is about those open when it was recorded."""
    if event.unit not in (None, unit):
        return False
    if event.period is not None:
        return event.period == occurrence.period
    if occurrence.event is not None and event.id <= occurrence.event.id:
        return False
    return occurrence.opens is None or _day(event.at, today) >= occurrence.opens


def _day(moment: datetime, today: Today) -> date:
    return moment.astimezone(today.zone).date()


def _archived(task: Task, status: Status, day: date) -> Status:
    if task.document.is_archived(day) and status not in CLOSED:
        return Status.ARCHIVED
    return status
