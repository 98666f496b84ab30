"""Days of a month: how many there are, and its nth weekday or workday."""

from calendar import isleap
from datetime import date, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gkbot.deadline.calendar import Calendar

_LENGTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def month_length(year: int, month: int) -> int:
    """Days of a month; `calendar.monthrange` works out a weekday as well, at ten times the cost."""
    return 29 if month == 2 and isleap(year) else _LENGTHS[month - 1]


def nth_day(year: int, month: int, nth: int, weekday: int | None, calendar: "Calendar") -> date | None:
    """The nth such weekday or (None) workday of a month, from its end when negative; None where there is none."""
    first, last = date(year, month, 1), date(year, month, month_length(year, month))
    if weekday is None:
        day = calendar.add_workdays(first - timedelta(days=1) if nth > 0 else last + timedelta(days=1), nth)
    elif nth > 0:
        day = first + timedelta(days=(weekday - first.isoweekday()) % 7, weeks=nth - 1)
    else:
        day = last - timedelta(days=(last.isoweekday() - weekday) % 7, weeks=-nth - 1)
    return day if first <= day <= last else None
