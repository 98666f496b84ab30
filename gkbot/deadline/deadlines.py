"""A deadline as read from a text: what was found where, what it means, and what is doubtful about it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from gkbot.deadline.schedule import AfterEvent, By, Kind, Ongoing, Recurring, Schedule, Vague, Within

if TYPE_CHECKING:
    from gkbot.deadline.reckoning import Reckoning


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """Another day that a careful reader may hold, and why."""

    due: date
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """Something in the words that a person should look at; `span` as in `Deadline`."""

    code: str
    text: str
    span: tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """A deadline found in a text.

    Attributes:
        text: The words as they stand, `source[span[0]:span[1]]`.
        span: Half-open range of characters in the text read.
        due: Last day in time, inclusive; a moment (naive, local) where the words name an hour.
        start: First day of a stretch, or the first day from which a recurrence holds.
        alternatives: Other readings; empty unless `ambiguous`.
        provisional: Rests on a working-day calendar that is not published yet.
        why: One Chinese sentence: how the date follows from the words.
        reckoning: Of a period counted from the document's own issue, by the rules of a duty.
    """

    text: str
    span: tuple[int, int]
    schedule: Schedule
    due: date | datetime | None = None
    start: date | None = None
    ambiguous: bool = False
    alternatives: tuple[Alternative, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    provisional: bool = False
    why: str = ""
    reckoning: "Reckoning | None" = None

    @property
    def steps(self) -> tuple[str, ...]:
        """From the words to the day, in Chinese: how they are read, by which rule, which days were left out."""
        counted = () if self.reckoning is None else tuple(step.text for step in self.reckoning.steps)
        others = tuple(f"另一种读法：{_moment(other.due)}，{other.why}" for other in self.alternatives)
        doubts = tuple(f"疑点：{doubt.text}" for doubt in self.doubts)
        return (f"“{self.text}”读作：{self.schedule}", self.why.removesuffix("。"), *counted, *others, *doubts)

    @property
    def kind(self) -> Kind:
        """The kind of its schedule."""
        return _KINDS[type(self.schedule)]

    def as_json(self) -> dict[str, object]:
        """The object of `gkbot when --json` (CONTRACTS.md), with `doubts` added."""
        schedule = self.schedule
        after = schedule if isinstance(schedule, AfterEvent) else None
        recurrence = None
        if isinstance(schedule, Recurring):
            from gkbot.deadline import rrules

            recurrence = rrules.as_json(schedule)
        return {
            "text": self.text,
            "span": list(self.span),
            "kind": self.kind.value,
            "due": _moment(self.due),
            "start": _moment(self.start),
            "recurrence": recurrence,
            "event": (after.event or None) if after else None,
            "offset": {after.unit.value: after.amount} if after else None,
            "ambiguous": self.ambiguous,
            "alternatives": [{"due": _moment(other.due), "why": other.why} for other in self.alternatives],
            "provisional": self.provisional,
            "doubts": [{"code": doubt.code, "text": doubt.text, "span": list(doubt.span)} for doubt in self.doubts],
            "why": self.why,
        }


_KINDS: dict[type, Kind] = {
    By: Kind.BY,
    Within: Kind.WITHIN,
    Recurring: Kind.RECURRING,
    AfterEvent: Kind.AFTER_EVENT,
    Ongoing: Kind.ONGOING,
    Vague: Kind.VAGUE,
}


def _moment(value: date | datetime | None) -> str | None:
    if value is None:
        return None
    return value.isoformat(timespec="minutes") if isinstance(value, datetime) else value.isoformat()
