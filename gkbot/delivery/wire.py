"""One attempt on the wire: whatever a channel does there becomes a receipt."""

import logging

from gkbot.delivery.hand import Hand
from gkbot.delivery.leases import LeaseLost, Leases
from gkbot.delivery.transport import Prepares, Transport
from gkbot.delivery.writing import Letter
from gkbot.errors import LedgerError
from gkbot.ledger import BEFORE_DOT, BEGUN, LOOK_AGAIN, Outcome, Receipt

log = logging.getLogger(__name__)

OWN_FAULT_TRIES = 3
UNSENT = Receipt(outcome=Outcome.RETRY, code=LOOK_AGAIN, phase=BEFORE_DOT, retry_after=0.0, counted=False)
"""Of an attempt that began and goes no further; the notice is claimed and written anew."""


class LookAgain(Exception):
    """Something happened to its duties since it was written: no further on the wire."""


class Wire:
    """What one round says on one channel, always under a lease that still runs."""

    def __init__(self, transport: Transport, leases: Leases) -> None:
        """Nothing is said yet."""
        self._transport = transport
        self._leases = leases
        self.first_phase = BEFORE_DOT if transport.says_when_at_risk else BEGUN
        """Of an attempt that begins: from here on it is at risk, or not yet."""

    def announce(self, hand: Hand) -> bool:
        """Say what comes and cannot make anything arrive; the attempt is committed, so nothing may go wrong here."""
        if hand.letter is None or not isinstance(self._transport, Prepares):
            return False
        try:
            return self._transport.announce(hand.letter.parcel)
        except Exception:
            log.exception("not announced", extra={"number": hand.claimed.number})
            return False

    def carry(self, hand: Hand, letter: Letter) -> Receipt:
        """Send the parcel of an attempt that is committed."""
        phase = self.first_phase
        try:
            self._leases.check(hand.claimed)
            return self._transport.send(letter.parcel)
        except LeaseLost:
            return Receipt(outcome=Outcome.RETRY, code="lease-lost", phase=phase, counted=False)
        except LookAgain:
            return UNSENT
        except LedgerError as error:  # its record failed, so the wire went no further
            log.warning("attempt given up", extra={"number": hand.claimed.number, "cause": str(error)})
            return Receipt(outcome=Outcome.RETRY, code="ledger", phase=phase, counted=False)
        except Exception as error:  # noqa: BLE001 - whatever a channel does, it becomes a receipt
            code = type(error).__name__
            log.warning("channel failed", extra={"number": hand.claimed.number, "error": code})
            if self._transport.says_when_at_risk and not hand.gone:
                return Receipt(outcome=Outcome.RETRY, code=code, phase=phase, retry_most=OWN_FAULT_TRIES)
            return Receipt(outcome=Outcome.UNCLEAR, code=code, phase="unknown")  # the bytes may be out
