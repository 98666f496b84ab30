"""`gkbot doctor` and the other side: real mail servers and robots, good ones and every kind of bad one."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from patients import RULES, SECRET, patient

from gkbot.service.doctor import mail
from gkbot.service.doctor.mail import probe_mail
from gkbot.service.doctor.robots import probe_robots
from gkbot.service.doctor.values import Finding, Grade
from gkbot.settings import Secret, SmtpSecurity, SmtpSettings
from tests.robot_servers import DingTalkServer
from tests.servers import DROP, RobotServer, SmtpServer, certificate, free_port

USER = "gk@example.gov.cn"


@pytest.fixture
def silent() -> Iterator[int]:
    """The port of a server that takes connections and says nothing."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(5)
        yield server.getsockname()[1]


def looked_at(
    home: Path,
    port: int,
    *,
    host: str = "127.0.0.1",
    security: str = "none",
    password: str = SECRET,
    user: str | None = USER,
) -> Finding:
    """What the probe says of a mail server; never a secret."""
    smtp = SmtpSettings(
        host=host,
        port=port,
        security=SmtpSecurity(security),
        mail_from=USER,
        user=user,
        password=Secret(password) if user else None,
    )
    finding = probe_mail(patient(home, smtp=smtp))
    assert SECRET not in str(finding)
    return finding


def test_without_a_mail_server_all_is_well(tmp_path: Path) -> None:
    assert probe_mail(patient(tmp_path)).grade is Grade.GOOD


@pytest.mark.parametrize("security", ["none", "starttls", "ssl"])
def test_a_login_is_tried_and_no_mail_is_sent(tmp_path: Path, security: str, monkeypatch: pytest.MonkeyPatch) -> None:
    chain, key = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(chain))
    with SmtpServer(security=security, users={USER: SECRET}, certificate=(chain, key)) as server:
        finding = looked_at(tmp_path, server.port, security=security)
        assert (finding.grade, server.letters) == (Grade.GOOD, [])
        assert {"mail", "rcpt", "data"}.isdisjoint(server.commands)
    assert "登录成功" in finding.message


def test_a_server_without_login_is_good(tmp_path: Path) -> None:
    with SmtpServer() as server:
        assert "不用登录" in looked_at(tmp_path, server.port, user=None).message


def test_a_wrong_password_is_bad_and_tried_once(tmp_path: Path) -> None:
    with SmtpServer(users={USER: "right"}) as server:
        finding = looked_at(tmp_path, server.port)
        assert server.commands.count("auth") == 1
    assert finding.grade is Grade.BAD
    assert "登录被拒（535" in finding.message
    assert "授权码" in (finding.fix or "")


def test_a_server_that_repeats_the_password_does_not_get_it_shown(tmp_path: Path) -> None:
    with SmtpServer(users={USER: SECRET}) as server:
        server.answer("auth", f"535 5.7.8 {SECRET} is wrong")
        assert looked_at(tmp_path, server.port).grade is Grade.BAD


def test_a_server_without_starttls_is_bad(tmp_path: Path) -> None:
    with SmtpServer() as server:
        finding = looked_at(tmp_path, server.port, security="starttls")
    assert (finding.grade, "465" in (finding.fix or "")) == (Grade.BAD, True)


def test_a_certificate_nobody_trusts_is_bad(tmp_path: Path) -> None:
    with SmtpServer(security="ssl", certificate=certificate(tmp_path)) as server:
        finding = looked_at(tmp_path, server.port, security="ssl")
    assert (finding.grade, "证书" in finding.message) == (Grade.BAD, True)


def test_a_port_that_speaks_no_tls_is_bad(tmp_path: Path) -> None:
    with SmtpServer() as server:
        finding = looked_at(tmp_path, server.port, security="ssl")
    assert (finding.grade, "不是 ssl" in (finding.fix or "")) == (Grade.BAD, True)


def test_a_port_without_server_is_bad(tmp_path: Path) -> None:
    finding = looked_at(tmp_path, free_port())
    assert (finding.grade, "没有服务" in finding.message) == (Grade.BAD, True)


def test_a_host_that_does_not_exist_is_bad(tmp_path: Path) -> None:
    finding = looked_at(tmp_path, 25, host="no-such-host.invalid")
    assert (finding.grade, "域名" in finding.message) == (Grade.BAD, True)


def test_a_server_that_says_nothing_is_given_up(tmp_path: Path, silent: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail, "SECONDS", 0.2)
    finding = looked_at(tmp_path, silent)
    assert (finding.grade, "没有答复" in finding.message) == (Grade.BAD, True)


@pytest.mark.parametrize("phase", ["connect", "ehlo", "auth"])
def test_a_line_that_is_cut_is_bad(tmp_path: Path, phase: str) -> None:
    with SmtpServer(users={USER: SECRET}) as server:
        server.answer(phase, DROP)
        assert looked_at(tmp_path, server.port).grade is Grade.BAD


def findings_of_robots(home: Path, *, sends: bool = False, rules: str = RULES, **robots: str) -> list[Finding]:
    """What the probe says of robots; never an address."""
    secrets = {name: Secret(address) for name, address in robots.items()}
    found = list(probe_robots(patient(home, robots=secrets, sends=sends, rules=rules)))
    assert SECRET not in str(found)
    return found


VENDOR = "https://qyapi.weixin.qq.com/cgi-bin/webhook"


@pytest.mark.parametrize(
    ("address", "grade"),
    [
        (f"{VENDOR}/send?key={SECRET}", Grade.GOOD),
        (f"https://wework.example.gov.cn/cgi-bin/webhook/send?key={SECRET}", Grade.GOOD),
        (f"http://wework.example.gov.cn/cgi-bin/webhook/send?key={SECRET}", Grade.CAUTION),
        (f"{VENDOR}/send?key=", Grade.BAD),
        (f"{VENDOR}/{SECRET}", Grade.BAD),
        (f"http://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={SECRET}", Grade.BAD),
        (f"https://[{SECRET}", Grade.BAD),
    ],
)
def test_the_form_of_an_address_is_judged(tmp_path: Path, address: str, grade: Grade) -> None:
    assert [finding.grade for finding in findings_of_robots(tmp_path, A=address)] == [grade]


def test_nothing_is_sent_unless_asked_for(tmp_path: Path) -> None:
    with RobotServer(SECRET) as server:
        findings_of_robots(tmp_path, A=server.url)
        assert server.requests == []
        [finding] = findings_of_robots(tmp_path, A=server.url, sends=True)
        assert len(server.arrived) == 1
    assert (finding.grade, "收下了" in finding.message) == (Grade.GOOD, True)


def test_a_robot_that_was_removed_is_bad(tmp_path: Path) -> None:
    with RobotServer(SECRET) as server:
        server.answer(errcode=93000, errmsg=f"invalid webhook url, key={SECRET}")
        [finding] = findings_of_robots(tmp_path, A=server.url, sends=True)
    assert (finding.grade, "93000" in finding.message) == (Grade.BAD, True)


def test_a_robot_nobody_answers_for_is_bad(tmp_path: Path) -> None:
    address = f"http://127.0.0.1:{free_port()}/cgi-bin/webhook/send?key={SECRET}"
    assert [each.grade for each in findings_of_robots(tmp_path, A=address, sends=True)] == [Grade.BAD]


def test_a_robot_of_the_rule_files_without_address_is_named(tmp_path: Path) -> None:
    [finding] = findings_of_robots(tmp_path, rules=RULES + "    机器人: OFFICE\n")
    assert (finding.grade, "OFFICE" in finding.message) == (Grade.CAUTION, True)
    assert "GKBOT_WECOM_ROBOT_OFFICE" in (finding.fix or "")


def findings_of_others(home: Path, address: str, *, sends: bool = False) -> Finding:
    [finding] = probe_robots(patient(home, apprise={"OFFICE": Secret(address)}, sends=sends))
    assert address not in str(finding)
    return finding


def test_a_robot_of_dingtalk_is_looked_at_and_tried(tmp_path: Path) -> None:
    with DingTalkServer() as server:
        assert "加签" in findings_of_others(tmp_path, server.url).message
        assert server.requests == []
        assert findings_of_others(tmp_path, server.url, sends=True).grade is Grade.GOOD
        server.secret = "another"
        refused = findings_of_others(tmp_path, server.url.replace("another", "SECold"), sends=True)
    assert (refused.grade, "310000" in refused.message) == (Grade.BAD, True)


def test_an_address_for_apprise_is_read_by_apprise(tmp_path: Path) -> None:
    pytest.importorskip("apprise")
    assert "Apprise 的回答" in findings_of_others(tmp_path, "ntfy://topic").message
    assert findings_of_others(tmp_path, "nosuchservice://topic").grade is Grade.BAD
