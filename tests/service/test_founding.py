"""A new office: answers are read carefully, files are sound, nothing is overwritten, nothing half-written."""

import errno
import os
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from founding_answers import TODAY, answers, read
from hypothesis import given
from hypothesis import strategies as st

from gkbot.clock import DEFAULT_ZONE, FixedClock
from gkbot.errors import RulesBroken, SettingsError, UsageError
from gkbot.rulebook import DEFAULT_PLAN, Severity, load, load_files
from gkbot.service.founding import answers as told
from gkbot.service.founding.answers import MailAnswer, NotUnderstood, RobotAnswer, TaskAnswer, UnitAnswer
from gkbot.service.founding.dotenv import dotenv_text
from gkbot.service.founding.first_notice import coming_notices, message_of
from gkbot.service.founding.office import draft, settings_of, try_out, write
from gkbot.service.founding.texts import tasks_text, units_text
from gkbot.settings import Secret, SmtpSecurity, load_settings

CLOCK = FixedClock(datetime(2026, 2, 2, 9, 30, tzinfo=DEFAULT_ZONE))
ROBOT = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=MARKED-SECRET"
MAIL = MailAnswer(
    host="smtp.example.gov.cn",
    port=None,
    security=SmtpSecurity.SSL,
    sender="gk@example.gov.cn",
    user="gk@example.gov.cn",
    password=Secret("MARKED-SECRET"),
)
one_line = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1, max_size=30).filter(
    str.strip
)


@pytest.mark.parametrize(
    ("words", "line"),
    [
        ("7月底前", "“7月底前” → 截止 2026-07-31（周五，含当日）"),
        ("6月底前完成，并持续推进", "“6月底前” → 截止 2026-06-30（周二，含当日）"),
        ("印发之日起30日内", "“印发之日起30日内” → 截止 2026-02-24（周二，含当日）"),
        ("5月1日至9月30日", "“5月1日至9月30日” → 期间 2026-05-01 至 2026-09-30（周三，含当日）"),
        ("每月25日前", "“每月25日前” → 周期，接下来是 2026-02-25（周三）、2026-03-25（周三）、2026-04-25（周六）"),
        ("批复后20日内", "“批复后20日内” → 起算，事情发生并登记以后才有截止日"),
        ("及时公开", "“及时” → 待定，没有截止日，不会按日期提醒；由人定下来以后用“确认”写明"),
        ("持续推进", "“持续推进” → 持续，没有截止日；按“每季度末月25日前”提醒报进展"),
        ("2027年6月底前", "“2027年6月底前” → 截止 2027-06-30（周三，含当日）"),
    ],
)
def test_a_deadline_is_read_back(words: str, line: str) -> None:
    assert read(words).lines[0] == line


@pytest.mark.parametrize(
    ("words", "cure"),
    [
        ("单位自己把握", "照抄原文"),
        ("批复后20个工作曰内", "是不是“工作日”？"),
        ("2025年6月底前", "是不是2026年？"),
        ("", "照抄原文"),
    ],
)
def test_a_deadline_that_cannot_be_used_is_explained(words: str, cure: str) -> None:
    with pytest.raises(NotUnderstood, match=cure):
        read(words)


def test_a_doubt_is_said_with_the_reading() -> None:
    assert any("几种理解" in line for line in read("10月初").lines)


@pytest.mark.parametrize(
    ("parse", "text", "words"),
    [
        (told.unit, "县财政局=cz@example", "不是邮箱地址"),
        (told.unit, "县财政局、县发改局=a@b.cn", "一次写一个单位"),
        (told.unit, "=a@b.cn", "不能空着"),
        (told.slug, "../etc", "不能作文件夹名"),
        (told.slug, "calendars", "不能作文件夹名"),
        (told.day, "2026-02-30", "写法：年-月-日"),
        (told.robot_in_file, "UNITS", "名称=文件"),
        (told.robot_in_file, f"UNITS={ROBOT}", "不要写在命令行里"),
        (told.robot_in_file, "县区=/etc/robot", "大写字母"),
    ],
)
def test_an_answer_that_cannot_be_used_is_explained(parse, text: str, words: str) -> None:
    with pytest.raises(NotUnderstood, match=words) as refused:
        parse(text)
    assert "MARKED-SECRET" not in str(refused.value)


def test_a_unit_nobody_named_cannot_be_responsible() -> None:
    with pytest.raises(NotUnderstood, match="县教育局"):
        told.responsible("县财政局、县教育局", answers().units)


def loaded(made, words: str):
    """What the rule files of these answers give, straight from memory."""
    texts = {"zwgk/units.yaml": units_text(made, TODAY), "zwgk/2026.yaml": tasks_text(made, read(words))}
    return load_files({name: text.encode() for name, text in texts.items()}, TODAY)


@pytest.mark.parametrize(
    "words", ["3月31日前", "每月25日前", "批复后20日内", "20个工作日内", "持续推进", "及时公开", "年底前"]
)
def test_the_files_load_without_error_or_warning(words: str) -> None:
    result = loaded(answers(), words)
    assert [problem for problem in result.problems if problem.severity is not Severity.HINT] == []
    assert result.book is not None
    [task] = result.book.tasks
    assert (task.id, task.words, task.plan) == ("ZWGK2026-01", (words,), DEFAULT_PLAN)


def test_the_commented_examples_in_the_files_can_be_used() -> None:
    made = answers(units=answers().units[:1])
    text = units_text(made, TODAY).replace("    # 分管领导:", "    分管领导:")
    text = text.replace("    #   岗位:", "      岗位:").replace("    #   邮箱:", "      邮箱:")
    files = {"zwgk/units.yaml": text.encode(), "zwgk/2026.yaml": tasks_text(made, read("3月31日前")).encode()}
    book = load_files(files, TODAY).book
    assert book is not None
    assert book.units[0].leader is not None


@given(office=one_line, title=one_line, task=one_line, name=one_line)
def test_any_words_are_written_so_that_they_come_back(office: str, title: str, task: str, name: str) -> None:
    made = answers(
        office=told.words(office),
        document=told.words(title),
        units=(UnitAnswer(name=told.words(name), email="a@example.gov.cn"),),
        task=TaskAnswer(title=told.words(task), deadline="3月31日前", responsible=(told.words(name),)),
    )
    book = loaded(made, "3月31日前").book
    if book is not None:  # what rule files forbid is refused before anything is written
        assert (book.documents[0].title, book.tasks[0].title) == (made.document, made.task.title)


@given(st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1).map(str.strip).filter(bool))
def test_any_password_comes_back_from_the_dotenv_file(password: str) -> None:
    from tempfile import TemporaryDirectory

    made = answers(mail=replace(MAIL, password=Secret(password)))
    with TemporaryDirectory() as folder:
        path = Path(folder) / ".env"
        path.write_text(dotenv_text(made), encoding="utf-8")
        smtp = load_settings({}, dotenv=path).smtp
    assert smtp is not None
    assert smtp.password == Secret(password)


def founded(home: Path, **changed) -> None:
    made = draft(answers(**changed), read("3月31日前"), home, home / "rules", TODAY)
    try_out(made, TODAY)
    write(made)


def everything_in(home: Path) -> list[str]:
    return sorted(path.relative_to(home).as_posix() for path in home.rglob("*"))


def test_an_office_is_founded_with_settings_only_its_user_can_read(tmp_path: Path) -> None:
    founded(tmp_path, mail=MAIL, robot=RobotAnswer(name="UNITS", address=Secret(ROBOT)))
    assert everything_in(tmp_path) == [".env", "rules", "rules/zwgk", "rules/zwgk/2026.yaml", "rules/zwgk/units.yaml"]
    assert (tmp_path / ".env").stat().st_mode & 0o777 == 0o600
    settings = settings_of(tmp_path)
    assert settings.robots == {"UNITS": Secret(ROBOT)}
    assert settings.smtp is not None
    book = load(settings.rules, TODAY).book
    assert book is not None
    assert {unit.robot for unit in book.units} == {"UNITS"}


def test_a_secret_in_a_file_stays_there(tmp_path: Path) -> None:
    secret = tmp_path / "robot"
    secret.write_text(ROBOT, encoding="utf-8")
    founded(tmp_path / "office", admin_robot=RobotAnswer(name="OFFICE", address=secret))
    assert "MARKED-SECRET" not in (tmp_path / "office" / ".env").read_text(encoding="utf-8")
    assert settings_of(tmp_path / "office").robots == {"OFFICE": Secret(ROBOT)}


def test_what_is_there_is_never_overwritten(tmp_path: Path) -> None:
    founded(tmp_path)
    (tmp_path / "rules/zwgk/2026.yaml").write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError, match="已经有"):
        founded(tmp_path)
    assert (tmp_path / "rules/zwgk/2026.yaml").read_text(encoding="utf-8") == "mine"


def test_a_dotenv_file_is_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("GKBOT_DAILY_AT=08:45\n", encoding="utf-8")
    with pytest.raises(UsageError, match=r"已经有 .*\.env"):
        founded(tmp_path, mail=MAIL)
    assert everything_in(tmp_path) == [".env"]
    founded(tmp_path)
    assert (tmp_path / ".env").read_text(encoding="utf-8") == "GKBOT_DAILY_AT=08:45\n"


@pytest.mark.parametrize("step", ["replace", "link", "fsync"])
def test_a_full_disk_leaves_nothing_behind(tmp_path: Path, step: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_arguments: object, **_more: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path if step == "replace" else os, step, full)
    with pytest.raises(UsageError, match="没有留下任何文件"):
        founded(tmp_path / "office", mail=MAIL)
    assert everything_in(tmp_path) == []


def test_files_that_would_not_load_are_not_written(tmp_path: Path) -> None:
    founded(tmp_path)
    with pytest.raises(RulesBroken):
        founded(tmp_path, slug="zw-gk")  # gives the same 编号 once more
    assert not (tmp_path / "rules" / "zw-gk").exists()


def test_settings_that_would_not_load_are_not_written(tmp_path: Path) -> None:
    with pytest.raises(SettingsError):
        founded(tmp_path, mail=replace(MAIL, password=tmp_path / "nowhere"))
    assert everything_in(tmp_path) == []


def test_the_first_notice_is_shown_as_it_will_leave(tmp_path: Path) -> None:
    founded(tmp_path)
    settings = settings_of(tmp_path)
    book = load(settings.rules, TODAY).book
    assert book is not None
    coming = coming_notices(settings, CLOCK, book, "ZWGK2026-01")
    assert [str(each.day) for each in coming] == ["2026-02-02", "2026-03-16", "2026-03-24"]
    assert coming[1].line == "2026-03-16（周一）  到期前提醒  发给 县财政局 政务公开岗"
    message = message_of(settings, CLOCK, book, coming[0].notice)
    assert "公布年度报告 3月31日（周二）截止" in (message.subject or "")
