"""A clock on which a minute of the office passes in a second or two, the same for all processes of a test."""

import time
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from gkbot.clock import DEFAULT_ZONE

START = datetime(2023, 7, 24, 1, 0, tzinfo=UTC)
"""Nine o'clock on a Monday in Beijing."""


@dataclass(frozen=True, slots=True)
class FastClock:
    """Leases, gates and waits keep their lengths, so the limits under test are the real ones.

    Attributes:
        origin: Reading of the machine's monotonic clock at `START`; it is one for all processes.
        speed: Seconds of the office in a second of ours.
        day: The office's day, however long the run takes.
    """

    origin: float
    speed: float
    zone: ZoneInfo = DEFAULT_ZONE

    def now(self) -> datetime:
        """This moment, aware, in UTC."""
        return START + timedelta(seconds=self.monotonic())

    def today(self) -> date:
        """The day of the start: a storm ends on the day on which it began."""
        return START.astimezone(self.zone).date()

    def monotonic(self) -> float:
        """Seconds of the office since the start."""
        return (time.monotonic() - self.origin) * self.speed
