"""`gkbot status`: one screen that says whether anything needs a person, with the service running, stopped or dead."""

import json
import os
import re
import signal
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from gkbot.clock import FixedClock
from gkbot.ledger import Ledger
from gkbot.ledger.tables import INSTANCE
from gkbot.screen import cells
from gkbot.service.status import Report, look_at
from gkbot.settings import Settings, SmtpSecurity, SmtpSettings
from tests.acceptance.program import Office
from tests.acceptance.small import small_office
from tests.ledger_rows import MORNING, change, gate
from tests.plans import MONDAY, enqueue, many
from tests.servers import free_port

TEN = MORNING + timedelta(hours=1)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return small_office(tmp_path, GKBOT_STATE_DIR=str(tmp_path / "state"))


@pytest.fixture
def settings(office: Office) -> Settings:
    folder = office.folder
    return Settings(
        rules=folder / "rules",
        database_url=f"sqlite:///{folder / 'gkbot.db'}",
        outbox_dir=folder / "outbox",
        state_dir=folder / "state",
        web_port=free_port(),
    )


def ledger_of(settings: Settings, at: datetime = MORNING) -> Ledger:
    return Ledger.open(settings.database_url, clock=FixedClock(at))


def seen(settings: Settings, at: datetime = TEN) -> Report:
    return look_at(settings, FixedClock(at))


def codes(report: Report) -> list[str]:
    return [finding.code for finding in report.audit.findings]


def test_before_the_first_check_nothing_is_wrong_and_nothing_is_made(settings: Settings) -> None:
    report = seen(settings, datetime(2023, 7, 24, 0, 30, tzinfo=UTC))
    assert (codes(report), report.audit.is_clean) == (["never-checked"], True)
    assert dict(report.lines())["后台服务"] == "没有运行，也没有运行过"
    assert not Path(settings.database_url.removeprefix("sqlite:///")).exists()


def test_a_running_service_is_told_from_a_stopped_and_a_killed_one(settings: Settings) -> None:
    with ledger_of(settings) as ledger:
        enqueue(ledger, day=MONDAY)
        with ledger.outbox.activate("host:42"):
            running = seen(settings, MORNING + timedelta(minutes=2))
            killed = seen(settings, MORNING + timedelta(minutes=5))
        stopped = seen(settings)
    assert (running.is_running, codes(running)) == (True, [])
    assert dict(running.lines())["后台服务"] == "运行中（host:42，自 2023-07-24 09:00 起）"
    assert (killed.is_running, codes(killed), killed.audit.is_clean) == (False, ["service-died"], False)
    assert (stopped.is_running, codes(stopped), stopped.audit.is_clean) == (False, ["service-stopped"], True)
    assert dict(stopped.lines())["后台服务"] == "没有运行（最后一次活动 2023-07-24 09:00）"


def test_a_daily_run_beside_the_service_does_not_hide_it(settings: Settings) -> None:
    with ledger_of(settings) as ledger:
        enqueue(ledger, day=MONDAY)
        for name in ("host:42", "daily"):
            with ledger.outbox.activate(name):
                pass
        with ledger._database.writing() as connection:  # two equal instances, as PostgreSQL allows them
            connection.execute(update(INSTANCE).where(INSTANCE.c.name == "host:42").values(ended_at=None))
    assert seen(settings, MORNING + timedelta(minutes=1)).service.name == "host:42"  # type: ignore[union-attr]


def test_what_went_out_today_and_in_a_week_is_counted(settings: Settings) -> None:
    with ledger_of(settings) as ledger:
        enqueue(ledger, *many(5))
        change(ledger, state="sent", next_at=None)
        change(ledger, "k1", state="sent", day=MONDAY - timedelta(days=6))
        change(ledger, "k2", state="dead", settled_at=MORNING)
        change(ledger, "k3", state="sent", day=MONDAY - timedelta(days=7))
        gate(ledger, disabled_reason="535", disabled_at=MORNING)
        gate(ledger, "wecom:OFFICE", blocked_until=TEN + timedelta(minutes=1))
        gate(ledger, "wecom:COUNTIES")
    report = seen(settings)
    assert list(report.table()) == [("今天", "1", "1", "0", "1", "0"), ("最近7天", "2", "1", "0", "1", "0")]
    assert dict(report.channels()) == {
        "邮件": "停用（535）",
        "群机器人 COUNTIES": "正常",
        "群机器人 OFFICE": "限速，10:01:00 以后再发",
    }
    assert codes(report)[:2] == ["channel-disabled", "dead"]


def test_a_gate_that_opens_on_another_day_shows_the_date(settings: Settings) -> None:
    evening = MORNING + timedelta(hours=14)  # 23:00
    with ledger_of(settings) as ledger:
        gate(ledger, "wecom:OFFICE", blocked_until=evening + timedelta(hours=2))
    assert dict(seen(settings, evening).channels()) == {"群机器人 OFFICE": "限速，2023-07-25 01:00:00 以后再发"}


def test_every_finding_has_word_moment_cure_and_code(settings: Settings) -> None:
    with ledger_of(settings) as ledger:
        enqueue(ledger, *many(1))
        change(ledger, state="dead", settled_at=MORNING, number="ABC123")
    report = seen(settings)
    (finding,) = [found for found in report.audit.findings if found.code == "dead"]
    assert report.said(finding) == (
        "注意  1条消息没有送达（编号 ABC123）（自 2023-07-24 09:00）。"
        "用 gkbot outbox list 查看是哪些；改好联系方式后用 retry 重发，已另行通知的用 drop 撤销。[dead]"
    )


@pytest.mark.parametrize(
    ("moment", "check"),
    [
        (datetime(2023, 7, 24, 0, 59, tzinfo=UTC), "2023-07-24 09:00"),
        (datetime(2023, 7, 24, 1, 0, tzinfo=UTC), "2023-07-25 09:00"),
        (datetime(2023, 7, 28, 2, 0, tzinfo=UTC), "2023-07-31 09:00"),
    ],
)
def test_the_next_check_is_on_a_working_day(settings: Settings, moment: datetime, check: str) -> None:
    assert dict(seen(settings, moment).lines())["下次检查"] == check


def test_broken_and_held_rules_are_told_without_the_service(settings: Settings) -> None:
    plan = settings.rules / "plan.yaml"
    text = plan.read_text(encoding="utf-8")
    plan.write_text(text.replace("各县", "丙县"), encoding="utf-8")
    assert "rules-none" in codes(seen(settings))


def test_a_database_of_another_version_is_said_and_left_alone(settings: Settings) -> None:
    path = Path(settings.database_url.removeprefix("sqlite:///"))
    path.write_bytes(b"no database at all" * 100)
    report = seen(settings)
    assert codes(report)[0] == "database"
    assert "这个文件不是 SQLite 数据库。请检查 GKBOT_DATABASE_URL" in report.audit.findings[0].what
    assert path.read_bytes() == b"no database at all" * 100


def test_nothing_is_made_up_where_the_database_cannot_be_read(settings: Settings) -> None:
    server = f"postgresql://gkbot@127.0.0.1:{free_port()}/gkbot"
    report = seen(replace(settings, database_url=server))
    assert "连不上。请检查服务器是否在运行" in report.audit.findings[0].what
    heads = dict(report.lines())
    assert {heads[name] for name in ("后台服务", "今天检查", "草稿")} == {"不明"}
    assert list(report.table()) == [("今天", *["不明"] * 5), ("最近7天", *["不明"] * 5)]
    told = report.as_json()
    assert {told[name] for name in ("checked_today", "today", "week", "drafts")} == {None}


def test_a_mail_server_is_listed_before_it_has_ever_refused(settings: Settings) -> None:
    with ledger_of(settings) as ledger:
        gate(ledger, "wecom:COUNTIES")
    server = SmtpSettings(host="127.0.0.1", port=25, security=SmtpSecurity.NONE, mail_from="a@example.gov.cn")
    assert dict(seen(replace(settings, smtp=server)).channels()) == {"邮件": "正常", "群机器人 COUNTIES": "正常"}
    assert dict(seen(settings).channels()) == {"群机器人 COUNTIES": "正常"}


def test_the_screen_is_chinese_aligned_and_the_status_says_whether_a_person_is_needed(
    office: Office, settings: Settings
) -> None:
    with ledger_of(settings, datetime.now(UTC)) as ledger:
        enqueue(ledger, *many(1))
        change(ledger, state="held", reason="unclear twice", settled_at=MORNING)
    finished = office.run("status")
    finished.assert_in_chinese()
    assert finished.status == 1
    heads = [re.match(r"\S+ +", line) for line in finished.out.splitlines()[:4]]
    assert {cells(head[0]) for head in heads if head} == {10}
    assert "注意  1条消息结果不明，等人决定" in finished.out
    assert "\x1b[" not in finished.out


def test_the_json_has_the_same(office: Office, settings: Settings) -> None:
    with ledger_of(settings, datetime.now(UTC)) as ledger:
        enqueue(ledger, *many(1))
        change(ledger, state="sent", next_at=None)
    finished = office.run("status", "--json")
    found = json.loads(finished.out)
    assert found["status"] in {"ok", "fail"}  # on a working day the check is missing
    assert (found["service"]["running"], found["week"]["sent"]) == (False, 0)
    assert {"code", "severity", "what", "since", "cure"} == set(found["findings"][0])


def test_silences_in_force_are_not_forgotten(office: Office, settings: Settings) -> None:
    assert office.run("silence", "add", "--everything", "--why", "迎检", "--who", "李某").status == 0
    assert office.run("silence", "add", "--everything", "--why", "换人", "--from", "2199-01-01").status == 0
    heads = [text for name, text in seen(settings, datetime.now(UTC)).lines() if name == "静默"]
    assert len(heads) == 1
    assert heads[0].startswith("第1号，静默：整个办公室")
    assert heads[0].endswith("原因：迎检")


def test_a_running_service_is_seen_from_the_terminal(office: Office) -> None:
    office.settings["GKBOT_WEB_ADDRESS"] = f"127.0.0.1:{free_port()}"
    process = office.start("serve")
    try:
        assert process.stderr is not None
        assert any(b" ready " in line for line in process.stderr)
        assert f"运行中（{os.uname().nodename}:{process.pid}，" in office.run("status").out
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)
