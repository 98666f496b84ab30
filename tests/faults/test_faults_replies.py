"""F03: the receiver takes a message and the line is cut before its answer."""

from pathlib import Path

import pytest

from tests.faults.evidence import Evidence, evidence
from tests.faults.fast_time import START
from tests.faults.kills import receivers
from tests.faults.model import check, figures
from tests.faults.offices import SECRETS, OfficeOf
from tests.faults.receivers import CALM, Book
from tests.faults.sender import Order
from tests.faults.zygote import Zygote
from tests.servers import TAKE_AND_DROP

pytestmark = pytest.mark.fault("F03")
NOTICES = 5


def send_all(senders: Zygote, url: str, folder: Path, policy: str) -> tuple[Evidence, Book]:
    """One mail and one robot's message arrive without an answer, the others as they should."""
    book = Book()
    with receivers(book, CALM, 1) as (mail, robots):
        mail.answer("dot", TAKE_AND_DROP)
        robots.answer(drop=True, took=True)
        order = Order(
            url=url,
            folder=str(folder),
            notices=NOTICES,
            mail=mail.port,
            robot=robots.port,
            at=START.isoformat(),
            policy=policy,
        )
        assert senders.run(order) == 0
    found = evidence(url, folder)
    check(OfficeOf(NOTICES), found, book.seen, days=[START.date()], secrets=SECRETS)
    return found, book


def test_a_lost_reply_is_one_unclear_attempt_and_one_marked_copy(senders: Zygote, url: str, tmp_path: Path) -> None:
    found, book = send_all(senders, url, tmp_path, "resend_once")
    came_to = figures(found, book.seen)
    assert (came_to.sent, came_to.unclear, came_to.doubled, came_to.lost) == (NOTICES, 2, 2, 0)
    first, second = [entry for entry in book.arrived() if entry.channel == "wecom"][:2]
    assert (first.label, first.marked, second.marked) == (second.label, False, True)
    ids = [entry.label for entry in book.arrived() if entry.channel == "email"]
    assert ids[0] == ids[-1]


def test_a_lost_reply_of_a_message_that_may_not_come_twice_is_held(senders: Zygote, url: str, tmp_path: Path) -> None:
    found, book = send_all(senders, url, tmp_path, "hold")
    came_to = figures(found, book.seen)
    assert (came_to.sent, came_to.unclear, came_to.doubled, came_to.held) == (NOTICES - 2, 2, 0, 2)


def test_a_reply_that_is_lost_twice_asks_a_person(senders: Zygote, url: str, tmp_path: Path) -> None:
    book = Book()
    with receivers(book, CALM, 1) as (mail, robots):
        mail.always("dot", TAKE_AND_DROP)
        order = Order(url=url, folder=str(tmp_path), notices=1, mail=mail.port, robot=robots.port, at=START.isoformat())
        assert senders.run(order) == 0
    found = evidence(url, tmp_path)
    assert [row["state"] for row in found["notice"]] == ["held"]
    assert len(book.arrived()) == 2
