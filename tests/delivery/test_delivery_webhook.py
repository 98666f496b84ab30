"""One POST whose answer leads elsewhere, breaks off or comes too late: what may have arrived is never taken lightly."""

import json
import os
import socket
import ssl
import threading
from pathlib import Path

import pytest
from requests.exceptions import ConnectionError as Disconnected

from gkbot.delivery.web_line import Line
from gkbot.delivery.webhook import MOST_ANSWER_BYTES, Answer, Webhook, not_answered
from gkbot.ledger import Outcome, Receipt
from gkbot.settings import Secret
from tests.servers import RobotServer

GBK_PORTAL = "http://portal.example/?from=政务网".encode("gbk").decode("latin-1")
ALERT = b"\x15\x03\x03\x00\x02\x02\x50"  # fatal, internal error (RFC 8446 6.2)


def posted(url: str, **how: str | None) -> Answer:
    return Webhook(deadline_seconds=5.0, **how).post(Secret(url), {"text": "年报"})  # type: ignore[arg-type]  # test values


def judged(url: str, **how: str | None) -> Receipt:
    receipt = not_answered(posted(url, **how), "")
    assert receipt is not None
    return receipt


@pytest.mark.fault("F06")
@pytest.mark.parametrize("location", [GBK_PORTAL, "http://[portal/", "ftp://portal/"])
def test_a_redirect_to_nowhere_is_an_answer_like_any(robot: RobotServer, location: str) -> None:
    robot.answer(body=b"login", status=302, headers={"Location": location})
    answer = posted(robot.url)
    assert (answer.status, answer.content, answer.error) == (302, b"login", None)


@pytest.mark.fault("F06")
def test_of_a_redirect_no_more_is_read_than_of_any_answer(robot: RobotServer) -> None:
    robot.answer(body=b"x" * (2 * MOST_ANSWER_BYTES), status=302, headers={"Location": "http://portal.example/"})
    assert len(posted(robot.url).content) == MOST_ANSWER_BYTES


def test_what_goes_wrong_after_the_request_is_never_a_bad_address(
    robot: RobotServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stumble(_point: str) -> None:
        raise ValueError

    monkeypatch.setattr("gkbot.delivery.webhook.crash_point", stumble)
    receipt = judged(robot.url)
    assert (receipt.outcome, receipt.code, receipt.disable) == (Outcome.UNCLEAR, "ValueError", False)
    assert len(robot.arrived) == 1


@pytest.mark.parametrize("host", ["a" * 70, "", "[::1"])
def test_an_address_that_leads_nowhere_is_known_before_anything_leaves(host: str) -> None:
    receipt = judged(f"http://{host}/send")
    assert (receipt.outcome, receipt.code, receipt.disable) == (Outcome.DEAD, "bad-address", True)


def test_a_proxy_that_is_none_says_nothing_of_the_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://")
    receipt = judged("http://robot.example/send")
    assert (receipt.outcome, receipt.code) == (Outcome.RETRY, "InvalidProxyURL")


def test_certificates_that_are_not_there_are_a_plain_retry(tmp_path: Path) -> None:
    receipt = judged("https://127.0.0.1:9/send", ca_file=str(tmp_path / "none.pem"))
    assert (receipt.outcome, receipt.code, receipt.phase) == (Outcome.RETRY, "OSError", "connect")


@pytest.mark.fault("F08")
def test_a_tls_alert_instead_of_an_answer_is_unclear(local_certificate: tuple[Path, Path]) -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*local_certificate)
    heard = []

    def hear_and_break_off() -> None:
        with context.wrap_socket(listening.accept()[0], server_side=True) as line:
            said = b""
            while not said.endswith(b"}"):
                said += line.recv(65536)
            heard.append(json.loads(said.partition(b"\r\n\r\n")[2]))
            os.write(line.fileno(), ALERT)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = threading.Thread(target=hear_and_break_off, daemon=True)
        server.start()
        receipt = judged(f"https://127.0.0.1:{listening.getsockname()[1]}/send", ca_file=str(local_certificate[0]))
        server.join()
    assert heard == [{"text": "年报"}]
    assert (receipt.outcome, receipt.phase) == (Outcome.UNCLEAR, "sent")


def test_nothing_leaves_any_more_on_a_line_that_was_given_up(robot: RobotServer) -> None:
    line = Line()  # as where the host was looked for until after the deadline
    with line.session() as session:
        line.hang_up()
        with pytest.raises(Disconnected):
            session.post(robot.url, data=b"{}", timeout=5)
    assert robot.requests == []
