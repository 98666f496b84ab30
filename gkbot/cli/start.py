"""What every command that works on an office does first: settings, clock, rule book, ledger."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING

from gkbot.clock import Clock, ShiftedClock, SystemClock
from gkbot.settings import Settings, load_settings

if TYPE_CHECKING:
    from gkbot.service.office import Office


def clock_for(settings: Settings, day: date | None) -> Clock:
    """The system's clock, or one for which it is `day`."""
    system = SystemClock(settings.zone)
    if day is None or day == system.today():
        return system
    return ShiftedClock.to(day, settings.zone)


@contextmanager
def office(day: date | None = None, *, writes: bool) -> "Iterator[Office]":
    """The office of the current settings, as of `day` (today when None)."""
    from gkbot.service.office import open_office

    settings = load_settings()
    with open_office(settings, clock_for(settings, day), writes=writes) as opened:
        yield opened
