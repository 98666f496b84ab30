"""`gkbot db`: see, back up, upgrade, move; passwords never show."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from gkbot.clock import SystemClock
from gkbot.ledger import Ledger
from gkbot.ledger.engines import shown, understood
from gkbot.ledger.schema import SCHEMA_VERSION
from tests.acceptance.program import Office
from tests.acceptance.small import FIRST_DAY, small_office
from tests.databases import fresh_database


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """An office whose first day has been looked at."""
    made = small_office(tmp_path)
    made.ask("daily", "--date", FIRST_DAY)
    return made


def test_info_tells_kind_version_and_counts(office: Office) -> None:
    told = office.ask("db", "info")
    assert (told["backend"], told["version"], told["epoch"]) == ("sqlite", SCHEMA_VERSION, 1)
    assert told["rows"]["notice"] == len(office.written())


def test_a_backup_is_made_while_the_service_holds_the_database(office: Office) -> None:
    url = f"sqlite:///{office.folder / 'gkbot.db'}"
    with Ledger.open(url, clock=SystemClock()) as ledger, ledger.outbox.activate("serve"):
        made = office.run("db", "backup", "copy.db")
    assert made.status == 0, made.said
    with sqlite3.connect(office.folder / "copy.db") as copy:
        assert copy.execute("SELECT count(*) FROM notice").fetchone() == (len(office.written()),)
    copy.close()


def test_a_backup_never_takes_the_place_of_a_file(office: Office) -> None:
    (office.folder / "copy.db").write_text("mine")
    refused = office.run("db", "backup", "copy.db")
    assert refused.status == 2
    assert "不会覆盖" in refused.err
    assert (office.folder / "copy.db").read_text() == "mine"


def test_a_damaged_database_makes_no_backup(office: Office) -> None:
    path = office.folder / "gkbot.db"
    data = bytearray(path.read_bytes())
    data[8192:12288] = b"\xff" * 4096
    path.write_bytes(data)
    refused = office.run("db", "backup", "copy.db")
    assert refused.status == 2
    assert "损坏" in refused.err
    assert not list(office.folder.glob("*copy*"))


def test_migrate_says_whether_there_is_anything_to_do(office: Office) -> None:
    checked, done = office.run("db", "migrate", "--check"), office.run("db", "migrate")
    assert (checked.status, done.status) == (0, 0)
    assert SCHEMA_VERSION in checked.out
    assert "已经是最新的" in done.out


def test_an_older_database_is_upgraded_with_a_backup_beside_it(office: Office) -> None:
    with sqlite3.connect(office.folder / "gkbot.db") as raw:
        raw.execute("UPDATE alembic_version SET version_num = '0001'")
        raw.executescript("DROP INDEX ix_notice_origin; DROP INDEX ix_attempt_open")
    raw.close()
    checked, done = office.run("db", "migrate", "--check"), office.run("db", "migrate")
    assert (checked.status, done.status) == (1, 0), done.said
    assert f"0001 → {SCHEMA_VERSION}" in done.out
    (kept,) = office.folder.glob("gkbot-v0001-*.db")
    assert kept.name in done.out


def test_without_a_database_the_way_to_one_is_told(tmp_path: Path) -> None:
    told = small_office(tmp_path).run("db", "info")
    assert told.status == 2
    assert "gkbot daily" in told.err
    assert not (tmp_path / "gkbot.db").exists()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    with fresh_database("postgresql", tmp_path) as url:
        yield url.replace("postgres@", "postgres:SECRET-77@")


@pytest.mark.postgresql
def test_an_office_moves_to_postgresql_and_sends_nothing_again(office: Office, server: str) -> None:
    moved = office.run("db", "copy", "--to", server)
    assert moved.status == 0, moved.said
    assert "GKBOT_DATABASE_URL=postgresql://postgres:密码@" in moved.out
    assert "SECRET-77" not in moved.said
    before = len(office.written())
    office.settings["GKBOT_DATABASE_URL"] = server
    assert office.ask("daily", "--date", FIRST_DAY)["sent"] == 0
    assert len(office.written()) == before


def test_a_copy_onto_itself_is_refused(office: Office) -> None:
    refused = office.run("db", "copy", "--to", "sqlite:///gkbot.db")
    assert refused.status == 2
    assert "就是现在的数据库" in refused.err


@pytest.mark.parametrize(
    "url",
    ["postgres://u:SECRET@h/d", "postgresql://h/d?user=u&password=SECRET", "postgresql://u@h/d?sslpassword=SECRET"],
)
def test_an_address_is_shown_without_its_password(url: str) -> None:
    told = shown(understood(url))
    assert "SECRET" not in told
    assert told.startswith("postgresql://")
