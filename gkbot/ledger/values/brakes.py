"""Why a notice waits for a person though nothing went wrong with it."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Self


class Brake(StrEnum):
    """Why a notice is held for a person though nothing went wrong with it (facts/delivery.md 3.3).

    `CLOCK` and `RESTORED` stand until they are lifted, and nothing is planned meanwhile.
    """

    BURST = "burst"
    GROUP = "group"
    CLOCK = "clock"
    RESTORED = "restored"

    @property
    def reason(self) -> str:
        """The reason of the notices it holds."""
        return f"brake-{self}"

    @classmethod
    def of(cls, reason: str) -> Self:
        """The brake of a notice's reason."""
        return cls(reason.removeprefix("brake-"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A brake that stands until it is lifted.

    Attributes:
        id: Of its record in the audit; another time is another id.
        expected: The moment the clock should have shown, or the last one the database should know of.
        found: What it showed.
        set_by: Epoch of the process that set it; None where it had none.
    """

    id: int
    brake: Brake
    since: datetime
    expected: datetime
    found: datetime
    set_by: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldBack:
    """A notice that a brake holds.

    Attributes:
        tasks: Ids of the tasks it speaks of.
    """

    number: str
    brake: Brake
    day: date
    unit: str | None
    tasks: tuple[str, ...]
