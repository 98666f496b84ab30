"""One attempt on the wire: whatever a channel does there becomes a receipt."""

import logging

from gkbot.delivery.hand import Hand
from gkbot.delivery.leases import LeaseLost, Leases
from gkbot.delivery.transport import Prepares, Transport
from gkbot.delivery.writing import Letter
from gkbot.errors import LedgerError
from gkbot.ledger import BEFORE_DOT, BEGUN, Outbox, Outcome, Receipt

log = logging.getLogger(__name__)

OWN_FAULT_TRIES = 3


class Wire:
    """What one round says on one channel, always under a lease that still runs."""

    def __init__(self, transport: Transport, outbox: Outbox, leases: Leases) -> None:
        """Nothing is said yet."""
        self._transport = transport
        self._outbox = outbox
        self._leases = leases
        self.first_phase = BEFORE_DOT if transport.says_when_at_risk else BEGUN
        """Of an attempt that begins: from here on it is at risk, or not yet."""

    def announce(self, letter: Letter) -> None:
        """Say what comes and cannot make anything arrive; the attempt is committed, so nothing may go wrong here."""
        if not isinstance(self._transport, Prepares):
            return
        try:
            self._transport.announce(letter.parcel)
        except Exception:
            log.exception("not announced", extra={"number": letter.parcel.number})

    def carry(self, hand: Hand, letter: Letter) -> Receipt:
        """Send the parcel of an attempt that is committed."""
        phase = self.first_phase
        try:
            self._leases.check(hand.claimed)
            return self._transport.send(letter.parcel)
        except LeaseLost:
            return Receipt(outcome=Outcome.RETRY, code="lease-lost", phase=phase, counted=False)
        except LedgerError as error:  # its record failed, so the wire went no further
            log.warning("attempt given up", extra={"number": hand.claimed.number, "cause": str(error)})
            return Receipt(outcome=Outcome.RETRY, code="ledger", phase=phase, counted=False)
        except Exception as error:  # noqa: BLE001 - whatever a channel does, it becomes a receipt
            code = type(error).__name__
            log.warning("channel failed", extra={"number": hand.claimed.number, "error": code})
            if self._transport.says_when_at_risk and not hand.at_risk:
                return Receipt(outcome=Outcome.RETRY, code=code, phase=phase, retry_most=OWN_FAULT_TRIES)
            return Receipt(outcome=Outcome.UNCLEAR, code=code, phase="unknown")  # the bytes may be out

    def put_at_risk(self, hand: Hand) -> None:
        """Commit that what follows can no longer be taken back.

        Raises:
            LeaseLost, LedgerError: It is not committed, or no longer ours to do.
        """
        self._leases.check(hand.claimed)
        if not self._outbox.put_at_risk(hand.claimed):
            raise LeaseLost
        self._leases.check(hand.claimed)
        hand.at_risk = True
