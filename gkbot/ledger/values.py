"""What the ledger hands out and takes in besides planning's values: outbox rows, receipts, counts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from gkbot.planning.values import Told

Facts = Mapping[str, Any]
Payload = dict[str, Any]
"""A frozen body as one channel puts it on the wire: JSON-able, no secret."""


class NoticeState(StrEnum):
    """Where a notice stands; `SENT` absorbs, `PENDING` and `LEASED` alone are not final (facts/delivery.md 3.1)."""

    PENDING = "pending"
    LEASED = "leased"
    SENT = "sent"
    DEAD = "dead"
    HELD = "held"
    SUPERSEDED = "superseded"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class Outcome(StrEnum):
    """What one attempt came to. `UNCLEAR`: the other side may or may not have taken it."""

    OK = "ok"
    RETRY = "retry"
    DEAD = "dead"
    UNCLEAR = "unclear"


class UnclearPolicy(StrEnum):
    """What becomes of a notice after an unclear attempt (guarantee G4)."""

    RESEND_ONCE = "resend_once"
    HOLD = "hold"
    DROP = "drop"


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What a channel answered, already judged by the provider's own code.

    Attributes:
        code: The provider's code, or a word of ours for what came before any (connect, timeout, tls …).
        reply: The answer, redacted and at most 500 bytes.
        phase: How far the dialogue had come.
        retry_after: Seconds to wait at least; None leaves it to the schedule.
        retry_most: Counted tries after which a retry becomes dead; None for no limit but expiry.
        quick: The first three tries follow within a minute.
        counted: False where the try does not count (the robot's gate was closed).
        close_gate: Seconds for which nobody may send on this channel.
        disable: The channel is of no use until a person mends it; nothing more is sent on it.
        simplify: The payload was at fault; plain short text may pass.
    """

    outcome: Outcome
    code: str
    reply: str = ""
    phase: str = ""
    retry_after: float | None = None
    retry_most: int | None = None
    quick: bool = False
    counted: bool = True
    close_gate: float | None = None
    disable: bool = False
    simplify: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """How many messages a channel takes.

    Attributes:
        most: In any `seconds`.
        reserve: Kept for notices that cannot wait.
    """

    most: int
    seconds: float
    reserve: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """A notice taken for this instance; nobody else works on it while the lease holds.

    Attributes:
        token: Rises with every claim; an outcome other than ok counts only with the latest.
        body: The payload frozen at the first attempt; None before it.
        message_id: Frozen with the body.
        items: The duties it speaks of; empty for later parts.
        maybe_twice: An earlier attempt was unclear.
        events_seen: Last event recorded when it was claimed.
        origin: Why it exists where that is not the plan: fallback_of:NUMBER, plain_of:NUMBER.
    """

    id: int
    token: int
    number: str
    key: str
    kind: str
    day: date
    channel: str
    channel_id: str
    unit: str | None
    contact: str
    address: str
    mentions: tuple[str, ...]
    mobiles: tuple[str, ...]
    facts: Facts
    body: Payload | None
    message_id: str | None
    thread: str | None
    part_no: int
    parts: int
    tries: int
    items: tuple[Told, ...]
    maybe_twice: bool
    events_seen: int
    origin: str | None
    expires_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Substitute:
    """Another notice that takes the place of a dead one: same facts, other channel or plainer body.

    Attributes:
        reason: fallback_of or plain_of; the number of the dead notice is added.
        body: Frozen payload; None to render anew for the channel.
    """

    reason: str
    channel: str
    address: str
    contact: str
    mentions: tuple[str, ...] = ()
    mobiles: tuple[str, ...] = ()
    body: Payload | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A notice of the outbox as people look at it."""

    id: int
    number: str
    key: str
    state: NoticeState
    reason: str | None
    origin: str | None
    kind: str
    day: date
    draft: bool
    channel: str
    unit: str | None
    contact: str
    address: str
    part_no: int
    parts: int
    tries: int
    facts: Facts
    body: Payload | None
    message_id: str | None
    created_at: datetime
    next_at: datetime | None
    expires_at: datetime | None
    settled_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One try to send; without outcome while it runs, or for ever where the process was killed."""

    token: int
    started_at: datetime
    ended_at: datetime | None
    outcome: Outcome | None
    code: str
    phase: str
    reply: str
    instance: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Enqueued:
    """What writing a plan came to.

    Attributes:
        planned: Notices newly written, drafts included.
        existing: Notices that had been decided before.
        superseded: Older pending notices that the new ones replace.
    """

    planned: int
    existing: int
    superseded: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanRun:
    """Proof that a day was looked at; `covered_by` is the later day that caught it up."""

    day: date
    rules_digest: str
    started_at: datetime
    finished_at: datetime | None
    covered_by: date | None
    counts: Mapping[str, int] = field(default_factory=dict)


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
