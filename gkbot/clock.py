"""The one place that asks the time."""

import time
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Protocol, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from gkbot.errors import SettingsError

try:
    DEFAULT_ZONE = ZoneInfo("Asia/Shanghai")
except ZoneInfoNotFoundError:  # never UTC instead: days would end at eight in the morning
    cure = "安装时区数据：pip install tzdata，或者系统的 tzdata 软件包。"
    raise SettingsError("GKBOT_TIMEZONE", "这台机器上没有时区数据", cure) from None
_STEADY = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)  # a machine put to sleep is no jump of the clock


class Clock(Protocol):
    """What the rest of the program may ask of time."""

    @property
    def zone(self) -> ZoneInfo:
        """The office's time zone, in which days begin and end."""
        ...

    def now(self) -> datetime:
        """This moment, aware, in UTC."""
        ...

    def today(self) -> date:
        """The day it is in the office's zone."""
        ...

    def monotonic(self) -> float:
        """Seconds that only go forward, whatever happens to the wall clock."""
        ...


@dataclass(frozen=True, slots=True)
class SystemClock:
    """The machine's own clock."""

    zone: ZoneInfo = DEFAULT_ZONE

    def now(self) -> datetime:
        """This moment, aware, in UTC."""
        return datetime.now(UTC)

    def today(self) -> date:
        """The day it is in the office's zone."""
        return datetime.now(self.zone).date()

    def monotonic(self) -> float:
        """Seconds that only go forward."""
        return time.clock_gettime(_STEADY)


@dataclass(frozen=True, slots=True)
class ShiftedClock:
    """The system's clock as if this were another day: time passes, the day stays.

    Attributes:
        day: The day it is, however long the run takes.
        shift: From the real day to `day`.
    """

    day: date
    shift: timedelta
    zone: ZoneInfo = DEFAULT_ZONE

    @classmethod
    def to(cls, day: date, zone: ZoneInfo) -> Self:
        """A clock for `day`, at the real time of day."""
        return cls(day=day, shift=day - SystemClock(zone).today(), zone=zone)

    def now(self) -> datetime:
        """This moment, moved to the day; aware, in UTC."""
        return datetime.now(UTC) + self.shift

    def today(self) -> date:
        """The day."""
        return self.day

    @property
    def is_ahead(self) -> bool:
        """Whether the day is still to come."""
        return self.shift > timedelta(0)

    def monotonic(self) -> float:
        """Seconds that only go forward."""
        return time.clock_gettime(_STEADY)


@dataclass(slots=True)
class FixedClock:
    """A clock that stands still until it is told otherwise: for tests, replays and `--date`."""

    moment: datetime
    zone: ZoneInfo = DEFAULT_ZONE
    seconds: float = 0.0

    def now(self) -> datetime:
        """The moment set, aware, in UTC."""
        return self.moment.astimezone(UTC)

    def today(self) -> date:
        """The day of the moment set, in the office's zone."""
        return self.moment.astimezone(self.zone).date()

    def monotonic(self) -> float:
        """Seconds set by `advance`."""
        return self.seconds

    def advance(self, seconds: float) -> None:
        """Let `seconds` pass, on both clocks."""
        self.moment += timedelta(seconds=seconds)
        self.seconds += seconds
