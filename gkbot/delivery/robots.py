"""What the channels of robots share: addresses called by name, one connection pool, plain text as a way out."""

from abc import abstractmethod
from collections.abc import Callable, Mapping
from typing import Generic, TypeVar

from gkbot.delivery.transport import Parcel
from gkbot.delivery.webhook import Webhook
from gkbot.ledger import Outcome, Payload, Receipt, UnclearPolicy

One = TypeVar("One")


class Robots(Generic[One]):
    """Sends to robots by the names that unit files call them."""

    policy = UnclearPolicy.RESEND_ONCE
    domain = "localhost"
    disabled_is_final = True
    says_when_at_risk = False

    def __init__(
        self, robots: Mapping[str, One], webhook: Webhook, *, plain_text: Callable[[Payload], Payload | None]
    ) -> None:
        """Take the robots.

        Args:
            plain_text: How a payload that was refused can be said more simply.
        """
        self.deadline_seconds = webhook.deadline_seconds
        self._robots = dict(robots)
        self._webhook = webhook
        self._plain_text = plain_text

    def plainer(self, payload: Payload) -> Payload | None:
        """Short plain text; None where it is that already, or cannot be."""
        return self._plain_text(payload)

    def send(self, parcel: Parcel) -> Receipt:
        """Post one message."""
        robot = self._robots.get(parcel.address)
        if robot is None:
            return Receipt(outcome=Outcome.DEAD, code="no-such-robot", phase="connect")
        return self._post(robot, parcel)

    def close(self) -> None:
        """Let go of the connections."""
        self._webhook.close()

    @abstractmethod
    def _post(self, robot: One, parcel: Parcel) -> Receipt:
        """Put a parcel on the wire to a robot that is known."""
