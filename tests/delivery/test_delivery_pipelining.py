"""Several commands in one write (RFC 2920), and an envelope said before the mail is asked for."""

import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import update

from gkbot.clock import FixedClock, SystemClock
from gkbot.delivery import EmailTransport, MailServer, Review
from gkbot.delivery.hand import LOOK_HOLDS_SECONDS
from gkbot.delivery.transport import Parcel
from gkbot.errors import LedgerError
from gkbot.ledger import (
    AT_RISK,
    LOOK_AGAIN,
    Attempt,
    Beginning,
    Claimed,
    Facts,
    Instance,
    Ledger,
    NoticeState,
    Outcome,
    Receipt,
    UnclearPolicy,
)
from gkbot.ledger.tables import NOTICE
from gkbot.notices.message import Message
from gkbot.planning.values import EventKind, NewEvent
from tests.plans import enqueue, many, render, tell_everything, worker_for
from tests.servers import DROP, SmtpServer

Make = Callable[..., Parcel]
SENDER = "bot@example.gov.cn"
MANY = 20  # a busy machine may not have the next mail written in time, but never twenty times
ENVELOPE = [b"MAIL FROM:<bot@example.gov.cn>", b"RCPT TO:<a@example.gov.cn>", b"DATA"]


def to(port: int, clock: FixedClock | None = None) -> EmailTransport:
    server = MailServer(host="127.0.0.1", port=port, security="none", sender=SENDER, command_seconds=5.0)
    return EmailTransport(server, clock or FixedClock(SystemClock().now()))


@pytest.fixture
def post(mail: SmtpServer) -> Iterator[EmailTransport]:
    transport = to(mail.port)
    yield transport
    transport.close()


def tries_of(ledger: Ledger) -> list[Attempt]:
    return [each for entry in ledger.outbox.entries() for each in ledger.outbox.attempts(entry.number)]


class Telegraph:
    """Speaks SMTP with one client and notes which commands came together."""

    def __init__(self, extensions: bytes, *answers: bytes) -> None:
        self.heard: list[list[bytes]] = []
        self._extensions, self._answers = extensions, answers
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._speak, daemon=True)

    def __enter__(self) -> "Telegraph":
        self._thread.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._socket.close()
        self._thread.join(5)

    def _speak(self) -> None:
        line, _ = self._socket.accept()
        with line:
            for answer in (b"220 test", self._extensions, *self._answers):
                line.sendall(answer + b"\r\n")
                self.heard.append(line.recv(65536).splitlines())


def test_what_may_go_together_leaves_in_one_write(parcel: Make) -> None:
    answers = b"250 ok\r\n250 ok\r\n354 go on"
    with Telegraph(b"250-test\r\n250 PIPELINING", answers, b"250 taken") as server:
        transport = to(server.port)
        assert transport.send(parcel()).outcome is Outcome.OK
        assert server.heard[1] == ENVELOPE
        transport.close()


def test_a_server_that_does_not_offer_it_hears_one_command_at_a_time(parcel: Make) -> None:
    with Telegraph(b"250 test", b"250 ok", b"250 ok", b"354 go on", b"250 taken") as server:
        transport = to(server.port)
        assert transport.send(parcel()).outcome is Outcome.OK
        assert server.heard[1:4] == [[command] for command in ENVELOPE]
        transport.close()


@pytest.mark.fault("F17")
def test_data_taken_without_a_recipient_is_ended_with_a_lone_dot(parcel: Make) -> None:
    refused = b"250 ok\r\n550 5.1.1 no such user\r\n354 go on"
    with Telegraph(b"250-test\r\n250 PIPELINING", refused, b"554 no recipients", b"250 reset") as server:
        transport = to(server.port)
        receipt = transport.send(parcel())
        assert (receipt.outcome, receipt.code, receipt.phase) == (Outcome.DEAD, "550", "rcpt")
        assert server.heard[2:4] == [[b"."], [b"rset"]]
        transport.close()


@pytest.mark.fault("F17")
def test_an_empty_mail_is_never_handed_in_for_a_refused_sender(parcel: Make) -> None:
    refused = b"451 4.7.1 later\r\n250 ok\r\n354 go on"
    with Telegraph(b"250-test\r\n250 PIPELINING", refused) as server:
        receipt = to(server.port).send(parcel())
        assert (receipt.outcome, receipt.code, receipt.phase) == (Outcome.RETRY, "451", "mail")
    assert server.heard[2] == []  # the line was cut


@pytest.mark.fault("F17")
def test_a_line_lost_behind_a_refusal_leaves_the_refusal(mail: SmtpServer, post: EmailTransport, parcel: Make) -> None:
    mail.answer("rcpt", "550 5.1.1 no such user")
    mail.answer("data", DROP)
    assert (receipt := post.send(parcel())).outcome is Outcome.DEAD
    assert (receipt.code, receipt.phase) == ("550", "rcpt")
    assert post.send(parcel()).outcome is Outcome.OK


@pytest.mark.fault("F17")
def test_a_refused_recipient_leaves_the_line_for_the_next(mail: SmtpServer, post: EmailTransport, parcel: Make) -> None:
    mail.answer("rcpt", "450 4.2.1 busy", "550 5.1.1 no such user")
    mail.answer("data", "503 no recipient", "354 go on")
    outcomes = [post.send(parcel()).outcome for _ in range(3)]
    assert outcomes == [Outcome.RETRY, Outcome.DEAD, Outcome.OK]
    assert (len(mail.letters), mail.connections) == (1, 1)


def announced(post: EmailTransport, parcel: Parcel) -> Parcel:
    post.prepare(parcel)
    post.announce(parcel)
    return parcel


def test_a_mail_announced_is_sent_once(mail: SmtpServer, post: EmailTransport, parcel: Make) -> None:
    post.send(parcel())
    assert post.send(announced(post, parcel(address="b@example.gov.cn"))).outcome is Outcome.OK
    assert [letter.recipient for letter in mail.letters] == ["a@example.gov.cn", "b@example.gov.cn"]
    assert mail.commands == ["ehlo", *("mail", "rcpt", "data") * 2]


def test_another_mail_never_takes_the_envelope_announced(mail: SmtpServer, post: EmailTransport, parcel: Make) -> None:
    post.send(parcel())
    announced(post, parcel(address="b@example.gov.cn"))
    assert post.send(parcel(address="c@example.gov.cn")).outcome is Outcome.OK
    assert [letter.recipient for letter in mail.letters] == ["a@example.gov.cn", "c@example.gov.cn"]
    assert mail.connections == 2


def test_the_goodbye_is_never_said_into_a_mail(mail: SmtpServer, post: EmailTransport, parcel: Make) -> None:
    post.send(parcel())
    announced(post, parcel())
    post.close()
    assert (len(mail.letters), "quit" in mail.commands) == (1, False)


@pytest.mark.parametrize("answer", [DROP, "421 4.3.2 idle too long"])
def test_an_envelope_announced_on_a_closed_line_is_said_anew(
    mail: SmtpServer, post: EmailTransport, parcel: Make, answer: str
) -> None:
    post.send(parcel())
    mail.answer("mail", answer)
    assert post.send(announced(post, parcel())).outcome is Outcome.OK
    assert (len(mail.letters), mail.connections) == (2, 2)


class Witness(SmtpServer):
    """Looks at the ledger whenever a final dot has come."""

    seen: Callable[[], None] = staticmethod(lambda: None)

    def scripted(self, phase: str) -> str | None:
        if phase == "dot":
            self.seen()
        return super().scripted(phase)


@pytest.mark.parametrize("pipelining", [True, False])
def test_the_dot_comes_after_every_commit_it_needs(ledger: Ledger, clock: FixedClock, pipelining: bool) -> None:
    stands: list[list[tuple[Any, ...]]] = []

    def look() -> None:
        tries = [attempt for entry in ledger.outbox.entries() for attempt in ledger.outbox.attempts(entry.number)]
        stands.append(sorted((str(attempt.outcome), attempt.phase) for attempt in tries))

    with Witness(pipelining=pipelining) as mail, ledger.outbox.activate("test") as me:
        mail.seen = look  # type: ignore[method-assign]
        enqueue(ledger, *many(4))
        worker_for(ledger, me, clock, to(mail.port, clock)).drain()
    ahead = [("None", "before-dot")]
    assert stands == [ahead * (before < 3) + [("None", "dot")] + [("ok", "dot")] * before for before in range(4)]


def test_what_happens_while_the_envelope_is_said_is_looked_at(
    mail: SmtpServer, ledger: Ledger, clock: FixedClock
) -> None:
    interrupted: list[str] = []
    looks: list[str] = []

    class Interrupted(EmailTransport):
        def announce(self, parcel: Parcel) -> bool:
            said = super().announce(parcel)
            if not interrupted:
                interrupted.append(task := parcel.address.partition("@")[0].upper().replace("U", "T"))
                ledger.record(NewEvent(kind=EventKind.DONE, task=task, unit="苍溪县", at=clock.now(), actor="张三"))
            return said

    def look_again(claimed: Claimed) -> Review:
        looks.append(claimed.items[0].task)
        done = claimed.items[0].task in interrupted
        return Review(facts=None, reason="done") if done else tell_everything(claimed)

    server = MailServer(host=mail.host, port=mail.port, security="none", sender=SENDER)
    with ledger.outbox.activate("test") as me:
        enqueue(ledger, *many(MANY))
        worker_for(ledger, me, clock, Interrupted(server, clock), look_again=look_again).drain()
    assert min(looks.count(task) for task in interrupted) > 1
    told = {f"u{n}@example.gov.cn" for n in range(MANY)} - {
        f"{interrupted[0].lower().replace('t', 'u')}@example.gov.cn"
    }
    assert sorted(letter.recipient for letter in mail.letters) == sorted(told)
    assert ledger.counts()[NoticeState.SUPERSEDED] == 1


@pytest.mark.parametrize("error", [LedgerError("disk full"), RuntimeError("own fault")])
def test_a_turn_that_fails_is_made_step_by_step(
    mail: SmtpServer, ledger: Ledger, clock: FixedClock, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    with ledger.outbox.activate("test") as me:
        enqueue(ledger, *many(4))
        worker = worker_for(ledger, me, clock, transport := to(mail.port, clock))
        turn, seen = ledger.outbox.turn, []

        def second_lead_in_fails(*how: Any, **steps: Any) -> Any:
            if steps["at_risk"] is not None:
                seen.append(steps)
            if len(seen) == 2 and steps["at_risk"] is not None:
                raise error
            return turn(*how, **steps)

        monkeypatch.setattr(ledger.outbox, "turn", second_lead_in_fails)
        worker.drain()
        transport.close()
    assert len(seen) > 2
    assert ledger.counts()[NoticeState.SENT] == 4
    assert sorted(letter.recipient for letter in mail.letters) == [f"u{n}@example.gov.cn" for n in range(4)]


def test_who_cannot_begin_ahead_harms_nobody_else(
    mail: SmtpServer, ledger: Ledger, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ledger.outbox.activate("test") as me:
        enqueue(ledger, *many(5))
        worker = worker_for(ledger, me, clock, transport := to(mail.port, clock))
        turn = ledger.outbox.turn
        bad = "u2@example.gov.cn"

        def bad_fails(*how: Any, **steps: Any) -> Any:
            if steps["beginning"] is not None and steps["beginning"].claimed.address == bad:
                raise TypeError("own fault")
            return turn(*how, **steps)

        begin_attempt = ledger.outbox.begin_attempt

        def bad_fails_alone(instance: Instance, beginning: Beginning) -> bool:
            if beginning.claimed.address == bad:
                raise TypeError("own fault")
            return begin_attempt(instance, beginning)

        monkeypatch.setattr(ledger.outbox, "turn", bad_fails)
        monkeypatch.setattr(ledger.outbox, "begin_attempt", bad_fails_alone)
        tally = worker.drain()
        transport.close()
    assert sorted(letter.recipient for letter in mail.letters) == [f"u{n}@example.gov.cn" for n in (0, 1, 3, 4)]
    assert [trouble.code for trouble in tally.troubles] == ["TypeError"]
    assert (tally.sent, tally.unclear) == (4, 0)


def test_what_has_begun_when_the_sender_is_told_to_stop_is_given_back(
    mail: SmtpServer, ledger: Ledger, clock: FixedClock
) -> None:
    enqueue(ledger, *many(5))
    for left in (3, 1, 0):
        with ledger.outbox.activate("test") as me:
            enough = len(mail.letters) + 2

            def stop(enough: int = enough) -> bool:
                return len(mail.letters) >= enough

            worker = worker_for(ledger, me, clock, transport := to(mail.port, clock), stop=stop)
            worker.drain()
            transport.close()
        assert ledger.counts()[NoticeState.PENDING] == left
        assert ledger.counts()[NoticeState.LEASED] == 0
    tries = tries_of(ledger)
    assert {each.outcome for each in tries} == {Outcome.OK, Outcome.RETRY}
    assert {each.code for each in tries if each.outcome is Outcome.RETRY} == {LOOK_AGAIN}
    assert len(mail.letters) == 5


def test_what_waited_behind_a_slow_server_is_looked_at_again(
    mail: SmtpServer, ledger: Ledger, clock: FixedClock
) -> None:
    looked: dict[str, float] = {}
    waited: list[float] = []

    class Slow(EmailTransport):
        def send(self, parcel: Parcel) -> Receipt:
            waited.append(clock.monotonic() - looked[parcel.address])
            receipt = super().send(parcel)
            clock.advance(LOOK_HOLDS_SECONDS + 1)
            return receipt

    def look_again(claimed: Claimed) -> Review:
        looked[claimed.address] = clock.monotonic()
        return tell_everything(claimed)

    server = MailServer(host=mail.host, port=mail.port, security="none", sender=SENDER)
    with ledger.outbox.activate("test") as me:
        enqueue(ledger, *many(5))
        worker_for(ledger, me, clock, Slow(server, clock), look_again=look_again).drain()
    assert (len(mail.letters), max(waited)) == (5, 0)
    tries = tries_of(ledger)
    assert [each.code for each in tries if each.outcome is Outcome.RETRY] == [LOOK_AGAIN]  # none begins ahead then


@pytest.mark.parametrize("error", [LedgerError("disk full"), RuntimeError("own fault")])
def test_an_envelope_that_cannot_be_said_costs_nothing(
    mail: SmtpServer, ledger: Ledger, clock: FixedClock, error: Exception
) -> None:
    failed: list[str] = []

    class Stumbling(EmailTransport):
        def announce(self, parcel: Parcel) -> bool:
            failed.append(parcel.address)
            raise error

    server = MailServer(host=mail.host, port=mail.port, security="none", sender=SENDER)
    with ledger.outbox.activate("test") as me:
        enqueue(ledger, *many(MANY))
        tally = worker_for(ledger, me, clock, Stumbling(server, clock)).drain()
    assert failed
    assert (tally.sent, tally.stale, tally.troubles) == (MANY, 0, [])
    assert sorted(letter.recipient for letter in mail.letters) == sorted(f"u{n}@example.gov.cn" for n in range(MANY))


def test_what_a_look_puts_off_stays_put_off(mail: SmtpServer, ledger: Ledger, clock: FixedClock) -> None:
    silenced = {"T1"}

    class Slow(EmailTransport):
        def send(self, parcel: Parcel) -> Receipt:
            receipt = super().send(parcel)
            clock.advance(LOOK_HOLDS_SECONDS + 1)
            silenced.clear()  # a person lifts the silence meanwhile
            return receipt

    def look_again(claimed: Claimed) -> Review:
        keys = frozenset((told.task, told.unit, told.period) for told in claimed.items if told.task in silenced)
        if not keys:
            nothing = not claimed.items
            return Review(facts=None, reason="silenced") if nothing else tell_everything(claimed)
        kept = {**claimed.facts, "entries": [], "lines": []}
        ledger.suppressions.put_off(claimed, keys, kept)
        return Review(facts=None, put_off=keys, kept=kept, reason="silenced")

    server = MailServer(host=mail.host, port=mail.port, security="none", sender=SENDER)
    with ledger.outbox.activate("test") as me:
        for transport in (Slow(server, clock), EmailTransport(server, clock)):
            enqueue(ledger, *many(3))
            worker_for(ledger, me, clock, transport, look_again=look_again).drain()
    assert sorted(letter.recipient for letter in mail.letters) == [f"u{n}@example.gov.cn" for n in range(3)]


def test_a_commit_whose_answer_was_lost_leaves_no_attempt_open(
    mail: SmtpServer, ledger: Ledger, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ledger.outbox.activate("test") as me:
        enqueue(ledger, *many(6))
        turn, gone = ledger.outbox.turn, set[str]()

        def lost(*how: Any, **steps: Any) -> Any:
            turned = turn(*how, **steps)
            if steps["at_risk"] is not None and steps["beginning"] is not None and mail.letters and not gone:
                begun = steps["beginning"].claimed
                gone.add(begun.address)
                (told,) = begun.items
                ledger.record(NewEvent(kind=EventKind.DONE, task=told.task, at=clock.now(), actor="张三"))
                raise LedgerError("committed, but who knows")
            return turned

        def look_again(claimed: Claimed) -> Review:
            done = claimed.address in gone
            return Review(facts=None, reason="done") if done else tell_everything(claimed)

        monkeypatch.setattr(ledger.outbox, "turn", lost)
        for _ in range(2):
            transport = to(mail.port, clock)
            worker_for(ledger, me, clock, transport, look_again=look_again).drain()
            transport.close()
            clock.advance(3600)
    assert gone
    assert ledger.counts()[NoticeState.SENT] == 5
    tries = tries_of(ledger)
    assert [each.phase for each in tries if each.outcome is None] == []


def test_what_fails_slowly_is_not_written_while_an_answer_waits(
    mail: SmtpServer, ledger: Ledger, clock: FixedClock
) -> None:
    waiting: list[list[str]] = []

    def slow(facts: Facts, **how: Any) -> Message:
        if facts["tasks"] == ["T3"]:
            tries = tries_of(ledger)
            waiting.append([each.phase for each in tries if each.outcome is None and each.phase == AT_RISK])
            clock.advance(5)  # as long as a template may take
            raise RuntimeError("template took too long")
        return render(facts, **how)

    with ledger.outbox.activate("test") as me:
        enqueue(ledger, *many(6))
        worker = worker_for(ledger, me, clock, transport := to(mail.port, clock))
        worker.render = slow
        worker.drain()
        transport.close()
    assert len(mail.letters) == 5
    assert sum(map(bool, waiting)) <= 1  # nobody can know the first time
    assert len(waiting) == 2


def test_what_is_written_anew_is_no_trouble_of_the_run(mail: SmtpServer, ledger: Ledger, clock: FixedClock) -> None:
    class Interrupted(EmailTransport):
        def announce(self, parcel: Parcel) -> bool:
            if parcel.address == "u2@example.gov.cn":
                ledger.record(NewEvent(kind=EventKind.ACKNOWLEDGED, task="T2", at=clock.now(), actor="张三"))
            return super().announce(parcel)

    server = MailServer(host=mail.host, port=mail.port, security="none", sender=SENDER)
    with ledger.outbox.activate("test") as me:
        enqueue(ledger, *many(4))
        tally = worker_for(ledger, me, clock, Interrupted(server, clock)).drain()
    assert (tally.sent, tally.troubles) == (4, [])
    clock.advance(2 * 3600)
    assert not ledger.watching.seen(clock.today()).retrying.count


@pytest.mark.parametrize("policy", [UnclearPolicy.HOLD, UnclearPolicy.DROP])
def test_nothing_is_written_beside_what_must_not_come_in_doubt(
    mail: SmtpServer, ledger: Ledger, clock: FixedClock, policy: UnclearPolicy
) -> None:
    at_risk: list[bool] = []

    def look_again(claimed: Claimed) -> Review:
        tries = tries_of(ledger)
        at_risk.append(any(each.outcome is None and each.phase == AT_RISK for each in tries))
        return tell_everything(claimed)

    with ledger.outbox.activate("test") as me:
        enqueue(ledger, *many(5))
        transport = to(mail.port, clock)
        transport.policy = policy
        worker_for(ledger, me, clock, transport, look_again=look_again).drain()
        transport.close()
    assert (len(mail.letters), any(at_risk)) == (5, False)


def test_a_row_that_cannot_be_read_is_held_and_stops_nobody(
    mail: SmtpServer, ledger: Ledger, clock: FixedClock
) -> None:
    enqueue(ledger, *many(4))
    with ledger._database.writing() as connection:
        mine = NOTICE.c.address == "u1@example.gov.cn"
        connection.execute(update(NOTICE).where(mine).values(policy="nonsense"))
    with ledger.outbox.activate("test") as me:
        tally = worker_for(ledger, me, clock, transport := to(mail.port, clock)).drain()
        transport.close()
    assert sorted(letter.recipient for letter in mail.letters) == [f"u{n}@example.gov.cn" for n in (0, 2, 3)]
    assert (tally.sent, tally.troubles) == (3, [])
    assert [(entry.address, entry.reason) for entry in ledger.outbox.entries(state=NoticeState.HELD)] == [
        ("u1@example.gov.cn", "unreadable")
    ]
