"""The database behind the ledger: transactions, the shared clock, errors in words.

PostgreSQL works at read committed; row locks and advisory locks do the rest.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Connection, Row, Table, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from gkbot.clock import Clock, ShiftedClock, SystemClock
from gkbot.errors import LedgerBusy, LedgerError
from gkbot.ledger.engines import READING, engine_for, file_of, shown, unchecked_on_the_way, understood
from gkbot.ledger.troubles import said_in_words

_ROWS_A_STATEMENT = 500


class Database:
    """An open database; hands out transactions whose errors are `LedgerError`s."""

    def __init__(self, url: str, *, clock: Clock) -> None:
        """Prepare the engine; nothing is connected yet.

        Args:
            url: SQLAlchemy address; `postgres://` and `postgresql://` mean psycopg 3.
            clock: Asked for the time, except on PostgreSQL with the system's own clock: there the
                database's clock holds, since several machines share leases and gates. What happens in
                a run for a day still to come happens now all the same: moments that lie ahead would
                close gates until then, and let what others wait for expire.

        Raises:
            LedgerError: The address cannot be read or its folder not be made.
        """
        self.clock = clock
        self.url = understood(url)
        self.is_postgresql = self.url.get_backend_name() == "postgresql"
        self.path = file_of(self.url)
        self.engine = engine_for(self.url)
        self._real = SystemClock(clock.zone) if isinstance(clock, ShiftedClock) else clock
        is_ahead = isinstance(clock, ShiftedClock) and clock.is_ahead
        self._moments = self._real if is_ahead else clock
        self._asks_database = self.is_postgresql and isinstance(self._moments, SystemClock)

    @property
    def name(self) -> str:
        """The address without its password, for messages."""
        return str(self.path) if self.path else shown(self.url)

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that writes; committed at the end, rolled back on any exception."""
        with self._in_words(), self.engine.begin() as connection:
            yield connection

    @contextmanager
    def migrating(self) -> Iterator[Connection]:
        """A transaction that changes tables: as long as it takes, foreign keys checked before it commits.

        Raises:
            LedgerError: A row would point nowhere; nothing is changed then.
        """
        with (
            self._in_words(),
            self.engine.connect() as connection,
            unchecked_on_the_way(connection),
            connection.begin(),
        ):
            if self.is_postgresql:
                connection.execute(text("SET LOCAL statement_timeout = 0"))
            yield connection
            if not self.is_postgresql and connection.execute(text("PRAGMA foreign_key_check")).first():
                raise LedgerError(f"数据库 {self.name} 的升级没有做成：有的记录指向不存在的记录。原样未动。")

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that only reads: one consistent state, and nobody waits for it."""
        with self._in_words(), self.engine.connect() as connection:
            connection.execution_options(**{READING: True})
            if self.is_postgresql:
                connection.execution_options(isolation_level="REPEATABLE READ")
            with connection.begin():
                yield connection

    def now(self, connection: Connection) -> datetime:
        """The moment by the clock that all instances share."""
        if not self._asks_database:
            return self._moments.now()
        moment: datetime = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
        return moment.astimezone(UTC)

    def latest_day(self) -> date:
        """The latest day there can have been: today, or the day that a person named."""
        return max(self.clock.today(), self._real.today())

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
