"""Places where tests kill the process (facts/delivery.md 3.7)."""

import os
from collections import Counter

_VARIABLE = "CP"
_passed: Counter[str] = Counter()


def crash_point(name: str) -> None:
    """Die here without any cleaning up where the environment says so; nothing otherwise.

    `CP=3:2` ends the process at the second passing of CP3, with the status of a SIGKILL.
    """
    wanted = os.environ.get(_VARIABLE)
    if wanted is None:
        return
    point, _, passing = wanted.partition(":")
    if name != f"CP{point}":
        return
    _passed[name] += 1
    if _passed[name] == int(passing or 1):
        os._exit(137)
