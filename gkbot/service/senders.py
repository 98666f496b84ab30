"""The sending threads: one for each kind of channel, so that slow mail never holds up a robot."""

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from gkbot.clock import Clock
from gkbot.delivery import Transport, work_outbox
from gkbot.delivery.transport import Render
from gkbot.delivery.worker import FindFallback, LookAgain
from gkbot.ledger import Instance, Ledger
from gkbot.service.auditing.vitals import SENDER, Vitals
from gkbot.service.stopping import Stopper

log = logging.getLogger("gkbot.serve")

STANDSTILL_SECONDS = 10.0
COMMIT_SECONDS = 60.0
"""Before its deadline begins and after it has passed, a send may still wait for the database."""


@dataclass(slots=True, kw_only=True)
class Senders:
    """Sends what is due, on all channels, until told to stop.

    Attributes:
        look_again: Makes the last look of one thread; none is shared, since each remembers what it saw.
    """

    ledger: Ledger
    clock: Clock
    stopper: Stopper
    vitals: Vitals
    render: Render
    look_again: Callable[[], LookAgain]
    fallback: FindFallback
    _threads: list[tuple[threading.Thread, float]] = field(default_factory=list)

    def start(self, instance: Instance, transports: Sequence[Transport]) -> None:
        """Begin to send."""
        for transport in transports:
            name = f"{SENDER}{transport.channel}"
            self.vitals.expect(name, transport.deadline_seconds + 2 * COMMIT_SECONDS)
            thread = threading.Thread(
                target=self._send, args=(instance, transport, name), name=f"gkbot-{transport.channel}", daemon=True
            )
            self._threads.append((thread, transport.deadline_seconds + COMMIT_SECONDS))
            thread.start()

    def finish(self) -> None:
        """Wait for what is in flight, each for as long as its deadline lasts; who hangs longer is left behind."""
        since = self.clock.monotonic()
        for thread, seconds in self._threads:
            thread.join(max(0.0, seconds - (self.clock.monotonic() - since)))
            if thread.is_alive():
                log.error("sender left behind", extra={"thread": thread.name})

    def _send(self, instance: Instance, transport: Transport, name: str) -> None:
        """Send what is due on one kind of channel, again and again."""
        while not self.stopper.is_stopping():
            try:
                work_outbox(
                    self.ledger,
                    [transport],
                    self.render,
                    self.clock,
                    instance=instance,
                    look_again=self.look_again(),
                    fallback=self.fallback,
                    until_empty=False,
                    stop=self._asked_by(name),
                    wait=self._waited_by(name),
                )
            except Exception as error:  # a full disk, a database that is away: the rows wait, so try again
                self.vitals.failed(name, error)
                log.exception("sending stands still", extra={"channel": transport.channel})
                self.stopper.wait_for_stop(STANDSTILL_SECONDS)
        transport.close()

    def _asked_by(self, name: str) -> Callable[[], bool]:
        """Whether to stop; who asks beats."""

        def is_stopping() -> bool:
            self.vitals.beat(name)
            return self.stopper.is_stopping()

        return is_stopping

    def _waited_by(self, name: str) -> Callable[[float], None]:
        """Waits until told to stop; who waits has done all there was to do."""

        def wait(seconds: float) -> None:
            self.vitals.succeeded(name)
            self.stopper.wait_for_stop(seconds)
            self.vitals.beat(name)

        return wait
