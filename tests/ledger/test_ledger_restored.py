"""A database that goes back under a running service: one question, one answer."""

import os
from pathlib import Path

import pytest
from sqlalchemy import delete

from gkbot.clock import FixedClock
from gkbot.errors import LedgerError
from gkbot.ledger import Brake, Ledger
from gkbot.ledger.epochs import InLockFile
from gkbot.ledger.tables import INSTANCE
from tests.plans import MONDAY


def test_a_service_that_runs_on_after_a_restore_asks_once(ledger: Ledger, clock: FixedClock, tmp_path: Path) -> None:
    ledger.outbox.activate("yesterday", state_dir=tmp_path).release()
    clock.advance(86400)
    activation = ledger.outbox.activate("serve", state_dir=tmp_path)
    with ledger._database.writing() as connection:  # back to a moment before its start
        connection.execute(delete(INSTANCE).where(INSTANCE.c.epoch == activation.instance.epoch))
    clock.advance(15)
    activation.heartbeat()
    assert ledger.braking.standing(Brake.RESTORED) is not None
    ledger.braking.lift(Brake.RESTORED, who="李某", why="补登记了")
    for _ in range(3):
        clock.advance(15)
        activation.heartbeat()
        assert ledger.braking.standing(Brake.RESTORED) is None
    found = ledger.watching.seen(MONDAY).instances
    assert [(alive.name, alive.heartbeat_at == clock.now()) for alive in found] == [
        ("serve", True),
        ("yesterday", False),
    ]
    activation.release()
    assert ledger.watching.seen(MONDAY).instances[0].ended_at == clock.now()


@pytest.mark.parametrize(
    ("mode", "words"), [(os.O_RDONLY, "写不了数据库的锁文件"), (os.O_WRONLY, "读不了数据库的锁文件")]
)
def test_a_lock_file_that_fails_is_a_trouble_of_the_ledger(tmp_path: Path, mode: int, words: str) -> None:
    path = tmp_path / "gkbot.db.lock"
    path.touch()
    descriptor = os.open(path, mode)
    note = InLockFile(descriptor)
    try:
        with pytest.raises(LedgerError, match=words):
            note.write(b"{}") if mode == os.O_RDONLY else note.read()
    finally:
        os.close(descriptor)
