"""F26: SIGTERM while a message is on its way: what is in hand is finished, nothing else is begun."""

import os
import signal
import threading
import time
from pathlib import Path

import pytest

from gkbot.ledger import BEFORE_DOT, LOOK_AGAIN
from gkbot.service.stopping import stop_on_signals
from tests.faults.evidence import evidence
from tests.faults.model import sent_has_arrived
from tests.faults.offices import MAIL_SECRET, MAIL_USER
from tests.faults.receivers import CALM, Book, MoodyMail, MoodyRobots
from tests.faults.sender import Order
from tests.faults.zygote import Zygote, wait_until

pytestmark = pytest.mark.fault("F26")
NOTICES, DEADLINE_SECONDS = 30, 60.0


class HeldMail(MoodyMail):
    """Stops at one phase, once, until it is told to go on."""

    def __init__(self, book: Book, phase: str) -> None:
        super().__init__(book, CALM, 1, {MAIL_USER: MAIL_SECRET})
        self.phase, self.reached, self.goes_on = phase, threading.Event(), threading.Event()

    def scripted(self, phase: str) -> str | None:
        if phase == self.phase and not self.reached.is_set():
            self.reached.set()
            assert self.goes_on.wait(DEADLINE_SECONDS)
        return super().scripted(phase)


def order_for(url: str, folder: Path, mail: MoodyMail, robots: MoodyRobots) -> Order:
    return Order(
        url=url,
        folder=str(folder),
        notices=NOTICES,
        mail=mail.port,
        robot=robots.port,
        origin=time.monotonic(),
        deadline_seconds=DEADLINE_SECONDS,
    )


def end(senders: Zygote, pid: int) -> None:
    """SIGTERM; the process must end well, within the deadline of a send."""
    os.kill(pid, signal.SIGTERM)
    assert wait_until(lambda: not senders.lives(pid), within_seconds=DEADLINE_SECONDS)
    assert senders.wait(pid) == 0


@pytest.mark.parametrize("phase", ["connect", "ehlo", "auth", "mail", "rcpt", "data", "dot"])
def test_a_mail_in_hand_is_finished(senders: Zygote, url: str, tmp_path: Path, phase: str) -> None:
    book = Book()
    with HeldMail(book, phase) as mail, MoodyRobots(book, CALM, 1) as robots:
        pid = senders.start(order_for(url, tmp_path, mail, robots))
        assert mail.reached.wait(DEADLINE_SECONDS)
        os.kill(pid, signal.SIGTERM)
        mail.goes_on.set()
        end(senders, pid)
    assert_nothing_in_doubt(url, tmp_path, book)


def test_a_robots_message_in_hand_is_finished(senders: Zygote, url: str, tmp_path: Path) -> None:
    book, goes_on = Book(), threading.Event()
    with HeldMail(book, "never") as mail, MoodyRobots(book, CALM, 1) as robots:
        robots.answer(wait=goes_on)
        pid = senders.start(order_for(url, tmp_path, mail, robots))
        assert wait_until(lambda: any(entry.channel == "wecom" for entry in book.seen))
        os.kill(pid, signal.SIGTERM)
        goes_on.set()
        end(senders, pid)
    assert_nothing_in_doubt(url, tmp_path, book)


def test_what_was_not_begun_is_sent_by_the_next_one_once(senders: Zygote, url: str, tmp_path: Path) -> None:
    book = Book()
    with HeldMail(book, "dot") as mail, MoodyRobots(book, CALM, 1) as robots:
        order = order_for(url, tmp_path, mail, robots)
        pid = senders.start(order)
        assert mail.reached.wait(DEADLINE_SECONDS)
        os.kill(pid, signal.SIGTERM)
        mail.goes_on.set()
        end(senders, pid)
        second = senders.start(order)
        assert wait_until(lambda: len(book.arrived()) >= NOTICES)
        end(senders, second)
    labels = [entry.label for entry in book.arrived()]
    assert len(set(labels)) == len(labels)
    assert_nothing_in_doubt(url, tmp_path, book)


def test_a_signal_in_the_middle_of_anything_stops_the_service() -> None:
    """Two in a row, and one while the main thread holds the very lock that stopping needs."""
    lock, stopped = threading.Lock(), threading.Event()

    def stop() -> None:
        with lock:
            stopped.set()

    before = signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)
    stop_on_signals(stop)
    try:
        with lock:
            signal.raise_signal(signal.SIGTERM)
            signal.raise_signal(signal.SIGTERM)
        assert stopped.wait(DEADLINE_SECONDS)
    finally:
        signal.signal(signal.SIGTERM, before[0])
        signal.signal(signal.SIGINT, before[1])


def assert_nothing_in_doubt(url: str, folder: Path, book: Book) -> None:
    found = evidence(url, folder)
    unsaid = ("retry", LOOK_AGAIN, BEFORE_DOT)  # begun ahead, and given back
    tries = [(row["outcome"], row["provider_code"], row["phase"]) for row in found["attempt"]]
    assert [each for each in tries if each[0] != "ok" and each != unsaid] == []
    assert [row for row in found["notice"] if row["state"] == "leased"] == []
    sent_has_arrived(found, book.seen)
    assert sum(row["state"] == "sent" for row in found["notice"]) == len(book.arrived())
