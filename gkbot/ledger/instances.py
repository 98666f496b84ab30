"""Who may send: one active process on SQLite, equal ones on PostgreSQL (facts/delivery.md 3.6).

On SQLite a lock on a file beside the database proves that no other process sends, so leases
of earlier epochs are void at once. The file also remembers the last epoch: a database whose
epoch is behind it was restored from a backup, and a person must say that sending may go on.
"""

import fcntl
import json
import os
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, func, insert, select, update

from gkbot.errors import LedgerBusy, LedgerError
from gkbot.ledger.database import Database
from gkbot.ledger.tables import CHANNEL_STATE, INSTANCE, NOTICE
from gkbot.ledger.values import Instance, NoticeState

TRY_AGAIN_AFTER = timedelta(hours=1)
"""A start gives a disabled channel another chance, but not more often: mail servers lock accounts."""


class Activation:
    """The right to send, until `release` or the end of the process."""

    def __init__(self, database: Database, name: str) -> None:
        """Take the right to send.

        Raises:
            LedgerBusy: On SQLite, another process has it.
            LedgerError: The database is older than what was last run with.
        """
        self._database = database
        self._lock = _locked(database.path) if database.path else None
        try:
            self.instance = self._start(name)
        except BaseException:
            self._unlock()
            raise

    def heartbeat(self) -> None:
        """Say that the process is alive."""
        with self._database.writing() as connection:
            mine = INSTANCE.c.epoch == self.instance.epoch
            now = self._database.now(connection)
            connection.execute(update(INSTANCE).where(mine).values(heartbeat_at=now))

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
            if self._lock is not None:
                _refuse_a_restored_database(connection, self._lock, self._database.path)
            now = self._database.now(connection)
            row = {"name": name, "started_at": now, "heartbeat_at": now, "ended_at": None}
            epoch = connection.execute(insert(INSTANCE).values(row).returning(INSTANCE.c.epoch)).scalar_one()
            if self._lock is not None:
                _void_old_leases(connection, epoch, now)
            _give_channels_another_chance(connection, now)
            identity = _identity(connection)
        if self._lock is not None:
            _remember(self._lock, identity, epoch)
        return Instance(epoch=epoch, name=name, started_at=now)

    def _unlock(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


def _locked(path: Path) -> int:
    """Hold the lock file; the kernel lets go of it with the process, however that ends."""
    try:
        lock = os.open(path.with_name(path.name + ".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
    except OSError as error:
        raise LedgerError(f"建不了数据库 {path} 旁边的锁文件：{error.strerror}。") from None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(lock)
        raise LedgerBusy(
            f"另一个 gkbot 正在用数据库 {path} 发送（SQLite 只许一个）。"
            "写入的通知由它送出；要几个一起送，请换用 PostgreSQL。"
        ) from None
    return lock


def _identity(connection: Connection) -> str:
    """When the database was first used: tells a restored database from a new one."""
    first: datetime = connection.execute(select(INSTANCE.c.started_at).order_by(INSTANCE.c.epoch).limit(1)).scalar_one()
    return first.isoformat()


def _refuse_a_restored_database(connection: Connection, lock: int, path: Path | None) -> None:
    epoch = connection.execute(select(func.max(INSTANCE.c.epoch))).scalar()
    try:
        remembered = json.loads(os.pread(lock, 4096, 0) or b"{}")
    except ValueError:
        remembered = {}
    if epoch is None or remembered.get("first") != _identity(connection):
        return
    if epoch < remembered.get("epoch", 0):
        raise LedgerError(
            f"数据库 {path} 比上次运行时旧，像是从备份恢复的：备份之后送出的通知会再送一次，因此暂不发送。"
            f"如确认可以继续，请删除 {path}.lock 后重新启动。"
        )


def _remember(lock: int, identity: str, epoch: int) -> None:
    os.ftruncate(lock, 0)
    os.pwrite(lock, json.dumps({"first": identity, "epoch": epoch}).encode(), 0)
    os.fsync(lock)


def _void_old_leases(connection: Connection, epoch: int, now: datetime) -> None:
    old = (NOTICE.c.state == NoticeState.LEASED, NOTICE.c.lease_owner != epoch)
    connection.execute(update(NOTICE).where(*old).values(next_at=now, lease_until=now))


def _give_channels_another_chance(connection: Connection, now: datetime) -> None:
    long_ago = CHANNEL_STATE.c.disabled_at <= now - TRY_AGAIN_AFTER
    connection.execute(update(CHANNEL_STATE).where(long_ago).values(disabled_reason=None, disabled_at=None))
