"""Upgrades: one process at a time, whole or not at all, nobody sends on the wrong tables."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import inspect

from gkbot.clock import FixedClock
from gkbot.errors import LedgerBusy, LedgerError, LedgerOutdated
from gkbot.ledger import Ledger, NoticeState, UnclearPolicy, Wanted
from gkbot.ledger.database import Database
from gkbot.ledger.schema import SCHEMA_VERSION, Migrations, bring_up_to_date
from tests.databases import fresh_database
from tests.plans import enqueue, item, many, notice
from tests.upgrades import NEWEST, STEPS, migrations_in, start_upgrade, version_in

Opened = Callable[[], Ledger]


@pytest.fixture
def newer(tmp_path: Path) -> Migrations:
    return migrations_in(tmp_path / "migrations")


def upgrade(url: str, newer: Migrations, clock: FixedClock) -> None:
    database = Database(url, clock=clock)
    try:
        bring_up_to_date(database, newer)
    finally:
        database.close()


def tables_and_columns(url: str, clock: FixedClock) -> dict[str, set[str]]:
    database = Database(url, clock=clock)
    with database.reading() as connection:
        seen = inspect(connection)
        found = {name: {column["name"] for column in seen.get_columns(name)} for name in seen.get_table_names()}
    database.close()
    return found


def claim(ledger: Ledger, instance: object) -> object:
    wanted = Wanted(channel="email", rates=(), lease_seconds=60, policy=UnclearPolicy.HOLD)
    return ledger.outbox.claim(instance, wanted)[0]  # type: ignore[arg-type]


@pytest.mark.fault("F30")
@pytest.mark.parametrize("passing", range(1, STEPS + 3))
def test_an_upgrade_killed_at_any_step_is_done_whole_or_not_at_all_and_resumed(
    url: str, clock: FixedClock, newer: Migrations, passing: int
) -> None:
    with Ledger.open(url, clock=clock) as ledger:
        enqueue(ledger, *many(3))
    before = tables_and_columns(url, clock)
    assert start_upgrade(url, newer.folder, kill=f"13:{passing}").wait(60) == 137
    if passing < STEPS + 2:  # the last passing is after the commit
        assert tables_and_columns(url, clock) == before
        with Ledger.open(url, clock=clock) as ledger:  # the old program goes on as if nothing had been
            assert ledger.counts()[NoticeState.PENDING] == 3
    upgrade(url, newer, clock)
    assert version_in(url) == NEWEST
    assert {"remark"} <= tables_and_columns(url, clock)["notice"]


@pytest.mark.fault("F30")
@pytest.mark.postgresql
def test_a_sender_of_the_old_version_claims_nothing_from_upgraded_tables(
    tmp_path: Path, clock: FixedClock, newer: Migrations
) -> None:
    with fresh_database("postgresql", tmp_path) as url, Ledger.open(url, clock=clock) as ledger:
        enqueue(ledger, notice())
        with ledger.outbox.activate("old") as instance:
            upgrade(url, newer, clock)
            with pytest.raises(LedgerOutdated, match=rf"{NEWEST}.*已停止发送"):
                claim(ledger, instance)


def test_an_upgrade_on_sqlite_waits_until_the_service_has_stopped(
    tmp_path: Path, clock: FixedClock, newer: Migrations
) -> None:
    url = f"sqlite:///{tmp_path / 'gkbot.db'}"
    with Ledger.open(url, clock=clock) as ledger:
        with ledger.outbox.activate("serve"), pytest.raises(LedgerBusy, match=r"后台服务正在用.*请先停止"):
            upgrade(url, newer, clock)
        assert version_in(url) == SCHEMA_VERSION
        upgrade(url, newer, clock)
    assert version_in(url) == NEWEST


def test_two_processes_that_upgrade_at_once_do_it_once(
    url: str, clock: FixedClock, newer: Migrations, tmp_path: Path
) -> None:
    with Ledger.open(url, clock=clock) as ledger:
        enqueue(ledger, *many(3))
    both = [start_upgrade(url, newer.folder) for _ in range(2)]
    assert [each.wait(60) for each in both] == [0, 0]
    assert version_in(url) == NEWEST
    assert len(list(tmp_path.glob("gkbot-v*.db"))) == (1 if url.startswith("sqlite:") else 0)


def test_an_older_program_refuses_upgraded_tables(url: str, clock: FixedClock, newer: Migrations) -> None:
    Ledger.open(url, clock=clock).close()
    upgrade(url, newer, clock)
    with pytest.raises(LedgerOutdated, match=rf"{NEWEST}.*新.*升级"):
        Ledger.open(url, clock=clock)


def test_a_copy_with_version_and_day_is_kept_before_an_upgrade_on_sqlite(
    tmp_path: Path, clock: FixedClock, newer: Migrations
) -> None:
    url = f"sqlite:///{tmp_path / 'gkbot.db'}"
    with Ledger.open(url, clock=clock) as ledger:
        enqueue(ledger, *many(3))
    upgrade(url, newer, clock)
    copy = tmp_path / f"gkbot-v{SCHEMA_VERSION}-2023-07-24.db"
    assert copy.stat().st_mode & 0o777 == 0o600
    with Ledger.open(f"sqlite:///{copy}", clock=clock) as ledger:  # the old program can go back to it
        assert ledger.counts()[NoticeState.PENDING] == 3


def test_without_room_for_the_copy_nothing_is_upgraded(tmp_path: Path, clock: FixedClock, newer: Migrations) -> None:
    url = f"sqlite:///{tmp_path / 'gkbot.db'}"
    Ledger.open(url, clock=clock).close()
    (tmp_path / f"gkbot-v{SCHEMA_VERSION}-2023-07-24.db").mkdir()
    with pytest.raises(LedgerError, match=r"备份.*写不成"):
        upgrade(url, newer, clock)
    assert version_in(url) == SCHEMA_VERSION


def test_rebuilding_a_table_on_sqlite_keeps_what_points_to_it(
    tmp_path: Path, clock: FixedClock, newer: Migrations
) -> None:
    url = f"sqlite:///{tmp_path / 'gkbot.db'}"
    with Ledger.open(url, clock=clock) as ledger:
        enqueue(ledger, notice("k1", item("T1")), notice("k2", item("T2"), address="b@example.gov.cn"))
    upgrade(url, newer, clock)
    raw = sqlite3.connect(tmp_path / "gkbot.db")
    assert raw.execute("SELECT count(*) FROM told JOIN notice ON notice.id = notice_id").fetchone() == (2,)
    raw.close()


def test_an_upgrade_that_leaves_a_row_pointing_nowhere_is_taken_back(tmp_path: Path, clock: FixedClock) -> None:
    url = f"sqlite:///{tmp_path / 'gkbot.db'}"
    with Ledger.open(url, clock=clock) as ledger:
        enqueue(ledger, *many(2))
        database = ledger._database
        with pytest.raises(LedgerError, match="原样未动"), database.migrating() as connection:
            connection.exec_driver_sql("DELETE FROM notice")
        assert ledger.counts()[NoticeState.PENDING] == 2
