"""How long to wait before the next try (facts/delivery.md 3.4)."""

from random import Random

from gkbot.ledger.values import Receipt

DELAYS_SECONDS = (30.0, 120.0, 600.0, 1800.0, 3600.0, 7200.0)
QUICK_DELAYS_SECONDS = (10.0, 20.0, 30.0)
SPREAD = 0.2
LONGEST_WAIT_SECONDS = 6 * 3600.0
"""A provider's Retry-After beyond this is capped: a notice must not sleep past its due day."""


def delay_seconds(tries: int, receipt: Receipt, random: Random, *, alike: int) -> float:
    """Seconds until the next try.

    Args:
        tries: Counted tries so far, the last one included.
        receipt: What the last one came to; its `retry_after` is a least, never shortened.
        alike: Those that came to this very code: the first few of a quick one follow soon.
        random: Spreads the moment by a fifth either way, so that failures do not come back in step.
    """
    place = max(tries, 1) - 1
    if receipt.quick and alike <= len(QUICK_DELAYS_SECONDS):
        base = QUICK_DELAYS_SECONDS[alike - 1]
    else:
        base = DELAYS_SECONDS[min(place, len(DELAYS_SECONDS) - 1)]
    spread = base * random.uniform(1 - SPREAD, 1 + SPREAD)
    if receipt.retry_after is None:
        return spread
    least = min(receipt.retry_after, LONGEST_WAIT_SECONDS)
    if not receipt.counted:
        return least * random.uniform(1, 1 + SPREAD)
    return max(spread, least * random.uniform(1, 1 + SPREAD))
