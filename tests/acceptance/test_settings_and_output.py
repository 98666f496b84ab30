"""Settings from the environment and `.env`; one JSON document on stdout; exit status."""

import json
from pathlib import Path

import pytest

from tests.acceptance.program import Finished, Office
from tests.acceptance.small import FIRST_DAY, small_office

JSON_COMMANDS = {
    "when": ("when", "各县（区）于2023年7月底前完成", "--ref", "2023-05-17"),
    "tasks": ("tasks", "--date", FIRST_DAY),
    "plan": ("plan", "--date", FIRST_DAY),
    "plan of a stretch": ("plan", "--from", FIRST_DAY, "--to", "2023-08-31"),
    "check": ("check",),
    "daily, dry": ("daily", "--date", FIRST_DAY, "--dry-run"),
    "daily": ("daily", "--date", FIRST_DAY),
}


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return small_office(tmp_path)


@pytest.mark.parametrize("words", JSON_COMMANDS.values(), ids=list(JSON_COMMANDS))
def test_json_is_one_document_on_stdout_and_nothing_else(office: Office, words: tuple[str, ...]) -> None:
    finished = office.run(*words, "--json")
    assert finished.status == 0, finished.said
    value, end = json.JSONDecoder().raw_decode(finished.out.lstrip())
    assert finished.out.lstrip()[end:].strip() == ""
    assert isinstance(value, dict | list)
    assert "\\u" not in finished.out


def test_json_has_the_keys_of_the_contract(office: Office) -> None:
    task = office.ask("tasks", "--date", FIRST_DAY)[0]
    assert {"id", "document", "clause", "title", "deadline", "lead", "support", "responsible", "duties"} <= set(task)
    assert {"title", "number", "issued", "year", "file"} <= set(task["document"])
    assert {"unit", "role", "period", "due", "status", "days_left"} <= set(task["duties"][0])
    notice = office.ask("plan", "--date", FIRST_DAY)["notices"][0]
    assert {"key", "date", "kind", "recipient", "draft", "items"} <= set(notice)
    assert {"unit", "contact", "channel", "address"} <= set(notice["recipient"])
    result = office.ask("daily", "--date", FIRST_DAY)
    assert {"date", "planned", "sent", "failed", "deferred", "skipped", "problems"} <= set(result)


def test_overdue_is_computed_for_the_day_asked_about(office: Office) -> None:
    for day, status, left in (("2023-07-31", "open", 0), ("2023-08-01", "overdue", -1)):
        duty = office.ask("tasks", "--date", day)[0]["duties"][0]
        assert (duty["status"], duty["days_left"]) == (status, left)


def test_settings_are_read_from_the_env_file_of_the_working_folder(office: Office) -> None:
    (office.folder / "rules").rename(office.folder / "规则")
    (office.folder / ".env").write_text(f"GKBOT_RULES={office.folder / '规则'}\n", encoding="utf-8")
    office.settings["GKBOT_RULES"] = ""
    finished = office.run("tasks", "--date", FIRST_DAY, "--json")
    assert finished.status == 0, finished.said
    assert len(finished.json) == 2


def test_an_unknown_name_in_the_env_file_is_an_error_that_names_the_nearest(office: Office) -> None:
    (office.folder / ".env").write_text("GKBOT_SMPT_HOST=mail.example.gov.cn\n", encoding="utf-8")
    refused(office.run("check"), "GKBOT_SMPT_HOST", "GKBOT_SMTP_HOST")


def test_an_unknown_name_in_the_environment_is_an_error(office: Office) -> None:
    office.settings["GKBOT_DALY_AT"] = "08:47"
    refused(office.run("daily", "--date", FIRST_DAY), "GKBOT_DALY_AT", "GKBOT_DAILY_AT")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("GKBOT_DAILY_AT", "25:00"),
        ("GKBOT_TIMEZONE", "Asia/Changan"),
        ("GKBOT_SMTP_PORT", "七"),
        ("GKBOT_WEB_ADDRESS", "here"),
        ("GKBOT_WECOM_ROBOT_COUNTIES", "not-an-address-SECRET"),
        ("GKBOT_DATABASE_URL", "nonsense"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named_with_exit_two(office: Office, name: str, value: str) -> None:
    office.settings[name] = value
    if name == "GKBOT_SMTP_PORT":
        office.settings |= {"GKBOT_SMTP_HOST": "127.0.0.1", "GKBOT_MAIL_FROM": "a@example.gov.cn"}
    finished = office.run("daily", "--date", FIRST_DAY)
    refused(finished, name)
    assert "SECRET" not in finished.said


def test_a_password_can_be_given_as_a_file_and_is_never_shown(office: Office) -> None:
    secret = office.folder / "secret"
    secret.write_text("pw-5f1c-SECRET\n", encoding="utf-8")
    office.settings |= {
        "GKBOT_SMTP_HOST": "127.0.0.1",
        "GKBOT_SMTP_PORT": "9",
        "GKBOT_SMTP_SECURITY": "none",
        "GKBOT_SMTP_USER": "gk@example.gov.cn",
        "GKBOT_SMTP_PASSWORD_FILE": str(secret),
    }
    finished = office.run("daily", "--date", FIRST_DAY)
    assert "Traceback" not in finished.said
    assert "SECRET" not in finished.said


@pytest.mark.parametrize(
    "words", [("nonsense",), ("daily", "--date", "昨天"), ("plan", "--from", FIRST_DAY), ("done",)]
)
def test_wrong_usage_is_said_in_chinese_with_exit_two(office: Office, words: tuple[str, ...]) -> None:
    finished = office.run(*words)
    assert finished.status == 2
    finished.assert_in_chinese()


@pytest.mark.parametrize(
    "command",
    [
        "when",
        "check",
        "tasks",
        "plan",
        "explain",
        "daily",
        "serve",
        "done",
        "ack",
        "reopen",
        "extend",
        "event",
        "send-test",
    ],
)
def test_the_help_of_each_command_is_chinese_with_an_example(office: Office, command: str) -> None:
    finished = office.run(command, "--help")
    assert finished.status == 0
    finished.assert_in_chinese()
    assert f"gkbot {command}" in finished.out.partition("例")[2]


def refused(finished: Finished, *names: str) -> None:
    assert finished.status == 2, finished.said
    finished.assert_in_chinese()
    for name in names:
        assert name in finished.said
