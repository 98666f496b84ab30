"""What lists, audit and export say: Chinese words for channels, groups and deeds; a sentence where nothing is."""

import csv
import json
import sqlite3
from pathlib import Path

import pytest

from tests.acceptance.program import Office
from tests.acceptance.small import FIRST_DAY, SEVEN_DAYS_BEFORE, UNITS, small_office

ROBOT = {"GKBOT_WECOM_ROBOT_COUNTIES": "https://127.0.0.1:9/cgi-bin/webhook/send?key=abc"}
IN_GROUP = UNITS.replace(
    "        邮箱: jia@example.gov.cn\n", "        邮箱: jia@example.gov.cn\n    机器人: COUNTIES\n"
)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """An office whose first day has been looked at; everything went to the folder."""
    made = small_office(tmp_path)
    made.ask("daily", "--date", FIRST_DAY)
    return made


def test_people_read_chinese_names_of_channels_and_programs_the_ids(office: Office) -> None:
    listed = office.run("outbox", "list", "--all").out
    assert "发件文件夹" in listed or "邮件" in listed
    assert not {"email", "file", "wecom"} & set(listed.split())
    assert {entry["recipient"]["channel"] for entry in office.ask("outbox", "list", "--all")} <= {"email", "file"}


def test_a_robots_row_names_its_group_and_not_the_units_again(tmp_path: Path) -> None:
    office = small_office(tmp_path, **ROBOT)
    (office.folder / "rules" / "units.yaml").write_text(IN_GROUP, encoding="utf-8")
    for command in (("plan", "--date", SEVEN_DAYS_BEFORE), ("show", "--date", SEVEN_DAYS_BEFORE)):
        lines = [line for line in office.run(*command).out.splitlines() if "群机器人" in line]
        assert lines, command
        assert all("群 COUNTIES" in line and line.count("甲县人民政府") <= 2 for line in lines), lines
        assert all("甲县人民政府 甲县人民政府" not in " ".join(line.split()) for line in lines), lines
    plan = json.loads(office.run("plan", "--date", SEVEN_DAYS_BEFORE, "--json").out)
    robot = next(each["recipient"] for each in plan["notices"] if each["recipient"]["channel"] == "wecom")
    assert (robot["contact"], robot["address"]) == ("甲县人民政府", "COUNTIES")


def test_an_export_asks_before_it_replaces_a_file_and_is_in_the_audit(office: Office) -> None:
    assert office.run("outbox", "export", "log.csv", "--who", "王某", "--why", "督查组调阅").status == 0
    (office.folder / "log.csv").write_text("mine")
    refused = office.run("outbox", "export", "log.csv")
    assert refused.status == 2
    assert "log.csv 已经有了，覆盖它？没有终端可以询问。核对以后加上 --yes。" in refused.err
    assert (office.folder / "log.csv").read_text() == "mine"
    assert office.run("outbox", "export", "log.csv", "--yes").status == 0
    newest, oldest = office.ask("outbox", "audit")
    assert (oldest["who"], oldest["why"]) == ("王某", "督查组调阅")
    assert newest["what"].startswith("export 最早至最近 ")
    assert "导出发送日志 最早至最近" in office.run("outbox", "audit").out


def test_an_export_says_in_words_how_each_attempt_went(office: Office) -> None:
    with sqlite3.connect(office.folder / "gkbot.db") as database:
        row = "(SELECT min(rowid) FROM attempt)"
        database.execute(f"UPDATE attempt SET provider_code = '550', phase = 'rcpt' WHERE rowid = {row}")  # noqa: S608
    database.close()
    office.run("outbox", "export", "log.csv")
    with (office.folder / "log.csv").open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    assert {(row["代码"], row["阶段"]) for row in rows} == {("550", "收件人"), ("已写成文件", "已写成文件")}


def test_the_audit_calls_sending_again_by_its_name(office: Office) -> None:
    with sqlite3.connect(office.folder / "gkbot.db") as database:
        database.execute("UPDATE notice SET state = 'dead' WHERE id = (SELECT min(id) FROM notice)")
    database.close()
    (dead,) = office.ask("outbox", "list")
    assert office.run("outbox", "retry", dead["number"], "--why", "邮箱已恢复").status == 0
    assert f"重发 {dead['number']}" in office.run("outbox", "audit").out


def test_a_refused_robot_message_is_shown_as_its_text(office: Office) -> None:
    body = {"msgtype": "markdown", "markdown": {"content": "第一行\n第二行"}}
    with sqlite3.connect(office.folder / "gkbot.db") as database:
        change = "UPDATE notice SET body = ? WHERE id = (SELECT min(id) FROM notice) RETURNING number"
        (number,) = database.execute(change, (json.dumps(body),)).fetchone()
    database.close()
    assert office.run("outbox", "show", number).out.endswith("\n\n第一行\n第二行\n")


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (("silence", "list"), "没有生效的静默。结束了的用 --all 查看。\n"),
        (("silence", "list", "--all"), "没有静默。\n"),
        (("bounce", "--list"), "没有停用的邮箱，也没有不再接收的申请。\n"),
        (("outbox", "enable"), "没有停用的渠道。\n"),
    ],
)
def test_where_there_is_nothing_to_list_a_sentence_says_so(
    office: Office, command: tuple[str, ...], words: str
) -> None:
    answered = office.run(*command)
    assert (answered.status, answered.out + answered.err) == (0, words)


@pytest.mark.parametrize("option", ["--why", "--note"])
def test_the_reason_of_a_pause_is_given_by_either_name(office: Office, option: str) -> None:
    paused = office.run("pause", "SX2023-01", "--unit", "甲县", option, "等省厅答复", "--json")
    assert paused.status == 0, paused.err
    with sqlite3.connect(office.folder / "gkbot.db") as database:
        notes = [row[0] for row in database.execute("SELECT note FROM event WHERE kind = 'paused'")]
    database.close()
    assert notes == ["等省厅答复"]
