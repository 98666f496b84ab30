"""Working off the outbox: once for `gkbot daily`, for ever for `gkbot serve`."""

import time
from collections.abc import Callable, Sequence
from random import Random

from gkbot.clock import Clock
from gkbot.delivery.tally import Tally
from gkbot.delivery.transport import Render, Stop, Transport
from gkbot.delivery.worker import FindFallback, LookAgain, Worker
from gkbot.ledger import Instance, Ledger, Pace

POLL_SECONDS = 1.0
LEAST_WAIT_SECONDS = 0.05


def work_outbox(  # noqa: PLR0913 - one call says everything a run needs
    ledger: Ledger,
    transports: Sequence[Transport],
    render: Render,
    clock: Clock,
    *,
    instance: Instance,
    look_again: LookAgain,
    fallback: FindFallback = lambda _notice: None,
    until_empty: bool = True,
    on_pace: Callable[[Pace], None] = lambda _pace: None,
    stop: Stop = lambda: False,
    wait: Callable[[float], None] = time.sleep,
    random: Random | None = None,
) -> Tally:
    """Send what is due on the channels of these transports.

    A process that serves runs one of these for each kind of channel, each in a thread of its own
    with its own transport, so that slow mail never holds up the robots.

    Args:
        instance: The right to send, from `ledger.outbox.activate`.
        look_again: Says just before the wire what is still to be told.
        fallback: Another channel for a notice that is dead; None where there is none.
        until_empty: End when nothing is due any more; what only its channel's pace holds up is waited
            for, retries and closed gates are not. False: go on until `stop`.
        on_pace: With `until_empty`, told before every wait how many messages wait and until when.
        stop: Asked between two notices; the one in hand is always finished.
        wait: Sleeps, at most so many seconds; nothing is leased meanwhile.

    Raises:
        LedgerError: The ledger cannot be written; nothing is sent without it.
    """
    worker = Worker(
        ledger=ledger,
        instance=instance,
        transports=transports,
        render=render,
        clock=clock,
        look_again=look_again,
        fallback=fallback,
        stop=stop,
        wait=wait,
        random=random or Random(),  # noqa: S311 - spreads retries, guards nothing
    )
    worker.drain()
    while until_empty and not stop() and (pace := worker.paced()) is not None:
        on_pace(pace)
        wait(max(pace.seconds, LEAST_WAIT_SECONDS))
        worker.drain()
    while not until_empty and not stop():
        wait(POLL_SECONDS)
        worker.drain()
    worker.tally.deferred = sum(ledger.outbox.waiting(transport.channel) for transport in transports)
    return worker.tally
