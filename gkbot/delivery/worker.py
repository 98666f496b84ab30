"""The sender: works off the outbox of one instance, one kind of channel after the other (facts/delivery.md 3.4).

    claim ─▶ look again ─▶ render and freeze ─▶ commit the attempt ─▶ wire ─▶ commit the outcome

Whatever goes wrong with one notice stays with that notice. Only a ledger that cannot be
written stops the work: no attempt without its row.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from random import Random

from gkbot.clock import Clock
from gkbot.delivery.leases import LONGEST_LEASE_SECONDS
from gkbot.delivery.round import Round
from gkbot.delivery.tally import Tally
from gkbot.delivery.transport import Render, Stop, Transport
from gkbot.ledger import Claimed, Entry, Facts, Instance, Ledger, NoticeState, Pace, Substitute
from gkbot.planning.values import DutyKey

SOON_SECONDS = 15.0
"""A line is kept for what may leave this soon; mail servers end idle ones after some minutes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """What is still to be told just before the wire.

    Attributes:
        facts: The notice's facts without the duties that are settled; None where nothing is left.
        state, reason: What becomes of the notice then.
        later: It must not leave before this moment; None where it may leave now.
        put_off: The duties that this look has taken out of the notice for good: task, unit and period.
        kept: Its facts without them.
    """

    facts: Facts | None
    put_off: frozenset[DutyKey] = frozenset()
    kept: Facts = field(default_factory=dict)
    later: datetime | None = None
    state: NoticeState = NoticeState.SUPERSEDED
    reason: str = ""


LookAgain = Callable[[Claimed], Review]
FindFallback = Callable[[Claimed | Entry], Substitute | None]


@dataclass(slots=True, kw_only=True)
class Worker:
    """Works off the outbox of one instance.

    Attributes:
        look_again: Asked just before the wire what is still to be told; reads the ledger anew.
        fallback: Another channel of the same recipient, for a notice that is dead.
        wait: Sleeps, at most so many seconds; a service passes one that ends when it is told to stop.
        random: Spreads retries.
        longest_lease_seconds: A lease lasts no longer, and is renewed while its sender lives.
    """

    ledger: Ledger
    instance: Instance
    transports: Sequence[Transport]
    render: Render
    clock: Clock
    look_again: LookAgain
    fallback: FindFallback = lambda _notice: None
    stop: Stop = lambda: False
    wait: Callable[[float], None] = time.sleep
    random: Random = field(default_factory=Random)
    tally: Tally = field(default_factory=Tally)
    longest_lease_seconds: float = LONGEST_LEASE_SECONDS

    def drain(self) -> Tally:
        """Send everything that may go out now, each channel in turn."""
        for transport in self.transports:
            with Round(self, transport) as whole_round:
                whole_round.run()
            if not self._goes_on_soon(transport):
                transport.close()
        return self.tally

    def paced(self) -> Pace | None:
        """What waits on all channels for nothing but their pace."""
        found = [pace for transport in self.transports if (pace := self.ledger.outbox.paced(transport.channel))]
        if not found:
            return None
        return replace(min(found, key=lambda pace: pace.seconds), waiting=sum(pace.waiting for pace in found))

    def _goes_on_soon(self, transport: Transport) -> bool:
        pace = self.ledger.outbox.paced(transport.channel) if transport.rates else None
        return pace is not None and pace.seconds < SOON_SECONDS
