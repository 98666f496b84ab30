"""What a round holds of one notice while it sends it."""

from concurrent.futures import Future
from dataclasses import dataclass
from typing import Self

from gkbot.delivery.writing import Letter, Written
from gkbot.ledger import Claimed

LOOK_HOLDS_SECONDS = 10.0


@dataclass(slots=True)
class Hand:
    """A notice in hand.

    Attributes:
        work: Its letter, being written in another thread.
        letter: The same, written.
        begun: Its attempt is committed.
        at_risk: The wire has gone so far that it may arrive.
        looked_at: Of the monotonic clock, when it was last seen what is still to be told.
        following: Claimed ahead.
    """

    claimed: Claimed
    work: Future[Written] | None = None
    letter: Letter | None = None
    begun: bool = False
    at_risk: bool = False
    looked_at: float = 0.0
    following: Self | None = None

    def is_old(self, monotonic: float) -> bool:
        """Whether it was written long ago, while a server was slow, and wants another look (guarantee G5)."""
        return monotonic - self.looked_at > LOOK_HOLDS_SECONDS

    def written_meanwhile(self) -> Letter | None:
        """What another thread wrote; None where that is not done or went another way."""
        if self.work is None or not self.work.done() or self.work.exception() is not None:
            return None
        letter = self.work.result()
        return letter if isinstance(letter, Letter) else None
