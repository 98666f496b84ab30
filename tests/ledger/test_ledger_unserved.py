"""Notices of a kind of channel that nobody serves any more; on both databases."""

import pytest

from gkbot.clock import FixedClock
from gkbot.ledger import Entry, Instance, Ledger, NoticeState, Outcome, Substitute
from tests.ledger.hand import OK, RETRY, Hand
from tests.plans import enqueue, many, notice

SERVED = ("wecom", "file")
FOLDER = Substitute(reason="fallback_of", channel="file", address="a@example.gov.cn", contact="岗")


@pytest.fixture
def hand(ledger: Ledger) -> Hand:
    me: Instance = ledger.outbox.activate("test").instance
    return Hand(ledger, me)


def divert(ledger: Ledger, instead: Substitute | None = FOLDER) -> list[str]:
    def find(_lost: Entry) -> Substitute | None:
        return instead

    return [each.number for each in ledger.outbox.close_unserved(SERVED, find)]


def rows(ledger: Ledger) -> list[tuple[str, NoticeState, str | None]]:
    found = sorted(ledger.outbox.entries(), key=lambda entry: entry.id)
    return [(entry.channel, entry.state, entry.reason) for entry in found]


def test_what_is_due_goes_out_another_way_once_and_is_audited(ledger: Ledger, hand: Hand) -> None:
    enqueue(ledger, *many(2), notice("served", channel="wecom", address="COUNTIES"))
    dead = divert(ledger)
    assert len(dead) == 2
    assert divert(ledger) == []
    assert rows(ledger) == [
        ("email", NoticeState.DEAD, "channel removed"),
        ("email", NoticeState.DEAD, "channel removed"),
        ("wecom", NoticeState.PENDING, None),
        ("file", NoticeState.PENDING, None),
        ("file", NoticeState.PENDING, None),
    ]
    assert sorted(deed.what for deed in ledger.trail.audit()) == sorted(f"divert {number}" for number in dead)
    assert hand.claim("file") is not None


def test_without_another_way_it_is_dead_with_a_reason(ledger: Ledger) -> None:
    enqueue(ledger, notice())
    assert len(divert(ledger, None)) == 1
    assert rows(ledger) == [("email", NoticeState.DEAD, "channel removed")]


def test_what_is_past_its_time_expires_and_is_not_diverted(ledger: Ledger, clock: FixedClock) -> None:
    enqueue(ledger, notice())
    clock.advance(6 * 86_400)
    assert len(divert(ledger)) == 1
    assert rows(ledger) == [("email", NoticeState.EXPIRED, "expired")]
    assert ledger.trail.audit() == ()


def test_a_channel_that_is_there_again_doubles_nothing(ledger: Ledger, hand: Hand, clock: FixedClock) -> None:
    enqueue(ledger, notice())
    divert(ledger)
    clock.advance(86_400)
    assert hand.claim("email") is None


def test_what_waits_for_a_later_moment_waits(ledger: Ledger, hand: Hand, clock: FixedClock) -> None:
    enqueue(ledger, notice())
    hand.attempt(RETRY)
    assert divert(ledger) == []
    clock.advance(60)
    assert len(divert(ledger)) == 1


def test_what_somebody_has_in_hand_is_left_to_him(ledger: Ledger, hand: Hand) -> None:
    enqueue(ledger, notice())
    claimed = hand.claim()
    assert claimed is not None
    assert divert(ledger) == []
    assert hand.begin(claimed)
    assert hand.finish(claimed, OK) is NoticeState.SENT


def test_an_abandoned_attempt_is_in_doubt_first(ledger: Ledger, hand: Hand, clock: FixedClock) -> None:
    enqueue(ledger, notice())
    claimed = hand.claim()
    assert claimed is not None
    hand.begin(claimed)
    clock.advance(61)
    assert divert(ledger) == [claimed.number]
    assert [attempt.outcome for attempt in ledger.outbox.attempts(claimed.number)] == [Outcome.UNCLEAR]


def test_what_may_have_arrived_twice_waits_for_a_person(ledger: Ledger, hand: Hand, clock: FixedClock) -> None:
    enqueue(ledger, notice())
    for _ in range(2):
        claimed = hand.claim()
        assert claimed is not None
        hand.begin(claimed)
        clock.advance(61)
    divert(ledger)
    assert rows(ledger) == [("email", NoticeState.HELD, "unclear twice")]


def test_the_parts_behind_it_go_with_it(ledger: Ledger, hand: Hand) -> None:
    enqueue(ledger, notice(channel="apprise", address="GROUP"))
    first = hand.claim("apprise")
    assert first is not None
    hand.begin(first, {"body": "1"}, {"body": "2"}, {"body": "3"})
    hand.finish(first, OK)
    assert divert(ledger) == [first.number]
    assert [row[1] for row in rows(ledger)] == [
        NoticeState.SENT,
        NoticeState.DEAD,
        NoticeState.CANCELLED,
        NoticeState.PENDING,
    ]
    rest = hand.claim("file")
    assert rest is not None
    assert rest.facts["rest"] == [{"body": "2"}, {"body": "3"}]
    assert rest.facts["tasks"] == first.facts["tasks"]
