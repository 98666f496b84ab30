"""The daily check against a real mail server and a server that plays the robot."""

import re
from collections import Counter
from email import message_from_bytes, policy
from email.message import EmailMessage
from html import unescape
from typing import Any

import pytest

from tests.acceptance.program import Office
from tests.servers import RobotAnswer, RobotServer, SmtpServer

COUNTIES = {
    "苍溪县": "cangxi",
    "旺苍县": "wangcang",
    "剑阁县": "jiange",
    "青川县": "qingchuan",
    "利州区": "lizhou",
    "昭化区": "zhaohua",
    "朝天区": "chaotian",
}
CONTACTS = [
    f"{county}.{post}@guangyuan.example.com" for county in COUNTIES.values() for post in ("gongkai", "wangzhan")
]
ROBOT_MARKDOWN_BYTES = 4096
BEFORE = "2023-07-21"  # Friday: the plan is loaded
DAY = "2023-07-24"  # Monday: seven days before the end of July


def connect(office: Office, mail: SmtpServer | None, robot: RobotServer | None = None) -> None:
    """Give the office its channels."""
    if mail is not None:
        office.settings |= {
            "GKBOT_SMTP_HOST": mail.host,
            "GKBOT_SMTP_PORT": str(mail.port),
            "GKBOT_SMTP_SECURITY": "none",
            "GKBOT_MAIL_FROM": "gkbot@guangyuan.example.com",
        }
    if robot is not None:
        office.settings["GKBOT_WECOM_ROBOT_COUNTIES"] = robot.url


def july_task(office: Office) -> dict[str, Any]:
    """The counties' task of 三（二）1."""
    tasks = office.ask("tasks", "--date", DAY, "--unit", "苍溪县")
    found: dict[str, Any] = next(t for t in tasks if t["clause"] == "三（二）1" and t["responsible"] == ["各县（区）"])
    return found


def text_of(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def html_of(message: EmailMessage) -> str:
    body = message.get_body(("html",))
    assert body is not None
    return unescape(re.sub(r"<[^>]*>", "", str(body.get_content())))


def to_counties(mail: SmtpServer) -> list[str]:
    """Addresses of the counties' contacts, one for each letter that arrived."""
    return sorted(letter.recipient for letter in mail.letters if letter.recipient in CONTACTS)


def test_each_countys_contact_gets_one_mail_with_task_words_day_days_left_and_clause(
    guangyuan: Office, mail: SmtpServer
) -> None:
    connect(guangyuan, mail)
    title = july_task(guangyuan)["title"]
    result = guangyuan.ask("daily", "--date", DAY)
    assert to_counties(mail) == sorted(CONTACTS)
    assert result["date"] == DAY
    assert result["sent"] >= len(CONTACTS)
    assert result["failed"] == 0
    for letter in mail.letters:
        if letter.recipient in CONTACTS:
            for text in (text_of(letter.message), html_of(letter.message)):
                for wanted in (title, "2023年7月底前", "7月31日", "三（二）1"):
                    assert wanted in text, f"{wanted} is missing for {letter.recipient}"
                assert re.search(r"7\s*天", text)


def test_the_only_reminder_of_a_day_says_task_day_and_days_left_in_its_subject(
    counties: Office, mail: SmtpServer
) -> None:
    connect(counties, mail)
    counties.ask("daily", "--date", BEFORE)  # the new tasks are told
    mail.letters.clear()
    title = july_task(counties)["title"]
    counties.ask("daily", "--date", DAY)
    subjects = {str(letter.message["Subject"]) for letter in mail.letters if letter.recipient in CONTACTS}
    assert len(mail.letters) >= len(CONTACTS)
    for subject in subjects:
        assert subject.startswith("【政务公开提醒】")
        assert title[:10] in subject
        assert "7月31日（周一）" in subject
        assert "还剩7天" in subject


def test_a_second_run_on_the_same_day_sends_nothing(guangyuan: Office, mail: SmtpServer, robot: RobotServer) -> None:
    connect(guangyuan, mail, robot)
    guangyuan.ask("daily", "--date", DAY)
    letters, messages = len(mail.letters), len(robot.requests)
    again = guangyuan.ask("daily", "--date", DAY)
    assert (again["sent"], again["planned"], again["failed"]) == (0, 0, 0)
    assert (len(mail.letters), len(robot.requests)) == (letters, messages)


def test_a_county_that_has_done_its_task_hears_no_more_of_it_while_the_others_do(
    counties: Office, mail: SmtpServer
) -> None:
    connect(counties, mail)
    task = july_task(counties)
    counties.ask("daily", "--date", DAY)
    done = counties.run("done", task["id"], "--unit", "苍溪县", "--note", "已公开")
    assert done.status == 0, done.said
    for day in ("2023-07-28", "2023-07-31", "2023-08-01"):
        mail.letters.clear()
        counties.ask("daily", "--date", day)
        hearing = {x.recipient for x in mail.letters if x.recipient in CONTACTS and task["title"] in text_of(x.message)}
        assert hearing == {address for address in CONTACTS if not address.startswith("cangxi.")}, day


def test_a_reopened_task_is_told_again(counties: Office, mail: SmtpServer) -> None:
    task = july_task(counties)
    for words in (("done", task["id"]), ("reopen", task["id"])):
        finished = counties.run(*words, "--unit", "苍溪县", "--note", "见附件")
        assert finished.status == 0, finished.said
    connect(counties, mail)
    counties.ask("daily", "--date", "2023-07-31")
    assert any(
        letter.recipient.startswith("cangxi.") and task["title"] in text_of(letter.message) for letter in mail.letters
    )


def test_the_robots_group_gets_markdown_within_its_bytes_that_mentions_the_counties_contacts(
    counties: Office, robot: RobotServer
) -> None:
    connect(counties, None, robot)
    counties.ask("daily", "--date", DAY)
    assert robot.arrived
    contents = [body["markdown"]["content"] for body in robot.arrived]
    assert {body["msgtype"] for body in robot.arrived} == {"markdown"}
    assert max(len(content.encode()) for content in contents) <= ROBOT_MARKDOWN_BYTES
    together = "\n".join(contents)
    for county in COUNTIES.values():
        assert f"<@{county}_gongkai>" in together
    assert "三（二）1" in together
    assert "2023年7月底前" in together


def test_the_parts_of_a_digest_add_up_to_the_total_in_its_first_line(counties: Office) -> None:
    counties.ask("daily", "--date", DAY)
    texts = [path.read_text(encoding="utf-8") for path in counties.written() if path.suffix == ".md"]
    letters = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in counties.written()]
    texts += [text_of(letter) for letter in letters if isinstance(letter, EmailMessage) and letter["To"]]
    heads = [found for text in texts if (found := re.search(r"(\d+)项任务：((?:[^；，\n]+\d+项、?)+)", text))]
    assert heads
    for head in heads:
        assert int(head[1]) == sum(int(part) for part in re.findall(r"(\d+)项", head[2])), head[0]


def test_a_robot_that_refuses_with_http_200_is_a_failure_and_the_mail_goes_out_all_the_same(
    counties: Office, mail: SmtpServer, robot: RobotServer
) -> None:
    connect(counties, mail, robot)
    robot.always(RobotAnswer(body=b'{"errcode":93000,"errmsg":"invalid webhook url"}'))
    finished = counties.run("daily", "--date", DAY, "--json")
    assert finished.status == 1, finished.said
    assert finished.json["failed"] >= 1
    assert to_counties(mail) == sorted(CONTACTS)
    assert robot.key not in finished.said


def test_a_dry_run_sends_nothing_and_remembers_nothing(counties: Office, mail: SmtpServer) -> None:
    connect(counties, mail)
    finished = counties.run("daily", "--date", DAY, "--dry-run", "--json")
    assert finished.status == 0, finished.said
    assert finished.json["sent"] == 0
    assert mail.letters == []
    counties.ask("daily", "--date", DAY)
    assert to_counties(mail) == sorted(CONTACTS)


def test_without_channels_the_messages_are_files_in_the_outbox_folder(counties: Office) -> None:
    result = counties.ask("daily", "--date", DAY)
    kinds = Counter(path.suffix for path in counties.written())
    assert kinds[".eml"] >= len(CONTACTS)
    assert kinds[".md"] >= 1
    assert result["failed"] == 0
    before = counties.written()
    counties.ask("daily", "--date", DAY)
    assert counties.written() == before


def test_days_on_which_the_program_was_off_are_caught_up_with_the_most_urgent_notice_only(
    counties: Office, mail: SmtpServer
) -> None:
    task = july_task(counties)
    counties.ask("daily", "--date", "2023-07-10")
    connect(counties, mail)
    counties.ask("daily", "--date", "2023-07-26")  # 14 and 24 July were missed
    letters = [letter for letter in mail.letters if letter.recipient == CONTACTS[0]]
    assert len(letters) == 1
    text = text_of(letters[0].message)
    assert "补发" in text
    assert text.count(task["title"]) == 1
    assert re.search(r"5\s*天", text)


def test_a_plan_loaded_long_after_its_days_floods_nobody(counties: Office, mail: SmtpServer) -> None:
    connect(counties, mail)
    counties.ask("daily", "--date", "2024-02-26")
    overdue = [x for x in mail.letters if x.recipient in CONTACTS and "2023年7月底前" in text_of(x.message)]
    admins = [x for x in mail.letters if x.recipient == "zhengwugongkai@guangyuan.example.com"]
    assert overdue == []
    assert len(admins) == 1
    assert "2023年7月底前" in text_of(admins[0].message) or july_task(counties)["title"] in text_of(admins[0].message)


@pytest.mark.parametrize("words", [("done", "GY2023-99"), ("done", "GY2023-05", "--unit", "成都市")])
def test_saying_done_of_an_unknown_task_or_unit_is_refused_in_chinese(counties: Office, words: tuple[str, ...]) -> None:
    with_unit = words if "--unit" in words else (*words, "--unit", "苍溪县")
    finished = counties.run(*with_unit)
    assert finished.status in {1, 2}
    finished.assert_in_chinese()
