"""Nobody is pestered: done, put off or silenced after planning; holidays, closures, zones; one person often."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import event

from gkbot.deadline import Calendar
from gkbot.errors import SettingsError
from gkbot.notices import render
from gkbot.planning import EventKind
from gkbot.planning.suppressions import SuppressionKind
from gkbot.rulebook import load
from gkbot.settings import load_settings
from tests.told_days import BEIJING, RULES, TEMPLATES, Office


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    made = Office(tmp_path)
    made.day("2026-07-10T09:05")  # the tasks are announced
    yield made
    made.ledger.close()


SEVEN_BEFORE = "2026-07-24T09:05"


@pytest.mark.fault("F21")
@pytest.mark.parametrize(
    ("kind", "reason", "details"),
    [
        (EventKind.DONE, "done", {}),
        (EventKind.REPORTED, "reported", {}),
        (EventKind.PAUSED, "paused", {}),
        (EventKind.EXTENDED, "moved", {"until": date(2026, 9, 30)}),
    ],
)
def test_what_happens_between_plan_and_send_keeps_the_message_back(
    office: Office, kind: EventKind, reason: str, details: dict[str, object]
) -> None:
    office.at(SEVEN_BEFORE).plan()
    for task in ("SX-01", "SX-02"):
        office.record(kind, task, **details)
    office.send()
    assert len(office.mails()) == 1  # the announcement of 10 July
    assert office.reasons() == [("superseded", reason)]


@pytest.mark.fault("F21")
def test_the_rest_of_a_digest_goes_out(office: Office) -> None:
    office.at(SEVEN_BEFORE).plan()
    office.record(EventKind.DONE)
    office.send()
    assert "公布决算" in office.mails()[-1]
    assert "公布预算" not in office.mails()[-1]


@pytest.mark.fault("F21")
def test_a_silence_keeps_a_planned_message_back_and_it_is_told_afterwards(office: Office) -> None:
    office.at(SEVEN_BEFORE).plan()
    office.silence("2026-07-28", unit="甲县")
    office.send()
    assert office.reasons() == [("superseded", "silenced")]
    for day in ("2026-07-27", "2026-07-28"):
        office.day(f"{day}T09:05")
    assert len(office.mails()) == 1
    office.day("2026-07-29T09:05")
    assert len(office.mails()) == 2
    assert "还剩2天" in office.mails()[-1]


@pytest.mark.fault("F21")
def test_a_silence_about_one_task_lets_the_others_of_a_digest_go(office: Office) -> None:
    office.at(SEVEN_BEFORE).plan()
    office.silence("2026-07-26", task="SX-01")
    office.send()
    assert "公布决算" in office.mails()[-1]
    assert "公布预算" not in office.mails()[-1]
    office.day("2026-07-27T09:05")
    assert "公布预算" in office.mails()[-1]
    assert "公布决算" not in office.mails()[-1]


@pytest.mark.fault("F21")
def test_who_knows_already_is_not_told_afterwards(office: Office) -> None:
    office.at(SEVEN_BEFORE).plan()
    office.silence("2026-07-26", SuppressionKind.ACK, unit="甲县")
    office.send()
    office.day("2026-07-27T09:05")
    assert len(office.mails()) == 1


@pytest.mark.fault("F21")
def test_a_moved_day_is_announced_once(office: Office) -> None:
    office.day(SEVEN_BEFORE)
    office.record(EventKind.EXTENDED, until=date(2026, 8, 31))
    for day in ("2026-07-27", "2026-07-28", "2026-08-14"):
        office.day(f"{day}T09:05")
    told = [mail for mail in office.mails() if "期限已调整" in mail]
    assert len(told) == 1


def revised_holidays() -> str:
    """The holidays of 2026 as published, but one more day off in October."""
    notice = Calendar.builtin().notice(2026)
    assert notice is not None
    spans = [f"  - {name}: {first} 至 {last}" for name, first, last in notice.off]
    lines = [line.replace("2026-10-07", "2026-10-08") for line in spans]
    assert lines != spans
    days = "、".join(map(str, notice.work))
    return "\n".join(["年份: 2026", "依据: 更正", "发布日期: 2026-09-25", "放假:", *lines, f"上班: {days}", ""])


@pytest.mark.fault("F24")
def test_a_revised_notice_supersedes_what_was_planned_and_doubles_nothing(office: Office) -> None:
    rolled = RULES.replace("任务:\n", "默认: {遇休息日: 顺延}\n任务:\n").replace("2026年7月底前", "2026年10月7日前")
    office.write(rolled)
    office.day("2026-09-21T09:05")
    told = len(office.mails())
    office.at("2026-09-30T09:05").plan()
    office.write(revised_holidays(), "2026.yaml")
    office.send()
    assert office.reasons() == [("superseded", "moved")]
    office.day("2026-09-30T09:10")
    office.day("2026-10-09T09:05")
    assert len(office.mails()) == told + 2
    assert "10月9日" in office.mails()[-2]
    assert "截止：2026年10月8日" not in office.mails()[-2]
    assert "今日到期" in office.mails()[-1]


@pytest.mark.fault("F24")
def test_the_day_before_a_holiday_counts_for_points_in_it(office: Office) -> None:
    office.write(RULES.replace("2026年7月底前", "2026年10月8日前"))
    office.day("2026-09-21T09:05")
    office.day("2026-09-30T09:05")
    assert "还剩8天" in office.mails()[-1]
    count = len(office.mails())
    office.day("2026-10-07T09:05")
    assert len(office.mails()) == count
    office.day("2026-10-08T09:05")
    assert "今日到期" in office.mails()[-1]


@pytest.mark.fault("F24")
def test_a_retry_in_the_night_waits_for_the_next_working_morning(office: Office) -> None:
    office.at("2026-07-24T17:20").plan()
    office.at("2026-07-24T19:20").send()
    (waiting,) = [entry for entry in office.ledger.outbox.entries(day=date(2026, 7, 24)) if entry.unit]
    assert waiting.state == "pending"
    assert waiting.next_at is not None
    leaves = waiting.next_at.astimezone(BEIJING)
    assert leaves.date() == date(2026, 7, 27)
    assert (9, 1) <= (leaves.hour, leaves.minute) <= (9, 13)
    office.at("2026-07-27T09:15").send()
    assert "还剩4天" in office.mails()[-1]


@pytest.mark.fault("F24")
def test_a_closure_holds_back_what_was_planned_before_it_was_known(office: Office) -> None:
    office.at("2026-07-24T08:00").plan(at_once=False)
    office.write(RULES + "停止办公: [停电: 2026-07-24 至 2026-07-27]\n")
    office.at("2026-07-24T09:15").send()
    assert len(office.mails()) == 1
    office.at("2026-07-28T09:15").send()
    assert "还剩3天" in office.mails()[-1]


@pytest.mark.fault("F28")
def test_one_person_in_three_groups_and_two_units_gets_one_message(office: Office) -> None:
    twice = RULES.replace(
        "管理员:",
        "  - 名称: 乙县\n    联络员: [{岗位: A岗, 邮箱: JIA@Example.gov.cn}, {岗位: B岗, 邮箱: jia@example.gov.cn}]\n"
        "单位组:\n  - {名称: 各县, 成员: 甲县、乙县}\n  - {名称: 全部, 成员: 各县、甲县}\n"
        "  - {名称: 三组, 成员: 甲县}\n管理员:",
    ).replace("责任单位: 甲县}", "责任单位: 各县、全部、三组}")
    office.write(twice)
    before = len(office.mails("jia@")) + len(office.mails("JIA@"))
    office.day(SEVEN_BEFORE)
    mails = office.mails("jia@") + office.mails("JIA@")
    assert len(mails) - before == 1
    assert "乙县" in mails[-1]
    assert "甲县" in mails[-1]


@pytest.mark.fault("F28")
@pytest.mark.parametrize("address", ["张三 <jia@example.gov.cn>", "ｊｉａ@example.gov.cn", "jia＠example.gov.cn"])
def test_an_address_in_another_spelling_is_a_mistake_that_check_tells(office: Office, address: str) -> None:
    office.write(RULES.replace("jia@example.gov.cn", f"'{address}'"))
    assert [problem.code for problem in load(office.settings.rules).errors] == ["GK135"]


SENSITIVE = RULES.replace("责任单位: 甲县}", "责任单位: 甲县, 敏感程度: 内部, 条款: 三（二）, 办理要求: 报县长}")


def test_a_sensitive_task_is_a_number_in_mail_subject_robot_and_file_name(office: Office) -> None:
    office.write(SENSITIVE)
    office.day(SEVEN_BEFORE)
    (entry,) = [each for each in office.ledger.outbox.entries(day=date(2026, 7, 24)) if each.unit]
    robot = render(dict(entry.facts) | {"robot": True}, channel="wecom", today=date(2026, 7, 24), templates=TEMPLATES)
    said = [office.mails()[-1], robot.text, *robot.parts, *map(str, office.settings.outbox_dir.rglob("*"))]
    for word in ("公布", "三（二）", "报县长", "重点任务", "7月底前"):
        assert word not in "\n".join(said)
    assert "SX-01" in said[0]
    assert "SX-01" in robot.text


@pytest.mark.fault("F12")
@pytest.mark.parametrize(
    ("zone", "first", "last"),
    [
        ("Asia/Shanghai", "2026-03-02", "2026-03-13"),
        ("America/New_York", "2026-03-05", "2026-03-12"),  # the hour after 2 o'clock on the 8th is missing
        ("America/New_York", "2026-10-29", "2026-11-05"),  # the hour after 1 o'clock on the 1st comes twice
        ("Asia/Kolkata", "2026-03-05", "2026-03-12"),
    ],
)
def test_every_day_is_looked_at_once_in_every_zone(tmp_path: Path, zone: str, first: str, last: str) -> None:
    office = Office(tmp_path, ZoneInfo(zone))
    begin, end = date.fromisoformat(first), date.fromisoformat(last)
    moment = datetime.combine(begin, datetime.min.time(), office.clock.zone)
    while moment.astimezone(office.clock.zone).date() <= end:
        office.clock.moment = moment
        office.plan(at_once=False)
        moment = (moment.astimezone(ZoneInfo("UTC")) + timedelta(hours=8)).astimezone(office.clock.zone)
    runs = office.ledger.scan_runs(begin)
    assert [run.day for run in runs] == [begin + timedelta(days=n) for n in range((end - begin).days + 1)]
    keys = [entry.key for entry in office.ledger.outbox.entries()]
    assert len(keys) == len(set(keys))
    office.ledger.close()


@pytest.mark.fault("F12")
@pytest.mark.parametrize("zone", ["Asia/Nowhere", "../etc/passwd"])
def test_a_missing_zone_stops_the_start(zone: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SettingsError, match="GKBOT_TIMEZONE"):
        load_settings({"GKBOT_TIMEZONE": zone})


def test_a_digest_is_looked_at_again_once_however_many_items_it_has(office: Office) -> None:
    office.at(SEVEN_BEFORE).plan()
    asked: list[str] = []
    engine = office.ledger._database.engine
    event.listen(engine, "before_cursor_execute", lambda *said: asked.append(said[2]))
    office.send()
    assert len(office.mails()) == 2
    silences = [query for query in asked if "FROM suppression" in query and "until_at" in query]
    assert len(silences) == 2  # for the history of the duties, and for what holds today
