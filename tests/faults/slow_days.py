"""Which stage of which duty must be told on which day: reckoned day by day, from the papers alone.

Every day is gone through anew and every list is searched; nothing of the program's own planning is used.
For offices whose only rest days are weekends, and duties that are given, moved, or done.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta

ONE_DAY = timedelta(days=1)
ADVANCES = (15, 7, 3, 1, 0)
OVERDUE_FIRST, OVERDUE_EVERY, OVERDUE_MOST = 1, 3, 5
CATCH_UP = timedelta(days=7)

Reminder = tuple[str, str, str, int, str, str, str]
"""Task, unit, period, revision, stage, channel, address."""


@dataclass(slots=True)
class SlowDuty:
    """A task of a unit: its first due day names the period, moves raise the revision."""

    task: str
    unit: str
    period: date
    due: date
    since: date
    revision: int = 0
    done: bool = False

    def move(self, due: date, day: date) -> None:
        """Extend it on a day; reminder days before that are not made up for."""
        self.due, self.since, self.revision = due, day, self.revision + 1


@dataclass(slots=True)
class SlowOffice:
    """The duties, whom their units hear through, and all that must have been told so far."""

    recipients: dict[str, tuple[str, str]]
    duties: list[SlowDuty] = field(default_factory=list)
    told: set[Reminder] = field(default_factory=set)
    last_look: date | None = None

    def look(self, day: date) -> None:
        """Plan a day; on a rest day nothing is said, and what waits goes on waiting."""
        if is_rest(day):
            return
        after = (self.last_look or day - ONE_DAY) - CATCH_UP
        for duty in self.duties:
            name = None if duty.done else most_urgent(duty, after, day)
            if name is not None:
                period = duty.period.isoformat()
                self.told.add((duty.task, duty.unit, period, duty.revision, name, *self.recipients[duty.unit]))
        self.last_look = day


def most_urgent(duty: SlowDuty, after: date, day: date) -> str | None:
    """The last stage reached by a day that still makes sense on it; None where none was reached lately."""
    found = None
    seen = after + ONE_DAY
    while seen <= day:
        name = stage_of(duty, seen)
        if name is not None and seen >= duty.since and (day <= duty.due or name.startswith("overdue")):
            found = name
        seen += ONE_DAY
    return found


def stage_of(duty: SlowDuty, day: date) -> str | None:
    """What is said on a day: the smallest advance whose day it is, or the number of the overdue notice."""
    for advance in sorted(ADVANCES):
        if workday_on_or_before(duty.due - timedelta(days=advance)) == day:
            return f"before-{advance}" if advance else "due"
    for number in range(OVERDUE_MOST):
        if workday_after(duty.due, OVERDUE_FIRST + number * OVERDUE_EVERY) == day:
            return f"overdue-{number + 1}"
    return None


def workday_on_or_before(day: date) -> date:
    """The nearest working day, going back."""
    while is_rest(day):
        day -= ONE_DAY
    return day


def workday_after(day: date, count: int) -> date:
    """The so-and-so-manieth working day after a day."""
    while count:
        day += ONE_DAY
        count -= not is_rest(day)
    return day


def is_rest(day: date) -> bool:
    """A weekend."""
    return day.isoweekday() > 5
