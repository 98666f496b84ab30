"""What a point in time is read against, and what comes of it: days, first and last."""

from dataclasses import dataclass, field
from datetime import date, time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gkbot.deadline.calendar import Calendar


class NoSuchDay(Exception):
    """The words name no day: a 13th month, a festival beyond the table."""


@dataclass(slots=True)
class Frame:
    """What the words leave open: the day of issue, the task year, and the year last written in the text.

    Attributes:
        carried: Year of the last deadline that names one.
        told: Year last written in the sentence, deadline or not: 当年 is that one.
    """

    issued: date
    year: int
    calendar: "Calendar"
    carried: int | None = None
    told: int | None = None

    @property
    def current(self) -> int:
        """The year of a point without one."""
        return self.carried if self.carried is not None else self.year


@dataclass(slots=True)
class Stretch:
    """The days a point names, first and last inclusive."""

    first: date
    last: date
    at: time | None = None
    sharp: bool = True  # a day or an end (底): 前 then includes it
    doubts: list[tuple[str, str]] = field(default_factory=list)
    year_written: bool = True
