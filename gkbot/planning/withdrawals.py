"""A duty that is none any more, and who had been told of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

WITHDRAWN = "withdrawn-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A recipient to whom a message about the duty went out.

    Attributes:
        channel, address: As it was told.
        robot: The message went into a robot's group.
    """

    channel: str
    address: str
    contact: str
    robot: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal:
    """An event that ended a duty before it was done: taken out of the rule files, or called off.

    Attributes:
        id: Of the event.
        on: Day it was recorded.
        due: Due day as it was last told; None where it had none.
        revision: The highest that was told.
        entry: What was said of the duty last, as the facts of the notice have it.
        heard: Who was told and has not been told of the end yet.
        why: What is said of the reason, by the recorder.
    """

    id: int
    task: str
    unit: str
    period: str | None
    on: date
    why: str
    revision: int = 0
    due: date | None = None
    entry: Mapping[str, Any] = field(default_factory=dict)
    heard: tuple[Heard, ...] = ()

    @property
    def stage(self) -> str:
        """What it is called among the things told; the number of the event makes each withdrawal its own."""
        return f"{WITHDRAWN}{self.id}"


def is_withdrawn(stage: str) -> bool:
    """Whether an item tells of the end of a duty."""
    return stage.startswith(WITHDRAWN)
