"""What waits for a channel that was taken out of the settings leaves by another way."""

from collections.abc import Sequence

from gkbot.delivery import Transport
from gkbot.delivery.substitutes import has_a_way_out
from gkbot.delivery.worker import FindFallback
from gkbot.ledger import Closed, Entry, Ledger, Substitute


def divert_unserved(ledger: Ledger, transports: Sequence[Transport], fallback: FindFallback) -> tuple[Closed, ...]:
    """Close what is due on a kind of channel that none of these serves; the admins hear of it as of all that failed.

    Where there is no other way it is dead all the same: nobody would ever claim it.
    """

    def instead(lost: Entry) -> Substitute | None:
        return fallback(lost) if has_a_way_out(lost) else None

    return ledger.outbox.close_unserved([transport.channel for transport in transports], instead)
