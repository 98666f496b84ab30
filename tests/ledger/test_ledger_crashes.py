"""Claims without outcome: claimed again, put off for longer and longer, dead after five; on both databases."""

from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise

import pytest

from gkbot.clock import FixedClock
from gkbot.ledger import BEFORE_DOT, Claimed, Instance, Ledger, NoticeState, Outcome, Substitute, UnclearPolicy, Wanted
from gkbot.ledger.claims import claim_ahead
from tests.ledger.hand import OK, UNCLEAR, Hand
from tests.plans import enqueue, item, many, notice

LEASE = 60.0
SOON = 61.0
FOLDER = Substitute(reason="fallback_of", channel="file", address="a@example.gov.cn", contact="岗")


@pytest.fixture
def me(ledger: Ledger) -> Instance:
    return ledger.outbox.activate("test").instance


@pytest.fixture
def hand(ledger: Ledger, me: Instance) -> Hand:
    return Hand(ledger, me)


def claims_until_dead(hand: Hand, clock: FixedClock, step: float = 1.0) -> list[float]:
    """When the one notice was claimed; nothing is ever heard of it."""
    moments: list[float] = []
    while not hand.closed:
        if hand.claim() is not None:
            moments.append(clock.monotonic())
        clock.advance(step)
    return moments


def test_a_crashed_notice_comes_back_at_once_and_then_after_longer_and_longer(
    ledger: Ledger, hand: Hand, clock: FixedClock
) -> None:
    enqueue(ledger, notice())
    moments = claims_until_dead(hand, clock)
    waits = [after - before - LEASE for before, after in pairwise(moments)]
    assert [round(wait) for wait in waits] == [0, 5, 30, 120]
    assert [(entry.state, entry.reason) for entry in ledger.outbox.entries()] == [(NoticeState.DEAD, "poison")]


def test_the_first_crash_goes_before_others_and_the_second_behind_them(
    ledger: Ledger, hand: Hand, clock: FixedClock
) -> None:
    enqueue(ledger, notice("bad"), *many(3))
    keys = []
    for _ in range(5):
        claimed = hand.claim()
        assert claimed is not None
        keys.append(claimed.key)
        if claimed.key != "bad":
            hand.begin(claimed)
            hand.finish(claimed, OK)
        clock.advance(SOON)
    assert keys == ["bad", "bad", "k0", "k1", "k2"]
    last = hand.claim()
    assert last is not None
    assert last.key == "bad"


def test_what_is_put_off_is_neither_leased_nor_in_doubt_meanwhile(
    ledger: Ledger, hand: Hand, clock: FixedClock
) -> None:
    enqueue(ledger, notice())
    for _ in range(2):
        claimed = hand.claim()
        assert claimed is not None
        assert hand.begin(claimed, phase=BEFORE_DOT)
        clock.advance(SOON)
    assert hand.claim() is None
    (entry,) = ledger.outbox.entries()
    assert entry.state is NoticeState.PENDING
    assert ledger.outbox.next_moment("email") == entry.next_at
    assert [attempt.outcome for attempt in ledger.outbox.attempts(entry.number)] == [Outcome.RETRY] * 2


def test_any_outcome_forgets_the_crashes(ledger: Ledger, hand: Hand, clock: FixedClock) -> None:
    enqueue(ledger, notice())
    hand.claim()
    clock.advance(SOON)
    assert hand.attempt(UNCLEAR) is NoticeState.PENDING
    clock.advance(SOON)
    again = hand.claim()
    assert again is not None
    assert again.crashes == 0


def test_a_claim_made_ahead_is_no_crash_and_is_not_made_ahead_again(
    ledger: Ledger, me: Instance, hand: Hand, clock: FixedClock
) -> None:
    enqueue(ledger, *many(2))
    first = hand.claim()
    assert first is not None
    ahead = take_ahead(ledger, me)
    assert ahead is not None
    hand.finish(first, OK)
    clock.advance(SOON)
    assert take_ahead(ledger, me) is None
    alone = hand.claim()
    assert alone is not None
    assert (alone.key, alone.crashes, alone.may_have_killed) == (ahead.key, 0, True)
    assert len(claims_until_dead(hand, clock)) == 4


def take_ahead(ledger: Ledger, me: Instance) -> Claimed | None:
    wanted = Wanted(channel="email", rates=(), lease_seconds=LEASE, policy=UnclearPolicy.RESEND_ONCE)
    database = ledger.outbox._database
    with database.writing() as connection:
        return claim_ahead(database, connection, me, wanted, last=0)


def test_what_fails_while_it_is_written_ahead_counts_all_the_same(
    ledger: Ledger, me: Instance, hand: Hand, clock: FixedClock
) -> None:
    enqueue(ledger, notice())
    ahead = take_ahead(ledger, me)
    assert ahead is not None
    ledger.outbox.put_back(ahead, reason="ZeroDivisionError", seconds=60)
    clock.advance(SOON)
    again = hand.claim()
    assert again is not None
    assert again.crashes == 1


def test_poison_goes_out_another_way_in_the_transaction_that_ends_it(
    ledger: Ledger, hand: Hand, clock: FixedClock
) -> None:
    enqueue(ledger, notice("bad"))
    hand.instead = {"bad": FOLDER}
    claims_until_dead(hand, clock)
    dead, copy = sorted(ledger.outbox.entries(), key=lambda entry: entry.id)
    assert (dead.state, dead.reason, dead.number) == (NoticeState.DEAD, "poison", hand.closed[0].number)
    assert (copy.state, copy.origin) == (NoticeState.PENDING, f"fallback_of:{dead.number}")
    assert copy.key != dead.key
    assert copy.facts["bare"] == dead.number
    assert hand.claim("file") is not None


def test_what_expires_is_told_to_the_office_and_goes_out_no_other_way(
    ledger: Ledger, hand: Hand, clock: FixedClock
) -> None:
    enqueue(ledger, notice("late"))
    hand.instead = {"late": FOLDER}
    clock.advance(6 * 86_400)
    assert hand.claim() is None
    assert hand.claim("file") is None
    (entry,) = ledger.outbox.undelivered(clock.now() - timedelta(days=1))
    assert entry.state is NoticeState.EXPIRED
    assert ledger.watching.seen(clock.today()).expired.count == 1


def test_what_a_person_released_meanwhile_is_not_closed(ledger: Ledger, hand: Hand, clock: FixedClock) -> None:
    """The other way is looked for while nothing is locked."""
    enqueue(ledger, notice("bad"))
    (entry,) = ledger.outbox.entries()
    for _ in range(5):
        claimed = hand.claim()
        assert claimed is not None
        ledger.outbox.put_back(claimed, reason="ZeroDivisionError", seconds=0)

    class Slow(dict[str, Substitute]):
        def get(self, key: str, default: Substitute | None = None) -> Substitute | None:  # type: ignore[override]
            ledger.outbox.cancel(entry.number, who="李", why="已电话联系")
            return FOLDER

    hand.instead = Slow()
    assert hand.claim() is None
    assert hand.closed == ()
    assert [found.state for found in ledger.outbox.entries()] == [NoticeState.CANCELLED]


class TestSqliteStarts:
    """Leases of an older epoch are void at start, so a restart waits for no lease."""

    @pytest.fixture
    def url(self, tmp_path: object) -> str:
        return f"sqlite:///{tmp_path}/gkbot.db"

    def test_a_process_killed_at_each_start_takes_another_notice_each_time(
        self, open_ledger: Callable[..., Ledger], clock: FixedClock
    ) -> None:
        ledger = open_ledger()
        enqueue(ledger, *(notice(f"k{n}", item(f"T{n}")) for n in range(4)))
        keys = []
        for _ in range(8):
            activation = ledger.outbox.activate("one")
            claimed = Hand(ledger, activation.instance).claim()
            keys.append(claimed.key if claimed else None)
            activation.release()  # as a kill does: the lease stays
            clock.advance(0.5)
        assert keys == ["k0", "k0", "k1", "k1", "k2", "k2", "k3", "k3"]
        assert {entry.state for entry in ledger.outbox.entries()} <= {NoticeState.PENDING, NoticeState.LEASED}

    def test_starts_in_quick_succession_do_not_put_it_off_again(
        self, open_ledger: Callable[..., Ledger], clock: FixedClock
    ) -> None:
        ledger = open_ledger()
        enqueue(ledger, notice())
        moments = []
        for _ in range(16):
            activation = ledger.outbox.activate("one")
            if Hand(ledger, activation.instance).claim() is not None:
                moments.append(clock.monotonic())
            activation.release()
            clock.advance(0.5)
        assert moments == [0.0, 0.5, 6.0]
