"""What the ledger hands out and takes in besides planning's values: outbox rows, receipts, counts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from random import Random
from typing import Any, Self

from gkbot.planning.values import Told

BEGUN, BEFORE_DOT, AT_RISK = "begun", "before-dot", "dot"
"""Phases of an attempt without outcome: only `BEFORE_DOT` says that nothing can have arrived (RFC 5321 4.1.1.10)."""

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


class Brake(StrEnum):
    """Why a notice is held for a person though nothing went wrong with it (facts/delivery.md 3.3).

    `CLOCK` and `RESTORED` stand until they are lifted, and nothing is planned meanwhile.
    """

    BURST = "burst"
    GROUP = "group"
    CLOCK = "clock"
    RESTORED = "restored"

    @property
    def reason(self) -> str:
        """The reason of the notices it holds."""
        return f"brake-{self}"

    @classmethod
    def of(cls, reason: str) -> Self:
        """The brake of a notice's reason."""
        return cls(reason.removeprefix("brake-"))


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
        body: The payload of the latest attempt, see `is_frozen`; None before the first.
        message_id: Frozen with the body.
        items: The duties it speaks of; empty for later parts.
        maybe_twice: An earlier attempt was unclear.
        events_seen: Last event recorded when it was claimed.
        crashes: Earlier claims of which nothing was heard again.
        policy: The notice's own, for an unclear attempt; None leaves it to the channel.
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
    crashes: int
    policy: UnclearPolicy | None
    origin: str | None
    expires_at: datetime | None

    @property
    def is_frozen(self) -> bool:
        """Whether the body must stay as it is: a copy may have arrived, or the body is not made from the facts."""
        is_plain = self.origin is not None and self.origin.startswith("plain_of")
        return self.body is not None and (self.maybe_twice or self.part_no > 1 or is_plain)


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
class Wanted:
    """What a sender would take next.

    Attributes:
        channel: Kind of channel: email, wecom, file.
        rates: What the channel takes; a place is taken in the same transaction.
        lease_seconds: So long the notice is this sender's, unless it is renewed.
        policy: What to do after an unclear attempt where the notice says nothing.
    """

    channel: str
    rates: tuple[Rate, ...]
    lease_seconds: float
    policy: UnclearPolicy


@dataclass(frozen=True, slots=True, kw_only=True)
class Beginning:
    """An attempt that is to begin.

    Attributes:
        bodies: The payloads of all parts; the first is this notice's own, the others become rows
            that each wait for the one before. For a frozen notice its own body.
        phase: How far an attempt is of which nothing more is heard: `BEGUN` may have arrived,
            `BEFORE_DOT` cannot have.
        template_hash: Of the templates the bodies were made with.
    """

    claimed: Claimed
    bodies: Sequence[Payload]
    message_id: str
    phase: str
    template_hash: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """An attempt that came to something.

    Attributes:
        policy: What to do where that is unclear and the notice says nothing.
        substitute: What goes out instead where the notice is dead now.
    """

    claimed: Claimed
    receipt: Receipt
    policy: UnclearPolicy
    random: Random
    substitute: Substitute | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """A notice that was closed instead of being claimed."""

    number: str
    channel_id: str
    contact: str
    state: NoticeState
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Turned:
    """What one transaction did: ended one attempt, began another, claimed what comes after it.

    Attributes:
        state: Of the notice whose attempt ended; None where the claim was no longer ours.
        begun: False: look again, or no longer ours.
        following: Claimed ahead.
        closed: On the way to it.
    """

    state: NoticeState | None = None
    begun: bool = False
    following: Claimed | None = None
    closed: tuple[Closed, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Notices that wait for nothing but their channel's pace.

    Attributes:
        waiting: How many, this moment.
        opens_at: When the next may leave.
    """

    waiting: int
    opens_at: datetime


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
        held: Of the planned ones, those that wait for a person because a brake tripped.
    """

    planned: int
    existing: int
    superseded: int = 0
    held: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Usual:
    """How many messages to units a day usually brings, for the brakes; drafts and admins' messages never count.

    Attributes:
        fresh: Keys of the new notices that count: not those of the first look, nor of rules a person has
            accepted, nor to recipients who were never told anything before (a new office).
        today: Messages of the day decided before.
        to_address: The same by channel and address, whatever their kind.
        scans: Working days looked at lately that told units something, at most 20.
        median: Messages on such a day.
        peak: Most messages on one day in a bit more than a year, the first look left out.
        last_scan: Last working day looked at before; None before the first.
    """

    fresh: frozenset[str] = frozenset()
    today: int = 0
    to_address: Mapping[tuple[str, str], int] = field(default_factory=dict)
    scans: int = 0
    median: float = 0.0
    peak: int = 0
    last_scan: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A brake that stands until it is lifted.

    Attributes:
        id: Of its record in the audit; another time is another id.
        expected: The moment the clock should have shown, or the last one the database should know of.
        found: What it showed.
    """

    id: int
    brake: Brake
    since: datetime
    expected: datetime
    found: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldBack:
    """A notice that a brake holds.

    Attributes:
        tasks: Ids of the tasks it speaks of.
    """

    number: str
    brake: Brake
    day: date
    unit: str | None
    tasks: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """What a person (or gkbot itself) did to the ledger."""

    at: datetime
    who: str
    what: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Try:
    """An attempt with the notice it was for, as the log for inspectors shows it."""

    entry: "Entry"
    attempt: "Attempt"


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
