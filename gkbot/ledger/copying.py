"""A whole ledger moved to another database: every row, with its number, in one transaction of the target.

Nothing may be written to the source meanwhile and nothing sent from it, or the new one would not know.
What goes over is checked row for row before it counts: an interrupted copy leaves the target empty.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    Connection,
    Integer,
    Table,
    Text,
    bindparam,
    cast,
    func,
    insert,
    select,
    text,
    type_coerce,
    update,
)
from sqlalchemy.exc import DataError, IntegrityError

from gkbot.errors import LedgerError, LedgerOutdated, UsageError
from gkbot.ledger.active import refuse_while_alive, sender_kept_out
from gkbot.ledger.crash_points import crash_point
from gkbot.ledger.database import Database
from gkbot.ledger.schema import SCHEMA_VERSION, run_migrations, version_of
from gkbot.ledger.tables import METADATA, NOTICE
from gkbot.ledger.values import NoticeState

ROWS_A_CHUNK = 500
Progress = Callable[[str, int], None]
"""Told the table, and how many of its rows have been dealt with since the last time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Copied:
    """What went over: rows and a digest of the content for each table, equal on both sides."""

    rows: Mapping[str, int]
    digests: Mapping[str, str]


def copy_ledger(source: Database, target: Database, progress: Progress = lambda _table, _rows: None) -> Copied:
    """Copy every table of `source` into the empty `target`, and check that it is all there.

    Raises:
        LedgerBusy: Somebody sends from the source.
        LedgerOutdated: The source is not of this program's version.
        UsageError: The target is not empty.
        LedgerError: A database fails, or the copy differs; the target is as it was.
    """
    with _standing_still(source) as reading, target.migrating() as writing:
        target.lock(writing, "schema")
        _refuse_unless_empty(target, writing)
        if version_of(writing) is None:
            run_migrations(writing)
        rows: dict[str, int] = {}
        digests: dict[str, str] = {}
        for table in METADATA.sorted_tables:
            there = _copy_table(target, writing, table, _chunks(source, reading, table), progress)
            rows[table.name], digests[table.name] = _summed_up(_chunks(target, writing, table), table.name, progress)
            if (rows[table.name], digests[table.name]) != there:
                raise LedgerError(f"表 {table.name} 复制以后核对不上，已全部撤回，目标数据库原样未动。")
            crash_point("CPCOPY")
        if source.path is not None:
            _void_leases(target, writing)
        if target.is_postgresql:
            _go_on_counting(writing)
    return Copied(rows=rows, digests=digests)


def rows_in(source: Database) -> int:
    """How many rows there are to copy."""
    with source.reading() as connection:
        if version_of(connection) != SCHEMA_VERSION:
            return 0
        return sum(connection.execute(select(func.count()).select_from(t)).scalar_one() for t in METADATA.sorted_tables)


@contextmanager
def _standing_still(source: Database) -> Iterator[Connection]:
    """One state of the source to which nobody adds until the copy is done; nothing of it is changed."""
    with ExitStack() as held:
        if source.path is not None:
            held.enter_context(sender_kept_out(source.path))
        connection = held.enter_context(source.writing())
        found = version_of(connection)
        if found != SCHEMA_VERSION:
            cure = "请先执行 gkbot db migrate" if found is not None else "里面还没有任何记录，没有什么可复制的"
            raise LedgerOutdated(
                f"数据库 {source.name} 的版本是 {found or '空'}，本程序是 {SCHEMA_VERSION} 的：{cure}。"
            )
        if source.is_postgresql:
            connection.execute(text("SET LOCAL statement_timeout = 0"))
            connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
            names = ", ".join(f'"{table.name}"' for table in METADATA.sorted_tables)
            connection.execute(text(f"LOCK TABLE {names} IN SHARE MODE"))
            refuse_while_alive(source, connection)
        yield connection


def _refuse_unless_empty(target: Database, connection: Connection) -> None:
    found = version_of(connection)
    if found is None:
        return
    full = found != SCHEMA_VERSION or any(
        connection.execute(select(func.count()).select_from(table)).scalar_one() for table in METADATA.sorted_tables
    )
    if full:
        raise UsageError(f"目标数据库 {target.name} 不是空的，不会往里复制。请新建一个空的数据库。")


def _copy_table(
    target: Database, writing: Connection, table: Table, chunks: Iterator[Sequence[Any]], progress: Progress
) -> tuple[int, str]:
    """Insert the rows as they come; gives their number and the digest of what was read."""
    statement = insert(table).values({column.name: _parameter(target, column) for column in table.columns})
    count, digest = 0, hashlib.sha256()
    try:
        for rows in chunks:
            count += _add(digest, rows)
            writing.execute(statement, [dict(row._mapping) for row in rows])
            progress(table.name, len(rows))
    except (DataError, IntegrityError) as error:
        cause = type(error.orig).__name__
        raise LedgerError(
            f"表 {table.name} 有的记录，数据库 {target.name} 不收（{cause}）。已全部撤回，目标数据库原样未动。"
        ) from None
    return count, digest.hexdigest()


def _summed_up(chunks: Iterator[Sequence[Any]], name: str, progress: Progress) -> tuple[int, str]:
    count, digest = 0, hashlib.sha256()
    for rows in chunks:
        count += _add(digest, rows)
        progress(name, len(rows))
    return count, digest.hexdigest()


def _add(digest: Any, rows: Sequence[Any]) -> int:
    for row in rows:
        digest.update(repr(tuple(row)).encode("utf-8", "surrogatepass"))
    return len(rows)


def _chunks(database: Database, connection: Connection, table: Table) -> Iterator[Sequence[Any]]:
    """A table's rows in the order of their keys, JSON as the text it is kept as."""
    columns = [_as_kept(database, column) for column in table.columns]
    query = select(*columns).order_by(*table.primary_key.columns).execution_options(yield_per=ROWS_A_CHUNK)
    yield from connection.execute(query).partitions()


def _as_kept(database: Database, column: Column[Any]) -> Any:
    """A column to read; a JSON value word for word, since NULL and the word null are told apart."""
    if not isinstance(column.type, JSON):
        return column
    kept = cast(column, Text) if database.is_postgresql else type_coerce(column, Text)
    return kept.label(column.name)


def _parameter(database: Database, column: Column[Any]) -> Any:
    if not isinstance(column.type, JSON):
        return bindparam(column.name, type_=column.type)
    given = bindparam(column.name, type_=Text())
    return cast(given, JSON) if database.is_postgresql else given


def _void_leases(target: Database, connection: Connection) -> None:
    """Nobody sends from the source, so what was in flight is as after a start on SQLite: looked at anew."""
    now = target.now(connection)
    leased = NOTICE.c.state == NoticeState.LEASED
    connection.execute(update(NOTICE).where(leased).values(next_at=now, lease_until=now))


def _go_on_counting(connection: Connection) -> None:
    """Let PostgreSQL's sequences go on after the numbers that are taken."""
    for table in METADATA.sorted_tables:
        keys = list(table.primary_key.columns)
        if len(keys) == 1 and isinstance(keys[0].type, Integer):
            sequence = func.pg_get_serial_sequence(table.name, keys[0].name)
            last = func.max(keys[0])
            connection.execute(select(func.setval(sequence, last)).having(last.is_not(None)))
