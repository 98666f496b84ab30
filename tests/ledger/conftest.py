"""Every test of the ledger runs on SQLite and on PostgreSQL."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gkbot.clock import Clock, FixedClock
from gkbot.ledger import Ledger
from tests.databases import DATABASES, fresh_database

MORNING = datetime(2023, 7, 24, 1, 0, tzinfo=UTC)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(MORNING)


@pytest.fixture(params=DATABASES)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    with fresh_database(request.param, tmp_path) as address:
        yield address


@pytest.fixture
def open_ledger(url: str, clock: FixedClock) -> Iterator[Callable[..., Ledger]]:
    opened: list[Ledger] = []

    def again(clock: Clock = clock) -> Ledger:
        opened.append(Ledger.open(url, clock=clock))
        return opened[-1]

    yield again
    for ledger in opened:
        ledger.close()


@pytest.fixture
def ledger(open_ledger: Callable[..., Ledger]) -> Ledger:
    return open_ledger()
