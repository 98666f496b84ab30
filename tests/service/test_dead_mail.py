"""When mail itself is dead the admins hear of it by another way: their robot, or the outbox folder."""

from collections.abc import Callable
from datetime import datetime
from email import message_from_bytes, policy
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from gkbot.clock import FixedClock
from gkbot.ledger import Brake, Ledger, NoticeState
from gkbot.service.check import run_daily
from gkbot.service.mail_remarks import tls_findings
from gkbot.settings import Secret, Settings, SmtpSecurity, SmtpSettings
from tests.brake_offices import BrakeOffice
from tests.ledger_rows import gate
from tests.servers import RobotServer, SmtpServer, certificate
from tests.service import told_office

ZONE = ZoneInfo("Asia/Shanghai")
RULES = """\
文件: {标题: 试行县2023年政务公开要点, 印发日期: 2023-05-17}
任务:
  - {编号: SX-01, 事项: 完善公开内容, 期限: 2023年7月底前, 责任单位: 甲县}
单位:
  - 名称: 甲县
    联络员: [{岗位: 公开岗, 邮箱: jia@example.gov.cn}]
管理员:
  - {岗位: 公开科, 邮箱: admin@example.gov.cn}
"""
MONDAY, TUESDAY = "2023-07-24", "2023-07-25"
Check = Callable[[str], None]


def office(folder: Path, mail: SmtpServer, robot: RobotServer | None = None, **how: object) -> tuple[Settings, Check]:
    rules = RULES if robot is None else RULES.replace("admin@example.gov.cn}", "admin@example.gov.cn, 机器人: OFFICE}")
    (folder / "rules").mkdir()
    (folder / "rules" / "a.yaml").write_text(rules, encoding="utf-8")
    values = {"security": SmtpSecurity.NONE, "user": "bot", "password": Secret("wrong"), **how}
    smtp = SmtpSettings(host=mail.host, port=mail.port, mail_from="bot@example.gov.cn", **values)  # type: ignore[arg-type]  # test values
    settings = Settings(
        rules=folder / "rules",
        database_url=f"sqlite:///{folder / 'gkbot.db'}",
        outbox_dir=folder / "outbox",
        state_dir=folder,
        smtp=smtp,
        robots={} if robot is None else {"OFFICE": Secret(robot.url)},
    )

    def check(day: str) -> None:
        run_daily(settings, clock(day))

    return settings, check


def clock(day: str, time: str = "09:30") -> FixedClock:
    return FixedClock(datetime.fromisoformat(f"{day}T{time}").replace(tzinfo=ZONE), ZONE)


def in_folder(settings: Settings) -> list[str]:
    return sorted(file.name.split("_")[1] for file in settings.outbox_dir.glob("*.eml"))


@pytest.mark.fault("F17")
def test_a_refused_login_is_tried_once_a_day_and_told_through_the_folder(tmp_path: Path) -> None:
    with SmtpServer(users={"bot": "right"}) as mail:
        settings, check = office(tmp_path, mail)
        check(MONDAY)
        assert mail.commands.count("auth") == 1
        check(TUESDAY)
        assert (mail.commands.count("auth"), mail.letters) == (2, [])  # a person called for another try
    assert in_folder(settings) == ["公开科", "公开科"]  # each day once
    text = b"".join(file.read_bytes() for file in settings.outbox_dir.glob("*公开科*.eml"))
    with Ledger.open(settings.database_url, clock=clock(TUESDAY)) as ledger:
        waiting = {entry.contact: entry.state for entry in ledger.outbox.entries() if entry.channel == "email"}
        told, *_ = [entry for entry in ledger.outbox.entries() if entry.channel == "file"]
    assert waiting["公开岗"] is NoticeState.PENDING  # the unit's own waits for the password
    assert any("邮件渠道停用：邮件服务器拒绝（535）" in line for line in told.facts["lines"])
    assert b"wrong" not in text


@pytest.mark.fault("F17")
def test_a_check_called_for_again_says_that_it_tries_a_dead_channel_and_tells_nobody_twice(tmp_path: Path) -> None:
    with SmtpServer(users={"bot": "right"}) as mail:
        settings, check = office(tmp_path, mail)
        check(MONDAY)
        again = run_daily(settings, clock(MONDAY, "11:20"))
        assert mail.commands.count("auth") == 2
    with Ledger.open(settings.database_url, clock=clock(MONDAY)) as ledger:
        deeds = [(deed.who, deed.what) for deed in ledger.trail.audit()]
        assert [found.channel_id for found in ledger.outbox.disabled_channels()] == ["email"]
    assert ("gkbot daily", "enable email") in deeds
    assert any("已重新启用再试：邮件。" in remark for remark in again.remarks)
    assert in_folder(settings) == ["公开科"]


@pytest.mark.fault("F17")
def test_the_day_of_a_dead_channel_is_the_offices_own(tmp_path: Path) -> None:
    """Eight in the morning in Beijing is midnight by UTC."""
    with SmtpServer(users={"bot": "right"}) as mail:
        settings, _ = office(tmp_path, mail)
        run_daily(settings, clock(MONDAY, "07:50"))
        run_daily(settings, clock(MONDAY, "08:20"))
    assert in_folder(settings) == ["公开科"]


@pytest.mark.fault("F04")
def test_a_broken_robot_for_which_nothing_waits_stays_disabled(tmp_path: Path) -> None:
    with SmtpServer() as mail, RobotServer() as robot:
        bureau = told_office.Office(tmp_path, mail, robot)
        bureau.write(told_office.WITH_ROBOT)
        robot.answer(errcode=93000, times=9)
        bureau.check(told_office.FIRST)
        tried = len(robot.requests)
        later = FixedClock(datetime(2023, 7, 10, 11, 20, tzinfo=ZONE), ZONE)
        again = run_daily(bureau.settings, later)
        assert (tried, len(robot.requests)) == (1, 1)
        with bureau.ledger(told_office.FIRST) as ledger:
            assert [found.channel_id for found in ledger.outbox.disabled_channels()] == ["wecom:COUNTIES"]
            assert [deed.what for deed in ledger.trail.audit() if deed.what.startswith("enable")] == []
    assert not any("重新启用" in remark for remark in again.remarks)


@pytest.mark.fault("F17")
def test_a_warning_that_all_stands_still_goes_through_the_folder_too(tmp_path: Path) -> None:
    with SmtpServer(users={"bot": "right"}) as mail:
        settings, check = office(tmp_path, mail)
        with Ledger.open(settings.database_url, clock=clock(MONDAY)) as ledger:
            moment = clock(MONDAY).now()
            ledger.braking.set(Brake.RESTORED, expected=moment, found=moment, why="备份")
        check(MONDAY)
    assert in_folder(settings) == ["公开科"]
    (letter,) = settings.outbox_dir.glob("*.eml")
    told = message_from_bytes(letter.read_bytes(), policy=policy.default).get_body(("plain",))
    assert told is not None
    assert "数据库像是从备份恢复的" in told.get_content()


@pytest.mark.fault("F17")
def test_a_running_service_that_stands_still_carries_its_warning_round(tmp_path: Path) -> None:
    with SmtpServer() as mail:
        bureau = BrakeOffice(tmp_path, mail, f"sqlite:///{tmp_path / 'gkbot.db'}", units=2, is_busy=False)
        with bureau.ledger() as ledger:
            moment = bureau.clock.now()
            ledger.braking.set(Brake.RESTORED, expected=moment, found=moment, why="备份")
            service = bureau.service(ledger)
            service.watch.start()
            service.look()
            gate(ledger, disabled_reason="535", disabled_at=moment)  # as the warning was tried
            service.look()
            ways = {(entry.channel, entry.state) for entry in ledger.outbox.entries()}
    assert ways == {("email", NoticeState.DEAD), ("file", NoticeState.PENDING)}


@pytest.mark.fault("F17")
def test_a_robot_hears_of_a_refused_login(tmp_path: Path) -> None:
    with SmtpServer(users={"bot": "right"}) as mail, RobotServer() as robot:
        _, check = office(tmp_path, mail, robot)
        check(MONDAY)
        check(TUESDAY)
        said = "".join(str(body) for body in robot.arrived)
    assert "邮件渠道停用：邮件服务器拒绝（535）" in said


@pytest.mark.fault("F08")
def test_an_untrusted_certificate_is_told_and_fails_the_audit(tmp_path: Path) -> None:
    with SmtpServer(security="ssl", certificate=certificate(tmp_path)) as mail:
        settings, check = office(tmp_path, mail, security=SmtpSecurity.SSL)
        check(MONDAY)
        check(TUESDAY)
        assert mail.letters == []
    with Ledger.open(settings.database_url, clock=clock(TUESDAY)) as ledger:
        (finding,) = tls_findings(ledger)
        told = [entry for entry in ledger.outbox.entries() if entry.channel == "file"]
    assert (finding.code, "不会改用不加密的连接" in finding.what) == ("mail-tls", True)
    assert any("加密连接不可信" in line for entry in told for line in entry.facts["lines"])
