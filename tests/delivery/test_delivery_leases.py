"""A sender that was stopped too long leaves the wire alone; nothing is open in the ledger while it is used."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from gkbot.clock import FixedClock
from gkbot.delivery import EmailTransport, MailServer, RobotAddress, WeComTransport
from gkbot.delivery.leases import LONGEST_LEASE_SECONDS, Leases
from gkbot.delivery.worker import Review
from gkbot.errors import LedgerError
from gkbot.ledger import Claimed, Instance, Ledger, NoticeState, Outcome, Turned, UnclearPolicy, Wanted
from tests.plans import enqueue, item, many, notice, worker_for
from tests.servers import RobotServer, SmtpServer

BEYOND = LONGEST_LEASE_SECONDS + 1


class StoppedMail(EmailTransport):
    """A mailer of whose process something happens while a mail's envelope is on the wire."""

    happens: Callable[[], None] = staticmethod(lambda: None)

    def _envelope(self, *how: Any) -> None:
        super()._envelope(*how)
        self.happens()


@pytest.fixture
def me(ledger: Ledger) -> Iterator[Instance]:
    with ledger.outbox.activate("test") as instance:
        yield instance


@pytest.fixture
def mailer(mail: SmtpServer, clock: FixedClock) -> StoppedMail:
    return StoppedMail(MailServer(host=mail.host, port=mail.port, security="none", sender="bot@example.gov.cn"), clock)


def codes(ledger: Ledger) -> list[tuple[Outcome | None, str]]:
    (entry,) = ledger.outbox.entries()
    return [(attempt.outcome, attempt.code) for attempt in ledger.outbox.attempts(entry.number)]


def test_a_mail_whose_lease_ran_out_gets_no_dot(
    ledger: Ledger, me: Instance, clock: FixedClock, mailer: StoppedMail, mail: SmtpServer
) -> None:
    enqueue(ledger, notice())
    mailer.happens = lambda: clock.advance(BEYOND)  # type: ignore[method-assign]
    worker = worker_for(ledger, me, clock, mailer)
    worker.drain()
    assert (mail.letters, codes(ledger)) == ([], [(Outcome.RETRY, "lease-lost")])
    mailer.happens = lambda: None  # type: ignore[method-assign]
    clock.advance(60)
    worker.drain()
    assert len(mail.letters) == 1


def test_who_took_over_sends_and_the_one_that_was_stopped_does_not(
    ledger: Ledger, me: Instance, clock: FixedClock, mailer: StoppedMail, mail: SmtpServer
) -> None:
    enqueue(ledger, notice())

    def another_sends() -> None:
        mailer.happens = lambda: None  # type: ignore[method-assign]
        clock.advance(BEYOND)
        server = MailServer(host=mail.host, port=mail.port, security="none", sender="bot@example.gov.cn")
        other = Instance(epoch=me.epoch + 1, name="other", started_at=clock.now())
        worker_for(ledger, other, clock, EmailTransport(server, clock)).drain()

    mailer.happens = another_sends  # type: ignore[method-assign]
    worker = worker_for(ledger, me, clock, mailer)
    assert worker.drain().stale == 1
    assert len(mail.letters) == 1
    assert ledger.outbox.entries()[0].state is NoticeState.SENT
    assert codes(ledger) == [(Outcome.RETRY, "crashed"), (Outcome.OK, "250")]


def test_a_robot_is_left_alone_when_the_lease_ran_out_before_the_request(
    ledger: Ledger, me: Instance, clock: FixedClock, robot: RobotServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    enqueue(ledger, notice(channel="wecom", address="COUNTIES"))
    begin = ledger.outbox.begin_attempt

    def stopped(*args: Any) -> bool:
        begun = begin(*args)
        clock.advance(BEYOND)
        return begun

    monkeypatch.setattr(ledger.outbox, "begin_attempt", stopped)
    worker_for(ledger, me, clock, WeComTransport({"COUNTIES": RobotAddress(robot.url)})).drain()
    assert (robot.requests, codes(ledger)) == ([], [(Outcome.RETRY, "lease-lost")])


def test_a_mail_that_cannot_be_put_on_record_gets_no_dot(
    ledger: Ledger,
    me: Instance,
    clock: FixedClock,
    mailer: StoppedMail,
    mail: SmtpServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    enqueue(ledger, notice())

    turn = ledger.outbox.turn

    def full(*instance: Any, **steps: Any) -> Turned:
        if steps["at_risk"] is not None:
            raise LedgerError("磁盘已满")
        return turn(*instance, **steps)

    monkeypatch.setattr(ledger.outbox, "turn", full)
    worker_for(ledger, me, clock, mailer).drain()
    assert (mail.letters, codes(ledger)) == ([], [(Outcome.RETRY, "ledger")])


def test_a_long_dialogue_keeps_its_lease(ledger: Ledger, me: Instance, clock: FixedClock) -> None:
    enqueue(ledger, notice())
    with Leases(ledger, clock, deadline_seconds=1200, longest_seconds=LONGEST_LEASE_SECONDS) as leases:
        wanted = Wanted(channel="email", rates=(), lease_seconds=leases.seconds, policy=UnclearPolicy.HOLD)
        claimed, _ = ledger.outbox.claim(me, wanted)
        assert claimed is not None
        leases.hold(claimed, clock.monotonic())
        for _ in range(6):
            clock.advance(LONGEST_LEASE_SECONDS - 1)
            leases.renew()
            leases.check(claimed)
        assert ledger.outbox.claim(me, wanted)[0] is None


def test_who_hangs_beyond_the_deadline_is_no_longer_kept(ledger: Ledger, me: Instance, clock: FixedClock) -> None:
    enqueue(ledger, notice())
    with Leases(ledger, clock, deadline_seconds=30, longest_seconds=LONGEST_LEASE_SECONDS) as leases:
        wanted = Wanted(channel="email", rates=(), lease_seconds=leases.seconds, policy=UnclearPolicy.RESEND_ONCE)
        claimed, _ = ledger.outbox.claim(me, wanted)
        assert claimed is not None
        leases.hold(claimed, clock.monotonic())
        clock.advance(91)
        leases.renew()
        assert ledger.outbox.claim(me, wanted)[0] is not None


@pytest.mark.parametrize("count", [1, 6])
def test_no_transaction_is_open_while_the_network_is_used(
    ledger: Ledger, me: Instance, clock: FixedClock, mailer: StoppedMail, mail: SmtpServer, count: int
) -> None:
    enqueue(ledger, *many(count))
    open_ones: list[int] = []
    pool: Any = ledger._database.engine.pool
    mailer.happens = lambda: open_ones.append(pool.checkedout())  # type: ignore[method-assign]
    worker_for(ledger, me, clock, mailer).drain()
    assert (len(mail.letters), open_ones) == (count, [0] * count)


@pytest.mark.fault("F23")
def test_a_due_day_notice_that_comes_last_goes_first(
    ledger: Ledger, me: Instance, clock: FixedClock, robot: RobotServer
) -> None:
    enqueue(ledger, *many(40, channel="wecom", address="COUNTIES"))
    robots = [WeComTransport({"COUNTIES": RobotAddress(robot.url)}) for _ in range(2)]
    others = [Instance(epoch=me.epoch + n, name="x", started_at=clock.now()) for n in range(2)]
    workers = [worker_for(ledger, who, clock, robots[n]) for n, who in enumerate(others)]
    for worker in workers:
        worker.drain()
    enqueue(ledger, notice("due", item("DUE", days_left=0), channel="wecom", address="COUNTIES"))
    workers[1].drain()
    assert len(robot.arrived) == 19
    assert "DUE" in robot.arrived[-1]["markdown"]["content"]


def test_a_refused_mail_before_the_dot_is_no_risk(
    ledger: Ledger, me: Instance, clock: FixedClock, mailer: StoppedMail, mail: SmtpServer
) -> None:
    enqueue(ledger, *many(3))
    mail.answer("rcpt", "550 5.1.1 no such user")
    tally = worker_for(ledger, me, clock, mailer, fallback=lambda _lost: None).drain()
    assert (tally.sent, tally.failed, tally.unclear) == (2, 1, 0)


@pytest.mark.fault("F21")
def test_what_was_written_while_a_server_was_slow_is_looked_at_anew(
    ledger: Ledger, me: Instance, clock: FixedClock, mailer: StoppedMail, mail: SmtpServer
) -> None:
    enqueue(ledger, *many(2))
    looks, silenced = threading.Semaphore(0), threading.Event()

    def look(claimed: Claimed) -> Review:
        looks.release()
        return Review(facts=None, reason="silenced") if silenced.is_set() else Review(facts=claimed.facts)

    def slowly() -> None:
        assert looks.acquire(timeout=30)
        assert looks.acquire(timeout=30)  # the next one, while this one is on the wire
        clock.advance(60)
        silenced.set()

    mailer.happens = slowly  # type: ignore[method-assign]
    worker_for(ledger, me, clock, mailer, look_again=look).drain()
    assert len(mail.letters) == 1
    assert ledger.outbox.entries(state=NoticeState.SUPERSEDED)[0].reason == "silenced"


def test_an_answer_stands_though_no_substitute_can_be_found(
    ledger: Ledger, me: Instance, clock: FixedClock, mailer: StoppedMail, mail: SmtpServer
) -> None:
    enqueue(ledger, notice())
    mail.answer("rcpt", "550 no such user")

    def broken(_notice: object) -> None:
        raise ZeroDivisionError

    worker_for(ledger, me, clock, mailer, fallback=broken).drain()
    assert codes(ledger) == [(Outcome.DEAD, "550")]
    assert ledger.outbox.entries()[0].state is NoticeState.DEAD
