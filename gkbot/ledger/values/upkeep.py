"""What is on record about sending itself: who sends, which channel is switched off, what a person did."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """What a person (or gkbot itself) did to the ledger."""

    at: datetime
    who: str
    what: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """A running process that may send; `epoch` rises with every start."""

    epoch: int
    name: str
    started_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DisabledChannel:
    """A channel that refused us for good until a person mends it."""

    channel_id: str
    reason: str
    since: datetime
