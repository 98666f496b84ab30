"""A due day with the reckoning that leads to it, step by step."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import overload


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of a reckoning: a Chinese sentence without full stop, and the day it speaks of."""

    day: date | None
    text: str


class Steps(Sequence[Step]):
    """Steps that are put into words when first read: most reckonings are never explained."""

    __slots__ = ("_told", "_words")

    def __init__(self, words: Callable[[], Sequence[Step]]) -> None:
        self._words = words
        self._told: tuple[Step, ...] | None = None

    @property
    def told(self) -> tuple[Step, ...]:
        """The steps themselves."""
        if self._told is None:
            self._told = tuple(self._words())
        return self._told

    @overload
    def __getitem__(self, index: int) -> Step: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Step, ...]: ...
    def __getitem__(self, index: int | slice) -> Step | tuple[Step, ...]:
        return self.told[index]

    def __len__(self) -> int:
        return len(self.told)

    def __iter__(self) -> Iterator[Step]:
        return iter(self.told)

    def __eq__(self, other: object) -> bool:
        return self.told == (other.told if isinstance(other, Steps) else other)

    def __hash__(self) -> int:
        return hash(self.told)

    def __repr__(self) -> str:
        return f"Steps({self.told!r})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reckoning:
    """A due day and how it was found.

    Attributes:
        due: Last day in time, inclusive.
        at: The hour, where the words or the count name one.
        nominal: The due day before it was moved off a rest day.
        start: First day of the period, where it has one.
        provisional: It rests on a calendar that is not published yet (暂定).
        steps: Why this day, in Chinese, in the order of counting.
    """

    due: date
    at: time | None = None
    nominal: date
    start: date | None = None
    provisional: bool = False
    steps: Sequence[Step] = ()
