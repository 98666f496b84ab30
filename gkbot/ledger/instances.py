"""Who may send: one active process on SQLite, equal ones on PostgreSQL (facts/delivery.md 3.6).

On SQLite a lock on a file beside the database proves that no other process sends, so leases
of earlier epochs are void at once. A database that has fallen behind what was last run with was
restored from a backup: a brake then stands until a person chooses what becomes of the messages.
"""

import logging
import os
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, insert, select, update

from gkbot.errors import LedgerBusy
from gkbot.ledger import brakes, epochs
from gkbot.ledger.database import Database
from gkbot.ledger.reopening import reopen
from gkbot.ledger.sender_lock import take_lock
from gkbot.ledger.tables import ATTEMPT, INSTANCE, NOTICE
from gkbot.ledger.values import Brake, Instance, NoticeState
from gkbot.ledger.verdicts import abandon_attempts

log = logging.getLogger(__name__)

TRY_AGAIN_AFTER = timedelta(hours=1)
"""A start gives a disabled channel another chance, but not more often: mail servers lock accounts."""
CALLED_FOR = "daily"
"""A check that a person called for tries disabled channels again by itself, and says so."""
LONGEST_ATTEMPT = timedelta(minutes=15)
"""No message is longer on the wire: a mail server may take ten minutes to answer the dot (RFC 5321 4.5.3.2)."""


class Activation:
    """The right to send, until `release` or the end of the process."""

    def __init__(self, database: Database, name: str, *, state_dir: Path | None = None) -> None:
        """Take the right to send.

        Args:
            state_dir: Where it is remembered how far a PostgreSQL database had come; None remembers nothing.

        Raises:
            LedgerBusy: On SQLite, another process has it.
            LedgerError: The lock file or the state file cannot be used.
        """
        self._database = database
        self._lock = _locked(database.path) if database.path else None
        self._note = _note(database, self._lock, state_dir)
        try:
            self.instance = self._start(name)
        except BaseException:
            self._unlock()
            raise

    def heartbeat(self, at: datetime | None = None) -> None:
        """Say that the process is alive.

        Args:
            at: The moment, where the clock is not trusted.
        """
        with self._database.writing() as connection:
            self._look_behind(connection)
            mine = INSTANCE.c.epoch == self.instance.epoch
            now = at or self._database.now(connection)
            _close_left_attempts(connection, now)
            is_known = connection.execute(update(INSTANCE).where(mine).values(heartbeat_at=now)).rowcount
            instance = self.instance if is_known else self._write(connection, self.instance.name, now)
        self.instance = instance
        self._remember(now)

    def release(self) -> None:
        """Give the right back; leases in flight stay as they are, since the bytes may be out."""
        try:
            with self._database.writing() as connection:
                mine = INSTANCE.c.epoch == self.instance.epoch
                now = self._database.now(connection)
                connection.execute(update(INSTANCE).where(mine).values(ended_at=now))
        finally:
            self._unlock()

    def __enter__(self) -> Instance:
        """The instance that may send."""
        return self.instance

    def __exit__(self, *_exception: object) -> None:
        """Release."""
        self.release()

    def _start(self, name: str) -> Instance:
        with self._database.writing() as connection:
            self._look_behind(connection)
            now = self._database.now(connection)
            instance = self._write(connection, name, now)
            _close_left_attempts(connection, now)
            if self._lock is not None:
                _void_old_leases(connection, instance.epoch, now)
            if not name.startswith(CALLED_FOR):
                reopen(connection, now - TRY_AGAIN_AFTER, now, who="gkbot", why="重新启动，再试一次")
        self.instance = instance
        self._remember(now)
        return instance

    def _write(self, connection: Connection, name: str, now: datetime) -> Instance:
        """A row of our own: at the start, and where the database was restored to before it under a running service."""
        row = {"name": name, "started_at": now, "heartbeat_at": now, "ended_at": None}
        epoch = connection.execute(insert(INSTANCE).values(row).returning(INSTANCE.c.epoch)).scalar_one()
        return Instance(epoch=epoch, name=name, started_at=now)

    def _look_behind(self, connection: Connection) -> None:
        """Set the brake where the database was restored, at a start or (PostgreSQL) under a running service."""
        behind = None if self._note is None else epochs.fallen_behind(connection, self._note)
        if behind is not None and brakes.standing(connection, Brake.RESTORED) is None:
            used, known = behind
            log.error("database restored", extra={"used_until": used, "knows_until": known})
            why = "数据库比上次运行时旧，像是从备份恢复的"
            brakes.set_brake(self._database, connection, Brake.RESTORED, expected=used, found=known, why=why)

    def _remember(self, now: datetime) -> None:
        if self._note is not None:
            with self._database.reading() as connection:
                epochs.remember(connection, self._note, self.instance.epoch, now)

    def _unlock(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


def _locked(path: Path) -> int:
    lock = take_lock(path)
    if lock is None:
        raise LedgerBusy(
            f"另一个 gkbot 正在用数据库 {path} 发送（SQLite 只许一个）。"
            "写入的通知由它送出；要几个一起送，请换用 PostgreSQL。"
        )
    return lock


def _note(database: Database, lock: int | None, state_dir: Path | None) -> epochs.Note | None:
    if lock is not None:
        return epochs.InLockFile(lock)
    return None if state_dir is None else epochs.InStateFile.of(state_dir, database)


def _close_left_attempts(connection: Connection, now: datetime) -> None:
    """An attempt whose notice is settled will be claimed by nobody: who began it is dead, and its end unknown."""
    open_ones = (ATTEMPT.c.outcome.is_(None), ATTEMPT.c.started_at < now - LONGEST_ATTEMPT)
    settled = NOTICE.c.state.not_in((NoticeState.PENDING, NoticeState.LEASED))
    query = select(ATTEMPT.c.notice_id).join(NOTICE, NOTICE.c.id == ATTEMPT.c.notice_id).where(*open_ones, settled)
    for notice_id in connection.execute(query.distinct()).scalars().all():
        abandon_attempts(connection, notice_id, now)


def _void_old_leases(connection: Connection, epoch: int, now: datetime) -> None:
    old = (NOTICE.c.state == NoticeState.LEASED, NOTICE.c.lease_owner != epoch)
    connection.execute(update(NOTICE).where(*old).values(next_at=now, lease_until=now))
