"""The vital signs of the running service: which thread beats, and whether what it does succeeds."""

import threading
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from gkbot.clock import Clock
from gkbot.errors import GkbotError, LedgerBusy
from gkbot.service.logs import failure_in_short

LOOK, WRITING, SENDER = "look", "writing", "sender:"


class Role(StrEnum):
    """What the process is here for; a second one on SQLite waits for its turn."""

    STARTING = "starting"
    ACTIVE = "active"
    PASSIVE = "passive"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """How one thread was heard of last.

    Attributes:
        silent_seconds: Since its last beat.
        patience_seconds: Longest that one piece of its work may take; 0 where it need not beat at all.
        failing_since: Since when what it does fails; None where it succeeds.
        trouble: Why, without secrets.
        is_busy: It only has to wait for the database.
    """

    name: str
    silent_seconds: float
    patience_seconds: float
    failing_since: datetime | None = None
    trouble: str = ""
    is_busy: bool = False

    @property
    def is_silent(self) -> bool:
        """Whether it has been silent for longer than any work of its lasts."""
        return 0 < self.patience_seconds < self.silent_seconds


class Vitals:
    """Takes beats from all threads; asked by the auditor from its own."""

    def __init__(self, clock: Clock) -> None:
        """Begin with no thread known."""
        self._clock = clock
        self._lock = threading.Lock()
        self._signs: dict[str, Sign] = {}
        self._beats: dict[str, float] = {}
        self.role = Role.STARTING
        self.epoch: int | None = None

    def expect(self, name: str, patience_seconds: float = 0.0) -> None:
        """From now on this thread must beat."""
        with self._lock:
            self._signs[name] = Sign(name=name, silent_seconds=0.0, patience_seconds=patience_seconds)
            self._beats[name] = self._clock.monotonic()

    def beat(self, name: str) -> None:
        """The thread is alive."""
        with self._lock:
            self._beats[name] = self._clock.monotonic()

    def succeeded(self, name: str) -> None:
        """The thread is alive, and what it does succeeds."""
        with self._lock:
            self._beats[name] = self._clock.monotonic()
            if name in self._signs:
                self._signs[name] = replace(self._signs[name], failing_since=None, trouble="", is_busy=False)

    def failed(self, name: str, error: Exception) -> None:
        """The thread is alive, and what it does fails."""
        trouble = str(error) if isinstance(error, GkbotError) else failure_in_short(error)
        with self._lock:
            self._beats[name] = self._clock.monotonic()
            known = self._signs.get(name) or Sign(name=name, silent_seconds=0.0, patience_seconds=0.0)
            since = known.failing_since or self._clock.now()
            is_busy = isinstance(error, LedgerBusy)
            self._signs[name] = replace(known, failing_since=since, trouble=trouble, is_busy=is_busy)

    def signs(self) -> tuple[Sign, ...]:
        """How each thread was heard of last."""
        now = self._clock.monotonic()
        with self._lock:
            return tuple(replace(s, silent_seconds=now - self._beats[s.name]) for s in self._signs.values())

    def all_beat(self) -> bool:
        """Whether no thread has been silent for longer than its work lasts."""
        return not any(sign.is_silent for sign in self.signs())
