"""The watch over one dialogue after the other: whoever is not done at the deadline is cut off.

One thread for all of them; to start one for each mail takes longer than many a mail.
"""

import threading
import time
from collections.abc import Callable

MOST_STEP_SECONDS = 1.0
_STEPS = 20


class Watch:
    """Calls `cut` once where a dialogue has not ended in time; a little late, never early."""

    def __init__(self, cut: Callable[[], None]) -> None:
        """Nobody is watched yet."""
        self._cut = cut
        self._deadline: float | None = None
        self._step = MOST_STEP_SECONDS
        self._at_rest = threading.Event()
        self._thread: threading.Thread | None = None

    def begin(self, seconds: float) -> None:
        """A dialogue begins that must not take longer."""
        self._deadline = time.monotonic() + seconds
        self._step = min(MOST_STEP_SECONDS, seconds / _STEPS)
        if self._thread is None or not self._thread.is_alive():
            self._at_rest.clear()
            self._thread = threading.Thread(target=self._look, args=(self._at_rest,), daemon=True)
            self._thread.start()

    def end(self) -> None:
        """It is over."""
        self._deadline = None

    def rest(self) -> None:
        """No dialogue for a while: the thread ends."""
        self._at_rest.set()
        self._at_rest, self._thread = threading.Event(), None

    def _look(self, at_rest: threading.Event) -> None:
        while not at_rest.wait(self._step):
            deadline = self._deadline
            if deadline is not None and time.monotonic() > deadline:
                self._deadline = None
                self._cut()
