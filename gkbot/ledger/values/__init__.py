"""What the ledger hands out and takes in besides planning's values."""

from gkbot.ledger.values.attempts import (
    AT_RISK,
    BEFORE_DOT,
    BEGUN,
    Attempt,
    Beginning,
    Ended,
    Outcome,
    Receipt,
    Try,
    Turned,
)
from gkbot.ledger.values.brakes import Brake, HeldBack, Standing
from gkbot.ledger.values.claims import Claimed, Pace, Rate, Wanted
from gkbot.ledger.values.notices import Closed, Entry, Facts, NoticeState, Payload, Substitute, UnclearPolicy
from gkbot.ledger.values.plans import Enqueued, ScanRun, Usual
from gkbot.ledger.values.upkeep import AuditEntry, DisabledChannel, Instance

__all__ = [
    "AT_RISK",
    "BEFORE_DOT",
    "BEGUN",
    "Attempt",
    "AuditEntry",
    "Beginning",
    "Brake",
    "Claimed",
    "Closed",
    "DisabledChannel",
    "Ended",
    "Enqueued",
    "Entry",
    "Facts",
    "HeldBack",
    "Instance",
    "NoticeState",
    "Outcome",
    "Pace",
    "Payload",
    "Rate",
    "Receipt",
    "ScanRun",
    "Standing",
    "Substitute",
    "Try",
    "Turned",
    "UnclearPolicy",
    "Usual",
    "Wanted",
]
