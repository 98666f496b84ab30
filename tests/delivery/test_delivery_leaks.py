"""No secret of any channel in logs at DEBUG, receipts, reprs, tracebacks or the database (invariant I7)."""

import base64
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gkbot.clock import FixedClock
from gkbot.delivery import EmailTransport, MailServer, RobotAddress, WeComTransport
from gkbot.delivery.secrets import redacted
from gkbot.settings import Secret
from tests.delivery.leaks import Leaks
from tests.plans import item, notice
from tests.servers import DROP, RobotServer, SmtpServer, free_port

SECRET = "SECRET-ROBOT-KEY-5f1c"
PASSWORD = "SECRET-PASSWORD-77"
LOGIN = f"\0bot\0{PASSWORD}".encode()

Trouble = Callable[[RobotServer], str]


def _wrong_key(robot: RobotServer) -> str:
    robot.key = "another"
    return robot.url.replace("another", SECRET)


def _html_with_the_url(robot: RobotServer) -> str:
    robot.answer(body=f"<a href='{robot.url}'>{SECRET}</a>".encode(), headers={"X-Bad Header": robot.url})
    return robot.url


def _redirect(robot: RobotServer) -> str:
    robot.answer(body=b"", status=302, headers={"Location": robot.url})
    return robot.url


def _cut(robot: RobotServer) -> str:
    robot.answer(drop=True)
    return robot.url


def _refused(_robot: RobotServer) -> str:
    return f"http://127.0.0.1:{free_port()}/send?key={SECRET}"


def _no_host(_robot: RobotServer) -> str:
    return f"https://no-such-host.invalid/send?key={SECRET}"


def _no_tls(robot: RobotServer) -> str:
    return robot.url.replace("http:", "https:")


def _broken_address(_robot: RobotServer) -> str:
    return f"http://[::1/send?key={SECRET}"


ROBOT_TROUBLES: list[Trouble] = [
    _wrong_key,
    _html_with_the_url,
    _redirect,
    _cut,
    _refused,
    _no_host,
    _no_tls,
    _broken_address,
]


@pytest.mark.parametrize("trouble", ROBOT_TROUBLES, ids=lambda each: each.__name__.strip("_"))
def test_a_robots_address_stays_secret(trouble: Trouble, robot: RobotServer, leaks: Leaks) -> None:
    leaks.listen("urllib3", "urllib3.connectionpool", "requests")
    transport = WeComTransport({"COUNTIES": RobotAddress(trouble(robot))}, deadline_seconds=1.0)
    told = notice("k1", item(), channel="wecom", address="COUNTIES")
    leaks.none_of(SECRET, transport=transport, notice=told, pause_seconds=120)


MAIL_TROUBLES: dict[str, dict[str, Any]] = {
    "wrong password": {"answer": "535 5.7.8 bad password SECRET-PASSWORD-77"},
    "password quoted as base64": {"answer": f"535 5.7.8 {base64.b64encode(PASSWORD.encode()).decode()}"},
    "login quoted as base64": {"answer": f"535 5.7.8 {base64.b64encode(LOGIN).decode()}"},
    "too many logins": {"answer": "454 4.7.0 SECRET-PASSWORD-77 tried too often"},
    "cut at login": {"answer": DROP},
    "taken": {},
    "no such certificate": {"security": "ssl"},
    "starttls refused": {"security": "starttls"},
    "starttls stripped": {"asked": "starttls"},
    "plain where tls is wanted": {"asked": "ssl"},
}


@pytest.mark.fault("F25")
@pytest.mark.parametrize("trouble", MAIL_TROUBLES)
def test_a_mail_password_stays_secret(
    trouble: str, clock: FixedClock, local_certificate: tuple[Path, Path], leaks: Leaks
) -> None:
    played = MAIL_TROUBLES[trouble]
    leaks.listen("smtplib", "ssl")
    security = played.get("security", "none")
    with SmtpServer(security=security, certificate=local_certificate, users={"bot": PASSWORD}) as mail:
        mail.always("auth", played.get("answer"))
        server = MailServer(
            host=mail.host,
            port=mail.port,
            security=played.get("asked", security),
            sender="bot@example.gov.cn",
            user="bot",
            password=Secret(PASSWORD),
        )
        forms = (PASSWORD.encode(), base64.b64encode(PASSWORD.encode()), base64.b64encode(LOGIN))
        leaks.none_of(
            *(form.decode() for form in forms),
            transport=EmailTransport(server, clock),
            notice=notice(),
            pause_seconds=3600,
            said=repr(server),
        )


def test_a_traceback_shows_no_address() -> None:
    address = RobotAddress(f"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={SECRET}")
    error = RuntimeError(address, f"{address}", f"{address!r}")
    assert SECRET not in "".join(traceback.format_exception(error))
    assert repr(address) == "RobotAddress(https://qyapi.weixin.qq.com/***)"


def test_answers_are_cut_to_500_bytes_of_whole_characters() -> None:
    cut = redacted("错" * 400)
    assert cut == "错" * 166
    assert redacted("a\x00b\r\nc") == "a b  c"


@pytest.mark.parametrize(
    "reply",
    [
        f"see https://x/send?key={SECRET}&debug=1",
        f"access_token={SECRET}",
        f"https://open.feishu.cn/open-apis/bot/v2/hook/{SECRET}",
    ],
)
def test_what_looks_like_a_secret_is_masked(reply: str) -> None:
    assert SECRET not in redacted(reply)
