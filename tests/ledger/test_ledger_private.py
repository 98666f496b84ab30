"""The database holds names and addresses: nobody but its owner reads it, however gkbot is started."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from gkbot.clock import FixedClock
from gkbot.ledger import Ledger
from tests.plans import enqueue, notice


@pytest.fixture
def open_umask() -> Iterator[None]:
    """A machine on which new files are everybody's to read and write."""
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.mark.usefixtures("open_umask")
def test_a_new_database_and_the_files_beside_it_are_their_owners_alone(tmp_path: Path, clock: FixedClock) -> None:
    with Ledger.open(f"sqlite:///{tmp_path / 'gkbot.db'}", clock=clock) as ledger:
        enqueue(ledger, notice())
        modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.glob("gkbot.db*")}
    assert {name: modes[name] for name in ("gkbot.db", "gkbot.db-wal", "gkbot.db-shm")} == {
        "gkbot.db": 0o600,
        "gkbot.db-wal": 0o600,
        "gkbot.db-shm": 0o600,
    }


def test_a_database_that_is_there_keeps_the_mode_it_was_given(tmp_path: Path, clock: FixedClock) -> None:
    path = tmp_path / "gkbot.db"
    Ledger.open(f"sqlite:///{path}", clock=clock).close()
    path.chmod(0o640)
    Ledger.open(f"sqlite:///{path}", clock=clock).close()
    assert path.stat().st_mode & 0o777 == 0o640
