"""The database behind the ledger: opening, transactions, errors in words.

SQLite: WAL, synchronous=FULL, foreign keys, and BEGIN IMMEDIATE for every writing
transaction, so that two writers queue up instead of failing half-way. pysqlite's own
transaction control is switched off for that (SQLAlchemy manual, "Pysqlite: Serializable
isolation / Savepoints / Transactional DDL").
PostgreSQL: psycopg 3, read committed; row locks and advisory locks do the rest.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Row, Table, create_engine, event, make_url, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, DataError, DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import StaticPool

from gkbot.clock import Clock, SystemClock
from gkbot.errors import LedgerBusy, LedgerError
from gkbot.ledger.troubles import said_in_words

BUSY_TIMEOUT_SECONDS = 10.0
_READING = "gkbot_reading"
_ROWS_A_STATEMENT = 500


class Database:
    """An open database; hands out transactions whose errors are `LedgerError`s."""

    def __init__(self, url: str, *, clock: Clock) -> None:
        """Prepare the engine; nothing is connected yet.

        Args:
            url: SQLAlchemy address; `postgres://` and `postgresql://` mean psycopg 3.
            clock: Asked for the time, except on PostgreSQL with the system's own clock: there the
                database's clock holds, since several machines share leases and gates.

        Raises:
            LedgerError: The address cannot be read or its folder not be made.
        """
        self.clock = clock
        self.url = _understood(url)
        self.is_postgresql = self.url.get_backend_name() == "postgresql"
        self.path = _file(self.url)
        self.engine = _engine(self.url, self.path)
        self._asks_database = self.is_postgresql and isinstance(clock, SystemClock)

    @property
    def name(self) -> str:
        """The address without its password, for messages."""
        return str(self.path) if self.path else self.url.render_as_string(hide_password=True)

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that writes; committed at the end, rolled back on any exception."""
        with self._in_words(), self.engine.begin() as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that only reads: one consistent state, and nobody waits for it."""
        with self._in_words(), self.engine.connect() as connection:
            connection.execution_options(**{_READING: True})
            if self.is_postgresql:
                connection.execution_options(isolation_level="REPEATABLE READ")
            with connection.begin():
                yield connection

    def now(self, connection: Connection) -> datetime:
        """The moment by the clock that all instances share."""
        if not self._asks_database:
            return self.clock.now()
        moment: datetime = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
        return moment.astimezone(UTC)

    def lock(self, connection: Connection, name: str, *, shared: bool = False) -> None:
        """Hold an advisory lock until the transaction ends; SQLite's one writer needs none."""
        if self.is_postgresql:
            kind = "pg_advisory_xact_lock_shared" if shared else "pg_advisory_xact_lock"
            connection.execute(text(f"SELECT {kind}(hashtextextended(:name, 0))"), {"name": f"gkbot:{name}"})

    def insert_new(
        self,
        connection: Connection,
        table: Table,
        rows: Iterable[dict[str, Any]],
        unique: Sequence[str],
        returning: Sequence[str] = (),
    ) -> list[Row[Any]]:
        """Insert the rows whose unique key is not there yet; gives back what was really inserted."""
        dialect = postgresql if self.is_postgresql else sqlite
        statement = dialect.insert(table).on_conflict_do_nothing(index_elements=list(unique))
        asked = statement.returning(*(table.c[name] for name in returning or unique))
        listed = list(rows)
        inserted: list[Row[Any]] = []
        for first in range(0, len(listed), _ROWS_A_STATEMENT):
            inserted += connection.execute(asked, listed[first : first + _ROWS_A_STATEMENT]).all()
        return inserted

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()

    @contextmanager
    def _in_words(self) -> Iterator[None]:
        try:
            yield
        except (DataError, IntegrityError):
            raise  # a mistake of ours, not of the database
        except DBAPIError as error:
            raise said_in_words(self.name, error.orig) from None
        except PoolTimeout:
            raise LedgerBusy(f"数据库 {self.name} 的连接全部占用，请稍后再试。") from None


def _understood(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise LedgerError(
            "数据库地址看不懂。写法：sqlite:///var/gkbot.db 或 postgresql://用户:密码@主机/库名"
        ) from None
    if parsed.drivername in {"postgres", "postgresql"}:
        return parsed.set(drivername="postgresql+psycopg")
    if parsed.get_backend_name() not in {"sqlite", "postgresql"}:
        raise LedgerError(f"不支持数据库 {parsed.drivername}，只支持 sqlite 和 postgresql。")
    return parsed


def _file(url: URL) -> Path | None:
    if url.get_backend_name() != "sqlite" or url.database in {None, "", ":memory:"}:
        return None
    return Path(str(url.database))


def _engine(url: URL, path: Path | None) -> Engine:
    if url.get_backend_name() == "postgresql":
        try:
            return create_engine(url, pool_pre_ping=True, pool_size=8)
        except ImportError:
            raise LedgerError("没有安装 PostgreSQL 驱动。请执行：pip install 'gkbot[postgresql]'") from None
    if path is not None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise LedgerError(f"建不了数据库的文件夹 {path.parent}：{error.strerror}") from None
    wait = {"timeout": BUSY_TIMEOUT_SECONDS, "check_same_thread": False}
    engine = (
        create_engine(url, connect_args=wait) if path else create_engine(url, connect_args=wait, poolclass=StaticPool)
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    reading = connection.get_execution_options().get(_READING, False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")
