"""Fresh databases for tests: a SQLite file, or a schema of its own on a PostgreSQL server.

`GKBOT_TEST_POSTGRESQL` names the server (default: the one on 127.0.0.1); without any, the tests are skipped.
"""

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest

from tests.faults.evidence import plain, rows_of
from tests.witness import WITNESS

SERVER = os.environ.get("GKBOT_TEST_POSTGRESQL", "postgresql://postgres@127.0.0.1:5432/test")
DATABASES = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)]


def is_there() -> bool:
    """Whether a PostgreSQL server can be used."""
    return _trouble() is None


@contextmanager
def fresh_database(kind: str, folder: Path) -> Iterator[str]:
    """The address of an empty database that is gone afterwards."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'gkbot.db'}"
        return
    if _trouble() is not None:
        pytest.skip(f"no PostgreSQL server at {SERVER}: {_trouble()}")
    import psycopg

    schema = f"gkbot_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(SERVER, autocommit=True) as connection:
        connection.execute(f'CREATE SCHEMA "{schema}"'.encode())
    try:
        url = f"{SERVER}?options=-csearch_path%3D{schema}"
        WITNESS.uses(plain(url))
        yield url
        WITNESS.loses(plain(url), rows_of)
    finally:
        with psycopg.connect(SERVER, autocommit=True) as connection:
            connection.execute(f'DROP SCHEMA "{schema}" CASCADE'.encode())


@cache
def _trouble() -> str | None:
    """Why there is no server; None where there is one."""
    try:
        import psycopg
    except ImportError:
        return "psycopg is not installed"
    try:
        psycopg.connect(SERVER, connect_timeout=2).close()
    except psycopg.OperationalError as error:
        return type(error).__name__
    return None
