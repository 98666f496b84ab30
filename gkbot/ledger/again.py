"""Running a transaction once more that lost against another one."""

from collections.abc import Callable
from typing import TypeVar

from gkbot.errors import LedgerConflict

CONFLICT_TRIES = 5
Result = TypeVar("Result")


def again(step: Callable[[], Result]) -> Result:
    """Run a step of one transaction; after a deadlock or serialization failure, of which nothing stays, anew."""
    for _ in range(CONFLICT_TRIES - 1):
        try:
            return step()
        except LedgerConflict:
            continue
    return step()
