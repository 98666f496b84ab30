"""Other services through Apprise, by Apprise's own word: a real library against a server on loopback."""

import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gkbot.clock import FixedClock
from gkbot.delivery.apprise import AppriseTransport
from gkbot.delivery.apprise_service import is_understood
from gkbot.delivery.transport import Parcel
from gkbot.ledger import Ledger, NoticeState, Outcome
from gkbot.notices.message import Message
from gkbot.settings import Secret
from tests.plans import enqueue, notice, worker_for
from tests.servers import RobotAnswer, RobotServer, free_port

pytest.importorskip("apprise")
Make = Callable[..., Parcel]
MESSAGE = Message(text="年报\n截止：今天", parts=("**年报**\n>截止：今天",))


def to(port: int, *, scheme: str = "json", **how: float) -> AppriseTransport:
    address = Secret(f"{scheme}://127.0.0.1:{port}/SECRET-PATH?redirect=yes")
    return AppriseTransport({"OFFICE": address}, lambda: datetime.now(UTC), **how)


def test_a_service_is_told_plain_text(robot: RobotServer, parcel: Make) -> None:
    transport = to(robot.port)
    (payload,) = transport.freeze(MESSAGE, "OFFICE")
    receipt = transport.send(parcel(payload, address="OFFICE", maybe_twice=True))
    assert (receipt.outcome, receipt.code) == (Outcome.OK, "0")
    (request,) = robot.requests
    assert (request.body["title"], request.body["message"]) == ("政务公开提醒", "（可能重复）年报\n截止：今天")


@pytest.mark.fault("F03")
@pytest.mark.parametrize(
    "answer",
    [
        RobotAnswer(body=b"", drop=True, took=True),
        RobotAnswer(body=b"", status=500),
        RobotAnswer(body=b"", status=504),
        RobotAnswer(body=b"", status=307),
    ],
    ids=["lost", "500", "504", "307"],
)
def test_a_no_that_may_be_a_lost_answer_is_unclear(robot: RobotServer, parcel: Make, answer: RobotAnswer) -> None:
    robot.always(answer)
    receipt = to(robot.port).send(parcel({"body": "年报"}, address="OFFICE"))
    assert (receipt.outcome, receipt.code, receipt.phase) == (Outcome.UNCLEAR, "apprise-no", "sent")
    assert len(robot.requests) == 1


def test_a_lost_answer_makes_one_marked_copy_and_no_more(robot: RobotServer, ledger: Ledger, clock: FixedClock) -> None:
    robot.always(RobotAnswer(body=b"", drop=True, took=True))
    enqueue(ledger, notice("k1", channel="apprise", address="OFFICE"))
    with ledger.outbox.activate("test") as instance:
        worker = worker_for(ledger, instance, clock, to(robot.port))
        for _ in range(8):
            worker.drain()
            clock.advance(3600)
    assert [body["message"].startswith("（可能重复）") for body in robot.arrived] == [False, True]
    assert ledger.outbox.entries()[0].state is NoticeState.HELD


@pytest.mark.fault("F06")
@pytest.mark.parametrize("status", [400, 401, 404])
def test_a_refusal_is_tried_again_a_few_times(robot: RobotServer, parcel: Make, status: int) -> None:
    robot.always(RobotAnswer(body=b"", status=status))
    receipt = to(robot.port).send(parcel({"body": "年报"}, address="OFFICE"))
    assert (receipt.outcome, receipt.code, receipt.retry_most) == (Outcome.RETRY, f"http-{status}", 4)


@pytest.mark.fault("F08")
@pytest.mark.parametrize(
    "address",
    ["json://127.0.0.1:{}/", "json://no-such-host.invalid:{}/", "mailto://u:p@127.0.0.1:{}?from=a@example.cn"],
)
def test_what_never_left_by_apprise_is_a_plain_retry(parcel: Make, address: str) -> None:
    transport = AppriseTransport({"OFFICE": Secret(address.format(free_port()))}, lambda: datetime.now(UTC))
    receipt = transport.send(parcel({"body": "年报"}, address="OFFICE"))
    assert (receipt.outcome, receipt.phase, receipt.retry_most) == (Outcome.RETRY, "connect", None)


@pytest.mark.fault("F08")
def test_a_certificate_that_apprise_does_not_trust_is_a_plain_retry(
    parcel: Make, local_certificate: tuple[Path, Path]
) -> None:
    with RobotServer(certificate=local_certificate) as robot:
        receipt = to(robot.port, scheme="jsons").send(parcel({"body": "年报"}, address="OFFICE"))
        assert (receipt.outcome, receipt.code, receipt.phase) == (Outcome.RETRY, "SSLError", "connect")
        assert robot.requests == []


def test_a_refusal_of_one_of_several_is_unclear_of_all(parcel: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    from apprise.plugins.custom_json import NotifyJSON

    monkeypatch.setattr(NotifyJSON, "__len__", lambda _plugin: 2)
    assert to(free_port()).send(parcel({"body": "年报"}, address="OFFICE")).code == "apprise-no"


@pytest.mark.fault("F06")
def test_apprise_does_not_follow_redirects_with_the_address(robot: RobotServer, parcel: Make) -> None:
    with RobotServer() as elsewhere:
        robot.answer(body=b"", status=307, headers={"Location": elsewhere.url})
        assert to(robot.port).send(parcel({"body": "年报"}, address="OFFICE")).outcome is Outcome.UNCLEAR
        assert elsewhere.requests == []


@pytest.mark.fault("F07")
def test_a_service_that_does_not_answer_is_given_up_at_the_deadline(robot: RobotServer, parcel: Make) -> None:
    robot.always(RobotAnswer(body=b"ok" * 20, pause=0.1))
    receipt = to(robot.port, deadline_seconds=0.3).send(parcel({"body": "年报"}, address="OFFICE"))
    assert (receipt.outcome, receipt.code) == (Outcome.UNCLEAR, "deadline")


def test_what_breaks_inside_apprise_is_unclear(parcel: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    from apprise.plugins.custom_json import NotifyJSON

    def bug(*_args: object, **_how: object) -> bool:
        raise KeyError("SECRET")

    monkeypatch.setattr(NotifyJSON, "send", bug)
    receipt = to(1).send(parcel({"body": "年报"}, address="OFFICE"))
    assert (receipt.outcome, receipt.code, receipt.reply) == (Outcome.UNCLEAR, "KeyError", "")


def test_an_address_that_apprise_cannot_read_disables_the_channel(parcel: Make) -> None:
    transport = AppriseTransport({"OFFICE": Secret("nosuchservice://SECRET")}, lambda: datetime.now(UTC))
    assert transport.send(parcel({"body": "年报"}, address="OFFICE")).disable
    assert not is_understood(Secret("nosuchservice://SECRET"))


def test_a_part_is_never_longer_than_the_service_takes() -> None:
    discord = AppriseTransport({"OFFICE": Secret(f"discord://{'1' * 18}/{'a' * 68}")}, lambda: datetime.now(UTC))
    message = Message(text="政务公开\n" * 400, parts=("x",))
    payloads = discord.freeze(message, "OFFICE")
    assert len(payloads) > 1
    assert all(len(payload["body"]) <= 2000 - 14 for payload in payloads)


def test_short_messages_of_telephones_are_told_the_first_lines_only() -> None:
    phone = AppriseTransport({"OFFICE": Secret("bulksms://user:pass@+8613800000000")}, lambda: datetime.now(UTC))
    (payload,) = phone.freeze(Message(text="年报今日截止\n" * 90, parts=("x",)), "OFFICE")
    assert len(payload["body"]) <= 160
    assert payload["body"].startswith("年报今日截止")


def test_the_library_is_loaded_only_where_it_is_used() -> None:
    program = (
        "import sys; from gkbot.delivery.apprise import AppriseTransport as T; from gkbot.settings import Secret; "
        "T({'A': Secret('dingtalk://tok')}, None); assert not any(m.split('.')[0] == 'apprise' for m in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
