"""A prolongation of a period, with who approved it and on what paper."""

from dataclasses import dataclass
from datetime import date

from gkbot.deadline.schedule import Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Extension:
    """More time, counted from the old due day, or a new due day outright.

    Attributes:
        amount: Units added to the old due day; None where `until` is given.
        unit: What is counted; None means the unit of the period itself.
        until: The new due day, taken as it stands: it does not roll.
        approver: Who approved it (条例 art. 33: the head of the 工作机构).
        basis: The paper it rests on.
    """

    amount: int | None = None
    unit: Unit | None = None
    until: date | None = None
    approver: str
    basis: str

    def __post_init__(self) -> None:
        """Refuse an extension that says neither how long nor until when, or both."""
        if (self.amount is None) == (self.until is None):
            raise ValueError("an extension has either an amount or a new due day")
