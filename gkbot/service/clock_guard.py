"""Whether the wall clock can be believed: it must go as fast as the clock that only goes forward."""

import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from gkbot.clock import Clock

TOLERANCE = timedelta(minutes=10)  # facts/delivery.md 3.3; a step of the time service is smaller


@dataclass(frozen=True, slots=True, kw_only=True)
class Jump:
    """The wall clock is not where it should be."""

    expected: datetime
    found: datetime

    @property
    def span(self) -> timedelta:
        """How far off it is; positive where it went forward."""
        return self.found - self.expected


@dataclass(slots=True)
class ClockGuard:
    """Compares both clocks from look to look; small steps become the new truth, a jump does not."""

    clock: Clock
    _wall: datetime = field(init=False)
    _steady: float = field(init=False)
    _lock: threading.Lock = field(init=False, default_factory=threading.Lock)

    def __post_init__(self) -> None:
        """Believe the clock as it stands now."""
        self.believe()

    def believe(self) -> None:
        """Take the wall clock's word from here on."""
        self._wall, self._steady = self.clock.now(), self.clock.monotonic()

    def look(self) -> Jump | None:
        """How far the wall clock is off; None where it is not, or has come back."""
        with self._lock:
            found, steady = self.clock.now(), self.clock.monotonic()
            expected = self._wall + timedelta(seconds=steady - self._steady)
            if abs(found - expected) > TOLERANCE:
                return Jump(expected=expected, found=found)
            self._wall, self._steady = found, steady
            return None
