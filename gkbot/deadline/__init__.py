"""The language of deadlines: text, schedule, days, and the working-day calendar. Pure.

    read(text, issued=…, calendar=…) → Deadlines      words → Schedule → days
    Calendar.builtin() → workdays                     reckon, occurrences, count_from → Reckoning, step by step

Names are fetched when first asked for, so that importing the room costs next to nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gkbot.deadline.calendar import Calendar, coming_year_notice, missing_notice_year
    from gkbot.deadline.counting import count_from, rolled
    from gkbot.deadline.deadlines import Alternative, Deadline, Doubt
    from gkbot.deadline.extension import Extension
    from gkbot.deadline.occurrences import occurrences, reckon
    from gkbot.deadline.reading import read
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
    from gkbot.deadline.tracing import Trace, trace
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

_HOMES = {
    "calendar": ("Calendar", "coming_year_notice", "missing_notice_year"),
    "counting": ("count_from", "rolled"),
    "deadlines": ("Alternative", "Deadline", "Doubt"),
    "extension": ("Extension",),
    "occurrences": ("occurrences", "reckon"),
    "reading": ("read",),
    "reckoning": ("Reckoning", "Step"),
    "tracing": ("Trace", "trace"),
    "year_notice": ("CalendarFault", "YearNotice"),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    home = _HOME_OF.get(name, "schedule")
    module = import_module(f"{__name__}.{home}")
    # All of a home at once: its import has bound the module's own name here, and one of its functions may share it.
    globals().update({each: getattr(module, each) for each in _HOMES.get(home, (name,))})
    value: object = globals()[name]
    return value
