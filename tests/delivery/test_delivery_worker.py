"""The sender from claim to outcome, against real servers and a real ledger."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from gkbot.clock import FixedClock
from gkbot.delivery import EmailTransport, FileTransport, MailServer, Review, RobotAddress, WeComTransport, work_outbox
from gkbot.delivery.transport import Parcel
from gkbot.delivery.worker import Worker
from gkbot.errors import LedgerError
from gkbot.ledger import Claimed, Entry, Instance, Ledger, NoticeState, Outcome, Receipt, Substitute
from gkbot.notices.message import Message
from gkbot.planning.values import EventKind, NewEvent
from tests.plans import enqueue, item, many, notice, render, tell_everything, worker_for
from tests.servers import DROP, TAKE_AND_DROP, RobotServer, SmtpServer


@pytest.fixture
def me(ledger: Ledger) -> Iterator[Instance]:
    with ledger.outbox.activate("test") as instance:
        yield instance


@pytest.fixture
def mailer(mail: SmtpServer, clock: FixedClock) -> EmailTransport:
    return EmailTransport(
        MailServer(host=mail.host, port=mail.port, security="none", sender="bot@example.gov.cn"), clock
    )


@pytest.fixture
def robots(robot: RobotServer) -> WeComTransport:
    return WeComTransport({"COUNTIES": RobotAddress(robot.url)}, deadline_seconds=5.0)


@pytest.fixture
def worker(ledger: Ledger, me: Instance, clock: FixedClock, mailer: EmailTransport) -> Worker:
    return worker_for(ledger, me, clock, mailer)


def to_robot(key: str, *items: Any, **how: Any) -> Any:
    return notice(key, *items, channel="wecom", address="COUNTIES", **how)


def states(ledger: Ledger) -> list[str]:
    return sorted(str(entry.state) for entry in ledger.outbox.entries())


def test_every_notice_arrives_once(ledger: Ledger, worker: Worker, mail: SmtpServer) -> None:
    enqueue(ledger, *many(25))
    tally = worker.drain()
    assert (tally.sent, tally.failed) == (25, 0)
    enqueue(ledger, *many(25))
    worker.drain()
    assert sorted(letter.recipient for letter in mail.letters) == sorted(f"u{n}@example.gov.cn" for n in range(25))
    assert mail.connections == 1


def test_the_number_is_the_same_in_ledger_text_and_message_id(ledger: Ledger, worker: Worker, mail: SmtpServer) -> None:
    enqueue(ledger, notice("0123456789abcdef0123"))
    worker.drain()
    (entry,) = ledger.outbox.entries()
    (message,) = mail.messages
    assert message["Message-ID"] == f"<n{entry.number}.0123456789abcdef@example.gov.cn>"
    assert entry.number in message["Subject"]


def test_mails_of_one_duty_make_one_thread(ledger: Ledger, worker: Worker, mail: SmtpServer) -> None:
    enqueue(ledger, notice("k1", item(stage="before-7")))
    worker.drain()
    enqueue(ledger, notice("k2", item(stage="before-3")), notice("k3", item("T1"), item("T2"), address="b@x.cn"))
    worker.drain()
    roots = [message["References"] for message in mail.messages]
    assert roots[0] == roots[1] != None  # noqa: E711 - one chain says it
    assert roots[2] is None


def test_what_is_done_meanwhile_is_not_sent(
    ledger: Ledger, worker: Worker, mail: SmtpServer, clock: FixedClock
) -> None:
    enqueue(ledger, *many(2))

    def look(claimed: Claimed) -> Review:
        done = {event.task for event in ledger.events()}
        left = [told.task for told in claimed.items if told.task not in done]
        return Review(facts={**claimed.facts, "tasks": left} if left else None, reason="reported")

    worker.look_again = look
    ledger.record(NewEvent(kind=EventKind.REPORTED, task="T1", at=clock.now(), actor="x"))
    tally = worker.drain()
    assert (tally.sent, tally.skipped) == (1, 1)
    assert [letter.recipient for letter in mail.letters] == ["u0@example.gov.cn"]
    assert [(e.key, e.reason) for e in ledger.outbox.entries(state=NoticeState.SUPERSEDED)] == [("k1", "reported")]


def test_an_event_between_look_and_wire_is_looked_at_again(
    ledger: Ledger, worker: Worker, mail: SmtpServer, clock: FixedClock
) -> None:
    enqueue(ledger, notice())
    looks: list[int] = []

    def look(claimed: Claimed) -> Review:
        looks.append(len(ledger.events()))
        if len(looks) == 1:  # reported just after the first look
            ledger.record(NewEvent(kind=EventKind.REPORTED, task="GY2023-05", at=clock.now(), actor="x"))
            return Review(facts=claimed.facts)
        return Review(facts=None, reason="reported")

    worker.look_again = look
    assert worker.drain().skipped == 1
    assert (looks, mail.letters) == ([0, 1], [])


def test_only_what_is_left_is_rendered(ledger: Ledger, worker: Worker, mail: SmtpServer) -> None:
    enqueue(ledger, notice("k1", item("T1"), item("T2")))
    worker.look_again = lambda claimed: Review(facts={**claimed.facts, "tasks": ["T2"]})
    worker.drain()
    assert mail.messages[0]["Subject"].startswith("【政务公开提醒】T2 ")


def test_a_failing_notice_does_not_stop_the_others(
    ledger: Ledger, worker: Worker, mail: SmtpServer, clock: FixedClock
) -> None:
    enqueue(ledger, *many(3))

    def broken(facts: Any, **how: Any) -> Any:
        if "T1" in facts["tasks"]:
            raise ZeroDivisionError
        return render(facts, **how)

    worker.render = broken
    assert worker.drain().sent == 2
    for _ in range(6):
        clock.advance(61)
        worker.drain()
    assert [(e.key, e.reason) for e in ledger.outbox.entries(state=NoticeState.DEAD)] == [("k1", "poison")]
    assert [trouble.code for trouble in worker.tally.troubles] == ["ZeroDivisionError"] * 5 + ["poison"]


@pytest.mark.parametrize(("dot_sent", "outcome"), [(False, Outcome.RETRY), (True, Outcome.UNCLEAR)])
def test_a_channel_that_raises_is_in_doubt_only_from_where_it_was_at_risk(
    ledger: Ledger,
    worker: Worker,
    mailer: EmailTransport,
    monkeypatch: pytest.MonkeyPatch,
    dot_sent: bool,
    outcome: Outcome,
) -> None:
    def bug(parcel: Parcel) -> Receipt:
        if dot_sent:
            parcel.steps.at_risk()
        raise KeyError("SECRET")

    monkeypatch.setattr(mailer, "send", bug)
    enqueue(ledger, notice())
    worker.drain()
    (entry,) = ledger.outbox.entries()
    (attempt,) = ledger.outbox.attempts(entry.number)
    assert (attempt.outcome, attempt.code, attempt.reply) == (outcome, "KeyError", "")


def test_a_lost_answer_is_sent_again_as_the_same_mail(
    ledger: Ledger, worker: Worker, mail: SmtpServer, clock: FixedClock
) -> None:
    enqueue(ledger, notice())
    mail.answer("dot", TAKE_AND_DROP)
    worker.drain()
    assert states(ledger) == ["pending"]
    clock.advance(60)
    worker.drain()
    first, second = mail.messages
    assert first["Message-ID"] == second["Message-ID"]
    assert first["Subject"] == second["Subject"]
    assert states(ledger) == ["sent"]
    assert worker.tally.unclear == 1


def test_a_line_that_is_unclear_twice_is_left_to_a_person(
    ledger: Ledger, worker: Worker, mail: SmtpServer, clock: FixedClock
) -> None:
    enqueue(ledger, notice())
    mail.always("dot", DROP)
    for _ in range(5):
        worker.drain()
        clock.advance(86_400 / 2)
    assert states(ledger) == ["held"]
    assert len(ledger.outbox.attempts(ledger.outbox.entries()[0].number)) == 2


def test_a_robots_second_copy_says_so_and_has_the_same_number(
    ledger: Ledger, me: Instance, clock: FixedClock, robots: WeComTransport, robot: RobotServer
) -> None:
    enqueue(ledger, to_robot("k1"))
    robot.answer(drop=True, took=True)
    worker = worker_for(ledger, me, clock, robots)
    worker.drain()
    clock.advance(60)
    worker.drain()
    first, second = (body["markdown"]["content"] for body in robot.arrived)
    assert second == f"（可能重复）{first}"


def test_a_refused_robot_message_is_never_sent_state(
    ledger: Ledger, me: Instance, clock: FixedClock, robots: WeComTransport, robot: RobotServer
) -> None:
    enqueue(ledger, to_robot("k1"))
    robot.answer(errcode=99999, times=10)
    worker = worker_for(ledger, me, clock, robots)
    for _ in range(8):
        worker.drain()
        clock.advance(8 * 3600)
    assert states(ledger) == ["dead"]
    assert len(robot.requests) == 4  # once and three retries


def test_a_mangled_form_is_sent_once_as_plain_text(
    ledger: Ledger, me: Instance, clock: FixedClock, robots: WeComTransport, robot: RobotServer
) -> None:
    enqueue(ledger, to_robot("k1"))
    robot.answer(errcode=40058)
    worker = worker_for(ledger, me, clock, robots)
    tally = worker.drain()
    assert (tally.sent, tally.failed) == (1, 1)
    assert robot.arrived[0]["msgtype"] == "text"
    robot.answer(errcode=40058, times=5)
    enqueue(ledger, to_robot("k2", item("T2")))
    worker.drain()
    assert states(ledger) == ["dead", "dead", "dead", "sent"]


def test_a_removed_robot_sends_its_notices_another_way(
    ledger: Ledger, me: Instance, clock: FixedClock, robots: WeComTransport, robot: RobotServer, tmp_path: Path
) -> None:
    enqueue(ledger, *(to_robot(f"k{n}", item(f"T{n}")) for n in range(3)))
    robot.answer(errcode=93000)

    def fallback(lost: Claimed | Entry) -> Substitute | None:
        return Substitute(reason="fallback_of", channel="file", address=lost.address, contact=lost.contact)

    worker = worker_for(ledger, me, clock, robots, FileTransport(tmp_path / "out"), fallback=fallback)
    worker.drain()
    assert len(robot.requests) == 1
    assert len(list((tmp_path / "out").glob("*.md"))) == 3
    assert states(ledger) == ["dead"] * 3 + ["sent"] * 3


def test_nothing_is_looked_for_instead_while_a_notice_is_tried_again(
    ledger: Ledger, worker: Worker, mail: SmtpServer
) -> None:
    asked: list[Claimed | Entry] = []
    worker.fallback = asked.append  # type: ignore[assignment]  # gives None
    enqueue(ledger, notice())
    mail.answer("rcpt", "450 4.2.0 later")
    worker.drain()
    assert (states(ledger), asked) == (["pending"], [])


def test_a_refusal_stands_in_the_ledger_even_where_looking_for_another_way_fails(
    ledger: Ledger, worker: Worker, mail: SmtpServer
) -> None:
    def fallback(_lost: Claimed | Entry) -> Substitute | None:
        raise LedgerError

    worker.fallback = fallback
    enqueue(ledger, notice())
    mail.answer("rcpt", "550 5.1.1 no such user")
    worker.drain()
    (entry,) = ledger.outbox.entries()
    assert (entry.state, entry.reason) == (NoticeState.DEAD, "550")
    assert [attempt.outcome for attempt in ledger.outbox.attempts(entry.number)] == [Outcome.DEAD]


def test_a_wrong_password_is_tried_once_and_loses_nothing(
    ledger: Ledger, worker: Worker, mail: SmtpServer, clock: FixedClock
) -> None:
    enqueue(ledger, *many(5))
    mail.answer("mail", "535 5.7.8 authentication failed")
    worker.drain()
    assert mail.commands.count("mail") == 1
    assert states(ledger) == ["pending"] * 5
    ledger.outbox.enable_channel("email", who="王某", why="改了密码")
    clock.advance(60)
    worker.drain()
    assert states(ledger) == ["sent"] * 5


def test_a_long_message_goes_out_in_order(
    ledger: Ledger, me: Instance, clock: FixedClock, robots: WeComTransport, robot: RobotServer
) -> None:
    enqueue(ledger, to_robot("k1", item("LONG-3")))
    robot.answer(errcode=0)
    robot.answer(errcode=-1)
    worker = worker_for(ledger, me, clock, robots)
    worker.drain()
    clock.advance(60)
    tally = worker.drain()
    assert [body["markdown"]["content"].split()[-1] for body in robot.arrived] == ["(1/3)", "(2/3)", "(3/3)"]
    assert tally.sent == 1


def test_twenty_a_minute_and_the_urgent_one_at_once(
    ledger: Ledger, me: Instance, clock: FixedClock, robots: WeComTransport, robot: RobotServer
) -> None:
    enqueue(ledger, *(to_robot(f"k{n}", item(f"T{n}")) for n in range(30)))
    worker = worker_for(ledger, me, clock, robots)
    worker.drain()
    assert len(robot.arrived) == 18
    enqueue(ledger, to_robot("due", item("DUE", days_left=0)))
    worker.drain()
    assert "DUE" in robot.arrived[-1]["markdown"]["content"]
    assert len(robot.arrived) == 19


def test_one_run_waits_for_the_pace_without_holding_a_lease(
    ledger: Ledger, me: Instance, clock: FixedClock, robots: WeComTransport, robot: RobotServer
) -> None:
    enqueue(ledger, *(to_robot(f"k{n}", item(f"T{n}")) for n in range(30)))
    waits: list[float] = []

    def wait(seconds: float) -> None:
        assert ledger.counts()[NoticeState.LEASED] == 0
        waits.append(seconds)
        clock.advance(seconds)

    how: dict[str, Any] = {"instance": me, "look_again": tell_everything, "wait": wait}
    told: list[int] = []
    how["on_pace"] = lambda pace: told.append(pace.waiting)
    tally = work_outbox(ledger, [robots], render, clock, **how)
    assert (tally.sent, tally.deferred) == (30, 0)
    assert (waits, told) == ([61.0], [12])


def test_it_stops_after_the_message_in_hand(ledger: Ledger, worker: Worker, mail: SmtpServer) -> None:
    enqueue(ledger, *many(5))
    worker.stop = lambda: len(mail.letters) >= 2
    worker.drain()
    assert states(ledger) == ["pending"] * 3 + ["sent"] * 2


def test_serving_goes_on_until_it_is_told_to_stop(
    ledger: Ledger, me: Instance, clock: FixedClock, mailer: EmailTransport, mail: SmtpServer
) -> None:
    rounds: list[float] = []

    def wait(seconds: float) -> None:
        rounds.append(seconds)
        enqueue(ledger, notice(f"k{len(rounds)}", item(f"T{len(rounds)}")))

    work_outbox(
        ledger,
        [mailer],
        render,
        clock,
        instance=me,
        look_again=tell_everything,
        until_empty=False,
        wait=wait,
        stop=lambda: len(mail.letters) == 3,
    )
    assert len(mail.letters) == 3


def test_nothing_is_sent_when_the_attempt_cannot_be_written(
    ledger: Ledger, worker: Worker, mail: SmtpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    enqueue(ledger, notice())

    def full(*_args: object, **_how: object) -> bool:
        raise LedgerError("磁盘已满")

    monkeypatch.setattr(ledger.outbox, "turn", full)
    with pytest.raises(LedgerError):
        worker.drain()
    assert mail.connections == 0


def test_an_outcome_whose_commit_failed_is_written_again(
    ledger: Ledger, worker: Worker, mail: SmtpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    enqueue(ledger, notice())
    real = ledger.outbox.finish
    failures = iter([True, True, False])

    def flaky(*args: Any, **how: Any) -> Any:
        if next(failures):
            raise LedgerError("连不上")
        return real(*args, **how)

    monkeypatch.setattr(ledger.outbox, "finish", flaky)
    worker.drain()
    assert states(ledger) == ["sent"]
    assert len(mail.letters) == 1


def test_folders_take_mails_and_robot_messages_alike(
    ledger: Ledger, me: Instance, clock: FixedClock, tmp_path: Path
) -> None:
    enqueue(
        ledger,
        notice("k1", channel="file"),
        notice("k2", item("T2"), channel="file", address="COUNTIES", contact="群"),
    )
    worker_for(ledger, me, clock, FileTransport(tmp_path / "out")).drain()
    assert sorted(path.suffix for path in (tmp_path / "out").iterdir()) == [".eml", ".md"]


def test_a_body_that_may_have_arrived_outlives_a_changed_template(
    ledger: Ledger, worker: Worker, mail: SmtpServer, clock: FixedClock
) -> None:
    enqueue(ledger, notice())
    mail.answer("dot", TAKE_AND_DROP)
    worker.drain()
    worker.render = lambda facts, **how: replace(render(facts, **how), subject="REWORDED")
    clock.advance(3600)
    worker.drain()
    assert "REWORDED" not in mail.messages[-1]["Subject"]


def test_what_was_refused_is_written_anew_for_the_day_it_leaves(
    ledger: Ledger, worker: Worker, mail: SmtpServer, clock: FixedClock
) -> None:
    enqueue(ledger, notice())
    mail.answer("rcpt", "451 later")
    worker.drain()
    before = ledger.outbox.entries()[0]
    worker.render = lambda facts, **how: replace(render(facts, **how), subject=f"leaves on {how['today']}")
    clock.advance(24 * 3600)
    worker.drain()
    assert mail.messages[0]["Subject"].endswith("leaves on 2023-07-25")
    after = ledger.outbox.entries()[0]
    assert (after.number, after.message_id, after.state) == (before.number, before.message_id, "sent")


def test_what_comes_up_outside_working_time_waits_and_expires_later(
    ledger: Ledger, worker: Worker, mail: SmtpServer, clock: FixedClock
) -> None:
    enqueue(ledger, notice())
    before = ledger.outbox.entries()[0]
    later = clock.now() + timedelta(hours=12)
    worker.look_again = lambda claimed: Review(facts=claimed.facts, later=later if clock.now() < later else None)
    worker.drain()
    waiting = ledger.outbox.entries()[0]
    assert (waiting.state, waiting.next_at, waiting.tries, mail.messages) == ("pending", later, 0, [])
    assert before.expires_at is not None
    assert waiting.expires_at == before.expires_at + timedelta(hours=12)
    clock.advance(12 * 3600)
    worker.drain()
    assert states(ledger) == ["sent"]


@pytest.mark.fault("F22")
def test_a_refused_message_of_several_parts_is_cut_anew(
    ledger: Ledger, me: Instance, clock: FixedClock, robots: WeComTransport, robot: RobotServer
) -> None:
    worker = worker_for(ledger, me, clock, robots)
    enqueue(ledger, to_robot("k1"))
    worker.render = lambda _facts, **_how: Message(text="", parts=("一", "二", "三"))
    robot.answer(errcode=-1)
    worker.drain()
    assert len(ledger.outbox.entries()) == 3
    worker.render = lambda _facts, **_how: Message(text="", parts=("四", "五"))
    clock.advance(3600)
    worker.drain()
    assert [body["markdown"]["content"] for body in robot.arrived] == ["四", "五"]
    assert states(ledger) == ["sent", "sent"]
