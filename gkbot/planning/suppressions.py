"""A person's "not now": what it is about, how long it holds, and what is told when it is over."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from gkbot.rulebook.values import Task


class SuppressionKind(StrEnum):
    """What a person says: be quiet for now, tell it later (by a day named), or: they know.

    What falls into a silence or a postponement is told when it is over, if it still applies;
    what falls into an acknowledgement counts as told.
    """

    SILENCE = "silence"
    POSTPONE = "postpone"
    ACK = "ack"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSuppression:
    """A "not now", before the ledger has numbered it.

    Attributes:
        since, end: `since <= day < end`; no end means until a person ends it.
        unit, task, document: Name of the unit, id of the task, id of the document; None for all.
        address: Channel-free: a mail address, or the name of a robot; None for all.
        author, reason: Who says so, and why.
    """

    kind: SuppressionKind
    since: date
    author: str
    reason: str
    end: date | None = None
    unit: str | None = None
    address: str | None = None
    task: str | None = None
    document: str | None = None

    def holds(self, day: date) -> bool:
        """Whether it is in force on `day`."""
        return self.since <= day and (self.end is None or day < self.end)

    def is_about(self, task: Task | None, unit: str, address: tuple[str, str] | None) -> bool:
        """Whether it concerns a task, a unit and a recipient.

        Args:
            task: None for one that is in no rule file any more.
            address: Channel and address. None asks for the unit as a whole; what is meant for one address is not it.
        """
        if self.unit not in {None, unit} or (self.task is not None and (task is None or task.id != self.task)):
            return False
        if self.document is not None and (task is None or task.document.id != self.document):
            return False
        return self.address is None or (address is not None and address[1].casefold() == self.address.casefold())

    def matcher(self) -> dict[str, str]:
        """What it is about, as the ledger keeps it; empty for the whole office."""
        named = {"unit": self.unit, "address": self.address, "task": self.task, "document": self.document}
        return {name: value for name, value in named.items() if value is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Suppression(NewSuppression):
    """A "not now", as the ledger keeps it."""

    id: int
