"""What has happened and what must still go out: tables, queries, migrations.

Nothing is imported before it is asked for: SQLModel takes its time, and most commands need no database.
"""

from typing import TYPE_CHECKING, Any

from gkbot.ledger.presence import ledger_exists
from gkbot.ledger.values import (
    AT_RISK,
    BARE,
    BEFORE_DOT,
    BEGUN,
    FALLBACK,
    PLAIN,
    POISON,
    REST,
    Attempt,
    AuditEntry,
    Beginning,
    Brake,
    Claimed,
    Closed,
    DisabledChannel,
    Ended,
    Enqueued,
    Entry,
    Facts,
    HeldBack,
    Instance,
    NoticeState,
    Outcome,
    Pace,
    Payload,
    Rate,
    Receipt,
    ScanRun,
    Standing,
    Substitute,
    Try,
    Turned,
    UnclearPolicy,
    Usual,
    Wanted,
)

if TYPE_CHECKING:
    from gkbot.ledger.ledger import Ledger
    from gkbot.ledger.outbox import Outbox

__all__ = [
    "AT_RISK",
    "BARE",
    "BEFORE_DOT",
    "BEGUN",
    "FALLBACK",
    "PLAIN",
    "POISON",
    "REST",
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
    "Ledger",
    "NoticeState",
    "Outbox",
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
    "ledger_exists",
]


def __getattr__(name: str) -> Any:
    if name == "Ledger":
        from gkbot.ledger.ledger import Ledger

        return Ledger
    if name == "Outbox":
        from gkbot.ledger.outbox import Outbox

        return Outbox
    raise AttributeError(name)
