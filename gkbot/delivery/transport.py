"""The shape every channel has: freeze a message into payloads, send one of them, say what was answered.

A channel is one module with one class of this shape. It raises nothing on purpose: whatever the
other side or the line does becomes a `Receipt`. It sleeps for nothing, retries nothing and
remembers nothing but its connection; waiting and repeating are the outbox's business.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from gkbot.ledger import Facts, Payload, Rate, Receipt, UnclearPolicy
from gkbot.notices.message import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """One frozen payload with what a channel needs to address it.

    Attributes:
        number: Shown to people; the same on every copy.
        message_id: Of the mail; the same on every copy.
        thread: Message-ID of the thread's root, where the notice speaks of one duty only.
        maybe_twice: An earlier attempt was unclear.
        at: This moment, for the Date header.
    """

    payload: Payload
    number: str
    message_id: str
    thread: str | None
    day: date
    unit: str | None
    contact: str
    address: str
    maybe_twice: bool
    at: datetime


class Transport(Protocol):
    """A way to travel.

    Attributes:
        channel: The kind of channel it serves: email, wecom, file.
        deadline_seconds: No send lasts longer, whatever the other side does.
        rate: What a channel takes; None for no limit.
        policy: What to do after an unclear attempt.
        domain: Domain of the Message-IDs.
        disabled_is_final: What waits for a disabled channel goes another way at once; False where
            mending the settings lets it go out as it was meant.
    """

    channel: str
    deadline_seconds: float
    rate: Rate | None
    policy: UnclearPolicy
    domain: str
    disabled_is_final: bool

    def freeze(self, message: Message, address: str) -> tuple[Payload, ...]:
        """The payloads that carry a message, one a part; JSON-able, never empty."""
        ...

    def plainer(self, payload: Payload) -> Payload | None:
        """The same said so simply that the other side cannot refuse its form; None where it is already."""
        ...

    def send(self, parcel: Parcel) -> Receipt:
        """Put a payload on the wire and judge the answer by the provider's own code."""
        ...

    def close(self) -> None:
        """Let go of connections."""
        ...


class Render(Protocol):
    """Facts to message; written by the notices room."""

    def __call__(self, facts: Facts, *, channel: str, today: date, maybe_twice: bool) -> Message:
        """Render for email or wecom."""
        ...


Stop = Callable[[], bool]
