"""What the recorded events make of an occurrence, for one unit, on one day."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, tzinfo

from gkbot.deadline import Calendar
from gkbot.planning.reasons import named_day, short_day
from gkbot.planning.values import CLOSED, Announcement, Event, EventKind, Status

TWO_TELLINGS = 2  # revisions: one for the message that takes a duty back, one for its return


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """Where a duty stands before anything was recorded about it.

    Attributes:
        since: First day its due day was known.
        announcements: What is said once, whatever is recorded.
    """

    status: Status
    due: date | None
    since: date
    announcements: tuple[Announcement, ...] = ()


@dataclass(slots=True, kw_only=True)
class Standing:
    """Where a duty stands; each event moves it on.

    Attributes:
        withdrawn: It was taken out of the rule files and has not been handed out again.
        rescheduled_to: Where the holidays moved the due day last.
    """

    status: Status
    due: date | None
    since: date
    revision: int = 0
    adopted_on: date | None = None
    paused: bool = False
    withdrawn: bool = False
    rescheduled_to: date | None = None
    announcements: dict[str, Announcement] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Today:
    """The day planned for, and what it takes to place events in time."""

    day: date
    zone: tzinfo
    calendar: Calendar

    def recorded(self, event: Event) -> date | None:
        """The day an event was recorded; None where that lies after the day planned for (a replay of the past)."""
        recorded = event.at.astimezone(self.zone).date()
        return recorded if recorded <= self.day else None


def fold(before: Before, events: Iterable[Event], today: Today) -> Standing:
    """Let the events happen, in the order of recording."""
    standing = Standing(
        status=before.status,
        due=before.due,
        since=before.since,
        announcements={a.stage: a for a in before.announcements},
    )
    for event in events:
        _happen(standing, event, before, today)
    if standing.status in CLOSED:
        standing.announcements.clear()
    return standing


def _happen(standing: Standing, event: Event, before: Before, today: Today) -> None:
    match event.kind:
        case EventKind.DONE:
            standing.status = Status.DONE
        case EventKind.CANCELLED:
            _call_off(standing)
        case EventKind.REPORTED if standing.status not in CLOSED:
            standing.status = Status.REPORTED
        case EventKind.ACKNOWLEDGED if standing.status is Status.OPEN:
            standing.status = Status.ACKNOWLEDGED
        case EventKind.REOPENED if standing.status in CLOSED:
            standing.status = before.status
            _reopen(standing, event, today)
        case EventKind.EXTENDED if event.until is not None:
            _extend(standing, event, event.until, today)
        case EventKind.PAUSED | EventKind.RESUMED:
            is_over = event.until is not None and event.until < today.day
            standing.paused = event.kind is EventKind.PAUSED and not is_over
        case EventKind.RESCHEDULED if event.until != standing.rescheduled_to:
            _reschedule(standing, event, today)
        case EventKind.WITHDRAWN:
            _withdraw(standing, before)
        case EventKind.ASSIGNED:
            _assign(standing, event, today)
        case EventKind.ADOPTED:
            standing.adopted_on = today.recorded(event) or standing.since
        case _:
            pass


def _call_off(standing: Standing) -> None:
    if standing.status not in CLOSED:
        standing.revision += TWO_TELLINGS
    standing.status = Status.CANCELLED


def _reopen(standing: Standing, event: Event, today: Today) -> None:
    why = f"：{event.note}" if event.note else ""
    _announce(standing, f"reopened-{event.id}", f"办结反馈被退回{why}", event, today)


def _extend(standing: Standing, event: Event, until: date, today: Today) -> None:
    before = f"：由{short_day(standing.due)}" if standing.due else "，"
    standing.due = until
    standing.revision += 1
    standing.adopted_on = None
    standing.since = today.recorded(event) or min(today.day, until)
    standing.announcements.pop("changed", None)
    _announce(standing, "changed", f"期限已调整{before}改为{named_day(until)}", event, today)


def _reschedule(standing: Standing, event: Event, today: Today) -> None:
    """The due day itself follows from the calendar; here it is only said, unless it is back where it was."""
    standing.revision += 1
    standing.rescheduled_to = event.until
    standing.since = today.recorded(event) or standing.since
    standing.announcements.pop("changed", None)
    if standing.due is not None and event.occurred_on not in {None, standing.due}:
        before = short_day(event.occurred_on) if event.occurred_on else ""
        text = f"期限已调整：放假安排变化，由{before}改为{named_day(standing.due)}"
        _announce(standing, "changed", text, event, today)


def _withdraw(standing: Standing, before: Before) -> None:
    """Nothing of it holds any more; should it come back, it begins anew."""
    standing.status, standing.due, standing.since = before.status, before.due, before.since
    standing.adopted_on, standing.rescheduled_to, standing.paused, standing.withdrawn = None, None, False, True
    standing.revision += TWO_TELLINGS
    standing.announcements.clear()


def _assign(standing: Standing, event: Event, today: Today) -> None:
    text = "新分派给本单位的任务，首次告知"
    if standing.withdrawn:
        text = "撤销后重新下达的任务，重新告知"
        standing.withdrawn, standing.since = False, today.recorded(event) or standing.since
    _announce(standing, f"assigned-{event.id}", text, event, today)


def _announce(standing: Standing, stage: str, text: str, event: Event, today: Today) -> None:
    on = today.calendar.workday_on_or_after(today.recorded(event) or today.day)
    standing.announcements[stage] = Announcement(stage=stage, on=on, text=text)
