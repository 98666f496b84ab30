"""A channel's window counts messages when they leave, not when they were claimed; on both databases."""

from itertools import pairwise

import pytest

from gkbot.clock import FixedClock
from gkbot.ledger import Beginning, Claimed, Instance, Ledger, NoticeState, Rate, Wanted
from tests.ledger.hand import BODY, OK, RESEND, Hand
from tests.plans import enqueue, many

ROBOT = Rate(most=20, seconds=60.0)
PACE = Rate(most=1, seconds=3.0)


@pytest.fixture
def me(ledger: Ledger) -> Instance:
    return ledger.outbox.activate("test").instance


class Paced(Hand):
    """A sender on a channel with windows; each message arrives when its attempt begins."""

    def __init__(self, ledger: Ledger, instance: Instance, clock: FixedClock, rate: Rate) -> None:
        super().__init__(ledger, instance)
        self.clock = clock
        self.rates = (rate,)
        self.arrived: list[float] = []

    def take(self) -> Claimed | None:
        wanted = Wanted(channel="wecom", rates=self.rates, lease_seconds=600, policy=RESEND)
        return self.outbox.claim(self.instance, wanted)[0]

    def send(self, claimed: Claimed) -> bool:
        how = {"bodies": (BODY,), "message_id": "<m@x>", "phase": "begun", "rates": self.rates}
        begun = self.outbox.begin_attempt(self.instance, Beginning(claimed=claimed, **how))  # type: ignore[arg-type]
        if begun:
            self.arrived.append(self.clock.monotonic())
            self.finish(claimed, OK)
        return begun

    def most_within(self, seconds: float) -> int:
        return max(sum(begin <= at < begin + seconds for at in self.arrived) for begin in self.arrived)


def to_robot(ledger: Ledger, count: int) -> None:
    enqueue(ledger, *many(count, channel="wecom", address="COUNTIES"))


def test_one_slow_step_before_the_wire_makes_no_message_too_many(
    ledger: Ledger, me: Instance, clock: FixedClock
) -> None:
    hand = Paced(ledger, me, clock, ROBOT)
    to_robot(ledger, 45)
    while len(hand.arrived) < 45:
        claimed = hand.take()
        if claimed is not None:
            clock.advance(0.3 if hand.arrived else 12)
            assert hand.send(claimed)
        else:
            clock.advance(0.5)
    assert hand.most_within(60.0) == 20


def test_who_stood_still_while_others_filled_the_window_waits_his_turn(
    ledger: Ledger, me: Instance, clock: FixedClock
) -> None:
    hand = Paced(ledger, me, clock, ROBOT)
    to_robot(ledger, 30)
    slow = hand.take()
    assert slow is not None
    clock.advance(62)
    while (claimed := hand.take()) is not None:
        assert hand.send(claimed)
    assert (len(hand.arrived), hand.send(slow)) == (20, False)
    entry = next(found for found in ledger.outbox.entries() if found.number == slow.number)
    assert entry.state is NoticeState.PENDING
    assert ledger.outbox.attempts(slow.number) == ()
    clock.advance(62)
    while (claimed := hand.take()) is not None:
        assert (claimed.crashes, claimed.maybe_twice) == (0, False)
        assert hand.send(claimed)
    assert {found.state for found in ledger.outbox.entries()} == {NoticeState.SENT}


def test_a_place_of_ones_own_needs_none_of_those_kept_for_what_cannot_wait(
    ledger: Ledger, me: Instance, clock: FixedClock
) -> None:
    hand = Paced(ledger, me, clock, Rate(most=20, seconds=60.0, reserve=2))
    to_robot(ledger, 18)
    claims = [hand.take() for _ in range(18)]
    clock.advance(12)
    assert all(claimed is not None and hand.send(claimed) for claimed in claims)


def test_a_pace_is_kept_from_message_to_message(ledger: Ledger, me: Instance, clock: FixedClock) -> None:
    hand = Paced(ledger, me, clock, PACE)
    to_robot(ledger, 5)
    while len(hand.arrived) < 5:
        claimed = hand.take()
        if claimed is not None:
            clock.advance(0 if hand.arrived else 2)
            assert hand.send(claimed)
        else:
            clock.advance(0.25)
    assert all(after - before >= PACE.seconds for before, after in pairwise(hand.arrived))
