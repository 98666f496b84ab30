"""What takes the place of a notice that turns out dead."""

from typing import TYPE_CHECKING

from gkbot.delivery.transport import Transport
from gkbot.ledger import Claimed, Outcome, Payload, Receipt, Substitute

if TYPE_CHECKING:
    from gkbot.delivery.worker import Worker


def substitute_for(
    worker: "Worker", transport: Transport, claimed: Claimed, payload: Payload, receipt: Receipt
) -> Substitute | None:
    """Plainer on the same channel where the form was at fault, else another channel; None where there is neither."""
    if receipt.outcome in {Outcome.OK, Outcome.UNCLEAR}:
        return None
    plainer = transport.plainer(payload) if receipt.simplify else None
    if plainer is not None:
        return Substitute(
            reason="plain_of",
            channel=claimed.channel,
            address=claimed.address,
            contact=claimed.contact,
            mentions=claimed.mentions,
            mobiles=claimed.mobiles,
            body=plainer,
        )
    if claimed.origin is not None or claimed.part_no > 1:
        return None  # there is no second way out, and a part is not the whole
    return worker.fallback(claimed)
