"""The process is killed at each crash point of facts/delivery.md 3.7, and started again.

Judged by the receivers' own ledgers: nothing lost; a second copy only where an attempt is on
record as unclear, and then with the same number.
"""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from gkbot.clock import FixedClock
from gkbot.ledger import Attempt, Ledger, NoticeState, Outcome
from tests.databases import DATABASES, fresh_database
from tests.servers import RobotServer, SmtpServer

ROOT = Path(__file__).parent.parent.parent
START = datetime(2023, 7, 24, 1, 0, tzinfo=UTC)
TASKS = ["T1", "T2", "T3"]
KILLED = 137
NO_DOUBT = {"0", "1", "2", "7", "8", "9", "11"}
BEFORE_THE_DOT = {"3", "4"}
EARLY_RISK = {"3", "4"}
"""Here a mail's risk may be on record, though nothing of it has left but its envelope."""


@pytest.fixture(params=DATABASES)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    with fresh_database(request.param, tmp_path) as address:
        yield address


Run = Callable[..., tuple[int, dict[str, int]]]


@pytest.fixture(scope="module")
def run() -> Iterator[Run]:
    """Starts a process some hours after the first start; leases of a killed one have run out by then."""
    command = [sys.executable, "-W", "error", "-m", "tests.sender_process"]
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, cwd=ROOT, **pipes) as processes:
        assert processes.stdin is not None
        assert processes.stdout is not None
        asking, answering = processes.stdin, processes.stdout

        def start(order: dict[str, Any], hours: int, point: str | None = None) -> tuple[int, dict[str, int]]:
            passing = 1 if point in {"0", "1", "8", "9"} else 2
            kill = f"{point}:{passing}" if point else None
            at = (START + timedelta(hours=hours)).isoformat()
            asking.write(json.dumps({**order, "at": at, "kill": kill}) + "\n")
            asking.flush()
            ended = json.loads(answering.readline())
            assert ended["status"] in {0, KILLED}
            return ended["status"], ended["states"]

        yield start
        asking.close()


def attempts(url: str) -> list[Attempt]:
    with Ledger.open(url, clock=FixedClock(START)) as ledger:
        entries = ledger.outbox.entries()
        return [a for entry in entries for a in ledger.outbox.attempts(entry.number, entry.part_no)]


def unclear(url: str) -> int:
    return sum(attempt.outcome is Outcome.UNCLEAR for attempt in attempts(url))


@pytest.mark.parametrize("point", list("01234567"))
def test_a_killed_mailer_loses_nothing(run: Run, url: str, mail: SmtpServer, point: str) -> None:
    order = {"url": url, "smtp": mail.port, "tasks": TASKS}
    assert run(order, 0, point)[0] == KILLED
    status, states = run(order, 1)
    assert (status, states) == (0, {"sent": 3})
    copies = Counter(message["Message-ID"] for message in mail.messages)
    assert len(copies) == 3
    assert copies.total() - 3 <= unclear(url)
    if point in NO_DOUBT | BEFORE_THE_DOT:
        assert copies.total() == 3
        assert unclear(url) <= (point in EARLY_RISK)
    run(order, 2)
    assert len(mail.letters) == copies.total()


def test_a_kill_while_the_next_envelope_is_said_leaves_one_doubt(run: Run, url: str, mail: SmtpServer) -> None:
    order = {"url": url, "smtp": mail.port, "tasks": TASKS}
    assert run(order, 0, "14")[0] == KILLED  # in the commit that ends one attempt and begins the next
    assert run(order, 1) == (0, {"sent": 3})
    copies = Counter(message["Message-ID"] for message in mail.messages)
    assert (len(copies), copies.total(), unclear(url)) == (3, 4, 1)


@pytest.mark.parametrize("point", ["2", "3", "5", "6", "7", "11"])
def test_a_killed_robot_sender_loses_nothing(run: Run, url: str, robot: RobotServer, point: str) -> None:
    order = {"url": url, "robot": robot.url, "tasks": [*TASKS, "LONG-3"]}
    assert run(order, 0, point)[0] == KILLED
    status, states = run(order, 1)
    assert (status, states) == (0, {"sent": 6})
    contents = [body["markdown"]["content"].removeprefix("（可能重复）") for body in robot.arrived]
    copies = Counter(contents)
    assert len(copies) == 6
    assert copies.total() - 6 <= unclear(url)
    marked = sum(body["markdown"]["content"].startswith("（可能重复）") for body in robot.arrived)
    assert copies.total() - 6 <= marked <= unclear(url)
    parts = [text.split()[-1] for text in contents if "LONG-3" in text]
    assert list(dict.fromkeys(parts)) == ["(1/3)", "(2/3)", "(3/3)"]
    if point in NO_DOUBT:
        assert copies.total() == 6


@pytest.mark.parametrize("point", ["0", "1", "2", "4", "7"])
def test_with_hold_nothing_is_held_that_never_left(run: Run, url: str, mail: SmtpServer, point: str) -> None:
    order = {"url": url, "smtp": mail.port, "tasks": TASKS, "policy": "hold"}
    assert run(order, 0, point)[0] == KILLED
    assert run(order, 1) == (0, {"sent": 3})
    assert (len(mail.letters), unclear(url)) == (3, 0)


@pytest.mark.parametrize("point", ["5", "6"])
def test_with_hold_nothing_is_ever_doubled(run: Run, url: str, mail: SmtpServer, point: str) -> None:
    order = {"url": url, "smtp": mail.port, "tasks": TASKS, "policy": "hold"}
    assert run(order, 0, point)[0] == KILLED
    _, states = run(order, 1)
    assert states == {"sent": 2, "held": 1}
    assert max(Counter(message["Message-ID"] for message in mail.messages).values()) == 1
    assert unclear(url) == 1


def test_a_kill_after_a_recorded_retry_waits_and_goes_on(run: Run, url: str, mail: SmtpServer) -> None:
    order = {"url": url, "smtp": mail.port, "tasks": TASKS}
    mail.answer("rcpt", "451 4.3.0 later")
    assert run(order, 0, "8")[0] == KILLED
    assert run(order, 1) == (0, {"sent": 3})
    assert (len(mail.letters), unclear(url)) == (3, 0)


def test_a_kill_while_superseding_leaves_the_old_decision(run: Run, url: str, mail: SmtpServer) -> None:
    order = {"url": url, "smtp": mail.port, "tasks": TASKS}
    assert run(order, 0, "9")[0] == KILLED
    with Ledger.open(url, clock=FixedClock(START)) as ledger:
        assert ledger.counts()[NoticeState.PENDING] == 0
    assert run(order, 1) == (0, {"sent": 3})
