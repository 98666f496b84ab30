"""A duty that is none any more: who had been told of it hears that, once; their calendars forget it."""

from collections.abc import Iterator
from datetime import date
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import icalendar
import pytest
from sqlalchemy import event

from gkbot.planning import EventKind
from gkbot.planning.suppressions import SuppressionKind
from gkbot.service.comparing import accept_files
from tests.told_days import RULES, Office

THREE = RULES.replace(
    "单位:\n",
    "  - {编号: SX-03, 事项: 公布规划, 期限: 2026年9月底前, 责任单位: 甲县、乙县}\n"
    "  - {编号: SX-04, 事项: 公布名录, 期限: 2026年9月底前, 责任单位: 甲县、乙县}\n"
    "  - {编号: SX-05, 事项: 公布台账, 期限: 2026年9月底前, 责任单位: 乙县}\n单位:\n",
).replace("管理员:", "  - 名称: 乙县\n    联络员: [{岗位: 公开岗, 邮箱: yi@example.gov.cn}]\n管理员:")
BUDGET = "  - {编号: SX-01, 事项: 公布预算, 期限: 2026年7月底前, 责任单位: 甲县}\n"
WITHOUT_BUDGET = THREE.replace(BUDGET, "")
ONLY_YI = THREE.replace(
    "公布规划, 期限: 2026年9月底前, 责任单位: 甲县、乙县", "公布规划, 期限: 2026年9月底前, 责任单位: 乙县"
)


@pytest.fixture
def office(tmp_path: Path, url: str) -> Iterator[Office]:
    made = Office(tmp_path, url=url, keeps=True, rules=THREE)
    made.day("2026-07-10T09:05")  # the tasks are announced
    yield made
    made.ledger.close()


def accepted(office: Office, rules: str, name: str = "plan.yaml") -> None:
    office.write(rules, name)
    accept_files(office.settings, office.clock, who="张三", why="县政府办公室来函")


def entries(mail: EmailMessage) -> list[tuple[str, str, int, date]]:
    """Method, UID, sequence and day of what a mail puts into calendars, or takes out."""
    found: list[tuple[str, str, int, date]] = []
    for part in mail.iter_attachments():
        calendar: Any = icalendar.Calendar.from_ical(part.get_content())
        found += [
            (str(calendar["METHOD"]), str(each["UID"]), int(each["SEQUENCE"]), each.decoded("DTSTART"))
            for each in calendar.walk("VEVENT")
        ]
    return found


def words_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return f"{mail['Subject']}\n{body.get_content()}"


def told_of_the_end(office: Office, who: str = "jia@") -> list[EmailMessage]:
    return [mail for mail in office.letters(who) if "不再需要办理" in words_of(mail)]


@pytest.mark.fault("F21")
def test_who_was_told_of_a_deleted_task_hears_once_that_it_is_none_any_more(office: Office) -> None:
    office.at("2026-07-13T09:00")
    accepted(office, WITHOUT_BUDGET)
    for day in ("2026-07-13", "2026-07-14", "2026-07-15"):
        office.day(f"{day}T09:05")
    (mail,) = told_of_the_end(office)
    assert "公布预算 不再需要办理" in str(mail["Subject"])
    assert "原定7月31日（周五）截止" in words_of(mail)
    assert "反馈办结" not in words_of(mail)
    assert told_of_the_end(office, "yi@") == []


@pytest.mark.fault("F21")
def test_calendars_are_told_to_forget_it_by_the_same_name_and_a_higher_sequence(office: Office) -> None:
    (told,) = office.letters()
    office.at("2026-07-13T09:00")
    accepted(office, WITHOUT_BUDGET)
    office.day("2026-07-13T09:05")
    (end,) = entries(told_of_the_end(office)[0])
    (begun,) = [each for each in entries(told) if each[1] == end[1]]
    assert begun == ("PUBLISH", end[1], 0, date(2026, 7, 31))
    assert end == ("CANCEL", end[1], 1, date(2026, 7, 31))


@pytest.mark.fault("F21")
def test_a_unit_taken_out_of_a_task_hears_that_and_the_others_nothing(office: Office) -> None:
    office.at("2026-07-13T09:00").write(ONLY_YI)
    office.day("2026-07-13T09:05")
    office.day("2026-07-14T09:05")
    (mail,) = told_of_the_end(office)
    assert "本单位不再承担此事项" in words_of(mail)
    assert [each[0] for each in entries(mail)] == ["CANCEL"]
    assert told_of_the_end(office, "yi@") == []


@pytest.mark.fault("F21")
def test_one_of_several_days_that_is_dropped_is_taken_back_alone(tmp_path: Path, url: str) -> None:
    both = THREE.replace("公布名录, 期限: 2026年9月底前", "公布名录, 期限: [2026年9月底前, 2026年11月底前]")
    office = Office(tmp_path, url=url, keeps=True, rules=both)
    office.day("2026-07-10T09:05")
    office.day("2026-11-13T09:05")  # 15 days before, moved off a Sunday
    accepted(office, THREE)
    office.day("2026-11-16T09:05")
    (mail,) = told_of_the_end(office)
    assert "此项期限已撤销" in words_of(mail)
    assert [(each[0], each[3]) for each in entries(mail)] == [("CANCEL", date(2026, 11, 30))]
    office.ledger.close()


@pytest.mark.fault("F21")
def test_a_task_called_off_is_told_as_one_deleted(office: Office) -> None:
    office.at("2026-07-13T09:00").record(EventKind.CANCELLED, "SX-01")
    office.day("2026-07-13T09:05")
    office.day("2026-07-14T09:05")
    (mail,) = told_of_the_end(office)
    assert "事项已停办，不再需要办理" in words_of(mail)
    assert [each[0] for each in entries(mail)] == ["CANCEL"]


@pytest.mark.fault("F21")
@pytest.mark.parametrize("kind", [EventKind.DONE, EventKind.REPORTED])
def test_of_what_was_done_nobody_hears_that_it_is_withdrawn(office: Office, kind: EventKind) -> None:
    office.at("2026-07-13T09:00").record(kind, "SX-01")
    office.record(EventKind.DONE, "SX-02")
    office.record(EventKind.CANCELLED, "SX-02")
    accepted(office, WITHOUT_BUDGET)
    office.day("2026-07-13T09:05")
    assert told_of_the_end(office) == []


@pytest.mark.fault("F21")
def test_an_edit_that_waits_for_a_person_tells_nobody_until_it_is_accepted(office: Office) -> None:
    office.at("2026-07-13T09:00").write(WITHOUT_BUDGET)
    office.day("2026-07-13T09:05")
    office.day("2026-07-14T09:05")
    assert told_of_the_end(office) == []
    accept_files(office.settings, office.clock, who="张三", why="来函")
    office.day("2026-07-15T09:05")
    assert len(told_of_the_end(office)) == 1


@pytest.mark.fault("F20")
def test_a_deletion_of_a_third_of_all_that_was_a_slip_tells_nobody(office: Office) -> None:
    office.at("2026-07-13T09:00").write(
        ONLY_YI.replace(
            "公布名录, 期限: 2026年9月底前, 责任单位: 甲县、乙县", "公布名录, 期限: 2026年9月底前, 责任单位: 乙县"
        ).replace(BUDGET, "")
    )
    office.day("2026-07-13T09:05")
    office.write(THREE)
    office.day("2026-07-14T09:05")
    assert told_of_the_end(office) == []


@pytest.mark.fault("F21")
def test_who_had_not_been_told_yet_hears_nothing_and_what_waits_is_dropped(tmp_path: Path, url: str) -> None:
    office = Office(tmp_path, url=url, keeps=True, rules=THREE)
    office.at("2026-07-10T09:05").plan()
    accepted(
        office,
        THREE.replace("公布台账, 期限: 2026年9月底前, 责任单位: 乙县", "公布台账, 期限: 2026年9月底前, 责任单位: 甲县"),
    )
    office.send()
    office.at("2026-07-10T10:05").send()
    office.day("2026-07-13T09:05")
    assert told_of_the_end(office, "yi@") == []
    mails = office.mails("yi@")
    assert (bool(mails), any("公布台账" in mail for mail in mails)) == (True, False)
    office.ledger.close()


@pytest.mark.fault("F21")
def test_a_duty_that_returns_is_announced_anew_with_a_higher_sequence(office: Office) -> None:
    office.at("2026-07-13T09:00")
    accepted(office, WITHOUT_BUDGET)
    office.day("2026-07-13T09:05")
    office.at("2026-07-15T09:00").write(THREE)
    office.day("2026-07-15T09:05")
    back = office.letters()[-1]
    assert "撤销后重新下达的任务" in words_of(back)
    (again,) = [each for each in entries(back) if each[3] == date(2026, 7, 31)]
    (end,) = entries(told_of_the_end(office)[0])
    assert (again[0], again[1], again[2] > end[2]) == ("PUBLISH", end[1], True)
    office.at("2026-07-20T09:00")
    accepted(office, WITHOUT_BUDGET)
    office.day("2026-07-20T09:05")
    (once_more,) = [each for each in entries(told_of_the_end(office)[-1]) if each[0] == "CANCEL"]
    assert (once_more[1], once_more[2] > again[2], len(told_of_the_end(office))) == (end[1], True, 2)


@pytest.mark.fault("F21")
def test_a_duty_that_returns_before_the_message_left_is_not_taken_back(office: Office) -> None:
    office.at("2026-07-13T09:05")
    accepted(office, WITHOUT_BUDGET)
    office.plan()
    office.write(THREE)
    office.send()
    assert told_of_the_end(office) == []
    assert ("superseded", "returned") in office.reasons()


@pytest.mark.fault("F21")
def test_a_crash_while_the_files_come_into_force_leaves_all_or_nothing(office: Office) -> None:
    office.at("2026-07-13T09:00").write(WITHOUT_BUDGET)
    engine = office.ledger._database.engine

    def die(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.startswith("INSERT INTO event"):
            raise KeyboardInterrupt

    event.listen(engine, "before_cursor_execute", die)
    assert office.keeper is not None
    office.write(ONLY_YI)
    with pytest.raises(KeyboardInterrupt):
        office.keeper.refresh()
    event.remove(engine, "before_cursor_execute", die)
    assert office.ledger.withdrawals() == ()
    for _ in range(2):
        office.day("2026-07-13T09:05")
    office.day("2026-07-14T09:05")
    assert len(told_of_the_end(office)) == 1
    ended = [each for each in office.ledger.events() if each.kind is EventKind.WITHDRAWN]
    assert len(ended) == 1


@pytest.mark.fault("F21")
def test_a_silence_holds_it_back_and_it_is_told_afterwards(office: Office) -> None:
    office.at("2026-07-13T09:00").silence("2026-07-14", SuppressionKind.SILENCE, unit="甲县")
    accepted(office, WITHOUT_BUDGET)
    office.day("2026-07-13T09:05")
    assert told_of_the_end(office) == []
    office.day("2026-07-15T09:05")
    assert len(told_of_the_end(office)) == 1


@pytest.mark.fault("F24")
def test_it_waits_for_a_working_morning_like_any_other(office: Office) -> None:
    office.at("2026-07-17T19:30")  # a Friday evening
    accepted(office, WITHOUT_BUDGET)
    office.plan(at_once=False)
    office.send()
    assert told_of_the_end(office) == []
    office.at("2026-07-20T09:20").send()
    assert len(told_of_the_end(office)) == 1


@pytest.mark.fault("F21")
def test_a_sensitive_task_is_withdrawn_by_its_number_alone_and_leaves_calendars_alone(tmp_path: Path, url: str) -> None:
    secret = THREE.replace(
        "公布预算, 期限: 2026年7月底前, 责任单位: 甲县", "公布预算, 敏感程度: 内部, 期限: 2026年7月底前, 责任单位: 甲县"
    )
    office = Office(tmp_path, url=url, keeps=True, rules=secret)
    office.day("2026-07-10T09:05")
    accepted(office, WITHOUT_BUDGET)
    office.day("2026-07-13T09:05")
    (mail,) = told_of_the_end(office)
    assert "SX-01" in words_of(mail)
    assert "预算" not in words_of(mail)
    assert entries(mail) == []
    office.ledger.close()


def test_nothing_is_read_but_the_endings_where_nothing_ended(office: Office) -> None:
    asked: list[str] = []
    event.listen(office.ledger._database.engine, "before_cursor_execute", lambda *said: asked.append(said[2]))
    assert office.ledger.withdrawals() == ()
    assert not any("FROM told" in query or "FROM notice" in query for query in asked)
