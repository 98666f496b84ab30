"""What is remembered outside the database: how far it had come when it was last used.

A database that knows less was restored from a backup. The note lies in the lock file of a SQLite
database, for PostgreSQL in a file of `GKBOT_STATE_DIR`. The moment counts as well as the epoch:
a service may run for months in one epoch, and yesterday's backup has the same.
"""

import contextlib
import hashlib
import json
import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import Connection, select

from gkbot.errors import LedgerError
from gkbot.ledger.database import Database
from gkbot.ledger.tables import INSTANCE
from gkbot.os_words import in_words

MAX_NOTE_BYTES = 4096
TOLERANCE = timedelta(minutes=2)
"""A failover to a standby may forget the last moments; that is no restored backup."""


class Note(Protocol):
    """Where the note is kept."""

    def read(self) -> bytes:
        """What is there; empty where nothing is."""
        ...

    def write(self, data: bytes) -> None:
        """Put this in its place, whole or not at all."""
        ...


@dataclass(frozen=True, slots=True)
class InLockFile:
    """Inside the lock file, which is open for as long as the process may send."""

    descriptor: int

    def read(self) -> bytes:
        """What is there."""
        try:
            return os.pread(self.descriptor, MAX_NOTE_BYTES, 0)
        except OSError as error:
            raise LedgerError(f"读不了数据库的锁文件：{in_words(error)}。请检查数据库所在的磁盘。") from None

    def write(self, data: bytes) -> None:
        """Padded to one length, so that a write is never seen half."""
        try:
            os.pwrite(self.descriptor, data.ljust(256), 0)
            os.fsync(self.descriptor)
        except OSError as error:
            raise LedgerError(f"写不了数据库的锁文件：{in_words(error)}。请检查数据库所在的磁盘。") from None


@dataclass(frozen=True, slots=True)
class InStateFile:
    """In a small file of its own, replaced as a whole."""

    path: Path

    @classmethod
    def of(cls, folder: Path, database: Database) -> "InStateFile":
        """The file of this database, by host, port, name and schema; nothing secret is in its name."""
        where = database.url.set(username=None, password=None).render_as_string(hide_password=True)
        return cls(folder / f"epoch-{hashlib.sha256(where.encode()).hexdigest()[:12]}.json")

    def read(self) -> bytes:
        """What is there."""
        try:
            with self.path.open("rb") as file:
                return file.read(MAX_NOTE_BYTES)
        except FileNotFoundError:
            return b""
        except OSError as error:
            raise LedgerError(f"读不了状态文件 {self.path}：{in_words(error)}。请检查 GKBOT_STATE_DIR。") from None

    def write(self, data: bytes) -> None:
        """A new file takes the old one's place."""
        fresh = self.path.with_name(f"{self.path.name}.{os.getpid()}")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with fresh.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(self.path)
        except OSError as error:
            with contextlib.suppress(OSError):
                fresh.unlink(missing_ok=True)
            raise LedgerError(f"写不了状态文件 {self.path}：{in_words(error)}。请检查 GKBOT_STATE_DIR。") from None


def remember(connection: Connection, note: Note, epoch: int, heartbeat: datetime) -> None:
    """Note how far the database has come; called after the commit: a note that is behind raises no alarm."""
    known = {"first": _identity(connection), "epoch": epoch, "heartbeat": heartbeat.isoformat()}
    note.write(json.dumps(known).encode())


def fallen_behind(connection: Connection, note: Note) -> tuple[datetime, datetime] | None:
    """Until when the database was used and until when it knows; None where it has not fallen behind."""
    known = _known(note)
    if not known or known.get("first") != _identity(connection):
        return None
    query = select(INSTANCE.c.heartbeat_at).where(INSTANCE.c.epoch == known.get("epoch"))
    found: datetime | None = connection.execute(query).scalar()
    latest: datetime | None = connection.execute(
        select(INSTANCE.c.heartbeat_at).order_by(INSTANCE.c.epoch.desc())
    ).scalar()
    used = datetime.fromisoformat(known["heartbeat"]) if "heartbeat" in known else found or latest
    if used is None or latest is None or (found is not None and found >= used - TOLERANCE):
        return None
    return used, found or latest


def _known(note: Note) -> dict[str, Any]:
    try:
        known = json.loads(note.read() or b"{}")
    except ValueError:
        return {}
    return known if isinstance(known, dict) else {}


def _identity(connection: Connection) -> str | None:
    """When the database was first used: tells a restored database from a new one."""
    first: datetime | None = connection.execute(
        select(INSTANCE.c.started_at).order_by(INSTANCE.c.epoch).limit(1)
    ).scalar()
    return None if first is None else first.isoformat()
