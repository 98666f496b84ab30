"""One round over one kind of channel: notice after notice, until none may go out now.

What comes next is written while an answer is waited for, since whoever waits has time; what is
committed when, says `gkbot.delivery.turning`.
"""

import logging
from dataclasses import replace
from typing import TYPE_CHECKING, Self

from gkbot.delivery.hand import Hand
from gkbot.delivery.leases import Leases
from gkbot.delivery.persistence import Persistence
from gkbot.delivery.substitutes import Substitutes
from gkbot.delivery.transport import Prepares, Steps, Transport
from gkbot.delivery.turning import Turning
from gkbot.delivery.wire import UNSENT, Wire
from gkbot.delivery.writing import Dropped, Letter, NotYet, Written, written
from gkbot.errors import LedgerError
from gkbot.ledger import Claimed, Ended, NoticeState, Outcome, Receipt
from gkbot.ledger.crash_points import crash_point

if TYPE_CHECKING:
    from gkbot.delivery.worker import Worker

log = logging.getLogger(__name__)

PUT_BACK_SECONDS = 60.0
MEANWHILE_SECONDS = 0.05
"""What takes longer to write is not written while an answer may be waiting to be committed."""
_LOOKS = 5


class Round:
    """Sends what may go out on one channel; a context manager that ends its threads."""

    def __init__(self, worker: "Worker", transport: Transport) -> None:
        """Take the sender whose round it is; threads begin when there is something to do."""
        self._worker = worker
        self._transport = transport
        self._outbox = worker.ledger.outbox
        self._leases = Leases(
            worker.ledger,
            worker.clock,
            deadline_seconds=transport.deadline_seconds,
            longest_seconds=worker.longest_lease_seconds,
        )
        self._wire = Wire(transport, self._leases)
        self._turning = Turning(worker, transport, self._leases, self._wire)
        self._persisted = Persistence(worker.wait)
        self._substitutes = Substitutes(worker, transport, self._persisted)
        self._writes_quickly = True

    def __enter__(self) -> Self:
        """Nothing yet."""
        return self

    def __exit__(self, *_exception: object) -> None:
        """End the threads."""
        self._leases.__exit__()

    def run(self) -> None:
        """Send until nothing may go out now or the sender is told to stop."""
        hand: Hand | None = None
        while hand is not None or not self._worker.stop():
            hand = hand or self._claim()
            if hand is not None:
                hand = self._see_through(hand)
            elif not self._substitutes.divert_stranded():
                return

    # One notice

    def _see_through(self, hand: Hand) -> Hand | None:
        """Send one notice; gives back the next one in hand."""
        try:
            if hand.begun and not hand.at_risk and hand.is_old(self._worker.clock.monotonic()):
                self._give_back(hand)
                return hand.following
            if not hand.begun and not self._begin(hand):
                self._leases.let_go(hand.claimed)
            return self._attempt(hand, hand.letter) if hand.begun and hand.letter is not None else None
        except LedgerError:
            raise
        except Exception as error:
            # One bad notice must not stop the others; five claims without outcome make it dead.
            log.exception("notice put back", extra={"number": hand.claimed.number})
            self._put_back(hand, type(error).__name__)
            return hand.following

    def _attempt(self, hand: Hand, letter: Letter) -> Hand | None:
        if not hand.at_risk:
            self._write_ahead(hand.following)
        since = self._worker.clock.monotonic()
        receipt = self._wire.carry(hand, letter)
        self._turning.seconds_on_wire = self._worker.clock.monotonic() - since
        crash_point("CP6")
        state, following = self._settle(hand, letter, receipt)
        self._leases.let_go(hand.claimed)
        crash_point("CP7")
        if hand.claimed.parts > 1:
            crash_point("CP11")
        self._tell(hand.claimed, receipt, state)
        if following is not None and following.begun and receipt.outcome is Outcome.OK:
            self._turning.lead_in(following)
        return following

    def _claim(self) -> Hand | None:
        since = self._worker.clock.monotonic()
        claimed, closed = self._outbox.claim(
            self._worker.instance, self._turning.wanted(), find=self._substitutes.of_lost
        )
        for each in closed:
            self._worker.tally.note_closed(each)
        if claimed is None:
            return None
        crash_point("CP2")
        return self._turning.in_hand(claimed, since)

    def _begin(self, hand: Hand) -> bool:
        """Look again and commit that an attempt begins; False where nothing is to be sent."""
        for _ in range(_LOOKS):
            ahead, hand.letter = hand.letter, None
            is_fresh = ahead is not None and not hand.is_old(self._worker.clock.monotonic())
            letter = ahead if ahead is not None and is_fresh else self._write(hand)
            if not isinstance(letter, Letter):
                self._leave(hand.claimed, letter)
                return False
            hand.letter = letter
            if self._persisted(lambda: self._turning.begin(hand)):
                return True
            if not self._outbox.is_still_ours(hand.claimed):
                self._note_stale(hand.claimed, "begin")
                return False
            hand.letter = None
            hand.claimed = replace(hand.claimed, events_seen=self._outbox.events_now())
        self._put_back(hand, "events keep coming", noted=False)
        return False

    def _leave(self, claimed: Claimed, why: Dropped | NotYet) -> None:
        """Close a notice of which nothing is left to tell, or let it wait for its time."""
        if isinstance(why, NotYet):
            self._outbox.give_back(claimed, until=why.until)
            return
        self._outbox.drop(claimed, why.state, why.reason)
        self._worker.tally.note_dropped(claimed)

    # What is written

    def _write(self, hand: Hand) -> Written:
        """Look again, render, write: nothing that the ledger would have to know of."""
        hand.looked_at = self._worker.clock.monotonic()
        steps = Steps(
            at_risk=lambda: self._turning.put_at_risk(hand),
            is_at_risk=lambda: hand.at_risk,
            meanwhile=lambda: self._write_meanwhile(hand),
        )
        try:
            hand.claimed, letter = written(self._worker, self._transport, hand.claimed, steps)
            if isinstance(letter, Letter) and isinstance(self._transport, Prepares):
                self._transport.prepare(letter.parcel)
            return letter
        finally:
            self._writes_quickly = self._worker.clock.monotonic() - hand.looked_at < MEANWHILE_SECONDS

    def _write_meanwhile(self, hand: Hand) -> None:
        """Write while the answer to a mail is awaited, where an accident that leaves it in doubt does little harm."""
        if self._writes_quickly and self._turning.may_be_in_doubt(hand):
            self._write_ahead(hand.next_to_begin())

    def _write_ahead(self, hand: Hand | None) -> None:
        """Write what comes next; where that fails it is written once more at its turn, and fails by itself."""
        if hand is None or hand.begun or hand.tried_ahead:
            return
        hand.tried_ahead = True
        try:
            letter = self._write(hand)
        except Exception as error:  # noqa: BLE001 - nothing of the next may touch the present one
            log.debug("not written ahead", extra={"number": hand.claimed.number, "error": type(error).__name__})
            return
        if isinstance(letter, Letter):  # that nothing is to be told is asked again: no beginning asks for events then
            hand.letter = letter

    # The outcome

    def _settle(self, hand: Hand, letter: Letter, receipt: Receipt) -> tuple[NoticeState | None, Hand | None]:
        """Commit the outcome before anything else, with what comes next where that is ready.

        Returns:
            The notice's state, and what is next in hand.
        """
        ended = Ended(
            claimed=hand.claimed,
            receipt=receipt,
            policy=self._transport.policy,
            random=self._worker.random,
            substitute=self._substitutes.after(hand.claimed, letter.bodies[0], receipt),
        )
        following = hand.following
        may_begin = receipt.outcome is Outcome.OK and self._turning.may_begin(following) is not None
        turned = self._turning.turn_over(ended, following) if following is not None and may_begin else None
        state = turned.state if turned is not None else self._persisted(lambda: self._outbox.finish(ended))
        if following is not None and self._ends_here(receipt):
            self._give_back_all(following)
            following = None
        return state, following

    def _tell(self, claimed: Claimed, receipt: Receipt, state: NoticeState | None) -> None:
        if state is None:
            self._note_stale(claimed, receipt.code)
        log.info(
            "notice attempted",
            extra={
                "number": claimed.number,
                "channel": claimed.channel_id,
                "outcome": str(receipt.outcome),
                "code": receipt.code,
                "state": str(state),
            },
        )
        if receipt is not UNSENT:
            self._worker.tally.note(claimed, receipt, state)

    def _note_stale(self, claimed: Claimed, code: str) -> None:
        log.warning("claim lost", extra={"number": claimed.number, "token": claimed.token, "code": code})
        self._worker.tally.note_stale()

    # What is given up

    def _ends_here(self, receipt: Receipt) -> bool:
        return self._worker.stop() or receipt.disable or receipt.close_gate is not None

    def _give_back_all(self, hand: Hand | None) -> None:
        while hand is not None:
            self._give_back(hand)
            hand = hand.following

    def _give_back(self, hand: Hand) -> None:
        """Give up a claim of which nothing went out."""
        self._leases.let_go(hand.claimed)
        if not hand.begun:
            self._outbox.give_back(hand.claimed)
            return
        unsent = Ended(claimed=hand.claimed, receipt=UNSENT, policy=self._transport.policy, random=self._worker.random)
        self._persisted(lambda: self._outbox.finish(unsent))

    def _put_back(self, hand: Hand, reason: str, *, noted: bool = True) -> None:
        self._leases.let_go(hand.claimed)
        self._outbox.put_back(hand.claimed, reason=reason, seconds=PUT_BACK_SECONDS)
        if noted:
            self._worker.tally.note_trouble(hand.claimed, reason)
