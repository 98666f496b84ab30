"""A notice of the outbox: where it stands, as people look at it, and what may take its place."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

Facts = Mapping[str, Any]

Payload = dict[str, Any]
"""A frozen body as one channel puts it on the wire: JSON-able, no secret."""


PLAIN, FALLBACK = "plain_of", "fallback_of"
"""Why a notice exists that stands for a dead one: the same more simply, or another way."""
POISON = "poison"
"""Why a notice is dead that was claimed too often without an outcome."""
BARE, REST = "bare", "rest"
"""In the facts of a fallback: the number it stands for, where no template is to write it; bodies nobody was told."""


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


class UnclearPolicy(StrEnum):
    """What becomes of a notice after an unclear attempt (guarantee G4)."""

    RESEND_ONCE = "resend_once"
    HOLD = "hold"
    DROP = "drop"


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
class Closed:
    """A notice that was closed instead of being claimed."""

    number: str
    channel_id: str
    contact: str
    state: NoticeState
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Substitute:
    """Another notice that takes the place of a dead one: same facts, other channel or plainer body.

    Attributes:
        reason: fallback_of or plain_of; the number of the dead notice is added.
        body: Frozen payload; None to write anew for the channel.
    """

    reason: str
    channel: str
    address: str
    contact: str
    mentions: tuple[str, ...] = ()
    mobiles: tuple[str, ...] = ()
    body: Payload | None = None
