"""The outbox's protocol, step by step, on both databases."""

import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from gkbot.clock import FixedClock
from gkbot.errors import LedgerBusy, UsageError
from gkbot.ledger import (
    Brake,
    Claimed,
    Instance,
    Ledger,
    NoticeState,
    Outcome,
    Rate,
    Receipt,
    Substitute,
    UnclearPolicy,
)
from gkbot.planning.values import EventKind, NewEvent
from tests.ledger.hand import BODY, DEAD, DROP, HOLD, OK, RETRY, UNCLEAR, Hand
from tests.plans import enqueue, facts_of, item, many, notice, plan


@pytest.fixture
def me(ledger: Ledger) -> Instance:
    return ledger.outbox.activate("test").instance


@pytest.fixture
def hand(ledger: Ledger, me: Instance) -> Hand:
    return Hand(ledger, me)


def only_state(ledger: Ledger) -> tuple[NoticeState, str | None]:
    (entry,) = ledger.outbox.entries()
    return entry.state, entry.reason


def test_a_sent_notice_is_never_claimed_again(ledger: Ledger, hand: Hand, clock: FixedClock) -> None:
    enqueue(ledger, notice())
    assert hand.attempt(OK) is NoticeState.SENT
    clock.advance(86_400)
    assert hand.claim() is None


def test_the_most_urgent_goes_first(ledger: Ledger, hand: Hand) -> None:
    enqueue(
        ledger,
        notice("far", item("T1", days_left=15)),
        notice("late", item("T2", days_left=-2)),
        notice("near", item("T3", days_left=1)),
    )
    keys = [claimed.key for _ in range(3) if (claimed := hand.claim())]
    assert keys == ["late", "near", "far"]


def test_a_notice_waits_for_its_time(ledger: Ledger, hand: Hand, clock: FixedClock) -> None:
    ledger.enqueue(plan(notice()), facts_of, rules_digest="r", not_before=lambda _n: clock.now() + timedelta(minutes=7))
    assert hand.claim() is None
    assert ledger.outbox.next_moment("email") == clock.now() + timedelta(minutes=7)
    clock.advance(420)
    assert hand.claim() is not None


def test_what_is_frozen_stays_the_same_at_every_try(ledger: Ledger, hand: Hand, clock: FixedClock) -> None:
    enqueue(ledger, notice())
    hand.attempt(RETRY)
    clock.advance(60)
    again = hand.claim()
    assert again is not None
    assert (again.body, again.message_id, again.tries, again.maybe_twice) == (BODY, "<id@x>", 1, False)


def test_waits_grow_from_half_a_minute(ledger: Ledger, hand: Hand, clock: FixedClock) -> None:
    enqueue(ledger, notice())
    waits = []
    for _ in range(5):
        hand.attempt(RETRY)
        (entry,) = ledger.outbox.entries()
        assert entry.next_at is not None
        waits.append((entry.next_at - clock.now()).total_seconds())
        clock.advance(waits[-1])
    for wait, wanted in zip(waits, (30, 120, 600, 1800, 3600), strict=True):
        assert 0.8 * wanted <= wait <= 1.2 * wanted


def test_an_expired_notice_is_closed_and_told_of(ledger: Ledger, hand: Hand, clock: FixedClock) -> None:
    enqueue(ledger, notice())
    clock.advance(6 * 86_400)
    assert hand.claim() is None
    assert only_state(ledger) == (NoticeState.EXPIRED, "expired")
    assert [(each.state, each.reason) for each in hand.closed] == [(NoticeState.EXPIRED, "expired")]


def test_a_crash_before_the_attempt_is_no_doubt(ledger: Ledger, hand: Hand, clock: FixedClock) -> None:
    enqueue(ledger, notice())
    assert hand.claim() is not None
    assert hand.claim() is None
    clock.advance(61)
    again = hand.claim()
    assert again is not None
    assert (again.token, again.maybe_twice) == (2, False)


def test_a_crash_after_the_attempt_row_is_unclear_and_sent_once_more(
    ledger: Ledger, hand: Hand, clock: FixedClock
) -> None:
    enqueue(ledger, notice())
    first = hand.claim()
    assert first is not None
    hand.begin(first)
    clock.advance(61)
    again = hand.claim()
    assert again is not None
    assert again.maybe_twice
    assert again.number == first.number
    (attempt,) = ledger.outbox.attempts(first.number)
    assert (attempt.outcome, attempt.code) == (Outcome.UNCLEAR, "crashed")


@pytest.mark.parametrize(
    ("policy", "state"), [(HOLD, NoticeState.HELD), (DROP, NoticeState.DEAD)], ids=["hold", "drop"]
)
def test_other_policies_do_not_resend(
    ledger: Ledger, hand: Hand, clock: FixedClock, policy: UnclearPolicy, state: NoticeState
) -> None:
    enqueue(ledger, notice("k1"), notice("k2", item("T2")))
    crashed = hand.claim(policy=policy)
    assert crashed is not None
    hand.begin(crashed)
    assert hand.attempt(UNCLEAR, policy=policy) is state
    clock.advance(61)
    assert hand.claim(policy=policy) is None
    assert ledger.counts()[state] == 2


def test_unclear_twice_is_held_for_a_person(ledger: Ledger, hand: Hand, clock: FixedClock) -> None:
    enqueue(ledger, notice())
    assert hand.attempt(UNCLEAR) is NoticeState.PENDING
    clock.advance(120)
    assert hand.attempt(UNCLEAR) is NoticeState.HELD
    number = ledger.outbox.entries()[0].number
    ledger.outbox.release(number, who="王某", why="收件人说没收到")
    released = hand.claim()
    assert released is not None
    assert released.maybe_twice
    hand.begin(released)
    assert hand.finish(released, OK) is NoticeState.SENT


def taken_over(ledger: Ledger, hand: Hand, clock: FixedClock) -> tuple[Claimed, Claimed]:
    """One notice, claimed twice: by who began and was too slow, and by who took it over."""
    enqueue(ledger, notice())
    slow = hand.claim()
    assert slow is not None
    hand.begin(slow)
    clock.advance(61)
    taken = hand.claim()
    assert taken is not None
    return slow, taken


@pytest.mark.fault("F10")
def test_a_stale_token_writes_nothing_but_ok(ledger: Ledger, hand: Hand, clock: FixedClock) -> None:
    slow, taken = taken_over(ledger, hand, clock)
    assert hand.finish(slow, DEAD) is None
    assert hand.finish(slow, OK) is NoticeState.SENT
    assert not hand.begin(taken)
    assert hand.finish(taken, DEAD) is None
    assert only_state(ledger)[0] is NoticeState.SENT


@pytest.mark.fault("F10")
def test_a_late_yes_leaves_the_doubt_on_record(ledger: Ledger, hand: Hand, clock: FixedClock) -> None:
    slow, taken = taken_over(ledger, hand, clock)
    assert taken.maybe_twice
    assert [hand.finish(slow, OK), hand.finish(slow, OK)] == [NoticeState.SENT] * 2
    (attempt,) = ledger.outbox.attempts(slow.number)
    assert (attempt.outcome, attempt.code, attempt.reply) == (Outcome.OK, OK.code, f"（此前记为结果不明）{OK.reply}")


def test_an_outcome_may_be_written_twice(ledger: Ledger, hand: Hand) -> None:
    enqueue(ledger, notice())
    claimed = hand.claim()
    assert claimed is not None
    hand.begin(claimed)
    assert [hand.finish(claimed, OK), hand.finish(claimed, OK)] == [NoticeState.SENT] * 2
    assert len(ledger.outbox.attempts(claimed.number)) == 1


@pytest.mark.fault("F21")
def test_what_happens_after_the_claim_stops_the_attempt(ledger: Ledger, hand: Hand, clock: FixedClock) -> None:
    enqueue(ledger, notice())
    claimed = hand.claim()
    assert claimed is not None
    ledger.record(NewEvent(kind=EventKind.REPORTED, task="OTHER", at=clock.now(), actor="x"))
    assert hand.begin(claimed)
    enqueue(ledger, notice("k2", item("T2")))
    second = hand.claim()
    assert second is not None
    ledger.record(NewEvent(kind=EventKind.REPORTED, task="T2", at=clock.now(), actor="x"))
    assert not hand.begin(second)
    ledger.outbox.drop(second, NoticeState.SUPERSEDED, "reported")
    assert ledger.outbox.entries(number=second.number)[0].reason == "reported"


def test_parts_go_out_in_order_and_none_twice(ledger: Ledger, hand: Hand, clock: FixedClock) -> None:
    enqueue(ledger, notice(channel="wecom", address="COUNTIES"))
    first = hand.claim("wecom")
    assert first is not None
    hand.begin(first, {"t": "1"}, {"t": "2"}, {"t": "3"})
    assert hand.claim("wecom") is None
    hand.finish(first, OK)
    second = hand.claim("wecom")
    assert second is not None
    assert (second.part_no, second.body, second.number) == (2, {"t": "2"}, first.number)
    hand.begin(second)
    hand.finish(second, RETRY)
    assert hand.claim("wecom") is None
    clock.advance(3600)
    for wanted in (2, 3):
        part = hand.claim("wecom")
        assert part is not None
        assert part.part_no == wanted
        hand.begin(part)
        hand.finish(part, OK)
    assert hand.claim("wecom") is None
    assert ledger.counts()[NoticeState.SENT] == 3


def test_nothing_follows_a_dead_part(ledger: Ledger, hand: Hand) -> None:
    enqueue(ledger, notice(channel="wecom", address="COUNTIES"))
    first = hand.claim("wecom")
    assert first is not None
    hand.begin(first, {"t": "1"}, {"t": "2"}, {"t": "3"})
    hand.finish(first, DEAD)
    assert ledger.counts()[NoticeState.CANCELLED] == 2
    assert hand.claim("wecom") is None


def test_a_dead_notice_is_replaced_once(ledger: Ledger, hand: Hand) -> None:
    enqueue(ledger, notice())
    folder = Substitute(reason="fallback_of", channel="file", address="a@example.gov.cn", contact="岗")
    dead = hand.claim()
    assert dead is not None
    hand.begin(dead)
    hand.finish(dead, DEAD, substitute=folder)
    hand.finish(dead, DEAD, substitute=folder)
    instead = hand.claim("file")
    assert instead is not None
    assert instead.origin == f"fallback_of:{dead.number}"
    assert instead.number != dead.number
    assert instead.facts["number"] == instead.number
    assert hand.claim("file") is None


def test_no_minute_holds_more_than_the_robot_takes(ledger: Ledger, hand: Hand, clock: FixedClock) -> None:
    enqueue(ledger, *many(60, channel="wecom", address="COUNTIES"))
    rate = Rate(most=20, seconds=60, reserve=2)
    sent: list[float] = []
    for _ in range(400):
        claimed = hand.claim("wecom", rate=rate)
        if claimed is not None:
            hand.begin(claimed)
            hand.finish(claimed, OK)
            sent.append(clock.monotonic())
        clock.advance(0.7)
    assert len(sent) == 60
    assert max(sum(start <= each < start + 60 for each in sent) for start in sent) == 18


def test_places_are_kept_for_what_cannot_wait(ledger: Ledger, hand: Hand) -> None:
    enqueue(ledger, *many(30, channel="wecom", address="COUNTIES"))
    rate = Rate(most=20, seconds=60, reserve=2)
    while hand.claim("wecom", rate=rate):
        pass
    assert ledger.counts()[NoticeState.LEASED] == 18
    due = notice("due", item("DUE", days_left=0), channel="wecom", address="COUNTIES")
    enqueue(ledger, due, notice("else", item("E"), channel="wecom", address="OTHER"))
    keys = [claimed.key for _ in range(2) if (claimed := hand.claim("wecom", rate=rate))]
    assert keys == ["due", "else"]
    assert hand.claim("wecom", rate=rate) is None


def test_a_closed_gate_closes_for_all(ledger: Ledger, hand: Hand, clock: FixedClock) -> None:
    enqueue(ledger, *many(2, channel="wecom", address="COUNTIES"))
    too_fast = Receipt(outcome=Outcome.RETRY, code="45009", retry_after=60, close_gate=60, counted=False)
    hand.attempt(too_fast, "wecom")
    assert hand.claim("wecom") is None
    clock.advance(61)
    assert hand.claim("wecom") is not None
    assert {entry.tries for entry in ledger.outbox.entries()} == {0}


def test_a_disabled_channel_waits_for_a_person_or_a_later_start(ledger: Ledger, hand: Hand, clock: FixedClock) -> None:
    enqueue(ledger, *many(3))
    hand.attempt(Receipt(outcome=Outcome.RETRY, code="535", disable=True))
    assert hand.claim() is None
    assert [(each.channel_id, each.reason) for each in ledger.outbox.disabled_channels()] == [("email", "535")]
    assert len(ledger.outbox.stranded("email")) == 3
    ledger.outbox.enable_channel("email", who="王某", why="换了授权码")
    assert hand.claim() is not None


def test_an_unknown_number_is_a_mistake_of_the_caller(ledger: Ledger) -> None:
    with pytest.raises(UsageError, match="ABCDEFGH"):
        ledger.outbox.release("ABCDEFGH", who="x", why="y")


def test_a_person_releases_a_draft_or_drops_it(ledger: Ledger, hand: Hand) -> None:
    enqueue(ledger, notice("d1", draft=True), notice("d2", item("T2"), draft=True))
    assert hand.claim() is None
    by_key = {entry.key: entry.number for entry in ledger.outbox.entries()}
    ledger.outbox.release(by_key["d1"], who="王某", why="同意")
    ledger.outbox.cancel(by_key["d2"], who="王某", why="已电话沟通")
    claimed = hand.claim()
    assert claimed is not None
    assert claimed.key == "d1"
    assert hand.claim() is None


def test_several_workers_never_take_the_same_notice(ledger: Ledger, me: Instance) -> None:
    enqueue(ledger, *many(60))
    taken: list[str] = []

    def work() -> None:
        mine = Hand(ledger, me)
        while claimed := mine.claim():
            taken.append(claimed.key)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == sorted(f"k{n}" for n in range(60))


class TestSqliteInstances:
    """One active instance (facts/delivery.md 3.6)."""

    @pytest.fixture
    def url(self, tmp_path: Path) -> str:
        return f"sqlite:///{tmp_path}/gkbot.db"

    def test_a_second_one_is_told_to_wait(self, open_ledger: Callable[..., Ledger]) -> None:
        with open_ledger().outbox.activate("one"), pytest.raises(LedgerBusy, match="另一个 gkbot"):
            open_ledger().outbox.activate("two")
        with open_ledger().outbox.activate("three") as third:
            assert third.epoch == 2

    def test_leases_of_an_older_epoch_are_void_at_start(self, open_ledger: Callable[..., Ledger]) -> None:
        ledger = open_ledger()
        enqueue(ledger, notice())
        activation = ledger.outbox.activate("one")
        claimed = Hand(ledger, activation.instance).claim()
        assert claimed is not None
        activation.release()
        with ledger.outbox.activate("two") as second:
            again = Hand(ledger, second).claim()
            assert again is not None
            assert again.key == claimed.key

    def test_a_restored_backup_sends_nothing_until_a_person_says_so(
        self, open_ledger: Callable[..., Ledger], tmp_path: Path
    ) -> None:
        path = tmp_path / "gkbot.db"
        ledger = open_ledger()
        ledger.outbox.activate("one").release()
        ledger.close()
        backup = path.read_bytes()
        ledger = open_ledger()
        ledger.outbox.activate("two").release()
        ledger.close()
        for name in ("gkbot.db-wal", "gkbot.db-shm"):
            path.with_name(name).unlink(missing_ok=True)
        path.write_bytes(backup)
        ledger = open_ledger()
        enqueue(ledger, notice())
        with ledger.outbox.activate("three") as instance:
            assert Hand(ledger, instance).claim() is None
            ledger.braking.lift(Brake.RESTORED, who="李某", why="宁可重复")
            assert Hand(ledger, instance).claim() is not None

    def test_a_new_database_beside_an_old_lock_file_is_fine(
        self, open_ledger: Callable[..., Ledger], tmp_path: Path, clock: FixedClock
    ) -> None:
        path = tmp_path / "gkbot.db"
        ledger = open_ledger()
        for name in ("one", "two"):
            ledger.outbox.activate(name).release()
        ledger.close()
        for name in ("gkbot.db", "gkbot.db-wal", "gkbot.db-shm"):
            path.with_name(name).unlink(missing_ok=True)
        clock.advance(10)
        open_ledger().outbox.activate("three").release()

    def test_a_start_tries_a_disabled_channel_again_after_an_hour(
        self, open_ledger: Callable[..., Ledger], clock: FixedClock
    ) -> None:
        ledger = open_ledger()
        enqueue(ledger, notice())
        activation = ledger.outbox.activate("one")
        Hand(ledger, activation.instance).attempt(Receipt(outcome=Outcome.RETRY, code="535", disable=True))
        activation.release()
        with ledger.outbox.activate("two"):
            assert ledger.outbox.disabled_channels()
        clock.advance(3601)
        with ledger.outbox.activate("three"):
            assert not ledger.outbox.disabled_channels()
        assert [(deed.who, deed.what) for deed in ledger.trail.audit()] == [("gkbot", "enable email")]

    def test_a_start_leaves_a_disabled_channel_for_which_nothing_waits(
        self, open_ledger: Callable[..., Ledger], clock: FixedClock
    ) -> None:
        ledger = open_ledger()
        enqueue(ledger, notice())
        activation = ledger.outbox.activate("one")
        dead = Receipt(outcome=Outcome.DEAD, code="93000", disable=True)
        Hand(ledger, activation.instance).attempt(dead)
        activation.release()
        clock.advance(3601)
        with ledger.outbox.activate("two"):
            assert ledger.outbox.hurry(who="gkbot daily", why="再试") == ()
            assert ledger.outbox.disabled_channels()
        assert ledger.trail.audit() == ()


def test_undelivered_is_what_was_given_up_and_not_replaced_by_a_plainer_copy(
    ledger: Ledger, me: Instance, clock: FixedClock
) -> None:
    enqueue(ledger, *many(3), notice("draft", draft=True))
    hand = Hand(ledger, me)
    folder = Substitute(reason="fallback_of", channel="file", address="a", contact="岗")
    plainer = Substitute(reason="plain_of", channel="wecom", address="a", contact="岗", body=BODY)
    numbers = []
    for substitute in (folder, plainer):
        claimed = hand.claim()
        assert claimed is not None
        assert hand.begin(claimed)
        hand.finish(claimed, DEAD, substitute=substitute)
        numbers.append(claimed.number)
    hand.attempt(UNCLEAR, policy=HOLD)
    hand.attempt(DEAD, "file")
    found = ledger.outbox.undelivered(clock.now() - timedelta(days=1))
    assert [entry.state for entry in found] == [NoticeState.DEAD, NoticeState.HELD]
    assert found[0].number == numbers[0]
    assert ledger.outbox.undelivered(clock.now() + timedelta(seconds=1)) == ()
