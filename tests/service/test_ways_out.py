"""What reached nobody goes out another way, once: poison, the rest of a long message; both databases."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from gkbot.clock import FixedClock
from gkbot.delivery import EmailTransport, FileTransport, MailServer, RobotAddress, WeComTransport
from gkbot.delivery.worker import Worker
from gkbot.ledger import Ledger, NoticeState
from gkbot.service.fallback import Fallback
from tests.databases import DATABASES, fresh_database
from tests.plans import enqueue, item, many, notice, render, worker_for
from tests.servers import RobotServer, SmtpServer

WRONG_FORM, REMOVED, BUSY = 40058, 93000, 99999
LONG_AGO = datetime(2023, 1, 1, tzinfo=UTC)
LATER = 200.0
"""Longer than any wait after a crash."""


@pytest.fixture(params=DATABASES)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    with fresh_database(request.param, tmp_path) as address:
        yield address


class Office:
    """A sender with a mailbox, a robot and a folder."""

    def __init__(self, ledger: Ledger, clock: FixedClock, worker: Worker, folder: Path) -> None:
        self.ledger = ledger
        self.clock = clock
        self.worker = worker
        self.folder = folder

    def work(self, rounds: int = 1) -> None:
        for _ in range(rounds):
            self.worker.drain()
            self.clock.advance(LATER)

    def files(self) -> list[str]:
        return [path.read_text() for path in sorted(self.folder.glob("*"))]

    def rows(self) -> list[tuple[str, int, NoticeState, str | None, str]]:
        """Channel, part, state, reason, and for what it stands."""
        found = sorted(self.ledger.outbox.entries(), key=lambda entry: entry.id)
        return [(e.channel, e.part_no, e.state, e.reason, (e.origin or "").partition(":")[0]) for e in found]


@pytest.fixture
def mail() -> Iterator[SmtpServer]:
    with SmtpServer() as server:
        yield server


@pytest.fixture
def robot() -> Iterator[RobotServer]:
    with RobotServer() as server:
        yield server


@pytest.fixture
def office(url: str, mail: SmtpServer, robot: RobotServer, tmp_path: Path) -> Iterator[Office]:
    clock = FixedClock(datetime(2023, 7, 24, 1, 0, tzinfo=UTC))
    server = MailServer(host=mail.host, port=mail.port, security="none", sender="bot@example.gov.cn")
    with Ledger.open(url, clock=clock) as ledger, ledger.outbox.activate("test") as me:
        worker = worker_for(
            ledger,
            me,
            clock,
            EmailTransport(server, clock),
            WeComTransport({"COUNTIES": RobotAddress(robot.url)}, deadline_seconds=5.0),
            FileTransport(tmp_path / "out"),
            fallback=Fallback(),
        )
        yield Office(ledger, clock, worker, tmp_path / "out")


def breaks(task: str) -> Callable[..., Any]:
    """Rendering this task fails, as a segmentation fault would."""

    def broken(facts: Any, **how: Any) -> Any:
        if task in facts["tasks"]:
            raise ZeroDivisionError
        return render(facts, **how)

    return broken


def long_message(key: str = "k1", parts: int = 3) -> Any:
    return notice(key, item(f"LONG-{parts}"), channel="wecom", address="COUNTIES")


@pytest.mark.fault("F29")
def test_poison_leaves_as_a_few_plain_words_with_a_number_of_its_own(office: Office, mail: SmtpServer) -> None:
    enqueue(office.ledger, *many(2))
    office.worker.render = breaks("T1")
    office.work(8)
    assert office.rows() == [
        ("email", 1, NoticeState.SENT, None, ""),
        ("email", 1, NoticeState.DEAD, "poison", ""),
        ("email", 1, NoticeState.SENT, None, "fallback_of"),
    ]
    dead, copy = sorted(office.ledger.outbox.entries(), key=lambda entry: entry.id)[1:]
    letter = mail.letters[-1]
    assert letter.recipient == dead.address
    text = letter.message.get_body(("plain",)).get_content()
    assert f"编号 {dead.number} 的提醒没有能按原样写成" in text
    assert f"编号 {copy.number}" in text
    assert copy.number in letter.message["Message-ID"]


@pytest.mark.fault("F31")
def test_plain_words_that_cannot_leave_either_are_the_end(office: Office, mail: SmtpServer) -> None:
    enqueue(office.ledger, notice())
    office.worker.render = breaks("GY2023-05")
    mail.always("rcpt", "550 5.1.1 no such user")
    office.work(12)
    assert [row[2:] for row in office.rows()] == [
        (NoticeState.DEAD, "poison", ""),
        (NoticeState.DEAD, "550", "fallback_of"),
    ]
    assert [entry.reason for entry in office.ledger.outbox.undelivered(LONG_AGO)] == ["poison"]


@pytest.mark.fault("F13")
def test_a_mail_that_expires_pesters_nobody_days_later(office: Office, mail: SmtpServer) -> None:
    enqueue(office.ledger, notice())
    mail.always("connect", "421 4.3.2 later")
    office.work()
    office.clock.advance(400 * 86_400)
    office.work(2)
    assert [row[2:] for row in office.rows()] == [(NoticeState.EXPIRED, "expired", "")]
    assert office.files() == []
    assert [entry.reason for entry in office.ledger.outbox.undelivered(LONG_AGO)] == ["expired"]


@pytest.mark.fault("F22")
def test_a_robot_removed_in_mid_message_leaves_the_untold_rest_in_the_folder(
    office: Office, robot: RobotServer
) -> None:
    enqueue(office.ledger, long_message())
    robot.answer()
    robot.answer(errcode=REMOVED)
    office.work(2)
    assert [row[1:] for row in office.rows()] == [
        (1, NoticeState.SENT, None, ""),
        (2, NoticeState.DEAD, str(REMOVED), ""),
        (3, NoticeState.CANCELLED, "part before it was not sent", ""),
        (1, NoticeState.SENT, None, "fallback_of"),
    ]
    (copy,) = office.files()
    assert [f"({part}/3)" in copy for part in (1, 2, 3)] == [False, True, True]
    first, *_, rest = sorted(office.ledger.outbox.entries(), key=lambda entry: entry.id)
    assert f"编号 {first.number} 的提醒只送到了前面的部分" in copy
    assert len({entry.key for entry in office.ledger.outbox.entries()}) == 4
    assert [entry.number for entry in office.ledger.outbox.undelivered(LONG_AGO)] == [first.number]
    assert rest.number != first.number


@pytest.mark.fault("F22")
def test_a_part_that_waits_when_its_robot_is_disabled_goes_with_the_rest(office: Office, robot: RobotServer) -> None:
    enqueue(office.ledger, long_message())
    robot.answer()
    robot.answer(errcode=BUSY)
    office.worker.drain()
    enqueue(office.ledger, notice("k2", item("T2", days_left=0), channel="wecom", address="COUNTIES"))
    robot.answer(errcode=REMOVED)
    office.worker.drain()
    assert [row[2:] for row in office.rows() if row[0] == "file"] == [(NoticeState.SENT, None, "fallback_of")] * 2
    assert [row[2:4] for row in office.rows() if row[1] > 1] == [
        (NoticeState.DEAD, "channel disabled"),
        (NoticeState.CANCELLED, "part before it was not sent"),
    ]
    assert any("(2/3)" in copy and "(3/3)" in copy and "(1/3)" not in copy for copy in office.files())


@pytest.mark.fault("F22")
def test_a_part_refused_for_its_form_and_its_plain_copy_too_goes_with_the_rest(
    office: Office, robot: RobotServer
) -> None:
    enqueue(office.ledger, long_message())
    robot.answer()
    robot.answer(errcode=WRONG_FORM, times=2)
    office.work(2)
    assert [row[1:] for row in office.rows()] == [
        (1, NoticeState.SENT, None, ""),
        (2, NoticeState.DEAD, str(WRONG_FORM), ""),
        (3, NoticeState.CANCELLED, "part before it was not sent", ""),
        (2, NoticeState.DEAD, str(WRONG_FORM), "plain_of"),
        (1, NoticeState.SENT, None, "fallback_of"),
    ]
    (copy,) = office.files()
    assert [copy.count(f"({part}/3)") for part in (1, 2, 3)] == [0, 1, 1]


@pytest.mark.fault("F22")
def test_a_plain_copy_of_a_part_is_followed_by_the_next(office: Office, robot: RobotServer) -> None:
    enqueue(office.ledger, long_message())
    robot.answer()
    robot.answer(errcode=WRONG_FORM)
    office.work(2)
    assert [row[2] for row in office.rows()] == [
        NoticeState.SENT,
        NoticeState.DEAD,
        NoticeState.SENT,
        NoticeState.SENT,
    ]
    assert office.files() == []


@pytest.mark.fault("F22")
def test_a_plain_copy_of_one_part_does_not_hide_that_another_is_dead(office: Office, robot: RobotServer) -> None:
    enqueue(office.ledger, long_message())
    robot.answer(errcode=WRONG_FORM)
    robot.answer()
    robot.answer(errcode=REMOVED)
    office.work(2)
    (failure,) = office.ledger.outbox.undelivered(LONG_AGO)
    assert (failure.part_no, failure.reason) == (2, str(REMOVED))
    assert len(office.files()) == 1


def test_a_plain_copy_refused_as_well_lies_in_the_folder(office: Office, robot: RobotServer) -> None:
    enqueue(office.ledger, notice(channel="wecom", address="COUNTIES"))
    robot.answer(errcode=WRONG_FORM, times=2)
    office.work(2)
    assert [row[2:] for row in office.rows()] == [
        (NoticeState.DEAD, str(WRONG_FORM), ""),
        (NoticeState.DEAD, str(WRONG_FORM), "plain_of"),
        (NoticeState.SENT, None, "fallback_of"),
    ]
    assert len(office.files()) == 1
