"""How each kind of database is connected to, so that what is committed stays committed.

SQLite: WAL, synchronous=FULL, foreign keys, and BEGIN IMMEDIATE for every writing transaction,
so that two writers queue up instead of failing half-way. pysqlite's own transaction control is
switched off for that (SQLAlchemy manual, "Pysqlite: Serializable isolation / Savepoints /
Transactional DDL").
PostgreSQL: psycopg 3, few connections, each with limits of its own: a server that went away or a
lock that never ends is noticed, and the pool connects again.
"""

import contextlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import StaticPool

from gkbot.errors import LedgerError
from gkbot.extras import POSTGRESQL, install_command
from gkbot.os_words import in_words

BUSY_TIMEOUT_SECONDS = 10.0
READING = "gkbot_reading"
"""Execution option of a transaction that only reads."""


def _as_json(value: object) -> str:
    """汉字 as they are: escaped they take twice the space, and each change of a notice writes its row anew."""
    text = json.dumps(value, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:  # half a character, as a broken answer may hold
        return json.dumps(value)
    return text


_CONNECT_SECONDS = 10
_STATEMENT_SECONDS = 60
_IDLE_IN_TRANSACTION_SECONDS = 300  # a day's plan is reckoned between two statements
_KEEPALIVE = {"keepalives": 1, "keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3}
_SHARED = {"hide_parameters": True, "json_serializer": _as_json}
"""Else the text of an error repeats addresses, and bodies with signed links."""
_POOL = {"pool_size": 8, "max_overflow": 4, "pool_timeout": 30, "pool_recycle": 3600, "pool_pre_ping": True}


def understood(url: str) -> URL:
    """The parts of an address; `postgres://` and `postgresql://` mean psycopg 3.

    Raises:
        LedgerError: It cannot be read, or names a database gkbot does not know.
    """
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):  # SQLAlchemy's text repeats the address, password and all
        raise LedgerError(
            "数据库地址看不懂。写法：sqlite:///var/gkbot.db 或 postgresql://用户:密码@主机/库名"
        ) from None
    if parsed.drivername in {"postgres", "postgresql"}:
        return parsed.set(drivername="postgresql+psycopg")
    if parsed.get_backend_name() not in {"sqlite", "postgresql"}:
        raise LedgerError(f"不支持数据库 {parsed.drivername}，只支持 sqlite 和 postgresql。")
    return parsed


def shown(url: URL) -> str:
    """An address for people: without its password, wherever that stands, and without the driver's name."""
    hidden = {name: "***" for name in ("password", "sslpassword") if name in url.query}
    plain = url.update_query_dict(hidden).set(drivername=url.get_backend_name())
    return plain.render_as_string(hide_password=True).replace("%2A%2A%2A", "***")


@contextlib.contextmanager
def unchecked_on_the_way(connection: Connection) -> Iterator[None]:
    """For transactions that change tables: SQLite does not look at foreign keys meanwhile.

    Each is to check them before it commits (SQLite manual, "Making Other Kinds Of Table Schema Changes").
    Only here, and outside of transactions: the pragma makes SQLite compile every statement anew.
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    driver: Any = connection.connection.driver_connection
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        driver.execute("PRAGMA foreign_keys=ON")


def file_of(url: URL) -> Path | None:
    """The file of a SQLite database; None for one in memory and for PostgreSQL."""
    if url.get_backend_name() != "sqlite" or url.database in {None, "", ":memory:"}:
        return None
    return Path(str(url.database))


def engine_for(url: URL) -> Engine:
    """An engine for the address; nothing is connected yet.

    Raises:
        LedgerError: The driver or the file's folder is missing.
    """
    return _postgresql(url) if url.get_backend_name() == "postgresql" else _sqlite(url, file_of(url))


def _postgresql(url: URL) -> Engine:
    arguments = {"connect_timeout": _CONNECT_SECONDS, "application_name": "gkbot", **_KEEPALIVE}
    ours = {name: value for name, value in arguments.items() if name not in url.query}
    try:
        engine = create_engine(url, connect_args=ours, **_POOL, **_SHARED)
    except ImportError:
        raise LedgerError(f"没有安装 PostgreSQL 驱动。请执行：{install_command(POSTGRESQL)}") from None
    event.listen(engine, "connect", _prepare_postgresql)
    return engine


def _prepare_postgresql(connection: Any, _record: object) -> None:
    limits = {
        "statement_timeout": _STATEMENT_SECONDS,
        "idle_in_transaction_session_timeout": _IDLE_IN_TRANSACTION_SECONDS,
    }
    with connection.cursor() as cursor:
        for name, seconds in limits.items():
            cursor.execute(f"SET {name} = '{seconds}s'")
    connection.commit()


def _sqlite(url: URL, path: Path | None) -> Engine:
    wait = {"timeout": BUSY_TIMEOUT_SECONDS, "check_same_thread": False}
    if path is None:
        engine = create_engine(url, connect_args=wait, poolclass=StaticPool, **_SHARED)
    else:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise LedgerError(f"建不了数据库的文件夹 {path.parent}：{in_words(error)}") from None
        engine = create_engine(url, connect_args=wait, paramstyle="named", **_SHARED)
        event.listen(engine, "do_connect", lambda *_: _make_private(path))
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _make_private(path: Path) -> None:
    """A new file is its owner's alone, whatever the umask; SQLite gives -wal and -shm the same mode.

    One that is there is never opened: closing it would let go of SQLite's locks on it (fcntl(2)).
    """
    with contextlib.suppress(OSError):  # SQLite says it better
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN" if connection.get_execution_options().get(READING) else "BEGIN IMMEDIATE")
