"""Robots at fault, from the outbox to the receiver's ledger: parts, codes, fallbacks, on both databases."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from gkbot.clock import FixedClock
from gkbot.delivery import FileTransport, RobotAddress, WeComTransport
from gkbot.delivery.apprise import AppriseTransport
from gkbot.ledger import Instance, Ledger, NoticeState, Outcome
from gkbot.service.fallback import Fallback
from gkbot.settings import RobotForm, Secret
from tests.databases import DATABASES, fresh_database
from tests.faults.fast_time import START
from tests.plans import enqueue, item, notice, worker_for
from tests.robot_servers import DingTalkServer, FeishuServer, true_now
from tests.servers import RobotAnswer, RobotServer

HOUR = 3600
Drain = Callable[..., None]


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(START)


@pytest.fixture(params=DATABASES)
def ledger(request: pytest.FixtureRequest, tmp_path: Path, clock: FixedClock) -> Iterator[Ledger]:
    with fresh_database(request.param, tmp_path) as url, Ledger.open(url, clock=clock) as opened:
        yield opened


@pytest.fixture
def me(ledger: Ledger) -> Iterator[Instance]:
    with ledger.outbox.activate("test") as instance:
        yield instance


@pytest.fixture
def robot(clock: FixedClock) -> Iterator[RobotServer]:
    with RobotServer(now=clock.now) as server:
        yield server


def to_robot(key: str, *items: Any, **how: Any) -> Any:
    return notice(key, *items, channel="wecom", address="COUNTIES", **how)


def robots(server: RobotServer, **how: Any) -> WeComTransport:
    return WeComTransport({"COUNTIES": RobotAddress(server.url)}, deadline_seconds=5.0, **how)


@pytest.fixture
def drain(ledger: Ledger, me: Instance, clock: FixedClock, tmp_path: Path) -> Drain:
    folder = FileTransport(tmp_path / "out")

    def work(transport: Any, *, seconds: float = 0) -> None:
        """Send what is due, and whenever something is due again while the time passes."""
        worker = worker_for(ledger, me, clock, transport, folder, fallback=Fallback())
        end = clock.now() + timedelta(seconds=seconds)
        worker.drain()
        while (moment := next_moment(transport.channel)) is not None and moment <= end:
            clock.advance(max((moment - clock.now()).total_seconds(), 0.1))
            worker.drain()
        clock.advance(max((end - clock.now()).total_seconds(), 0))

    def next_moment(channel: str) -> datetime | None:
        found = [ledger.outbox.next_moment(each) for each in (channel, folder.channel)]
        return min((each for each in found if each is not None), default=None)

    return work


def texts(server: RobotServer) -> list[str]:
    return [body[body["msgtype"]]["content"] for body in server.arrived]


def states(ledger: Ledger) -> list[str]:
    return sorted(f"{entry.state} {entry.reason or ''}".strip() for entry in ledger.outbox.entries())


@pytest.mark.fault("F22")
def test_a_part_that_fails_for_an_hour_holds_up_the_next_and_doubles_none(
    ledger: Ledger, drain: Drain, robot: RobotServer, clock: FixedClock
) -> None:
    enqueue(ledger, to_robot("k1", item("LONG-3")))
    robot.answer()
    transport = robots(robot)
    robot.always(RobotAnswer(body=b'{"errcode":-1,"errmsg":"busy"}'))
    drain(transport, seconds=HOUR)
    assert len(robot.arrived) == 1
    robot.always(None)
    drain(transport, seconds=3 * HOUR)
    assert [text.rpartition(" ")[2] for text in texts(robot)] == ["(1/3)", "(2/3)", "(3/3)"]
    assert len(ledger.outbox.entries(state=NoticeState.SENT)) == 3


@pytest.mark.fault("F22")
def test_a_part_refused_for_its_form_goes_out_plain_and_the_next_follow(
    ledger: Ledger, drain: Drain, robot: RobotServer
) -> None:
    enqueue(ledger, to_robot("k1", item("LONG-3")))
    robot.answer()
    robot.answer(errcode=40058)
    drain(robots(robot))
    assert [body["msgtype"] for body in robot.arrived] == ["markdown", "text", "markdown"]
    assert [text.rpartition(" ")[2] for text in texts(robot)] == ["(1/3)", "(2/3)", "(3/3)"]
    assert len(ledger.outbox.entries(state=NoticeState.SENT)) == 3


@pytest.mark.fault("F04")
def test_a_busy_robot_is_asked_three_times_quickly_then_less_often(
    ledger: Ledger, drain: Drain, robot: RobotServer
) -> None:
    enqueue(ledger, to_robot("k1"))
    robot.always(RobotAnswer(body=b'{"errcode":-1,"errmsg":"busy"}'))
    drain(robots(robot), seconds=3 * HOUR)
    asked = [request.at - robot.requests[0].at for request in robot.requests]  # type: ignore[operator]
    assert asked[3] <= timedelta(seconds=90)
    waits = [after - before for before, after in pairwise(asked[3:])]
    assert waits == sorted(waits)
    assert waits[0] >= timedelta(minutes=20)
    assert states(ledger) == ["pending -1"]


@pytest.mark.fault("F04")
@pytest.mark.parametrize("code", [93000, 93004, 93008])
def test_a_robot_that_is_gone_is_disabled_and_its_notices_go_another_way(
    ledger: Ledger, drain: Drain, robot: RobotServer, code: int
) -> None:
    enqueue(ledger, *(to_robot(f"k{n}", item(f"T{n}")) for n in range(3)))
    robot.always(RobotAnswer(body=b'{"errcode":%d,"errmsg":"gone"}' % code))
    drain(robots(robot), seconds=HOUR)
    assert len(robot.requests) == 1
    assert [(each.channel_id, each.reason) for each in ledger.outbox.disabled_channels()] == [
        ("wecom:COUNTIES", str(code))
    ]
    fallen = [entry for entry in ledger.outbox.entries() if entry.origin]
    assert [(entry.channel, str(entry.origin)[:12], entry.state) for entry in fallen] == [
        ("file", "fallback_of:", NoticeState.SENT)
    ] * 3
    assert len({entry.key for entry in ledger.outbox.entries()}) == 6


@pytest.mark.fault("F04")
def test_an_unknown_code_is_tried_three_times_more_then_dead_with_the_code_shown(
    ledger: Ledger, drain: Drain, robot: RobotServer
) -> None:
    enqueue(ledger, to_robot("k1"))
    robot.always(RobotAnswer(body=b'{"errcode":99999,"errmsg":"?"}'))
    drain(robots(robot), seconds=5 * HOUR)
    assert len(robot.requests) == 4
    assert states(ledger) == ["dead 99999", "sent"]


@pytest.mark.fault("F04")
def test_a_refused_form_goes_out_once_as_plain_text(ledger: Ledger, drain: Drain, robot: RobotServer) -> None:
    enqueue(ledger, to_robot("k1"))
    robot.answer(errcode=0, errmsg="ok. Warning: wrong json format. ", took=False)
    robot.answer(errcode=40008)
    drain(robots(robot), seconds=HOUR)
    assert [request.body["msgtype"] for request in robot.requests] == ["markdown", "text"]
    assert states(ledger) == ["dead 0", "dead 40008", "sent"]  # the folder has it


@pytest.mark.fault("F23")
def test_45009_closes_the_gate_and_does_not_count(
    ledger: Ledger, drain: Drain, robot: RobotServer, clock: FixedClock
) -> None:
    enqueue(ledger, *(to_robot(f"k{n}", item(f"T{n}", days_left=0)) for n in range(3)))
    robot.answer(errcode=45009)
    transport = robots(robot)
    drain(transport, seconds=55)
    assert len(robot.requests) == 1
    drain(transport, seconds=60)
    assert len(robot.arrived) == 3
    assert [entry.tries for entry in ledger.outbox.entries()] == [0, 0, 0]


@pytest.mark.fault("F03")
def test_a_lost_reply_of_a_card_is_one_unclear_attempt_and_a_marked_copy(
    ledger: Ledger, drain: Drain, robot: RobotServer
) -> None:
    enqueue(ledger, to_robot("k1"))
    robot.answer(drop=True, took=True)
    drain(robots(robot, forms={"COUNTIES": RobotForm.TEXT}), seconds=120)
    first, second = texts(robot)
    assert second == f"（可能重复）{first}"
    (entry,) = ledger.outbox.entries()
    outcomes = [attempt.outcome for attempt in ledger.outbox.attempts(entry.number)]
    assert (entry.state, outcomes) == (NoticeState.SENT, [Outcome.UNCLEAR, Outcome.OK])


@pytest.mark.fault("F04")
@pytest.mark.parametrize("server_type", [DingTalkServer, FeishuServer])
def test_dingtalk_and_feishu_are_never_sent_when_they_refuse(
    ledger: Ledger, drain: Drain, server_type: Any, clock: FixedClock
) -> None:
    with server_type() as server:
        address = Secret(server.url)
        server.secret = "changed since"
        enqueue(ledger, notice("k1", channel="apprise", address="OFFICE"))
        drain(AppriseTransport({"OFFICE": address}, true_now, deadline_seconds=5.0), seconds=HOUR)
        assert (len(server.requests), server.arrived) == (1, [])
    code = {"DingTalkServer": "310000", "FeishuServer": "19021"}[server_type.__name__]
    assert states(ledger) == [f"dead {code}", "sent"]
    assert ledger.outbox.disabled_channels()[0].channel_id == "apprise:OFFICE"


@pytest.mark.fault("F04")
def test_dingtalks_throttle_closes_the_gate_for_ten_minutes(ledger: Ledger, drain: Drain, clock: FixedClock) -> None:
    with DingTalkServer() as server:
        server.now = clock.now
        enqueue(ledger, *(notice(f"k{n}", item(f"T{n}"), channel="apprise", address="OFFICE") for n in range(2)))
        server.answer(errcode=130101)
        drain(AppriseTransport({"OFFICE": Secret(server.url)}, true_now), seconds=900)
        first, *others = [request.at for request in server.requests]
        assert (len(server.arrived), len(others)) == (2, 2)
        assert all(at - first >= timedelta(minutes=10) for at in others if at and first)


@pytest.mark.fault("F31")
def test_a_folder_that_takes_nothing_ends_in_no_loop(
    ledger: Ledger, drain: Drain, robot: RobotServer, tmp_path: Path
) -> None:
    (tmp_path / "out").write_text("in the way", encoding="utf-8")
    enqueue(ledger, to_robot("k1"))
    robot.answer(errcode=93000)
    drain(robots(robot), seconds=130 * HOUR)
    assert states(ledger) == ["dead 93000", "expired expired"]
    assert len(robot.requests) == 1
