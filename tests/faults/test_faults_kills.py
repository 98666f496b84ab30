"""F01: the sender is killed at each crash point of facts/delivery.md 3.7, and started again.

Here an office of a few notices; `make soak` plays it with two hundred, five times a point.
"""

from pathlib import Path

import pytest

from tests.faults.kills import MAY_DOUBLE, POINTS, Kill, kill_and_restart
from tests.faults.zygote import Zygote

pytestmark = pytest.mark.fault("F01")
NOTICES = 10
SEEDS = (1, 2)
AFTER_THE_DOT = {"5", "6"}
"""Before it a mail server must not deliver (RFC 5321 4.1.1.10), so a kill there leaves no doubt about a mail."""


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("point", POINTS)
def test_a_kill_anywhere_loses_nothing(senders: Zygote, url: str, tmp_path: Path, point: str, seed: int) -> None:
    found = kill_and_restart(senders, url, tmp_path, Kill(point=point, seed=seed, notices=NOTICES))
    assert (found.lost, found.held) == (0, 0)
    assert found.doubled <= found.unclear <= 1
    if point not in MAY_DOUBLE:
        assert found.unclear == 0


@pytest.mark.parametrize("point", sorted(MAY_DOUBLE))
def test_with_hold_a_kill_never_doubles(senders: Zygote, url: str, tmp_path: Path, point: str) -> None:
    kill = Kill(point=point, seed=3, notices=NOTICES, policy="hold")
    found = kill_and_restart(senders, url, tmp_path, kill)
    assert (found.lost, found.doubled) == (0, 0)
    assert found.held == found.unclear
    if point in AFTER_THE_DOT:
        assert found.held == 1
