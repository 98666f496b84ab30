"""What the auditor sees in a ledger: late, lost, stuck, waiting for a person; and how much there is of all."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.event import listen

from gkbot.clock import FixedClock
from gkbot.ledger import Ledger, NoticeState, Outcome, Receipt
from gkbot.ledger.figures import RECENT, Counting
from gkbot.ledger.watching import Seen, Some
from tests.ledger.hand import OK, RETRY, Hand
from tests.ledger_rows import attempt, change, gate
from tests.plans import MONDAY, enqueue, item, many, notice

MORNING = datetime(2023, 7, 24, 1, 0, tzinfo=UTC)
SEVEN = timedelta(minutes=7)


def seen(ledger: Ledger, clock: FixedClock, *, after: timedelta = timedelta()) -> Seen:
    clock.moment = MORNING + after
    return ledger.watching.seen(MONDAY)


@pytest.fixture
def filled(ledger: Ledger) -> Ledger:
    """Three notices by mail, planned at nine on Monday."""
    enqueue(ledger, *many(3))
    return ledger


def test_a_ledger_that_was_just_planned_shows_nothing(filled: Ledger, clock: FixedClock) -> None:
    found = seen(filled, clock)
    troubles = (found.late, found.retrying, found.crashing, found.abandoned, found.held, found.dead, found.expired)
    assert troubles == (Some(),) * 7
    assert (found.scanned, found.last_scan, found.disabled, found.active_digest) == (True, MONDAY, (), None)


def test_what_is_due_for_a_quarter_of_an_hour_is_late(filled: Ledger, clock: FixedClock) -> None:
    assert not seen(filled, clock, after=timedelta(minutes=15)).late
    late = seen(filled, clock, after=timedelta(minutes=16)).late
    assert (late.count, late.since, len(late.numbers)) == (3, MORNING, 3)


def test_what_is_to_leave_later_is_not_late(filled: Ledger, clock: FixedClock) -> None:
    for key in ("k0", "k1", "k2"):
        change(filled, key, next_at=MORNING + timedelta(hours=2))
    assert not seen(filled, clock, after=timedelta(hours=1)).late


def test_a_queue_that_moves_is_not_late(filled: Ledger, clock: FixedClock) -> None:
    attempt(filled, at=MORNING + timedelta(minutes=50), outcome="ok")
    change(filled, state="sent", next_at=None)
    assert not seen(filled, clock, after=timedelta(hours=1)).late
    assert seen(filled, clock, after=timedelta(hours=1, minutes=6)).late.count == 2


@pytest.mark.parametrize(
    ("values", "late"),
    [
        ({"blocked_until": MORNING + timedelta(minutes=50)}, 0),
        ({"free_at": MORNING + timedelta(minutes=50)}, 0),
        ({"blocked_until": MORNING + timedelta(minutes=40)}, 3),
        ({"disabled_reason": "535", "disabled_at": MORNING}, 0),
    ],
)
def test_what_its_gate_holds_up_is_not_late(
    filled: Ledger, clock: FixedClock, values: dict[str, Any], late: int
) -> None:
    gate(filled, **values)
    assert seen(filled, clock, after=timedelta(hours=1)).late.count == late


def test_a_lease_that_nobody_takes_up_is_late(filled: Ledger, clock: FixedClock) -> None:
    for key in ("k1", "k2"):
        change(filled, key, state="sent", next_at=None)
    change(filled, state="leased", next_at=MORNING + SEVEN, lease_until=MORNING + SEVEN, crashes=1, lease_token=1)
    assert not seen(filled, clock, after=timedelta(minutes=20)).late
    assert seen(filled, clock, after=timedelta(minutes=23)).late.count == 1


def test_what_was_tried_for_an_hour_is_told(filled: Ledger, clock: FixedClock) -> None:
    change(filled, tries=3, next_at=MORNING + timedelta(hours=3))
    change(filled, "k1", tries=1, not_before=MORNING + timedelta(minutes=30), next_at=MORNING + timedelta(hours=3))
    attempt(filled, "k0", outcome="retry")
    attempt(filled, "k1", at=MORNING + timedelta(minutes=30), outcome="retry")
    assert not seen(filled, clock, after=timedelta(minutes=59)).retrying
    found = seen(filled, clock, after=timedelta(minutes=61)).retrying
    assert (found.count, found.since) == (1, MORNING)


def test_a_robot_that_is_always_too_busy_is_told_within_an_hour(ledger: Ledger, clock: FixedClock) -> None:
    busy = Receipt(outcome=Outcome.RETRY, code="45009", close_gate=60.0, counted=False)
    enqueue(ledger, *many(2, channel="wecom", address="COUNTIES"))
    with ledger.outbox.activate("test") as instance:
        hand = Hand(ledger, instance)
        for _ in range(50):
            assert not ledger.watching.seen(MONDAY).retrying
            hand.attempt(busy, "wecom")
            clock.advance(61)
        for _ in range(12):
            hand.attempt(busy, "wecom")
            clock.advance(61)
    assert [entry.tries for entry in ledger.outbox.entries()] == [0, 0]
    assert ledger.watching.seen(MONDAY).retrying.count >= 1


def test_what_is_put_off_to_a_working_morning_is_not_told_meanwhile(ledger: Ledger, clock: FixedClock) -> None:
    enqueue(ledger, notice())
    monday = MORNING + timedelta(days=3)
    with ledger.outbox.activate("test") as instance:
        hand = Hand(ledger, instance)
        hand.attempt(RETRY)  # greylisted shortly before the office closes
        clock.advance(1900)
        claimed = hand.claim()
        assert claimed is not None
        ledger.outbox.give_back(claimed, until=monday)
    for hours in (12, 71, 72, 72.9):
        assert not seen(ledger, clock, after=timedelta(hours=hours)).retrying
    assert seen(ledger, clock, after=timedelta(hours=73.1)).retrying.since == monday


def test_what_a_person_lets_go_again_is_judged_anew(filled: Ledger, clock: FixedClock) -> None:
    attempt(filled, outcome="unclear")
    change(filled, judged_token=1, lease_token=1, tries=0)
    assert not seen(filled, clock, after=timedelta(hours=9)).retrying


@pytest.mark.parametrize(
    ("values", "count"),
    [
        ({"state": "leased", "crashes": 1, "lease_until": MORNING - SEVEN}, 0),
        ({"state": "leased", "crashes": 2, "lease_until": MORNING + SEVEN}, 0),
        ({"state": "leased", "crashes": 2, "lease_until": MORNING - SEVEN}, 1),
        ({"state": "leased", "crashes": 3, "lease_until": MORNING + SEVEN}, 1),
        ({"state": "pending", "crashes": 2}, 1),
        ({"state": "dead", "crashes": 5, "reason": "poison", "settled_at": MORNING}, 0),
    ],
)
def test_two_claims_in_a_row_without_outcome_are_told(
    filled: Ledger, clock: FixedClock, values: dict[str, Any], count: int
) -> None:
    change(filled, **values)
    assert seen(filled, clock).crashing.count == count


@pytest.mark.parametrize(
    ("lease_until", "token", "count"), [(SEVEN, 1, 0), (-timedelta(seconds=59), 1, 0), (-SEVEN, 1, 1), (SEVEN, 2, 1)]
)
def test_an_attempt_without_outcome_is_told_when_its_lease_is_over(
    filled: Ledger, clock: FixedClock, lease_until: timedelta, token: int, count: int
) -> None:
    change(filled, state="leased", lease_token=token, lease_until=MORNING + lease_until)
    attempt(filled, at=MORNING - SEVEN)
    found = seen(filled, clock).abandoned
    assert (found.count, found.since) == (count, MORNING - SEVEN if count else None)


@pytest.mark.parametrize("state", ["sent", "cancelled", "superseded", "dead"])
def test_an_attempt_that_nobody_will_end_is_closed_in_doubt(filled: Ledger, clock: FixedClock, state: str) -> None:
    change(filled, state=state, next_at=None, settled_at=MORNING)
    change(filled, "k1", state="leased", lease_token=1, lease_until=MORNING)
    for key in ("k0", "k1"):
        attempt(filled, key)
    activation = filled.outbox.activate("test")
    clock.advance(14 * 60)
    activation.heartbeat()
    assert filled.watching.seen(MONDAY).abandoned.count == 2
    clock.advance(2 * 60)
    activation.heartbeat()
    assert filled.watching.seen(MONDAY).abandoned.count == 1  # that of k1 is for its next claim
    assert [_outcome(filled, key) for key in ("k0", "k1")] == [Outcome.UNCLEAR, None]


def _outcome(ledger: Ledger, key: str) -> Outcome | None:
    number = next(entry.number for entry in ledger.outbox.entries() if entry.key == key)
    return ledger.outbox.attempts(number)[0].outcome


@pytest.mark.parametrize("state", ["held", "dead", "expired"])
def test_what_a_person_must_dispose_of_is_told_until_it_is(filled: Ledger, clock: FixedClock, state: str) -> None:
    change(filled, state=state, reason="unclear twice", settled_at=MORNING, next_at=None)
    found: Some = getattr(seen(filled, clock), state)
    assert (found.count, found.since) == (1, MORNING)
    filled.outbox.cancel(found.numbers[0], who="公开科", why="已电话通知")
    assert not getattr(seen(filled, clock), state)


def test_drafts_and_copies_need_nobody_twice(ledger: Ledger, clock: FixedClock) -> None:
    enqueue(ledger, notice("letter", draft=True), *many(3))
    number = next(entry.number for entry in ledger.outbox.entries() if entry.key == "k0")
    change(ledger, state="dead", settled_at=MORNING)
    change(ledger, "k1", state="dead", settled_at=MORNING, origin=f"fallback_of:{number}")
    change(ledger, "k2", state="pending", origin="plain_of:X")
    found = seen(ledger, clock)
    assert (found.held.count, found.dead.count) == (0, 1)
    change(ledger, "k2", origin=f"plain_of:{number}")
    assert seen(ledger, clock).dead.count == 0


@pytest.mark.parametrize("state", ["held", "dead"])
def test_a_later_part_that_is_given_up_is_told(ledger: Ledger, clock: FixedClock, state: str) -> None:
    enqueue(ledger, notice("k0", item("LONG-3"), channel="wecom", address="COUNTIES"), notice("k1"))
    with ledger.outbox.activate("test") as instance:
        hand = Hand(ledger, instance)
        claimed = hand.claim("wecom")
        assert claimed is not None
        hand.begin(claimed, {"text": "1"}, {"text": "2"}, {"text": "3"})
        hand.finish(claimed, OK)
    change(ledger, "k0#2", state=state, reason="unclear twice", settled_at=MORNING, next_at=None)
    change(ledger, "k0#3", state=state, reason="unclear twice", settled_at=MORNING, next_at=None)
    found: Some = getattr(seen(ledger, clock), state)
    assert (found.count, found.numbers) == (1, (claimed.number,))
    change(ledger, "k1", origin=f"plain_of:{claimed.number}")  # of part 1
    assert getattr(seen(ledger, clock), state).count == 1
    assert [entry.part_no for entry in ledger.outbox.undelivered(MORNING)] == [3]
    change(ledger, "k0#2", reason="brake-clock", state="held")
    change(ledger, "k0#3", state="cancelled")
    assert seen(ledger, clock).braked.count == 1


def test_a_sign_of_life_that_may_have_arrived_needs_nobody(filled: Ledger, clock: FixedClock) -> None:
    change(filled, state="dead", policy="drop", settled_at=MORNING)
    assert seen(filled, clock).dead.count == 1  # it was refused: the admin's address is wrong
    attempt(filled, outcome="unclear")
    change(filled, "k1", state="expired", policy="drop", settled_at=MORNING)
    found = seen(filled, clock)
    assert (found.dead.count, found.expired.count) == (0, 0)


def test_a_day_that_was_not_looked_at_is_seen(filled: Ledger) -> None:
    assert not filled.watching.seen(date(2023, 7, 25)).scanned


def test_instances_are_known_with_their_last_sign(ledger: Ledger, clock: FixedClock) -> None:
    with ledger.outbox.activate("host:1"):
        clock.advance(60)
        (alive,) = seen(ledger, clock).instances
        assert (alive.name, alive.ended_at) == ("host:1", None)
    (ended,) = ledger.watching.seen(MONDAY).instances
    assert ended.ended_at is not None


def test_figures_count_notices_attempts_and_drafts(ledger: Ledger, clock: FixedClock) -> None:
    enqueue(ledger, notice("letter", draft=True), *many(3))
    change(ledger, state="sent", next_at=None)
    attempt(ledger, outcome="unclear")
    attempt(ledger, outcome="ok", token=2)
    attempt(ledger, "k1")
    gate(ledger, disabled_reason="535", disabled_at=MORNING)
    gate(ledger, "wecom:OFFICE", blocked_until=MORNING + SEVEN)
    clock.moment = MORNING + timedelta(minutes=1)
    totals, figures = ledger.counting.totals(), ledger.counting.figures()
    assert totals.notices == {("email", NoticeState.SENT): 1, ("email", NoticeState.PENDING): 2}
    assert totals.attempts == {("email", "unclear"): 1, ("email", "ok"): 1, ("email", "open"): 1}
    assert (figures.drafts, figures.waiting_since) == (1, MORNING)
    gates = [(found.channel_id, found.closed_until, found.disabled_reason) for found in figures.gates]
    assert gates == [("email", None, "535"), ("wecom:OFFICE", MORNING + SEVEN, None)]


def test_the_oldest_waits_since_the_moment_it_might_leave(ledger: Ledger, clock: FixedClock) -> None:
    enqueue(ledger, *many(2))
    change(ledger, next_at=MORNING + timedelta(minutes=5))
    change(ledger, "k1", next_at=MORNING + timedelta(minutes=9))
    clock.moment = MORNING + timedelta(minutes=4)
    assert ledger.counting.figures().waiting_since is None
    clock.moment = MORNING + timedelta(minutes=7)
    assert ledger.counting.figures().waiting_since == MORNING + timedelta(minutes=5)
    change(ledger, lease_token=1, next_at=MORNING + timedelta(hours=2))  # tried in vain: it waits all the same
    assert ledger.counting.figures().waiting_since == MORNING


def test_what_is_settled_of_days_long_past_is_counted_once_a_day(filled: Ledger, clock: FixedClock) -> None:
    change(filled, state="sent", next_at=None)
    attempt(filled, outcome="ok")
    clock.moment = MORNING + RECENT + timedelta(days=1)
    first = filled.counting.totals()
    attempt(filled, outcome="ok", token=2)  # somebody sends it again
    attempt(filled, "k1")
    change(filled, "k1", state="held")
    later = filled.counting.totals()
    assert (first.attempts["email", "ok"], later.attempts) == (1, {("email", "ok"): 1, ("email", "open"): 1})
    assert later.notices == {
        ("email", NoticeState.SENT): 1,
        ("email", NoticeState.HELD): 1,
        ("email", NoticeState.PENDING): 1,
    }
    clock.advance(24 * 3600)
    assert filled.counting.totals().attempts["email", "ok"] == 2


def test_totals_are_the_same_whether_or_not_anything_was_counted_before(filled: Ledger, clock: FixedClock) -> None:
    attempt(filled, outcome="ok")
    for days in (0, 20, 39, 40, 41, 42):
        clock.moment = MORNING + timedelta(days=days)
        assert filled.counting.totals() == Counting(filled._database).totals()
    assert filled.counting.totals().attempts == {("email", "ok"): 1}


def test_totals_of_years_look_at_the_last_weeks_only(filled: Ledger, clock: FixedClock) -> None:
    filled.counting.totals()
    queries = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        queries.append(statement)

    listen(filled._database.engine, "before_cursor_execute", note)
    filled.counting.totals()
    counted = [query for query in queries if "count" in query]
    assert len(counted) == 4
    assert all("day IN" in query or "state IN" in query or "outcome IS NULL" in query for query in counted)


def test_a_stretch_of_days_is_counted_without_what_was_overtaken(filled: Ledger) -> None:
    change(filled, state="sent")
    change(filled, "k1", state="superseded")
    became = filled.counting.days(MONDAY, MONDAY)
    assert (became.of(NoticeState.SENT), became.wanted) == (1, 2)
    assert filled.counting.days(date(2023, 7, 25), date(2023, 7, 31)).wanted == 0
