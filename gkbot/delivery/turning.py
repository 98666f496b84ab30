"""The commits of a round: an attempt begins, goes at risk, ends; and what is claimed ahead meanwhile.

The outcome of a mail is committed before anything else. Where a channel allows it, a second commit
then carries the round to the next mail while the server answers its envelope: the risk of that mail,
the beginning of the one behind it, and the claim of one more. So at most one attempt is ever at
risk, and at most one has begun behind it, of which nothing is said yet.
"""

import logging
from typing import TYPE_CHECKING

from gkbot.delivery.hand import Hand
from gkbot.delivery.leases import LeaseLost, Leases
from gkbot.delivery.transport import Prepares, Transport
from gkbot.delivery.wire import LookAgain, Wire
from gkbot.errors import LedgerError
from gkbot.ledger import Beginning, Claimed, Ended, Turned, UnclearPolicy, Wanted
from gkbot.ledger.crash_points import crash_point

if TYPE_CHECKING:
    from gkbot.delivery.worker import Worker

log = logging.getLogger(__name__)

NEAR_SECONDS = 0.02
"""Only where a whole mail takes no longer, a commit of its own just before the dot would be felt."""
SLOW_SECONDS = 2.0
"""Behind a send this long nothing is begun ahead: it would be old before its turn."""


class Turning:
    """Commits what one round does on one channel."""

    def __init__(self, worker: "Worker", transport: Transport, leases: Leases, wire: Wire) -> None:
        """Nothing is in hand yet."""
        self._worker = worker
        self._transport = transport
        self._outbox = worker.ledger.outbox
        self._leases = leases
        self._wire = wire
        # A paced channel gains nothing by it, and a place in its window is taken when it is used.
        self._reads_ahead = isinstance(transport, Prepares) and not transport.rates
        self.seconds_on_wire = 0.0

    def in_hand(self, claimed: Claimed, since: float) -> Hand:
        """Keep a claim taken after this moment of the monotonic clock."""
        self._leases.hold(claimed, since)
        return Hand(claimed)

    def wanted(self) -> Wanted:
        """What this round claims."""
        return Wanted(
            channel=self._transport.channel,
            rates=self._transport.rates,
            lease_seconds=self._leases.seconds,
            policy=self._transport.policy,
        )

    def may_begin(self, hand: Hand | None) -> Hand | None:
        """The same where its attempt may begin with what was written of it ahead; None where it may not."""
        if hand is None or hand.begun or hand.letter is None or self._worker.stop():
            return None
        is_late = self.seconds_on_wire > SLOW_SECONDS or hand.is_old(self._worker.clock.monotonic())
        return None if is_late else hand

    def may_be_in_doubt(self, hand: Hand) -> bool:
        """Whether a doubt about it does little harm: it would be sent once more, not held for a person or dropped."""
        policy = hand.claimed.policy or self._transport.policy
        return policy is UnclearPolicy.RESEND_ONCE and not hand.claimed.maybe_twice

    def begin(self, hand: Hand) -> bool:
        """Commit that an attempt begins, with the letter in hand; False: look again, or no longer ours."""
        if not self._may_claim_behind(hand):
            return self._begin_alone(hand)
        try:
            return self._turn(beginning=hand).begun
        except LedgerError:
            raise
        except Exception:
            # Perhaps the fault of what would have been claimed behind it; if its own, it shows again.
            log.exception("not begun ahead", extra={"number": hand.claimed.number})
            return self._begin_alone(hand)

    def put_at_risk(self, hand: Hand) -> None:
        """Commit that what follows on the wire can no longer be taken back, with the next beginning where it is ready.

        Raises:
            LeaseLost, LedgerError, LookAgain: It is not committed, or no longer ours to do.
        """
        self._leases.check(hand.claimed)
        if not hand.at_risk:
            self._turn_at_risk(hand)
            self._leases.check(hand.claimed)
        hand.gone = True

    def turn_over(self, ended: Ended, following: Hand) -> Turned | None:
        """The outcome, the next beginning and a claim in one commit; None where nothing of it is known to stand."""
        try:
            turned = self._turn(ended=ended, beginning=following)
        except LedgerError:  # perhaps committed, perhaps not: each step alone finds out
            return None
        except Exception:  # noqa: BLE001 - the outcome must stand, whatever is wrong with the next
            self._blame(following)
            return None
        return turned

    def lead_in(self, hand: Hand) -> None:
        """Say the envelope of the next one, which has begun, and commit what can be committed while it is answered."""
        if not self._may_be_announced(hand) or not self._wire.announce(hand):
            return
        at_risk = hand if self._may_risk_early(hand) else None
        behind = self.may_begin(hand.following)
        if at_risk is None and behind is None:
            return
        try:
            self._turn(at_risk=at_risk, beginning=behind)
        except LedgerError as error:  # just before the dot it is tried again, and counts
            log.warning("not begun ahead", extra={"number": hand.claimed.number, "cause": str(error)})
        except Exception:  # noqa: BLE001 - the same
            if behind is not None:
                self._blame(behind)

    def _turn(
        self, *, ended: Ended | None = None, at_risk: Hand | None = None, beginning: Hand | None = None
    ) -> Turned:
        """End one attempt, put another at risk, begin one more and claim what comes after it, in one commit."""
        since = self._worker.clock.monotonic()
        ahead = beginning is not None and self._may_claim_behind(beginning)
        turned = self._outbox.turn(
            self._worker.instance,
            ended=ended,
            at_risk=at_risk.claimed if at_risk is not None else None,
            beginning=self._beginning(beginning) if beginning is not None else None,
            wanted=self.wanted() if ahead else None,
        )
        if at_risk is not None:
            at_risk.at_risk = turned.at_risk
        if beginning is not None and turned.begun:
            self._note_begun(beginning, turned, since)
        return turned

    def _begin_alone(self, hand: Hand) -> bool:
        since = self._worker.clock.monotonic()
        turned = Turned(begun=self._outbox.begin_attempt(self._worker.instance, self._beginning(hand)))
        if turned.begun:
            self._note_begun(hand, turned, since)
        return turned.begun

    def _turn_at_risk(self, hand: Hand) -> None:
        following = self.may_begin(hand.next_to_begin())
        try:
            turned = self._turn(at_risk=hand, beginning=following)
        except LedgerError:
            raise
        except Exception:
            if following is None:
                raise
            self._blame(following)
            turned = self._turn(at_risk=hand)
        if not turned.at_risk:
            raise LookAgain if self._outbox.is_still_ours(hand.claimed) else LeaseLost

    def _may_risk_early(self, hand: Hand) -> bool:
        """Whether its risk may be committed while its envelope is answered.

        A kill in that moment leaves a doubt about what was never sent.
        """
        return self.may_be_in_doubt(hand) and self.seconds_on_wire <= NEAR_SECONDS

    def _may_be_announced(self, hand: Hand) -> bool:
        try:
            self._leases.check(hand.claimed)
        except LeaseLost:
            return False
        return not hand.is_old(self._worker.clock.monotonic())

    def _blame(self, hand: Hand) -> None:
        """What cannot begin is tried by itself, at its turn."""
        log.exception("not begun ahead", extra={"number": hand.claimed.number})
        if not hand.begun:
            hand.letter = None

    def _may_claim_behind(self, hand: Hand) -> bool:
        # What once killed a process stays alone: nobody else's message is on the wire or next to it.
        return self._reads_ahead and not hand.claimed.may_have_killed and not self._worker.stop()

    def _beginning(self, hand: Hand) -> Beginning:
        letter = hand.letter
        if letter is None:
            raise ValueError("nothing is written that could be sent")
        return Beginning(
            claimed=hand.claimed,
            bodies=letter.bodies,
            message_id=letter.parcel.message_id,
            phase=self._wire.first_phase,
            template_hash=letter.template_hash,
            rates=self._transport.rates,
        )

    def _note_begun(self, hand: Hand, turned: Turned, since: float) -> None:
        hand.begun = True
        if turned.following is not None:
            if not turned.at_risk:  # else more has happened than a claim
                crash_point("CP2")
            hand.following = self.in_hand(turned.following, since)
        crash_point("CP3")
