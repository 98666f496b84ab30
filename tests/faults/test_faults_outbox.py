"""Stopped beyond the lease (F10), cut in mid-commit (F16), killed by a notice (F29)."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from gkbot.clock import FixedClock, SystemClock
from gkbot.delivery import EmailTransport, MailServer, RobotAddress, WeComTransport
from gkbot.errors import LedgerError
from gkbot.ledger import Ledger, NoticeState, Outcome
from tests.databases import fresh_database
from tests.faults.cut_proxy import CutProxy
from tests.faults.offices import ROOT
from tests.plans import enqueue, many, notice, worker_for
from tests.servers import RobotServer, SmtpServer

LEASE_SECONDS = 1.0
PATIENCE_SECONDS = 120.0
START = datetime(2023, 7, 24, 1, 0, tzinfo=UTC)
MAILS = 4
DEADLY = "T2"  # written while the mail before it is on the wire


@pytest.fixture
def postgresql(tmp_path: Path) -> Iterator[str]:
    with fresh_database("postgresql", tmp_path) as url:
        yield url


def process(**order: Any) -> "subprocess.Popen[str]":
    command = [sys.executable, "-W", "error", "-m", "tests.faults.outbox_process", json.dumps(order)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def until(holds: Callable[[], bool]) -> None:
    """Other processes need real time."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.02)


def unclear(ledger: Ledger) -> int:
    tries = [attempt for entry in ledger.outbox.entries() for attempt in ledger.outbox.attempts(entry.number)]
    return sum(attempt.outcome is Outcome.UNCLEAR for attempt in tries)


@pytest.mark.fault("F10")
@pytest.mark.postgresql
@pytest.mark.parametrize(("errcode", "stale"), [(0, 0), (99999, 1)], ids=["taken", "refused"])
def test_a_sender_stopped_beyond_its_lease_writes_nothing_but_ok(postgresql: str, errcode: int, stale: int) -> None:
    answers = threading.Event()
    with RobotServer() as robot, Ledger.open(postgresql, clock=SystemClock()) as ledger:
        enqueue(ledger, notice(channel="wecom", address="COUNTIES"))
        robot.answer(errcode=errcode, wait=answers)
        stopped = process(url=postgresql, robot=robot.url, lease=LEASE_SECONDS)
        until(lambda: robot.asked == 1)  # its message is on the wire, and the answer waits
        os.kill(stopped.pid, signal.SIGSTOP)
        with ledger.outbox.activate("other") as other:
            worker = worker_for(ledger, other, SystemClock(), WeComTransport({"COUNTIES": RobotAddress(robot.url)}))
            until(lambda: worker.drain().sent == 1)
        answers.set()
        os.kill(stopped.pid, signal.SIGCONT)
        told, _ = stopped.communicate(timeout=PATIENCE_SECONDS)
        assert json.loads(told)["stale"] == stale
        (entry,) = ledger.outbox.entries()
        assert entry.state is NoticeState.SENT
        assert len(robot.arrived) - 1 <= unclear(ledger) + (errcode == 0)
        assert robot.arrived[-1 if errcode else 0]["markdown"]["content"].endswith(f"编号 {entry.number}**")


@pytest.mark.fault("F16")
@pytest.mark.postgresql
@pytest.mark.parametrize("forwards", [True, False], ids=["answer-lost", "commit-lost"])
@pytest.mark.parametrize("nth", range(1, 2 * MAILS + 3))
def test_a_commit_whose_end_nobody_knows_is_read_back(postgresql: str, nth: int, forwards: bool) -> None:
    clock = FixedClock(START)
    with SmtpServer() as mail, CutProxy(postgresql, forwards=forwards) as proxy:
        server = MailServer(host=mail.host, port=mail.port, security="none", sender="bot@example.gov.cn")
        with Ledger.open(proxy.url, clock=clock) as ledger:
            enqueue(ledger, *many(MAILS))
            with ledger.outbox.activate("test") as instance:
                worker = worker_for(ledger, instance, clock, EmailTransport(server, clock))
                proxy.arm(nth)
                for _ in range(4):
                    with suppress(LedgerError):  # the service goes on after a pause
                        worker.drain()
                    clock.advance(600)
                assert (ledger.counts()[NoticeState.SENT], unclear(ledger)) == (MAILS, 0)
        assert proxy.cuts == 1
        assert Counter(letter.recipient for letter in mail.letters) == {f"u{n}@example.gov.cn": 1 for n in range(MAILS)}


@pytest.mark.fault("F16")
@pytest.mark.postgresql
@pytest.mark.parametrize("forwards", [True, False], ids=["answer-lost", "commit-lost"])
@pytest.mark.parametrize("nth", range(1, 7))
def test_a_robots_commit_whose_end_nobody_knows_is_read_back(postgresql: str, nth: int, forwards: bool) -> None:
    """What has begun may have arrived: nothing but reading back keeps doubt away."""
    clock = FixedClock(START)
    with RobotServer() as robot, CutProxy(postgresql, forwards=forwards) as proxy:
        with Ledger.open(proxy.url, clock=clock) as ledger:
            enqueue(ledger, *many(2, channel="wecom", address="COUNTIES"))
            with ledger.outbox.activate("test") as instance:
                wecom = WeComTransport({"COUNTIES": RobotAddress(robot.url)})
                worker = worker_for(ledger, instance, clock, wecom)
                proxy.arm(nth)
                for _ in range(3):
                    with suppress(LedgerError):
                        worker.drain()
                    clock.advance(600)
                assert (ledger.counts()[NoticeState.SENT], unclear(ledger)) == (2, 0)
        assert (proxy.cuts, len(robot.arrived)) == (1, 2)


@pytest.mark.fault("F29")
def test_a_notice_that_kills_its_process_ends_dead_and_blocks_nobody(url: str) -> None:
    """Claimed ahead, then five times by itself; between those it waits, and the others leave."""
    killed, done = -signal.SIGSEGV, 0
    with SmtpServer() as mail, Ledger.open(url, clock=FixedClock(START)) as ledger:
        enqueue(ledger, *many(MAILS))
        ends, sent = [], []
        while not ledger.outbox.entries(state=NoticeState.DEAD) and len(ends) < 12:
            at = START + timedelta(hours=len(ends))
            with process(url=url, smtp=mail.port, at=at.isoformat(), deadly=DEADLY) as sender:
                ends.append(sender.wait(PATIENCE_SECONDS))
            sent.append(ledger.counts()[NoticeState.SENT])
        assert ends == [*[killed] * 3, done, killed, done, killed, done, killed, done]
        assert sent[3:-1] == [MAILS - 1] * 6
        states = {entry.key: (entry.state, entry.reason) for entry in ledger.outbox.entries()}
        assert states.pop(f"k{DEADLY[1:]}") == (NoticeState.DEAD, "poison")
        assert {state for state, _ in states.values()} == {NoticeState.SENT}
        assert len(states) == MAILS  # with the plain words that stand for the dead one
        copies = Counter(message["Message-ID"] for message in mail.messages)
        assert copies.total() - MAILS <= unclear(ledger) <= 1
        assert mail.letters[-1].recipient == f"u{DEADLY[1:]}@example.gov.cn"
