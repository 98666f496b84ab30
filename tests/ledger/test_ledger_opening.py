"""Opening: schema, versions, and a database that cannot be used."""

import os
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from gkbot.clock import FixedClock, SystemClock
from gkbot.errors import LedgerBusy, LedgerError, LedgerOutdated
from gkbot.ledger import Ledger, ledger_exists
from gkbot.ledger.database import Database
from gkbot.ledger.schema import SCHEMA_VERSION, bring_up_to_date
from gkbot.ledger.tables import METADATA, NOTICE
from tests.databases import fresh_database
from tests.plans import enqueue, many, notice, plan


def test_migrations_make_the_tables_as_declared(url: str, clock: FixedClock) -> None:
    database = Database(url, clock=clock)
    bring_up_to_date(database)
    with database.reading() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, METADATA) == []
    database.close()


def test_the_schema_version_is_the_newest_migration() -> None:
    folder = Path(sys.modules["gkbot.ledger.schema"].__file__ or "").parent / "migrations"
    assert ScriptDirectory(folder).get_current_head() == SCHEMA_VERSION


def test_several_processes_may_open_a_new_database_at_once(url: str, clock: FixedClock) -> None:
    opened: list[Ledger] = []
    threads = [threading.Thread(target=lambda: opened.append(Ledger.open(url, clock=clock))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for ledger in opened:
        ledger.close()
    assert len(opened) == 4


def test_an_up_to_date_ledger_opens_without_alembic(tmp_path: Path, clock: FixedClock) -> None:
    address = f"sqlite:///{tmp_path / 'gkbot.db'}"
    Ledger.open(address, clock=clock).close()
    code = (
        "import sys; from gkbot.clock import SystemClock; from gkbot.ledger import Ledger;"
        f"Ledger.open({address!r}, clock=SystemClock()).close(); print('alembic' in sys.modules)"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout == "False\n"


def test_naming_the_ledger_does_not_load_sqlmodel() -> None:
    code = "import sys, gkbot.ledger, gkbot.delivery; print('sqlmodel' in sys.modules, 'requests' in sys.modules)"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout == "False False\n"


def test_the_text_of_an_error_does_not_repeat_what_was_written(ledger: Ledger) -> None:
    enqueue(ledger, notice("k1", address="secret.person@example.gov.cn"))
    with ledger._database.writing() as connection:
        row = dict(connection.execute(select(NOTICE)).mappings().one())
        again = insert(NOTICE).values({**row, "facts": {"link": "SIGNED-TOKEN"}})
        with pytest.raises(IntegrityError) as failed:
            connection.execute(again)
    assert "secret.person" not in str(failed.value)
    assert "SIGNED-TOKEN" not in str(failed.value)


def test_a_newer_schema_is_refused_with_its_cure(url: str, clock: FixedClock) -> None:
    ledger = Ledger.open(url, clock=clock)
    database = Database(url, clock=clock)
    with database.writing() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(LedgerOutdated, match=r"9999.*新.*升级"):
        Ledger.open(url, clock=clock)
    ledger.close()
    database.close()


def test_a_killed_migration_leaves_nothing_half_done(tmp_path: Path, clock: FixedClock) -> None:
    address = f"sqlite:///{tmp_path / 'gkbot.db'}"
    code = (
        "from gkbot.clock import SystemClock; from gkbot.ledger import Ledger;"
        f"Ledger.open({address!r}, clock=SystemClock())"
    )
    killed = subprocess.run([sys.executable, "-c", code], env={**os.environ, "CP": "13:1"}, check=False)
    assert killed.returncode == 137
    with sqlite3.connect(tmp_path / "gkbot.db") as raw:
        assert raw.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)
    raw.close()
    with Ledger.open(address, clock=clock) as ledger:
        assert enqueue(ledger, notice()).planned == 1


def test_the_folder_is_made(tmp_path: Path, clock: FixedClock) -> None:
    address = f"sqlite:///{tmp_path / 'var' / 'deep' / 'gkbot.db'}"
    assert not ledger_exists(address)
    Ledger.open(address, clock=clock).close()
    assert ledger_exists(address)


def test_sqlite_is_set_up_for_durability(tmp_path: Path, clock: FixedClock) -> None:
    database = Database(f"sqlite:///{tmp_path / 'gkbot.db'}", clock=clock)
    with database.reading() as connection:
        found = [
            connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        ]
    database.close()
    assert found == ["wal", 2, 1, 10000]


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("nonsense", "看不懂"),
        ("mysql://x/y", "不支持"),
        ("postgresql://u:SECRET-9@127.0.0.1:1/x", "连不上"),
        ("sqlite:////proc/gkbot/x.db", "建不了"),
    ],
)
def test_an_unusable_address_is_explained(address: str, said: str, clock: FixedClock) -> None:
    with pytest.raises(LedgerError, match=said) as caught:
        Ledger.open(address, clock=clock)
    assert "SECRET-9" not in str(caught.value)


def test_a_file_that_is_no_database_is_explained(tmp_path: Path, clock: FixedClock) -> None:
    (tmp_path / "gkbot.db").write_bytes(b"not a database at all\n" * 100)
    with pytest.raises(LedgerError, match="不是 SQLite 数据库"):
        Ledger.open(f"sqlite:///{tmp_path / 'gkbot.db'}", clock=clock)


def test_a_corrupt_page_is_explained(tmp_path: Path, clock: FixedClock) -> None:
    path = tmp_path / "gkbot.db"
    with Ledger.open(f"sqlite:///{path}", clock=clock) as ledger:
        enqueue(ledger, notice())
    data = bytearray(path.read_bytes())
    data[4096:] = b"\xff" * (len(data) - 4096)
    path.write_bytes(data)
    with (
        pytest.raises(LedgerError, match="损坏"),
        Ledger.open(f"sqlite:///{path}", clock=clock) as ledger,
    ):
        ledger.outbox.entries()


def test_a_locked_database_is_explained(tmp_path: Path, clock: FixedClock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gkbot.ledger.engines.BUSY_TIMEOUT_SECONDS", 0.05)
    path = tmp_path / "gkbot.db"
    ledger = Ledger.open(f"sqlite:///{path}", clock=clock)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(LedgerBusy, match="占用"):
        enqueue(ledger, notice())
    other.close()
    assert enqueue(ledger, notice()).planned == 1
    ledger.close()


@pytest.mark.parametrize(("pragma", "said"), [("max_page_count = 1", "磁盘已满"), ("query_only = ON", "只读")])
def test_a_disk_that_takes_nothing_is_explained_and_loses_nothing(
    tmp_path: Path, clock: FixedClock, pragma: str, said: str
) -> None:
    address = f"sqlite:///{tmp_path / 'gkbot.db'}"
    with Ledger.open(address, clock=clock) as ledger:
        enqueue(ledger, *many(1))
        with ledger._database.reading() as connection:
            connection.exec_driver_sql(f"PRAGMA {pragma}")
        with pytest.raises(LedgerError, match=said):
            enqueue(ledger, *many(500))
    with Ledger.open(address, clock=clock) as ledger:
        assert enqueue(ledger, *many(500)).planned == 499  # the first stood before


@pytest.mark.postgresql
def test_postgresql_gives_the_time_where_the_machines_own_clock_would() -> None:
    with fresh_database("postgresql", Path()) as address:
        database = Database(address, clock=SystemClock())
        with database.writing() as connection:
            before = connection.exec_driver_sql("SELECT clock_timestamp()").scalar_one()
            given = database.now(connection)
            assert before <= given <= connection.exec_driver_sql("SELECT clock_timestamp()").scalar_one()
        database.close()


def test_after_a_change_of_tables_foreign_keys_are_checked_again(tmp_path: Path, clock: FixedClock) -> None:
    database = Database(f"sqlite:///{tmp_path / 'gkbot.db'}", clock=clock)
    change = "CREATE TABLE a (id INTEGER PRIMARY KEY); CREATE TABLE b (a REFERENCES a (id)); INSERT INTO b VALUES (7)"

    def changed() -> None:
        with database.migrating() as connection:
            for statement in change.split("; "):
                connection.exec_driver_sql(statement)

    with pytest.raises(LedgerError, match="原样未动"):
        changed()
    with database.writing() as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
    database.close()


@pytest.mark.parametrize("words", ["催办函😀", "half a character: \ud83d", 'a\nb"'])
def test_what_is_kept_as_json_comes_back_whatever_it_holds(url: str, clock: FixedClock, words: str) -> None:
    with Ledger.open(url, clock=clock) as ledger:
        ledger.enqueue(plan(notice()), lambda _notice: {"words": words}, rules_digest="rules-1")
        assert ledger.outbox.entries()[0].facts["words"] == words
