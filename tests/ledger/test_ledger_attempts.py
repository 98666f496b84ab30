"""How far an attempt came, whose the claim is, and commits whose end nobody knows; on both databases."""

import itertools
from random import Random

import pytest

from gkbot.clock import FixedClock
from gkbot.ledger import (
    AT_RISK,
    BEFORE_DOT,
    BEGUN,
    Beginning,
    Claimed,
    Ended,
    Instance,
    Ledger,
    NoticeState,
    Outcome,
    Rate,
    Receipt,
    UnclearPolicy,
    Wanted,
)
from gkbot.planning.values import EventKind, NewEvent
from tests.plans import enqueue, item, many, notice

LEASE = 60.0
BODY = {"text": "x"}
OK = Receipt(outcome=Outcome.OK, code="250")
RETRY = Receipt(outcome=Outcome.RETRY, code="450")
UNCLEAR = Receipt(outcome=Outcome.UNCLEAR, code="lost")


@pytest.fixture
def me(ledger: Ledger) -> Instance:
    return ledger.outbox.activate("test").instance


def wanted(channel: str = "email", *rates: Rate, policy: UnclearPolicy = UnclearPolicy.RESEND_ONCE) -> Wanted:
    return Wanted(channel=channel, rates=rates, lease_seconds=LEASE, policy=policy)


def claim(ledger: Ledger, me: Instance, what: Wanted | None = None) -> Claimed:
    claimed, _ = ledger.outbox.claim(me, what or wanted())
    assert claimed is not None
    return claimed


def beginning(claimed: Claimed, phase: str = BEFORE_DOT) -> Beginning:
    return Beginning(claimed=claimed, bodies=(BODY,), message_id="<i@x>", phase=phase, template_hash="t1")


def ended(claimed: Claimed, receipt: Receipt) -> Ended:
    return Ended(claimed=claimed, receipt=receipt, policy=UnclearPolicy.RESEND_ONCE, random=Random(1))  # noqa: S311


def outcomes(ledger: Ledger, claimed: Claimed) -> list[Outcome | None]:
    return [attempt.outcome for attempt in ledger.outbox.attempts(claimed.number)]


def test_what_died_before_the_dot_is_tried_again_without_doubt(ledger: Ledger, me: Instance, clock: FixedClock) -> None:
    enqueue(ledger, notice())
    first = claim(ledger, me)
    assert ledger.outbox.begin_attempt(me, beginning(first))
    clock.advance(LEASE + 1)
    again = claim(ledger, me, wanted(policy=UnclearPolicy.HOLD))
    assert not again.maybe_twice
    assert outcomes(ledger, first) == [Outcome.RETRY]


@pytest.mark.parametrize("phase", [BEFORE_DOT, BEGUN])
def test_what_died_at_risk_is_in_doubt(ledger: Ledger, me: Instance, clock: FixedClock, phase: str) -> None:
    enqueue(ledger, notice())
    first = claim(ledger, me)
    ledger.outbox.begin_attempt(me, beginning(first, phase))
    assert phase == BEGUN or ledger.outbox.turn(me, at_risk=first).at_risk
    clock.advance(LEASE + 1)
    assert claim(ledger, me).maybe_twice
    assert outcomes(ledger, first) == [Outcome.UNCLEAR]


def test_nothing_is_put_at_risk_by_who_lost_the_claim(ledger: Ledger, me: Instance, clock: FixedClock) -> None:
    enqueue(ledger, notice())
    slow = claim(ledger, me)
    ledger.outbox.begin_attempt(me, beginning(slow))
    clock.advance(LEASE + 1)
    taken = claim(ledger, me)
    assert not ledger.outbox.turn(me, at_risk=slow).at_risk
    assert ledger.outbox.begin_attempt(me, beginning(taken))
    assert ledger.outbox.turn(me, at_risk=taken).at_risk


def test_a_renewed_lease_is_nobody_elses(ledger: Ledger, me: Instance, clock: FixedClock) -> None:
    enqueue(ledger, notice())
    held = claim(ledger, me)
    clock.advance(LEASE - 1)
    assert ledger.outbox.renew([held], LEASE) == (held,)
    clock.advance(LEASE - 1)
    assert ledger.outbox.claim(me, wanted())[0] is None
    clock.advance(2)
    claim(ledger, me)
    assert ledger.outbox.renew([held], LEASE) == ()


def test_a_beginning_whose_commit_was_lost_is_read_back(ledger: Ledger, me: Instance) -> None:
    enqueue(ledger, notice(channel="wecom", address="COUNTIES"))
    claimed = claim(ledger, me, wanted("wecom"))
    parts = Beginning(claimed=claimed, bodies=(BODY, BODY), message_id="<i@x>", phase=BEGUN)
    assert ledger.outbox.begin_attempt(me, parts)
    assert ledger.outbox.begin_attempt(me, parts)
    assert outcomes(ledger, claimed) == [None]
    assert [entry.part_no for entry in ledger.outbox.entries()] == [1, 2]


@pytest.mark.parametrize(("receipt", "state"), [(OK, NoticeState.SENT), (RETRY, NoticeState.PENDING)])
def test_an_outcome_whose_commit_was_lost_is_read_back(
    ledger: Ledger, me: Instance, receipt: Receipt, state: NoticeState
) -> None:
    enqueue(ledger, notice())
    claimed = claim(ledger, me)
    ledger.outbox.begin_attempt(me, beginning(claimed))
    assert [ledger.outbox.finish(ended(claimed, receipt)) for _ in range(2)] == [state, state]
    assert ledger.outbox.entries()[0].tries == (receipt is RETRY)


def test_the_notices_own_policy_holds_after_an_unclear_answer(ledger: Ledger, me: Instance) -> None:
    enqueue(ledger, notice(mentions=("@all",), channel="wecom", address="COUNTIES"))
    claimed = claim(ledger, me, wanted("wecom"))
    assert claimed.policy is UnclearPolicy.HOLD
    ledger.outbox.begin_attempt(me, beginning(claimed, BEGUN))
    assert ledger.outbox.finish(ended(claimed, UNCLEAR)) is NoticeState.HELD


def test_one_commit_ends_begins_and_claims(ledger: Ledger, me: Instance) -> None:
    enqueue(ledger, *many(3))
    first = claim(ledger, me)
    turned = ledger.outbox.turn(me, ended=None, beginning=beginning(first), wanted=wanted())
    assert turned.begun
    assert turned.following is not None
    again = ledger.outbox.turn(me, ended=ended(first, OK), beginning=beginning(turned.following), wanted=wanted())
    assert (again.state, again.begun) == (NoticeState.SENT, True)
    assert again.following is not None
    assert (outcomes(ledger, first), outcomes(ledger, turned.following)) == ([Outcome.OK], [None])
    assert outcomes(ledger, again.following) == []


def test_one_commit_puts_the_next_at_risk_as_well(ledger: Ledger, me: Instance) -> None:
    enqueue(ledger, *many(3))
    first = claim(ledger, me)
    second = ledger.outbox.turn(me, beginning=beginning(first), wanted=wanted()).following
    assert second is not None
    turned = ledger.outbox.turn(me, at_risk=first, beginning=beginning(second), wanted=wanted())
    assert (turned.at_risk, turned.begun) == (True, True)
    assert turned.following is not None
    again = ledger.outbox.turn(me, ended=ended(first, OK), at_risk=second, beginning=beginning(turned.following))
    assert (again.state, again.at_risk, again.begun, again.following) == (NoticeState.SENT, True, True, None)
    tries = [ledger.outbox.attempts(each.number)[0] for each in (first, second, turned.following)]
    assert [(each.outcome, each.phase) for each in tries] == [
        (Outcome.OK, OK.phase),
        (None, AT_RISK),
        (None, BEFORE_DOT),
    ]


def test_nothing_is_put_at_risk_of_which_something_was_heard(ledger: Ledger, me: Instance, clock: FixedClock) -> None:
    enqueue(ledger, *many(2))
    first = claim(ledger, me)
    second = ledger.outbox.turn(me, beginning=beginning(first), wanted=wanted()).following
    assert second is not None
    ledger.outbox.turn(me, at_risk=first, beginning=beginning(second))
    ledger.record(NewEvent(kind=EventKind.REPORTED, task=second.items[0].task, at=clock.now(), actor="x"))
    turned = ledger.outbox.turn(me, ended=ended(first, OK), at_risk=second)
    assert (turned.state, turned.at_risk) == (NoticeState.SENT, False)
    assert ledger.outbox.attempts(second.number)[0].phase == BEFORE_DOT


def test_the_outcome_stands_though_the_next_has_to_be_looked_at_again(
    ledger: Ledger, me: Instance, clock: FixedClock
) -> None:
    enqueue(ledger, *many(2))
    first = claim(ledger, me)
    turned = ledger.outbox.turn(me, ended=None, beginning=beginning(first), wanted=wanted())
    assert turned.following is not None
    ledger.record(NewEvent(kind=EventKind.REPORTED, task="T1", at=clock.now(), actor="x"))
    again = ledger.outbox.turn(me, ended=ended(first, OK), beginning=beginning(turned.following), wanted=wanted())
    assert (again.state, again.begun, again.following) == (NoticeState.SENT, False, None)


def test_what_once_killed_a_process_is_not_claimed_ahead(ledger: Ledger, me: Instance, clock: FixedClock) -> None:
    enqueue(ledger, notice("bad", item("T1", days_left=0)), notice("good", item("T2")))
    assert claim(ledger, me).key == "bad"
    good = claim(ledger, me)
    clock.advance(LEASE - 1)
    ledger.outbox.renew([good], LEASE)
    clock.advance(2)
    assert ledger.outbox.turn(me, ended=None, beginning=beginning(good), wanted=wanted()).following is None
    assert claim(ledger, me).key == "bad"


def test_a_claim_given_back_leaves_no_trace(ledger: Ledger, me: Instance) -> None:
    enqueue(ledger, notice())
    ledger.outbox.give_back(claim(ledger, me))
    again = claim(ledger, me)
    assert (again.crashes, again.tries) == (0, 0)


def test_every_window_holds_across_instances(ledger: Ledger, me: Instance, clock: FixedClock) -> None:
    enqueue(ledger, *many(20))
    rates = (Rate(most=1, seconds=3), Rate(most=5, seconds=100))
    sent: list[float] = []
    for step in range(800):
        other = Instance(epoch=me.epoch + step % 2, name="other", started_at=clock.now())
        claimed, _ = ledger.outbox.claim(other, wanted("email", *rates))
        if claimed is not None:
            ledger.outbox.begin_attempt(me, beginning(claimed))
            ledger.outbox.finish(ended(claimed, OK))
            sent.append(clock.monotonic())
        clock.advance(0.7)
    assert len(sent) == 20
    assert min(b - a for a, b in itertools.pairwise(sent)) > 3
    assert max(sum(start <= each < start + 100 for each in sent) for start in sent) == 5


def test_only_the_pace_is_waited_for(ledger: Ledger, me: Instance, clock: FixedClock) -> None:
    enqueue(ledger, *many(3))
    assert ledger.outbox.paced("email") is None
    claimed = claim(ledger, me, wanted("email", Rate(most=1, seconds=3)))
    pace = ledger.outbox.paced("email")
    assert pace is not None
    assert (pace.waiting, 3 <= (pace.opens_at - clock.now()).total_seconds() < 4) == (2, True)
    ledger.outbox.begin_attempt(me, beginning(claimed))
    too_fast = Receipt(outcome=Outcome.RETRY, code="45009", close_gate=60)
    ledger.outbox.finish(ended(claimed, too_fast))
    assert ledger.outbox.paced("email") is None


def test_a_clock_set_back_does_not_close_a_window_for_a_day(ledger: Ledger, me: Instance, clock: FixedClock) -> None:
    enqueue(ledger, *many(2))
    clock.advance(86_400)
    claim(ledger, me, wanted("email", Rate(most=2, seconds=60)))
    clock.advance(-86_400)
    claim(ledger, me, wanted("email", Rate(most=2, seconds=60)))


def test_a_template_leaves_its_hash(ledger: Ledger, me: Instance) -> None:
    enqueue(ledger, notice())
    claimed = claim(ledger, me)
    ledger.outbox.begin_attempt(me, beginning(claimed))
    with ledger._database.reading() as connection:
        found = connection.exec_driver_sql("SELECT template_hash FROM notice").scalar()
    assert found == "t1"
