"""An attempt: how it begins, what the channel answered, what it came to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from random import Random

from gkbot.ledger.values.claims import Claimed, Rate
from gkbot.ledger.values.notices import Entry, NoticeState, Payload, Substitute, UnclearPolicy

BEGUN, BEFORE_DOT, AT_RISK = "begun", "before-dot", "dot"
"""Phases of an attempt without outcome: only `BEFORE_DOT` says that nothing can have arrived (RFC 5321 4.1.1.10)."""
LOOK_AGAIN = "look-again"
"""Code of an attempt of which nothing left: something happened since it was written, so it is written anew."""


class Outcome(StrEnum):
    """What one attempt came to. `UNCLEAR`: the other side may or may not have taken it."""

    OK = "ok"
    RETRY = "retry"
    DEAD = "dead"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What a channel answered, already judged by the provider's own code.

    Attributes:
        code: The provider's code, or a word of ours for what came before any (connect, timeout, tls …).
        reply: The answer, redacted and at most 500 bytes.
        phase: How far the dialogue had come.
        retry_after: Seconds to wait at least; None leaves it to the schedule.
        retry_most: So many tries may come to this very code, the next is dead; None for no limit but expiry.
        quick: The first three tries after this very code follow within a minute.
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
class Beginning:
    """An attempt that is to begin.

    Attributes:
        bodies: The payloads of all parts; the first is this notice's own, the others become rows
            that each wait for the one before. For a frozen notice its own body.
        phase: How far an attempt is of which nothing more is heard: `BEGUN` may have arrived,
            `BEFORE_DOT` cannot have.
        template_hash: Of the templates the bodies were made with.
        rates: Of the channel; the place taken with the claim counts from the beginning on.
    """

    claimed: Claimed
    bodies: Sequence[Payload]
    message_id: str
    phase: str
    template_hash: str | None = None
    rates: Sequence[Rate] = ()


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
class Turned:
    """What one transaction did: ended one attempt, put the next at risk, began one more, claimed what comes after it.

    Attributes:
        state: Of the notice whose attempt ended; None where the claim was no longer ours.
        at_risk, begun: False: look again, or no longer ours.
        following: Claimed ahead.
    """

    state: NoticeState | None = None
    at_risk: bool = False
    begun: bool = False
    following: Claimed | None = None


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
class Try:
    """An attempt with the notice it was for, as the log for inspectors shows it."""

    entry: Entry
    attempt: Attempt
