"""The program on PostgreSQL: the day, what people report, the outbox, the service."""

import json
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.program import Office
from tests.acceptance.small import FIRST_DAY, SEVEN_DAYS_BEFORE, small_office
from tests.databases import fresh_database

pytestmark = pytest.mark.postgresql


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with fresh_database("postgresql", tmp_path) as url:
        yield small_office(tmp_path / "office", GKBOT_DATABASE_URL=url, GKBOT_WEB_ADDRESS="127.0.0.1:0")


def test_a_day_goes_out_once(office: Office) -> None:
    first = office.ask("daily", "--date", FIRST_DAY)
    again = office.ask("daily", "--date", FIRST_DAY)
    assert first["sent"] == len(office.written()) > 0
    assert (again["planned"], again["sent"]) == (0, 0)


def test_what_is_reported_done_is_no_longer_reminded_of(office: Office) -> None:
    office.ask("daily", "--date", FIRST_DAY)
    told = office.run("done", "SX2023-01", "--unit", "甲县")
    assert told.status == 0, told.said
    office.ask("daily", "--date", SEVEN_DAYS_BEFORE)
    reminded = [path.name for path in office.written() if SEVEN_DAYS_BEFORE in str(path)]
    assert any("乙县" in name for name in reminded)
    assert not any("甲县" in name for name in reminded)


def test_the_outbox_lists_and_shows_what_went_out(office: Office) -> None:
    office.ask("daily", "--date", FIRST_DAY)
    listed = office.ask("outbox", "list", "--all")
    assert {entry["state"] for entry in listed} == {"sent"}
    shown = office.run("outbox", "show", listed[0]["number"])
    assert listed[0]["recipient"]["contact"] in shown.out


def test_the_service_gets_ready_and_ends_on_sigterm(office: Office) -> None:
    process = office.start("serve")
    assert process.stderr is not None
    said = b""
    for line in process.stderr:
        said += line
        if b"INFO ready" in line:
            break
    process.send_signal(signal.SIGTERM)
    _, rest = process.communicate(timeout=60)
    assert process.returncode == 0, (said + rest).decode()
    assert b"INFO stopped" in rest


def test_the_database_is_told_of_without_its_password(office: Office) -> None:
    office.ask("daily", "--date", FIRST_DAY)
    url = office.settings["GKBOT_DATABASE_URL"]
    office.settings["GKBOT_DATABASE_URL"] = url.replace("postgres@", "postgres:SECRET-77@")
    info = office.ask("db", "info")
    assert info["backend"] == "postgresql"
    assert info["version"] == info["wanted"]
    assert info["rows"]["notice"] == len(office.written())
    assert "SECRET-77" not in json.dumps(info) + office.run("db", "backup", "x.dump").said
