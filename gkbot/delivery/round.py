"""One round over one kind of channel: notice after notice, until none may go out now.

Where the channel allows it, the next notice is written while the present one is on the wire: it is
claimed before that, and its attempt begins in the transaction that ends the one before. So no more
than one attempt is ever at risk, and nothing of the next is said before the last one's outcome stands.
"""

import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, Self

from gkbot.delivery.hand import Hand
from gkbot.delivery.leases import Leases
from gkbot.delivery.persistence import Persistence
from gkbot.delivery.substitutes import Substitutes
from gkbot.delivery.transport import Prepares, Transport
from gkbot.delivery.wire import Wire
from gkbot.delivery.writing import Dropped, Letter, NotYet, Written, written
from gkbot.errors import LedgerError
from gkbot.ledger import Beginning, Claimed, Ended, NoticeState, Outcome, Receipt, Turned, Wanted
from gkbot.ledger.crash_points import crash_point

if TYPE_CHECKING:
    from gkbot.delivery.worker import Worker

log = logging.getLogger(__name__)

PUT_BACK_SECONDS = 60.0
_LOOKS = 5


class Round:
    """Sends what may go out on one channel; a context manager that ends its threads."""

    def __init__(self, worker: "Worker", transport: Transport) -> None:
        """Take the sender whose round it is; threads begin when there is something to do."""
        self._worker = worker
        self._transport = transport
        self._outbox = worker.ledger.outbox
        # A paced channel gains nothing by it, and a place in its window is taken when it is used.
        self._reads_ahead = isinstance(transport, Prepares) and not transport.rates
        self._pen = ThreadPoolExecutor(1, "gkbot-pen") if self._reads_ahead else None
        self._leases = Leases(
            worker.ledger,
            worker.clock,
            deadline_seconds=transport.deadline_seconds,
            longest_seconds=worker.longest_lease_seconds,
        )
        self._wire = Wire(transport, self._outbox, self._leases)
        self._persisted = Persistence(worker.wait)
        self._substitutes = Substitutes(worker, transport, self._persisted)

    def __enter__(self) -> Self:
        """Nothing yet."""
        return self

    def __exit__(self, *_exception: object) -> None:
        """End the threads."""
        self._leases.__exit__()
        if self._pen is not None:
            self._pen.shutdown(wait=True, cancel_futures=True)

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
        """Send one notice; gives back the one claimed ahead."""
        try:
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
        receipt = self._wire.carry(hand, letter)
        crash_point("CP6")
        state, following = self._settle(hand, letter, receipt)
        self._leases.let_go(hand.claimed)
        crash_point("CP7")
        if hand.claimed.parts > 1:
            crash_point("CP11")
        self._tell(hand.claimed, receipt, state)
        return following

    def _claim(self) -> Hand | None:
        since = self._worker.clock.monotonic()
        claimed, closed = self._outbox.claim(self._worker.instance, self._wanted(), find=self._substitutes.of_lost)
        for each in closed:
            self._worker.tally.note_closed(each)
        if claimed is None:
            return None
        crash_point("CP2")
        return self._in_hand(claimed, since)

    def _in_hand(self, claimed: Claimed, since: float) -> Hand:
        self._leases.hold(claimed, since)
        return Hand(claimed)

    def _begin(self, hand: Hand) -> bool:
        """Look again and commit that an attempt begins; False where nothing is to be sent."""
        for _ in range(_LOOKS):
            work, hand.work = hand.work, None
            letter = work.result() if work is not None else self._write(hand)
            if work is not None and hand.is_old(self._worker.clock.monotonic()):
                letter = self._write(hand)
            if not isinstance(letter, Letter):
                self._leave(hand.claimed, letter)
                return False
            hand.letter = letter
            since = self._worker.clock.monotonic()
            turned = self._persisted(lambda: self._turn(None, hand, letter))  # noqa: B023 - called at once
            if turned.begun:
                self._note_begun(hand, turned, since)
                return True
            if not self._outbox.is_still_ours(hand.claimed):
                self._note_stale(hand.claimed, "begin")
                return False
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

    def _note_begun(self, hand: Hand, turned: Turned, since: float) -> None:
        """The attempt is committed; what was claimed with it is written while it is on the wire."""
        hand.begun = True
        if turned.following is not None:
            crash_point("CP2")
        crash_point("CP3")
        if turned.following is not None and self._pen is not None:
            hand.following = following = self._in_hand(turned.following, since)
            following.work = self._pen.submit(self._write, following)

    def _write(self, hand: Hand) -> Written:
        """Look again, render, write: nothing that the ledger would have to know of."""
        hand.looked_at = self._worker.clock.monotonic()
        letter = written(self._worker, self._transport, hand.claimed, at_risk=lambda: self._wire.put_at_risk(hand))
        if isinstance(letter, Letter) and isinstance(self._transport, Prepares):
            self._transport.prepare(letter.parcel)
        return letter

    # The outcome

    def _settle(self, hand: Hand, letter: Letter, receipt: Receipt) -> tuple[NoticeState | None, Hand | None]:
        """Commit the outcome before anything else, with the next beginning where that is ready.

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
        goes_on = receipt.outcome is Outcome.OK and not self._worker.stop()
        ready = self._ready(following) if goes_on and following is not None else None
        if following is not None and ready is not None:
            state = self._turn_over(ended, following, ready)
        else:
            state = self._persisted(lambda: self._outbox.finish(ended))
        if following is not None and not following.begun and self._ends_here(receipt):
            self._give_back(following)
            following = None
        return state, following

    def _ready(self, following: Hand) -> Letter | None:
        return None if following.is_old(self._worker.clock.monotonic()) else following.written_meanwhile()

    def _turn_over(self, ended: Ended, following: Hand, letter: Letter) -> NoticeState | None:
        """From one notice to the next in one commit."""
        since = self._worker.clock.monotonic()
        following.letter = letter
        try:
            turned = self._turn(ended, following, letter)
        except LedgerError:  # perhaps committed, perhaps not: each step alone finds out
            return self._persisted(lambda: self._outbox.finish(ended))
        if turned.begun:
            following.work = None
            self._wire.announce(letter)
            self._note_begun(following, turned, since)
        return turned.state

    def _turn(self, ended: Ended | None, hand: Hand, letter: Letter) -> Turned:
        # What once killed a process stays alone: nobody else's message is on the wire or next to it.
        alone = hand.claimed.may_have_killed or not self._reads_ahead or self._worker.stop()
        beginning = Beginning(
            claimed=hand.claimed,
            bodies=letter.bodies,
            message_id=letter.parcel.message_id,
            phase=self._wire.first_phase,
            template_hash=letter.template_hash,
            rates=self._transport.rates,
        )
        if ended is None and alone:
            return Turned(begun=self._outbox.begin_attempt(self._worker.instance, beginning))
        wanted = None if alone else self._wanted()
        return self._outbox.turn(self._worker.instance, ended=ended, beginning=beginning, wanted=wanted)

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
        self._worker.tally.note(claimed, receipt, state)

    def _note_stale(self, claimed: Claimed, code: str) -> None:
        log.warning("claim lost", extra={"number": claimed.number, "token": claimed.token, "code": code})
        self._worker.tally.note_stale()

    # Claims

    def _wanted(self) -> Wanted:
        return Wanted(
            channel=self._transport.channel,
            rates=self._transport.rates,
            lease_seconds=self._leases.seconds,
            policy=self._transport.policy,
        )

    def _ends_here(self, receipt: Receipt) -> bool:
        return self._worker.stop() or receipt.disable or receipt.close_gate is not None

    def _give_back(self, hand: Hand) -> None:
        self._leases.let_go(hand.claimed)
        self._outbox.give_back(hand.claimed)

    def _put_back(self, hand: Hand, reason: str, *, noted: bool = True) -> None:
        self._leases.let_go(hand.claimed)
        self._outbox.put_back(hand.claimed, reason=reason, seconds=PUT_BACK_SECONDS)
        if noted:
            self._worker.tally.note_trouble(hand.claimed, reason)
