"""Robots: success only by errcode, nothing of the address anywhere (facts/delivery.md 5.1, F04–F08)."""

import json
import os
import socket
import ssl
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from gkbot.delivery.secrets import RobotAddress
from gkbot.delivery.transport import Parcel
from gkbot.delivery.wecom import WeComTransport
from gkbot.ledger import Outcome
from gkbot.notices.message import Message
from gkbot.settings import Mention
from tests.servers import RobotAnswer, RobotServer, certificate, free_port

Make = Callable[..., Parcel]
MARKDOWN = {"msgtype": "markdown", "markdown": {"content": "**年报**\n<@zhangsan>"}}


def to(server: RobotServer, **settings: object) -> WeComTransport:
    robots = {"COUNTIES": RobotAddress(server.url)}
    return WeComTransport(robots, **settings)  # type: ignore[arg-type]  # test values


@pytest.fixture
def send(robot: RobotServer, parcel: Make) -> Callable[..., object]:
    transport = to(robot, deadline_seconds=5.0)
    return lambda **changed: transport.send(parcel(MARKDOWN, address="COUNTIES", **changed))


def test_a_message_arrives_as_raw_utf8(robot: RobotServer, parcel: Make) -> None:
    receipt = to(robot).send(parcel(MARKDOWN, address="COUNTIES"))
    assert (receipt.outcome, receipt.code) == (Outcome.OK, "0")
    (request,) = robot.requests
    assert request.body == MARKDOWN
    assert "年报".encode() in request.raw
    assert request.headers["Content-Type"] == "application/json; charset=utf-8"


@pytest.mark.fault("F04")
@pytest.mark.parametrize(
    ("errcode", "outcome", "facts"),
    [
        (-1, Outcome.RETRY, {"quick": True}),
        (45009, Outcome.RETRY, {"close_gate": 60.0, "counted": False}),
        (45033, Outcome.RETRY, {"retry_after": 7.0}),
        *[
            (code, Outcome.DEAD, {"simplify": True, "disable": False})
            for code in (40008, 40033, 40035, 40058, 40063, 44004, 45002, 45008, 45034)
        ],
        *[(code, Outcome.DEAD, {"simplify": True}) for code in (40004, 40006, 40007, 40009)],
        (93000, Outcome.DEAD, {"disable": True}),
        (93004, Outcome.DEAD, {"disable": True}),
        (93008, Outcome.DEAD, {"disable": True}),
        (99999, Outcome.RETRY, {"retry_most": 3, "reply": "told so"}),
    ],
)
def test_http_200_with_an_errcode_is_never_success(
    robot: RobotServer, parcel: Make, errcode: int, outcome: Outcome, facts: dict[str, object]
) -> None:
    robot.answer(errcode=errcode)
    receipt = to(robot).send(parcel(MARKDOWN, address="COUNTIES"))
    assert (receipt.outcome, receipt.code) == (outcome, str(errcode))
    assert {name: getattr(receipt, name) for name in facts} == facts


@pytest.mark.fault("F05", "F06")
@pytest.mark.parametrize(
    ("body", "status", "outcome"),
    [
        (b"<html>login</html>", 200, Outcome.RETRY),
        (b"", 200, Outcome.RETRY),
        (b'{"errcode":0,', 200, Outcome.RETRY),
        (b'{"errcode":"0"}', 200, Outcome.RETRY),
        (b'{"errcode":true}', 200, Outcome.RETRY),
        (b'{"errcode":0,"errmsg":"ok. Warning: wrong json format. "}', 200, Outcome.DEAD),
        (b"[]", 200, Outcome.RETRY),
        (b"Bad gateway", 502, Outcome.UNCLEAR),
        (b"", 500, Outcome.UNCLEAR),
        (b"", 504, Outcome.UNCLEAR),
        (b"no", 404, Outcome.RETRY),
    ],
)
def test_what_is_no_answer_of_a_robot_is_no_success(
    robot: RobotServer, parcel: Make, body: bytes, status: int, outcome: Outcome
) -> None:
    robot.answer(body=body, status=status)
    assert to(robot).send(parcel(MARKDOWN, address="COUNTIES")).outcome is outcome


@pytest.mark.fault("F06")
def test_too_many_requests_closes_the_gate_as_long_as_told(robot: RobotServer, parcel: Make) -> None:
    robot.answer(body=b"", status=429, headers={"Retry-After": "90"})
    receipt = to(robot).send(parcel(MARKDOWN, address="COUNTIES"))
    assert (receipt.outcome, receipt.close_gate) == (Outcome.RETRY, 90.0)
    robot.answer(body=b"", status=429, headers={"Retry-After": "999999"})
    assert to(robot).send(parcel(MARKDOWN, address="COUNTIES")).close_gate == 3600.0


@pytest.mark.fault("F06")
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed_with_the_key(robot: RobotServer, parcel: Make, status: int) -> None:
    with RobotServer() as elsewhere:
        robot.answer(body=b'{"errcode":0}', status=status, headers={"Location": elsewhere.url})
        receipt = to(robot).send(parcel(MARKDOWN, address="COUNTIES"))
        assert (receipt.outcome, receipt.code) == (Outcome.RETRY, f"http-{status}")
        assert elsewhere.requests == []


def test_a_line_cut_after_the_request_is_unclear(robot: RobotServer, parcel: Make) -> None:
    robot.answer(drop=True, took=True)
    receipt = to(robot).send(parcel(MARKDOWN, address="COUNTIES"))
    assert (receipt.outcome, receipt.phase) == (Outcome.UNCLEAR, "sent")
    assert len(robot.arrived) == 1


@pytest.mark.fault("F08")
@pytest.mark.parametrize("host", ["127.0.0.1", "no-such-host.invalid"])
def test_what_never_left_is_a_plain_retry(parcel: Make, host: str) -> None:
    transport = WeComTransport({"COUNTIES": RobotAddress(f"http://{host}:{free_port()}/send?key=K")})
    receipt = transport.send(parcel(MARKDOWN, address="COUNTIES"))
    assert (receipt.outcome, receipt.phase) == (Outcome.RETRY, "connect")


@pytest.mark.fault("F08")
def test_a_tls_error_is_a_plain_retry(robot: RobotServer, parcel: Make) -> None:
    transport = WeComTransport({"COUNTIES": RobotAddress(robot.url.replace("http:", "https:"))})
    receipt = transport.send(parcel(MARKDOWN, address="COUNTIES"))
    assert (receipt.outcome, receipt.phase) == (Outcome.RETRY, "connect")
    assert robot.requests == []


@pytest.mark.fault("F08")
def test_a_certificate_is_trusted_where_the_settings_say_so_and_for_its_name_only(
    parcel: Make, local_certificate: tuple[Path, Path], tmp_path: Path
) -> None:
    strange = certificate(tmp_path, name="robot.example")
    with RobotServer(certificate=local_certificate) as good, RobotServer(certificate=strange) as bad:
        trusting = to(good, ca_file=str(local_certificate[0]))
        assert trusting.send(parcel(MARKDOWN, address="COUNTIES")).outcome is Outcome.OK
        for transport in (to(good), to(bad, ca_file=str(strange[0]))):
            receipt = transport.send(parcel(MARKDOWN, address="COUNTIES"))
            assert (receipt.outcome, receipt.code, receipt.phase) == (Outcome.RETRY, "SSLError", "connect")
        assert (len(good.requests), bad.requests) == (1, [])


@pytest.mark.fault("F07")
def test_a_server_that_dribbles_is_given_up_at_the_deadline(robot: RobotServer, parcel: Make) -> None:
    robot.always(RobotAnswer(body=b'{"errcode":0,"errmsg":"ok"}', pause=0.2, took=True))
    transport = to(robot, deadline_seconds=1.0)
    receipt = transport.send(parcel(MARKDOWN, address="COUNTIES"))
    assert (receipt.outcome, receipt.code) == (Outcome.UNCLEAR, "deadline")
    robot.always(None)
    assert transport.send(parcel(MARKDOWN, address="COUNTIES")).outcome is Outcome.OK


@pytest.mark.fault("F07")
def test_an_answer_that_is_given_up_leaves_no_thread(robot: RobotServer, parcel: Make) -> None:
    robot.always(RobotAnswer(body=b'{"errcode":0,"errmsg":"ok"}' * 40, pause=0.05, took=True))
    transport = to(robot, deadline_seconds=0.2)
    for _ in range(3):
        assert transport.send(parcel(MARKDOWN, address="COUNTIES")).code == "deadline"
    assert [thread for thread in threading.enumerate() if thread.name == "gkbot-request"] == []


@pytest.mark.fault("F07")
def test_a_handshake_that_is_given_up_leaves_no_thread_either(parcel: Make) -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:  # takes the call and never says a word
        address = RobotAddress(f"https://127.0.0.1:{deaf.getsockname()[1]}/send?key=K")
        transport = WeComTransport({"COUNTIES": address}, deadline_seconds=0.2)
        assert transport.send(parcel(MARKDOWN, address="COUNTIES")).code == "deadline"
        assert [thread for thread in threading.enumerate() if thread.name == "gkbot-request"] == []


@pytest.mark.fault("F08")
def test_a_tls_error_in_the_middle_of_an_answer_is_unclear(parcel: Make, local_certificate: tuple[Path, Path]) -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*local_certificate)

    def hear_and_talk_nonsense() -> None:
        with context.wrap_socket(listening.accept()[0], server_side=True) as line:
            while line.recv(65536)[-1:] != b"}":
                pass
            os.write(line.fileno(), b"nothing that TLS would say")

    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=hear_and_talk_nonsense, daemon=True).start()
        address = RobotAddress(f"https://127.0.0.1:{listening.getsockname()[1]}/send?key=K")
        transport = WeComTransport({"COUNTIES": address}, ca_file=str(local_certificate[0]))
        receipt = transport.send(parcel(MARKDOWN, address="COUNTIES"))
    assert (receipt.outcome, receipt.code, receipt.phase) == (Outcome.UNCLEAR, "SSLError", "sent")


@pytest.mark.fault("F07")
@pytest.mark.parametrize(("share", "outcome"), [(0.9, Outcome.OK), (1.1, Outcome.UNCLEAR)])
def test_an_answer_within_the_deadline_counts(robot: RobotServer, parcel: Make, share: float, outcome: Outcome) -> None:
    deadline = 2.0
    slow = threading.Event()
    robot.answer(wait=slow)
    timer = threading.Timer(deadline * share, slow.set)
    timer.start()
    assert to(robot, deadline_seconds=deadline).send(parcel(MARKDOWN, address="COUNTIES")).outcome is outcome
    timer.join()


@pytest.mark.fault("F05")
def test_an_answer_is_kept_redacted_and_short(robot: RobotServer, parcel: Make) -> None:
    robot.answer(body=f"<html>{robot.url} {'登录' * 400}".encode())
    reply = to(robot).send(parcel(MARKDOWN, address="COUNTIES")).reply
    assert len(reply.encode()) <= 500
    assert robot.key not in reply
    robot.answer(body=b"[" * 60_000)
    assert to(robot).send(parcel(MARKDOWN, address="COUNTIES")).code == "no-errcode"


def test_an_unknown_robot_is_dead(robot: RobotServer, parcel: Make) -> None:
    receipt = to(robot).send(parcel(MARKDOWN, address="NOBODY"))
    assert (receipt.outcome, receipt.code) == (Outcome.DEAD, "no-such-robot")


@pytest.mark.parametrize("address", ["", "qyapi.weixin.qq.com/send", "ftp://x/y", "http://[::1/"])
def test_an_address_that_is_none_disables_the_robot(parcel: Make, address: str) -> None:
    receipt = WeComTransport({"COUNTIES": RobotAddress(address)}).send(parcel(MARKDOWN, address="COUNTIES"))
    assert (receipt.outcome, receipt.code, receipt.disable) == (Outcome.DEAD, "bad-address", True)


def test_a_copy_says_that_it_may_be_one(robot: RobotServer, parcel: Make) -> None:
    to(robot).send(parcel(MARKDOWN, address="COUNTIES", maybe_twice=True))
    assert robot.arrived[0]["markdown"]["content"] == "（可能重复）**年报**\n<@zhangsan>"


def test_nothing_longer_than_the_robot_takes_is_sent(robot: RobotServer, parcel: Make) -> None:
    full = {"msgtype": "markdown", "markdown": {"content": "字" * 1365}}
    over = {"msgtype": "markdown", "markdown": {"content": "字" * 1366}}
    transport = to(robot)
    assert transport.send(parcel(full, address="COUNTIES", maybe_twice=True)).outcome is Outcome.OK
    assert transport.send(parcel(over, address="COUNTIES")).code == "too-long"
    plainer = transport.plainer(over)
    assert plainer == {"msgtype": "text", "text": {"content": "…"}}
    assert transport.plainer(plainer) is None


def test_a_message_becomes_one_payload_a_part(robot: RobotServer) -> None:
    message = Message(text="首行\n次行", parts=("一", "二 <@a>"), mentions=("a", "b"), mobiles=("13800000000",))
    contents = [json.dumps(each, ensure_ascii=False) for each in to(robot).freeze(message, "COUNTIES")]
    assert contents == [
        '{"msgtype": "markdown", "markdown": {"content": "一"}}',
        '{"msgtype": "markdown", "markdown": {"content": "二 <@a>\\n<@b>"}}',
    ]
    by_mobile = to(robot, mentions=Mention.MOBILE).freeze(message, "COUNTIES")
    assert [each["markdown"]["content"] for each in by_mobile[:2]] == ["一", "二 "]
    assert by_mobile[2] == {
        "msgtype": "text",
        "text": {"content": "首行", "mentioned_mobile_list": ["13800000000"]},
    }
