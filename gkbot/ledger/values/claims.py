"""A claim: a notice taken for one sender, on the terms that this sender asks for."""

from dataclasses import dataclass
from datetime import date, datetime

from gkbot.ledger.values.notices import PLAIN, Facts, Payload, UnclearPolicy
from gkbot.planning.values import Told


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
class Claimed:
    """A notice taken for this instance; nobody else works on it while the lease holds.

    Attributes:
        token: Rises with every claim; an outcome other than ok counts only with the latest.
        body: The payload of the latest attempt, see `is_frozen`; None before the first.
        message_id: Frozen with the body.
        items: The duties it speaks of; empty for later parts.
        maybe_twice: An earlier attempt was unclear.
        events_seen: Last event recorded when it was claimed.
        crashes: Earlier claims of which nothing was heard again, those made ahead left out.
        booked_at: Moment of its place in the channel's windows; None where there are none.
        may_have_killed: An earlier claim, be it one made ahead, was abandoned: it is sent alone.
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
    may_have_killed: bool = False
    booked_at: float | None = None

    @property
    def is_frozen(self) -> bool:
        """Whether the body must stay as it is: a copy may have arrived, or the body is not made from the facts."""
        is_plain = self.origin is not None and self.origin.startswith(PLAIN)
        return self.body is not None and (self.maybe_twice or self.part_no > 1 or is_plain)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Notices that wait for nothing but their channel's pace.

    Attributes:
        waiting: How many, this moment.
        opens_at: When the next may leave.
        seconds: How long it is until then.
    """

    waiting: int
    opens_at: datetime
    seconds: float
