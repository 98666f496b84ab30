"""A check for a day still to come leaves nothing behind that holds up the days before it."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from gkbot.clock import FixedClock, ShiftedClock, SystemClock
from gkbot.ledger import Ledger, NoticeState
from tests.ledger.hand import OK, RETRY, Hand
from tests.ledger_rows import gate
from tests.plans import MONDAY, enqueue, facts_of, later, many, notice, plan

MONTH = timedelta(days=30)
Open = Callable[..., Ledger]


@pytest.mark.parametrize("name", ["free_at", "urgent_free_at", "blocked_until"])
def test_a_gate_is_not_shut_until_a_moment_a_month_away(ledger: Ledger, clock: FixedClock, name: str) -> None:
    enqueue(ledger, *many(1))
    gate(ledger, **{name: clock.now() + MONTH})
    assert ledger.outbox.next_moment("email") == clock.now()
    assert ledger.outbox.paced("email") is None
    assert [each.closed_until for each in ledger.counting.figures().gates] == [None]
    with ledger.outbox.activate("test") as instance:
        assert Hand(ledger, instance).attempt(OK) is NoticeState.SENT


@pytest.mark.parametrize("name", ["free_at", "blocked_until"])
def test_what_waits_behind_such_a_gate_would_be_late(ledger: Ledger, clock: FixedClock, name: str) -> None:
    enqueue(ledger, *many(1))
    gate(ledger, **{name: clock.now() + MONTH})
    clock.advance(3600)
    assert ledger.watching.seen(MONDAY).late.count == 1


def test_what_happens_in_a_check_for_a_day_ahead_happens_now(open_ledger: Open) -> None:
    real = SystemClock()
    day = real.today() + MONTH
    ledger = open_ledger(ShiftedClock.to(day, real.zone))
    enqueue(ledger, notice(day=day), day=day)
    with ledger.outbox.activate("daily --date") as instance:
        Hand(ledger, instance).attempt(RETRY)
    [entry] = ledger.outbox.entries()
    assert entry.expires_at is not None
    assert entry.next_at is not None
    assert _is_soon(entry.created_at)
    assert _is_soon(entry.next_at)
    assert _is_soon(entry.expires_at - timedelta(days=5))
    assert _is_soon(ledger.outbox.attempts(entry.number)[0].started_at)


def test_a_task_seen_on_a_day_ahead_is_new_until_it_is_really_seen(open_ledger: Open, clock: FixedClock) -> None:
    tomorrow = FixedClock(clock.moment + timedelta(days=1))
    open_ledger(tomorrow).enqueue(plan(day=later(MONDAY, 1)), facts_of, rules_digest="r", book=["T1"])
    ledger = open_ledger()
    assert ledger.history().first_seen == {}
    assert ledger.history().last_scan is None
    ledger.mark_seen(["T1"], MONDAY)
    assert ledger.history().first_seen == {"T1": MONDAY}


def test_a_day_looked_at_ahead_does_not_count_as_the_last_one(ledger: Ledger) -> None:
    enqueue(ledger, day=later(MONDAY, -3))
    enqueue(ledger, day=later(MONDAY, 30))
    found = ledger.watching.seen(MONDAY)
    assert (found.scanned, found.last_scan, found.scan_ahead) == (False, later(MONDAY, -3), later(MONDAY, 30))
    assert ledger.history().last_scan == later(MONDAY, -3)
    enqueue(ledger, day=MONDAY)
    assert ledger.watching.seen(MONDAY).scanned


def _is_soon(moment: datetime) -> bool:
    return abs(moment - SystemClock().now()) < timedelta(hours=1)
