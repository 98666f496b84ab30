"""How a database is, looked at without bringing it up to date: for `gkbot doctor`."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, text

from gkbot.clock import Clock
from gkbot.ledger.database import Database
from gkbot.ledger.schema import SCHEMA_VERSION, version_of

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
    """

    name: str
    version: str | None
    wanted: str
    journal_mode: str | None
    size_bytes: int
    path: Path | None


def database_condition(url: str, *, clock: Clock, writes: bool = True) -> DatabaseCondition:
    """Connect, read, and write something that is gone again at once.

    Args:
        writes: Try writing; False only looks.

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


def _pragma(connection: Connection, name: str) -> str:
    return str(connection.execute(text(f"PRAGMA {name}")).scalar_one())
