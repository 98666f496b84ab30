"""How often and how soon it is tried again counts by the code that came back; on both databases."""

from datetime import timedelta

import pytest

from gkbot.clock import FixedClock
from gkbot.ledger import Entry, Instance, Ledger, NoticeState, Outcome, Receipt
from tests.ledger.hand import Hand
from tests.plans import enqueue, notice

NO_LINE = Receipt(outcome=Outcome.RETRY, code="NewConnectionError")
UNKNOWN = Receipt(outcome=Outcome.RETRY, code="99999", retry_most=3)
BUSY = Receipt(outcome=Outcome.RETRY, code="-1", quick=True)
PENDING, DEAD = NoticeState.PENDING, NoticeState.DEAD


@pytest.fixture
def me(ledger: Ledger) -> Instance:
    return ledger.outbox.activate("test").instance


@pytest.fixture
def hand(ledger: Ledger, me: Instance) -> Hand:
    return Hand(ledger, me)


def tried(hand: Hand, clock: FixedClock, *receipts: Receipt) -> list[NoticeState | None]:
    found = []
    for receipt in receipts:
        clock.advance(3 * 3600)
        found.append(hand.attempt(receipt))
    return found


def waits(ledger: Ledger, clock: FixedClock) -> timedelta:
    entry: Entry = ledger.outbox.entries()[0]
    assert entry.next_at is not None
    return entry.next_at - clock.now()


def test_an_unknown_code_is_tried_three_times_more_whatever_came_before(
    ledger: Ledger, hand: Hand, clock: FixedClock
) -> None:
    enqueue(ledger, notice())
    assert tried(hand, clock, *[NO_LINE] * 4) == [PENDING] * 4
    assert tried(hand, clock, UNKNOWN, NO_LINE, UNKNOWN, UNKNOWN, UNKNOWN) == [*[PENDING] * 4, DEAD]


def test_a_release_counts_anew(ledger: Ledger, hand: Hand, clock: FixedClock) -> None:
    enqueue(ledger, notice())
    assert tried(hand, clock, *[UNKNOWN] * 4)[-1] is DEAD
    ledger.outbox.release(ledger.outbox.entries()[0].number, who="李", why="再试")
    assert tried(hand, clock, *[UNKNOWN] * 4) == [*[PENDING] * 3, DEAD]


def test_a_busy_channel_is_asked_again_soon_whatever_came_before(ledger: Ledger, hand: Hand, clock: FixedClock) -> None:
    enqueue(ledger, notice())
    tried(hand, clock, *[NO_LINE] * 4)
    for _ in range(3):
        tried(hand, clock, BUSY)
        assert waits(ledger, clock) <= timedelta(seconds=36)
    tried(hand, clock, BUSY)
    assert waits(ledger, clock) >= timedelta(minutes=20)
