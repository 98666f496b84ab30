"""A commit that is made again after a lost connection."""

from collections.abc import Callable
from typing import TypeVar

from gkbot.errors import LedgerError

COMMIT_TRIES = 5
COMMIT_WAIT_SECONDS = 1.0
Result = TypeVar("Result")


class Persistence:
    """Commits a step; after a lost connection it is done again, which reads back what was committed."""

    def __init__(self, wait: Callable[[float], None]) -> None:
        """Take what sleeps, at most so many seconds."""
        self._wait = wait

    def __call__(self, step: Callable[[], Result]) -> Result:
        """Do the step, up to five times.

        Raises:
            LedgerError: It fails each time.
        """
        for _ in range(COMMIT_TRIES - 1):
            try:
                return step()
            except LedgerError:
                self._wait(COMMIT_WAIT_SECONDS)
        return step()
