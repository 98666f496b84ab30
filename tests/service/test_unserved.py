"""A channel taken out of the settings: what waits for it goes another way, and the admins hear of it."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from gkbot.ledger import Ledger, NoticeState
from gkbot.service.background import Service, Stopper
from tests.databases import DATABASES, fresh_database
from tests.servers import RobotServer, SmtpServer
from tests.service.told_office import FIRST, SEVEN_BEFORE, Office


@pytest.fixture(params=DATABASES)
def office(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Office]:
    with fresh_database(request.param, tmp_path) as url, SmtpServer() as mail, RobotServer() as robot:
        yield Office(tmp_path, mail, robot, url)


def wait_for_a_dead_server(office: Office) -> None:
    """The mails of the seventh day before wait for their second try."""
    office.check(FIRST)
    office.mail.letters.clear()
    office.mail.always("connect", "421 4.3.2 later")
    office.check(SEVEN_BEFORE)


def rows(office: Office) -> list[tuple[str, str, str | None]]:
    with office.ledger(SEVEN_BEFORE) as ledger:
        found = ledger.outbox.entries(day=office.clock(SEVEN_BEFORE).today())
    return sorted((e.channel, str(e.state), (e.origin or e.reason or "").partition(":")[0]) for e in found)


def test_mails_that_wait_when_mail_is_taken_out_lie_in_the_folder_and_the_admin_is_told(office: Office) -> None:
    wait_for_a_dead_server(office)
    waiting = [row for row in rows(office) if row[:2] == ("email", "pending")]
    assert waiting
    office.settings = replace(office.settings, smtp=None)
    result = office.check(SEVEN_BEFORE)
    assert result.failed == len(waiting)
    assert [row for row in rows(office) if row[0] == "email"] == [("email", "dead", "channel removed")] * len(waiting)
    assert ("file", "sent", "fallback_of") in rows(office)
    told = [line for line in office.told(SEVEN_BEFORE) if "渠道已从设置中去掉" in line]
    assert [line.partition("（")[0] for line in told] == ["甲县 公开岗", "乙县 公开岗"]
    assert any("渠道已从设置中去掉" in remark for remark in result.remarks)


def test_mail_that_is_there_again_brings_nothing_twice(office: Office) -> None:
    wait_for_a_dead_server(office)
    configured = office.settings
    office.settings = replace(configured, smtp=None)
    office.check(SEVEN_BEFORE)
    office.settings = configured
    office.mail.always("connect", None)
    office.check(SEVEN_BEFORE)
    assert office.mail.letters == []


def test_the_service_finds_them_at_its_look(office: Office) -> None:
    wait_for_a_dead_server(office)
    office.settings = replace(office.settings, smtp=None)
    clock = office.clock(SEVEN_BEFORE)
    clock.advance(6 * 3600)
    with Ledger.open(office.settings.database_url, clock=clock) as ledger:
        stopper = Stopper()
        service = Service(settings=office.settings, clock=clock, ledger=ledger, stopper=stopper, on_ready=stopper.stop)
        service.run()
        states = {entry.state for entry in ledger.outbox.entries() if entry.channel == "email"}
    assert NoticeState.PENDING not in states
    assert NoticeState.DEAD in states
