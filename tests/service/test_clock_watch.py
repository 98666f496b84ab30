"""Several processes on one database: a brake of the clock belongs to the one whose clock jumped, while it lives."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gkbot.clock import FixedClock
from gkbot.ledger import Brake, Ledger
from gkbot.service.clock_watch import ClockWatch
from tests.databases import fresh_database

MORNING = datetime(2023, 7, 24, 1, 0, tzinfo=UTC)
Begin = Callable[[FixedClock], tuple[Ledger, ClockWatch]]


@pytest.fixture
def begin(tmp_path: Path) -> Iterator[Begin]:
    opened: list[Ledger] = []
    with fresh_database("postgresql", tmp_path) as url:

        def start(clock: FixedClock) -> tuple[Ledger, ClockWatch]:
            ledger = Ledger.open(url, clock=clock)
            opened.append(ledger)
            instance = ledger.outbox.activate("serve").instance
            watch = ClockWatch(ledger, clock)
            watch.start(besides=instance.epoch)
            return ledger, watch

        yield start
        for ledger in opened:
            ledger.close()


@pytest.mark.parametrize("days", [3, -3])
def test_a_healthy_process_lifts_the_brake_of_one_that_died(begin: Begin, days: int) -> None:
    healthy, jumping = FixedClock(MORNING), FixedClock(MORNING)
    ledger, watch = begin(healthy)
    _, other = begin(jumping)
    jumping.moment += timedelta(days=days)
    assert other.look() is not None
    assert watch.look() is None
    assert ledger.braking.standing(Brake.CLOCK) is not None  # its own process lives: it will lift it
    begin(FixedClock(healthy.moment))
    assert ledger.braking.standing(Brake.CLOCK) is not None
    healthy.advance(360)  # and has not been heard of since
    assert watch.look() is None
    assert ledger.braking.standing(Brake.CLOCK) is None
