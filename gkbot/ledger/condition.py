"""How a database is, looked at without bringing it up to date: for `gkbot doctor` and `gkbot db info`."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, func, inspect, select, text

from gkbot.clock import Clock
from gkbot.ledger.database import Database
from gkbot.ledger.file_systems import remote_file_system
from gkbot.ledger.schema import SCHEMA_VERSION, version_of
from gkbot.ledger.tables import INSTANCE, METADATA

_PROBE_TABLE = "gkbot_write_probe"


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseCondition:
    """What a look at the database showed; it answered, and could be written if that was tried.

    Attributes:
        name: The address without password.
        version: Of the schema; None for a database that holds none yet.
        wanted: The version this program writes.
        journal_mode: Of SQLite; None elsewhere.
        path: Of a SQLite file; None elsewhere.
        remote: Kind of the network file system a SQLite file lies on; None on a local disk.
        synchronous_commit: Of PostgreSQL; None elsewhere.
        epoch: Number of the last start of a sender; None before the first.
        rows: In each table; empty where only the condition was asked for.
    """

    name: str
    version: str | None
    wanted: str
    journal_mode: str | None
    size_bytes: int
    path: Path | None
    remote: str | None
    synchronous_commit: str | None
    epoch: int | None
    rows: Mapping[str, int]


def database_condition(url: str, *, clock: Clock, writes: bool = True, counts: bool = False) -> DatabaseCondition:
    """Connect, read, and write something that is gone again at once.

    Args:
        writes: Try writing; False only looks.
        counts: Count the rows of every table, too.

    Raises:
        LedgerError: It cannot be reached, read or written; the text says what to do.
    """
    database = Database(url, clock=clock)
    try:
        if writes:
            _try_writing(database)
        with database.reading() as connection:
            return DatabaseCondition(
                name=database.name,
                version=version_of(connection),
                wanted=SCHEMA_VERSION,
                journal_mode=None if database.is_postgresql else _pragma(connection, "journal_mode"),
                size_bytes=_size_bytes(database, connection),
                path=database.path,
                remote=remote_file_system(database.path) if database.path else None,
                synchronous_commit=_setting(connection, "synchronous_commit") if database.is_postgresql else None,
                epoch=_epoch(connection),
                rows=_rows(connection) if counts else {},
            )
    finally:
        database.close()


def _try_writing(database: Database) -> None:
    """A table that comes and goes in one transaction: committed, so that a full disk shows, and nothing stays."""
    with database.writing() as connection:
        connection.execute(text(f"CREATE TABLE {_PROBE_TABLE} (id INTEGER)"))
        connection.execute(text(f"DROP TABLE {_PROBE_TABLE}"))


def _size_bytes(database: Database, connection: Connection) -> int:
    if database.is_postgresql:
        return int(connection.execute(text("SELECT pg_database_size(current_database())")).scalar_one())
    return int(_pragma(connection, "page_count")) * int(_pragma(connection, "page_size"))


def _epoch(connection: Connection) -> int | None:
    if not inspect(connection).has_table(INSTANCE.name):
        return None
    found: int | None = connection.execute(select(func.max(INSTANCE.c.epoch))).scalar()
    return found


def _rows(connection: Connection) -> dict[str, int]:
    there = set(inspect(connection).get_table_names())
    tables = [table for table in METADATA.sorted_tables if table.name in there]
    return {t.name: connection.execute(select(func.count()).select_from(t)).scalar_one() for t in tables}


def _setting(connection: Connection, name: str) -> str:
    return str(connection.execute(text(f"SHOW {name}")).scalar_one())


def _pragma(connection: Connection, name: str) -> str:
    return str(connection.execute(text(f"PRAGMA {name}")).scalar_one())
