"""A due day that the holiday calendar alone moves is announced once to who had been told of the old one."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from gkbot.deadline import Calendar
from gkbot.planning import EventKind
from gkbot.service.daily import Planner
from tests.faults.test_faults_withdrawn import accepted, entries, words_of
from tests.told_days import RULES, Office

ROLLED = RULES.replace("任务:\n", "默认: {遇休息日: 顺延}\n任务:\n").replace("2026年7月底前", "2026年10月7日前", 1)
RHYTHM = ROLLED.replace("2026年10月7日前", "每月7日前")
FIRST = "2026-09-21T09:05"


def revised_holidays(last: str = "2026-10-08") -> str:
    """The holidays of 2026 as published, but the October ones end on another day."""
    notice = Calendar.builtin().notice(2026)
    assert notice is not None
    spans = [f"  - {name}: {first} 至 {end}".replace("2026-10-07", last) for name, first, end in notice.off]
    days = "、".join(map(str, notice.work))
    return "\n".join(["年份: 2026", "依据: 更正", "发布日期: 2026-09-23", "放假:", *spans, f"上班: {days}", ""])


@pytest.fixture
def office(tmp_path: Path, url: str) -> Iterator[Office]:
    made = Office(tmp_path, url=url, keeps=True, rules=ROLLED)
    made.day(FIRST)  # announced for 8 October
    yield made
    made.ledger.close()


def moved(office: Office) -> list[str]:
    return [words_of(mail) for mail in office.letters() if "期限已调整" in words_of(mail)]


@pytest.mark.fault("F24")
@pytest.mark.parametrize("rules", [ROLLED, RHYTHM])
def test_it_is_announced_once_with_both_days(tmp_path: Path, url: str, rules: str) -> None:
    office = Office(tmp_path, url=url, keeps=True, rules=rules)
    office.day(FIRST)
    office.at("2026-09-24T09:00")
    accepted(office, revised_holidays(), "2026.yaml")
    for day in ("2026-09-24", "2026-09-28", "2026-09-29", "2026-09-30", "2026-10-09"):
        office.day(f"{day}T09:05")
    (told,) = moved(office)
    assert "期限已调整：放假安排变化，由10月8日改为10月9日（周五）" in told
    office.ledger.close()


@pytest.mark.fault("F24")
def test_calendars_follow_by_the_same_name_and_the_next_sequence(office: Office) -> None:
    (first,) = [each for each in entries(office.letters()[-1]) if each[3] == date(2026, 10, 8)]
    office.at("2026-09-24T09:00")
    accepted(office, revised_holidays(), "2026.yaml")
    office.day("2026-09-24T09:05")
    assert entries(office.letters()[-1]) == [("PUBLISH", first[1], 1, date(2026, 10, 9))]


@pytest.mark.fault("F24")
def test_a_day_nobody_was_told_of_is_not_announced_as_moved(tmp_path: Path, url: str) -> None:
    office = Office(tmp_path, url=url, keeps=True, rules=ROLLED)
    office.at(FIRST).plan()
    accepted(office, revised_holidays(), "2026.yaml")
    office.send()
    office.day("2026-09-22T09:05")
    assert moved(office) == []
    assert any("10月9日" in mail for mail in office.mails())
    office.ledger.close()


@pytest.mark.fault("F24")
def test_a_second_revision_is_announced_again_and_one_that_was_undone_in_time_is_not(office: Office) -> None:
    office.at("2026-09-24T09:00")
    accepted(office, revised_holidays(), "2026.yaml")
    office.day("2026-09-24T09:05")
    accepted(office, revised_holidays("2026-10-09"), "2026.yaml")  # the 10th is worked to make up for it
    office.day("2026-09-28T09:05")
    assert [("由10月8日改为10月9日" in each, "由10月9日改为10月10日" in each) for each in moved(office)] == [
        (True, False),
        (False, True),
    ]
    accepted(office, revised_holidays("2026-10-08"), "2026.yaml")
    office.at("2026-09-28T10:00").plan()  # recorded, but nothing more is said today
    accepted(office, revised_holidays("2026-10-09"), "2026.yaml")
    office.day("2026-09-29T09:05")
    assert len(moved(office)) == 2


@pytest.mark.fault("F24")
def test_of_what_is_done_nothing_is_announced(office: Office) -> None:
    office.record(EventKind.DONE)
    office.at("2026-09-24T09:00")
    accepted(office, revised_holidays(), "2026.yaml")
    office.day("2026-09-24T09:05")
    assert moved(office) == []


@pytest.mark.fault("F21")
def test_a_stop_after_the_move_was_recorded_announces_it_once(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    office.at("2026-09-24T09:05")
    accepted(office, revised_holidays(), "2026.yaml")

    def die(*_facts: object, **_named: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("gkbot.service.daily.plan_day", die)
        with pytest.raises(KeyboardInterrupt):
            office.plan()
    office.day("2026-09-24T09:10")
    office.day("2026-09-28T09:05")
    assert len(moved(office)) == 1
    recorded = [each for each in office.ledger.events() if each.kind is EventKind.RESCHEDULED]
    assert len(recorded) == 1


def test_tasks_that_no_holiday_can_move_are_not_asked_about(tmp_path: Path, url: str) -> None:
    office = Office(tmp_path, url=url, keeps=True)
    office.day(FIRST)
    asked: list[object] = []
    planner = Planner(settings=office.settings, clock=office.clock, ledger=office.ledger, at_once=True)
    office.ledger.days_told = lambda *names: asked.append(names) or ()  # type: ignore[method-assign, func-returns-value]
    planner.write(office.in_force, office.clock.today())
    assert asked == []
    office.ledger.close()
