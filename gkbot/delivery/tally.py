"""What one run of the sender came to, as `gkbot daily --json` tells it."""

from dataclasses import dataclass, field

from gkbot.ledger import Claimed, Closed, NoticeState, Receipt

MOST_TROUBLES = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """A notice that did not go out as it should.

    Attributes:
        code: The provider's code or a word of ours.
        state: What became of the notice; None where that is somebody else's to say.
    """

    number: str
    channel: str
    contact: str
    code: str
    state: NoticeState | None


@dataclass(slots=True, kw_only=True)
class Tally:
    """Numbers of notices (a message in several parts is one).

    Attributes:
        failed: Dead, expired, or held for a person after an unclear attempt.
        deferred: Waiting for a later try, an open gate or their time.
        skipped: Not sent because nothing was left to tell.
        stale: Claims that had passed on to another sender when this one wanted to write something.
        troubles: The first few; a service tries again for years, and what became of each stands in the ledger.
    """

    sent: int = 0
    failed: int = 0
    deferred: int = 0
    skipped: int = 0
    unclear: int = 0
    stale: int = 0
    troubles: list[Trouble] = field(default_factory=list)

    def note(self, claimed: Claimed, receipt: Receipt, state: NoticeState | None) -> None:
        """Count an attempt."""
        self.unclear += receipt.outcome == "unclear"
        if state is NoticeState.SENT:
            self.sent += claimed.part_no == 1
            return
        self.failed += state in {NoticeState.DEAD, NoticeState.HELD}
        self._trouble(claimed, receipt.code, state)

    def note_dropped(self, claimed: Claimed) -> None:
        """Count a notice with nothing left to tell."""
        self.skipped += claimed.part_no == 1

    def note_stale(self) -> None:
        """Count a claim that was lost."""
        self.stale += 1

    def note_closed(self, closed: Closed) -> None:
        """Count a notice that was closed instead of being claimed."""
        self.failed += 1
        self._trouble(closed, closed.reason, closed.state)

    def note_trouble(self, claimed: Claimed, code: str) -> None:
        """Note a notice that was put back because something of ours failed."""
        self._trouble(claimed, code, NoticeState.PENDING)

    def _trouble(self, notice: Claimed | Closed, code: str, state: NoticeState | None) -> None:
        if len(self.troubles) >= MOST_TROUBLES:
            return
        trouble = Trouble(
            number=notice.number,
            channel=notice.channel_id,
            contact=notice.contact,
            code=code,
            state=state,
        )
        self.troubles.append(trouble)
