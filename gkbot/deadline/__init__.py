"""The language of deadlines: text, schedule, days, and the working-day calendar. Pure."""

from gkbot.deadline.calendar import Calendar, coming_year_notice, missing_notice_year
from gkbot.deadline.counting import count_from, rolled
from gkbot.deadline.deadlines import Alternative, Deadline, Doubt
from gkbot.deadline.extension import Extension
from gkbot.deadline.occurrences import occurrences, reckon
from gkbot.deadline.reading import Trace, read, trace
from gkbot.deadline.reckoning import Reckoning, Step
from gkbot.deadline.schedule import (
    AfterEvent,
    By,
    Freq,
    Kind,
    Mark,
    Ongoing,
    Recurring,
    Roll,
    Schedule,
    Unit,
    Vague,
    Within,
)
from gkbot.deadline.year_notice import CalendarFault, YearNotice

__all__ = [
    "AfterEvent",
    "Alternative",
    "By",
    "Calendar",
    "CalendarFault",
    "Deadline",
    "Doubt",
    "Extension",
    "Freq",
    "Kind",
    "Mark",
    "Ongoing",
    "Reckoning",
    "Recurring",
    "Roll",
    "Schedule",
    "Step",
    "Trace",
    "Unit",
    "Vague",
    "Within",
    "YearNotice",
    "coming_year_notice",
    "count_from",
    "missing_notice_year",
    "occurrences",
    "read",
    "reckon",
    "rolled",
    "trace",
]
