"""What takes the place of a notice that turns out dead.

Once plainer by the same way, once another way: what stands for a dead notice already has no
second way out, and ends with the office (F31).
"""

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

from gkbot.delivery.persistence import Persistence
from gkbot.delivery.transport import Transport
from gkbot.errors import LedgerError
from gkbot.ledger import FALLBACK, PLAIN, POISON, Claimed, Entry, Outcome, Payload, Receipt, Substitute

if TYPE_CHECKING:
    from gkbot.delivery.worker import Worker

log = logging.getLogger(__name__)


class Substitutes:
    """Finds what goes out instead, for one round; a notice ends even where looking for it fails."""

    def __init__(self, worker: "Worker", transport: Transport, persisted: Persistence) -> None:
        """Take the round's own."""
        self._worker = worker
        self._transport = transport
        self._persisted = persisted

    def after(self, claimed: Claimed, payload: Payload, receipt: Receipt) -> Substitute | None:
        """Instead of a notice that this answer may make a dead one."""
        if not may_be_dead(claimed, receipt):
            return None
        try:
            return self._found(
                claimed, lambda: substitute_for(self._worker, self._transport, claimed, payload, receipt)
            )
        except LedgerError:  # the answer is known, and must stand in the ledger first of all
            log.exception("no substitute found", extra={"number": claimed.number})
            return None

    def of_lost(self, lost: Entry) -> Substitute | None:
        """Instead of one that was closed at its claim."""
        return self._found(lost, lambda: instead_of_lost(self._worker, lost))

    def divert_stranded(self) -> bool:
        """Send by another way what waits for a channel that is of no use; True where something moved."""
        moved = False
        if not self._transport.disabled_is_final:
            return False
        outbox = self._worker.ledger.outbox
        for entry in outbox.stranded(self._transport.channel):
            is_next = entry.next_at is not None  # the parts behind it go with it
            substitute = self._worker.fallback(entry) if is_next and has_a_way_out(entry) else None
            if substitute is not None:
                moved |= outbox.divert(entry, "channel disabled", substitute)
        return moved

    def _found(self, dead: Claimed | Entry, find: Callable[[], Substitute | None]) -> Substitute | None:
        try:
            return self._persisted(find)
        except LedgerError:
            raise
        except Exception:
            log.exception("no substitute found", extra={"number": dead.number})
            return None


def substitute_for(
    worker: "Worker", transport: Transport, claimed: Claimed, payload: Payload, receipt: Receipt
) -> Substitute | None:
    """Plainer on the same channel where the form was at fault, else another channel; None where there is neither."""
    plainer = transport.plainer(payload) if receipt.simplify else None
    if plainer is not None:
        return Substitute(
            reason=PLAIN,
            channel=claimed.channel,
            address=claimed.address,
            contact=claimed.contact,
            mentions=claimed.mentions,
            mobiles=claimed.mobiles,
            body=plainer,
        )
    return worker.fallback(claimed) if has_a_way_out(claimed) else None


def may_be_dead(claimed: Claimed, receipt: Receipt) -> bool:
    """Whether the notice may be dead after this; where it is not, nothing need be looked for."""
    if receipt.outcome is Outcome.DEAD:
        return True
    last_try = receipt.retry_most is not None and claimed.tries + receipt.counted > receipt.retry_most
    return receipt.outcome is Outcome.RETRY and last_try


def instead_of_lost(worker: "Worker", lost: Entry) -> Substitute | None:
    """What goes out for a notice that was closed at its claim as poison."""
    if not has_a_way_out(lost):
        return None
    if lost.reason == POISON and lost.part_no == 1:
        # The way is good, and so is the address: it was the message that could not be written.
        return Substitute(reason=FALLBACK, channel=lost.channel, address=lost.address, contact=lost.contact)
    return worker.fallback(lost)


def has_a_way_out(notice: Claimed | Entry) -> bool:
    """Whether it is no other way itself."""
    return notice.origin is None or not notice.origin.startswith(FALLBACK)
