"""Nothing stays in between for ever: part chains, open attempts, gates that never open; on both databases."""

import threading
from collections.abc import Callable
from datetime import timedelta
from random import Random

import pytest

from gkbot.clock import FixedClock
from gkbot.errors import UsageError
from gkbot.ledger import (
    BEGUN,
    Beginning,
    Brake,
    Claimed,
    Ended,
    Instance,
    Ledger,
    NoticeState,
    Outcome,
    Receipt,
    Substitute,
    UnclearPolicy,
    Wanted,
    decisions,
)
from tests.plans import MONDAY, enqueue, item, notice

LEASE = 60.0
OK = Receipt(outcome=Outcome.OK, code="0")
UNCLEAR = Receipt(outcome=Outcome.UNCLEAR, code="lost")
RETRY = Receipt(outcome=Outcome.RETRY, code="-1")
DEAD = Receipt(outcome=Outcome.DEAD, code="40008")
DISABLED = Receipt(outcome=Outcome.RETRY, code="535", disable=True)
FOLDER = Substitute(reason="fallback_of", channel="file", address="robot", contact="群")
PLAINER = Substitute(reason="plain_of", channel="wecom", address="robot", contact="群", body={"n": "plain"})
THREE = ({"n": "1"}, {"n": "2"}, {"n": "3"})


class Sender:
    """Takes the steps of a sender one by one."""

    def __init__(self, ledger: Ledger, channel: str = "wecom") -> None:
        self.outbox = ledger.outbox
        self.me: Instance = ledger.outbox.activate("test").instance
        self.wanted = Wanted(channel=channel, rates=(), lease_seconds=LEASE, policy=UnclearPolicy.RESEND_ONCE)

    def claim(self) -> Claimed:
        claimed, _ = self.outbox.claim(self.me, self.wanted)
        assert claimed is not None
        return claimed

    def begin(self) -> Claimed:
        claimed = self.claim()
        bodies = THREE if claimed.part_no == 1 and not claimed.is_frozen else (claimed.body or {},)
        assert self.outbox.begin_attempt(
            self.me, Beginning(claimed=claimed, bodies=bodies, message_id="<i@x>", phase=BEGUN)
        )
        return claimed

    def finish(self, claimed: Claimed, receipt: Receipt, substitute: Substitute | None = None) -> NoticeState | None:
        return self.outbox.finish(
            Ended(
                claimed=claimed,
                receipt=receipt,
                policy=UnclearPolicy.RESEND_ONCE,
                random=Random(1),  # noqa: S311 - the same spread every time
                substitute=substitute,
            )
        )

    def attempt(self, receipt: Receipt, substitute: Substitute | None = None) -> NoticeState | None:
        return self.finish(self.begin(), receipt, substitute)


@pytest.fixture
def sender(ledger: Ledger) -> Sender:
    enqueue(ledger, notice(channel="wecom", address="robot"))
    return Sender(ledger)


def states(ledger: Ledger) -> list[NoticeState]:
    return [entry.state for entry in ledger.outbox.entries()]


def set_clock_brake(ledger: Ledger, clock: FixedClock) -> None:
    ledger.braking.set(Brake.CLOCK, expected=clock.now(), found=clock.now() + timedelta(days=3), why="x")


def lift_clock_brake(ledger: Ledger) -> None:
    ledger.braking.lift(Brake.CLOCK, who="李", why="已校时")


def test_who_lost_the_claim_withdraws_no_later_part(ledger: Ledger, sender: Sender, clock: FixedClock) -> None:
    sender.attempt(RETRY)
    clock.advance(60)
    slow = sender.claim()
    clock.advance(LEASE + 1)
    sender.attempt(OK)
    sender.outbox.drop(slow, NoticeState.SUPERSEDED, "done")
    assert states(ledger) == [NoticeState.SENT, NoticeState.PENDING, NoticeState.PENDING]


def test_parts_do_not_outlive_a_notice_that_went_another_way(ledger: Ledger, sender: Sender) -> None:
    sender.attempt(RETRY)
    first = ledger.outbox.entries()[0]
    assert ledger.outbox.divert(first, "channel disabled", FOLDER)
    mine = [entry.state for entry in ledger.outbox.entries(number=first.number)]
    assert mine == [NoticeState.DEAD, NoticeState.CANCELLED, NoticeState.CANCELLED]


def test_parts_held_by_a_brake_go_on_where_they_stood(ledger: Ledger, sender: Sender, clock: FixedClock) -> None:
    first = sender.begin()
    set_clock_brake(ledger, clock)
    assert sender.finish(first, OK) is NoticeState.SENT
    lift_clock_brake(ledger)
    assert [sender.attempt(OK), sender.attempt(OK)] == [NoticeState.SENT, NoticeState.SENT]
    assert states(ledger) == [NoticeState.SENT] * 3


def test_parts_held_by_a_brake_go_with_the_part_before_them(ledger: Ledger, sender: Sender, clock: FixedClock) -> None:
    first = sender.begin()
    set_clock_brake(ledger, clock)
    assert sender.finish(first, DEAD) is NoticeState.DEAD
    lift_clock_brake(ledger)
    assert states(ledger) == [NoticeState.DEAD, NoticeState.CANCELLED, NoticeState.CANCELLED]


def test_a_try_put_off_by_a_wrong_clock_is_made_when_the_brake_goes(
    ledger: Ledger, sender: Sender, clock: FixedClock
) -> None:
    clock.advance(3 * 86_400)
    sender.attempt(RETRY)
    set_clock_brake(ledger, clock)
    clock.advance(-3 * 86_400)
    lift_clock_brake(ledger)
    assert sender.attempt(OK) is NoticeState.SENT


def test_a_notice_that_lives_on_in_a_plainer_copy_is_not_sent_beside_it(ledger: Ledger, sender: Sender) -> None:
    number = ledger.outbox.entries()[0].number
    assert sender.attempt(DEAD, PLAINER) is NoticeState.DEAD
    assert [sender.attempt(OK) for _ in range(3)] == [NoticeState.SENT] * 3
    (copy,) = (entry.number for entry in ledger.outbox.entries() if entry.origin)
    with pytest.raises(UsageError, match=copy):
        ledger.outbox.release(number, who="李", why="再发一次")


@pytest.mark.parametrize("by_copy", [False, True])
@pytest.mark.parametrize("refused", [1, 2])
def test_a_message_in_parts_goes_on_from_the_first_that_was_not_sent(
    ledger: Ledger, sender: Sender, refused: int, by_copy: bool
) -> None:
    for _ in range(refused - 1):
        sender.attempt(OK)
    assert sender.attempt(DEAD, PLAINER) is NoticeState.DEAD
    assert sender.attempt(DEAD) is NoticeState.DEAD  # the plainer copy
    original, *_, copy = sorted(ledger.outbox.entries(), key=lambda entry: entry.id)
    number = copy.number if by_copy else original.number
    assert ledger.outbox.release(number, who="李", why="再发一次") == 4 - refused
    sent = []
    for _ in range(refused, 4):
        claimed = sender.begin()
        sent.append((claimed.part_no, claimed.number))
        assert sender.finish(claimed, OK) is NoticeState.SENT
    assert sent == [(part, (copy if part == refused else original).number) for part in range(refused, 4)]


@pytest.mark.fault("F10")
def test_a_late_ok_is_not_overwritten_by_a_person(
    open_ledger: Callable[..., Ledger], sender: Sender, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = open_ledger()
    slow = sender.begin()
    clock.advance(LEASE + 1)
    sender.attempt(UNCLEAR)
    assert sender.outbox.entries()[0].state is NoticeState.HELD
    written = threading.Event()

    def late() -> None:
        sender.finish(slow, OK)
        written.set()

    answer = threading.Thread(target=late)

    def in_between(*_arguments: object) -> None:
        """The person's transaction has read the notice and not written it yet."""
        answer.start()
        written.wait(0.5)

    monkeypatch.setattr(decisions, "_count_as_usual", in_between)
    ledger.outbox.release(slow.number, who="李", why="再发一次")
    answer.join()
    assert ledger.outbox.entries()[0].state is NoticeState.SENT


def test_a_restored_attempt_that_a_person_drops_is_open_no_more(
    ledger: Ledger, sender: Sender, clock: FixedClock
) -> None:
    sender.begin()
    ledger.braking.set(Brake.RESTORED, expected=clock.now(), found=clock.now(), why="x")
    ledger.braking.drop(Brake.RESTORED, who="李", why="已经发过")
    clock.advance(3600)
    assert not ledger.watching.seen(MONDAY).abandoned


def test_an_attempt_overtaken_by_a_late_ok_is_over(ledger: Ledger, sender: Sender, clock: FixedClock) -> None:
    slow = sender.begin()
    clock.advance(LEASE + 1)
    taken = sender.begin()
    assert sender.finish(slow, OK) is NoticeState.SENT
    assert sender.finish(taken, RETRY) is None
    assert [each.outcome for each in ledger.outbox.attempts(slow.number)] == [Outcome.OK, Outcome.RETRY]
    clock.advance(3600)
    assert not ledger.watching.seen(MONDAY).abandoned


def test_what_waits_for_a_channel_of_no_use_expires_all_the_same(ledger: Ledger, clock: FixedClock) -> None:
    enqueue(ledger, notice("k1", item("T1")), notice("k2", item("T2")))
    sender = Sender(ledger, "email")
    sender.attempt(DISABLED)
    clock.advance(6 * 86_400)
    claimed, closed = sender.outbox.claim(sender.me, sender.wanted)
    assert claimed is None
    assert {each.reason for each in closed} == {"expired"}
    assert set(states(ledger)) <= {NoticeState.EXPIRED, NoticeState.CANCELLED}


def test_a_short_closure_does_not_shorten_a_long_one(open_ledger: Callable[..., Ledger], clock: FixedClock) -> None:
    ledger = open_ledger()
    enqueue(ledger, notice("k1", item("T1")), notice("k2", item("T2")), notice("k3", item("T3")))
    sender = Sender(ledger, "email")
    first, second = sender.begin(), sender.begin()
    sender.finish(first, Receipt(outcome=Outcome.RETRY, code="550", close_gate=3600.0))
    sender.finish(second, Receipt(outcome=Outcome.RETRY, code="lost", close_gate=30.0))
    clock.advance(60)
    assert sender.outbox.claim(sender.me, sender.wanted) == (None, ())
