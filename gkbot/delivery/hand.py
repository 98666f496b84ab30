"""What a round holds of one notice while it sends it."""

from dataclasses import dataclass
from typing import Self

from gkbot.delivery.writing import Letter
from gkbot.ledger import Claimed

LOOK_HOLDS_SECONDS = 10.0


@dataclass(slots=True)
class Hand:
    """A notice in hand.

    Attributes:
        tried_ahead: It was written, or tried to, before its turn; that is done once.
        letter: What its attempt sends.
        begun: Its attempt is committed.
        at_risk: So is that it may arrive from here on.
        gone: The wire has come so far that it may arrive.
        looked_at: Of the monotonic clock, when it was last seen what is still to be told.
        following: Claimed ahead.
    """

    claimed: Claimed
    tried_ahead: bool = False
    letter: Letter | None = None
    begun: bool = False
    at_risk: bool = False
    gone: bool = False
    looked_at: float = 0.0
    following: Self | None = None

    def is_old(self, monotonic: float) -> bool:
        """Whether it was written long ago, while a server was slow, and wants another look (guarantee G5)."""
        return monotonic - self.looked_at > LOOK_HOLDS_SECONDS

    def next_to_begin(self) -> Self | None:
        """The first one behind this whose attempt has not begun."""
        return self.following.following if self.following is not None and self.following.begun else self.following
