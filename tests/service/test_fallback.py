"""Another way to the same recipient: the unit's group where it does not hear of it anyway, else the folder (F31)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from gkbot.clock import FixedClock
from gkbot.delivery import EmailTransport, FileTransport, MailServer, RobotAddress, WeComTransport
from gkbot.ledger import Instance, Ledger, NoticeState
from gkbot.notices import facts
from gkbot.planning import Channels, Notice, NoticeKind, Plan, plan_day
from gkbot.service.fallback import Fallback
from gkbot.service.sending import renderer, templates_of
from gkbot.service.undelivered import undelivered
from gkbot.settings import Settings
from tests.plans import worker_for
from tests.servers import RobotServer, SmtpServer
from tests.small_books import CANGXI, book, known, task

DAY = date(2023, 7, 24)
UNIT = replace(CANGXI, robot="COUNTIES")
BOOK = book(task(units=[(UNIT, task().assignments[0].role)]))
CHANNELS = Channels(email=True, robots=frozenset({"COUNTIES"}))


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(datetime(2023, 7, 24, 1, 0, tzinfo=UTC))


@pytest.fixture
def ledger(tmp_path: Path, clock: FixedClock) -> Iterator[Ledger]:
    with Ledger.open(f"sqlite:///{tmp_path / 'gkbot.db'}", clock=clock) as opened:
        yield opened


@pytest.fixture
def me(ledger: Ledger) -> Iterator[Instance]:
    with ledger.outbox.activate("test") as instance:
        yield instance


def planned(*channels: str, kind: NoticeKind | None = None) -> Plan:
    """The day's notices on these channels."""
    plan = plan_day(BOOK, known(*BOOK.tasks), DAY, channels=CHANNELS)
    kept: list[Notice] = [found for found in plan.notices if found.recipient.channel in channels]
    return replace(plan, notices=tuple(replace(found, kind=kind or found.kind) for found in kept))


def send(ledger: Ledger, me: Instance, clock: FixedClock, plan: Plan, folder: Path, **how: Any) -> None:
    """Write a plan and work it off: the mailbox is dead (550)."""
    ledger.enqueue(plan, lambda found: facts(found, BOOK), rules_digest="1")
    with SmtpServer() as mail, RobotServer() as robot:
        mail.always("rcpt", "550 5.1.1 no such user")
        robot.key = how.get("key", robot.key)
        server = MailServer(host=mail.host, port=mail.port, security="none", sender="bot@example.gov.cn")
        address = RobotAddress(robot.url.replace(robot.key, how.get("said", robot.key)))
        worker = worker_for(
            ledger,
            me,
            clock,
            EmailTransport(server, clock),
            WeComTransport({"COUNTIES": address}),
            FileTransport(folder),
            fallback=Fallback(book=lambda: BOOK, ledger=ledger, channels=CHANNELS),
        )
        worker.render = renderer(templates_of(Settings()))
        for _ in range(4):
            worker.drain()
            clock.advance(60)


def rows(ledger: Ledger) -> list[tuple[str, str, str]]:
    entries = ledger.outbox.entries()
    return sorted((entry.channel, str(entry.state), str(entry.origin or "")[:11]) for entry in entries)


@pytest.mark.fault("F31")
def test_a_group_that_hears_of_it_anyway_is_not_told_twice(
    ledger: Ledger, me: Instance, clock: FixedClock, tmp_path: Path
) -> None:
    send(ledger, me, clock, planned("email", "wecom"), tmp_path / "out")
    mails = [row for row in rows(ledger) if row[0] == "email"]
    assert {row[1] for row in mails} == {"dead"}
    assert ("wecom", "sent", "") in rows(ledger)
    assert [row for row in rows(ledger) if row[2]] == [("file", "sent", "fallback_of")] * len(mails)


@pytest.mark.fault("F31")
def test_a_group_that_was_not_told_hears_of_what_a_dead_mailbox_missed(
    ledger: Ledger, me: Instance, clock: FixedClock, tmp_path: Path
) -> None:
    plan = planned("email")
    unit_mail = tuple(found for found in plan.notices if found.recipient.unit)
    send(ledger, me, clock, replace(plan, notices=unit_mail), tmp_path / "out")
    assert rows(ledger) == [("email", "dead", ""), ("wecom", "sent", "fallback_of")]
    keys = {entry.key for entry in ledger.outbox.entries()}
    assert len(keys) == 2


@pytest.mark.fault("F31")
def test_a_dead_group_behind_a_dead_mailbox_ends_with_the_office(
    ledger: Ledger, me: Instance, clock: FixedClock, tmp_path: Path
) -> None:
    plan = planned("email")
    unit_mail = tuple(found for found in plan.notices if found.recipient.unit)
    send(ledger, me, clock, replace(plan, notices=unit_mail), tmp_path / "out", said="WRONG")
    assert rows(ledger) == [("email", "dead", ""), ("wecom", "dead", "fallback_of")]
    (failure,) = undelivered(ledger, BOOK, DAY).failures
    assert failure.text.startswith("苍溪县人民政府 办公室公开岗（邮件 c***@example.gov.cn")


def test_a_letter_to_a_leader_never_goes_into_the_group(
    ledger: Ledger, me: Instance, clock: FixedClock, tmp_path: Path
) -> None:
    plan = planned("email", kind=NoticeKind.ESCALATION)
    send(ledger, me, clock, plan, tmp_path / "out")
    assert {row[0] for row in rows(ledger) if row[2]} == {"file"}
    assert all(entry.state is NoticeState.SENT for entry in ledger.outbox.entries() if entry.origin)
