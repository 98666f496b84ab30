"""The shape every channel has: freeze a message into payloads, send one of them, say what was answered.

A channel is one module with one class of this shape. It raises nothing on purpose: whatever the
other side or the line does becomes a `Receipt`. It sleeps for nothing, retries nothing and
remembers nothing but its connection; waiting and repeating are the outbox's business.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol, runtime_checkable

from gkbot.ledger import Facts, Payload, Rate, Receipt, UnclearPolicy
from gkbot.notices.message import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """What the sender does at two moments of a send, where a channel `says_when_at_risk`.

    Attributes:
        at_risk: Called just before what can no longer be taken back; commits that to the outbox.
            Where it raises, that step must not be taken.
        is_at_risk: Whether that is committed already.
        meanwhile: Called while the last answer is waited for, and raises nothing.
    """

    at_risk: Callable[[], None] = lambda: None
    is_at_risk: Callable[[], bool] = lambda: False
    meanwhile: Callable[[], None] = lambda: None


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """One frozen payload with what a channel needs to address it.

    Attributes:
        number: Shown to people; the same on every copy.
        message_id: Of the mail; the same on every copy.
        thread: Message-ID of the thread's root, where the notice speaks of one duty only.
        maybe_twice: An earlier attempt was unclear.
        at: This moment, for the Date header.
        steps: For a channel that `says_when_at_risk`.
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
    steps: Steps = field(default=Steps(), repr=False, compare=False)


class Transport(Protocol):
    """A way to travel.

    Attributes:
        channel: The kind of channel it serves: email, wecom, file.
        deadline_seconds: No send lasts longer, whatever the other side does.
        rates: What a channel takes, each window by itself; none for no limit.
        policy: What to do after an unclear attempt.
        domain: Domain of the Message-IDs.
        disabled_is_final: What waits for a disabled channel goes another way at once; False where
            mending the settings lets it go out as it was meant.
        says_when_at_risk: Whether `send` calls `parcel.steps`: an attempt that ends before that is a
            plain retry. Where False, an attempt is at risk from its beginning.
    """

    channel: str
    deadline_seconds: float
    rates: tuple[Rate, ...]
    policy: UnclearPolicy
    domain: str
    disabled_is_final: bool
    says_when_at_risk: bool

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


@runtime_checkable
class Prepares(Protocol):
    """A channel of which the next parcel may be made ready while the present one is on the wire."""

    def prepare(self, parcel: Parcel) -> None:
        """Do what can be done before `send`; perhaps in vain."""
        ...

    def announce(self, parcel: Parcel) -> bool:
        """Say on the wire what cannot make it arrive, and wait for no answer; where another is sent, it is void.

        Returns:
            Whether it was said.
        """
        ...


class Render(Protocol):
    """Facts to message; written by the notices room."""

    def __call__(self, facts: Facts, *, channel: str, today: date, maybe_twice: bool) -> Message:
        """Render for email or wecom."""
        ...


Stop = Callable[[], bool]
