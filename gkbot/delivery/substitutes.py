"""What takes the place of a notice that turns out dead.

Once plainer by the same way, once another way: what stands for a dead notice already has no
second way out, and ends with the office (F31).
"""

from typing import TYPE_CHECKING

from gkbot.delivery.transport import Transport
from gkbot.ledger import FALLBACK, PLAIN, POISON, Claimed, Entry, Outcome, Payload, Receipt, Substitute

if TYPE_CHECKING:
    from gkbot.delivery.worker import Worker


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
