"""The end of the service, and what wakes it: one object that every thread asks."""

import queue
import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(slots=True)
class Stopper:
    """Says when to stop, and wakes who waits."""

    _stop: threading.Event = field(default_factory=threading.Event)
    _wake: threading.Event = field(default_factory=threading.Event)

    def stop(self) -> None:
        """Finish what is in hand, then stop."""
        self._stop.set()
        self._wake.set()

    def wake(self) -> None:
        """Look again now."""
        self._wake.set()

    def is_stopping(self) -> bool:
        """Whether to stop."""
        return self._stop.is_set()

    def wait_for_wake(self, seconds: float) -> None:
        """Wait until woken, told to stop, or the time is up."""
        self._wake.wait(seconds)
        self._wake.clear()

    def wait_for_stop(self, seconds: float) -> None:
        """Wait until told to stop or the time is up."""
        self._stop.wait(seconds)


def stop_on_signals(stop: Callable[[], None]) -> None:
    """Stop at SIGTERM and SIGINT, however often and whenever they come.

    A handler interrupts the main thread anywhere, in the middle of `Event.clear` or of another handler too, and
    would wait for ever for a lock held there. Putting into a SimpleQueue alone is safe (Python manual, `queue`).
    """
    asked: queue.SimpleQueue[None] = queue.SimpleQueue()

    def wait() -> None:
        while True:
            asked.get()
            stop()

    threading.Thread(target=wait, name="gkbot-signals", daemon=True).start()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _signal, _frame: asked.put(None))
