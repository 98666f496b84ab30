"""Guangyuan from the day of issue to the end of March: every notice on its day, no other day.

The days are worked out here a second time, slowly and by another calendar (chinesecalendar).
"""

import shutil
from collections import defaultdict
from datetime import date, timedelta
from typing import Any

import pytest
from chinese_calendar import is_workday

from tests.acceptance.program import RULES, Office

FIRST, LAST = date(2023, 5, 17), date(2024, 3, 31)
COUNTIES = ("苍溪县", "旺苍县", "剑阁县", "青川县", "利州区", "昭化区", "朝天区")
COUNTY_DUES = {"三（二）1": date(2023, 7, 31), "三（三）1": date(2023, 8, 31), "三（四）1": date(2023, 12, 31)}
ADVANCES = (15, 7, 3, 1, 0)
OVERDUE_WORKDAYS = (1, 4, 7, 10, 13)
ESCALATION_WORKDAY = 3
ONE_DAY = timedelta(days=1)


def not_later_workday(day: date) -> date:
    """The day itself or the nearest earlier one that is worked."""
    while not is_workday(day):
        day -= ONE_DAY
    return day


def workday_after(day: date, count: int) -> date:
    """The count-th working day after a day."""
    while count:
        day += ONE_DAY
        count -= is_workday(day)
    return day


def reminder_days(due: date, role: str = "responsible") -> set[date]:
    """Every day on which somebody who stays silent hears of a due day."""
    advances, overdue = ((7,), (1,)) if role == "support" else (ADVANCES, OVERDUE_WORKDAYS)
    before = {not_later_workday(due - timedelta(days=count)) for count in advances}
    after = {workday_after(due, count) for count in overdue}
    return {day for day in before | after if FIRST <= day <= LAST}


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    folder = tmp_path_factory.mktemp("guangyuan")
    shutil.copytree(RULES / "guangyuan", folder / "rules" / "guangyuan")
    return Office(folder)


@pytest.fixture(scope="module")
def notices(office: Office) -> list[dict[str, Any]]:
    plan = office.ask("plan", "--from", str(FIRST), "--to", str(LAST))
    assert (plan["from"], plan["to"]) == (str(FIRST), str(LAST))
    found: list[dict[str, Any]] = plan["notices"]
    return found


@pytest.fixture(scope="module")
def clauses(office: Office) -> dict[str, str]:
    """Clause by task."""
    return {task["id"]: task["clause"] for task in office.ask("tasks", "--date", str(FIRST))}


Told = dict[tuple[str, str, str, str, str], set[date]]


def told(notices: list[dict[str, Any]]) -> Told:
    """Days by (address, unit, role, task, due) on which a unit's own recipients hear of a due day."""
    days: Told = defaultdict(set)
    for notice in notices:
        if notice["draft"] or notice["recipient"]["unit"] is None:
            continue
        for item in notice["items"]:
            if item["due"] is not None and item["stage"] != "new":
                key = (notice["recipient"]["address"], item["unit"], item["role"], item["task"], item["due"])
                days[key].add(date.fromisoformat(notice["date"]))
    return days


def test_every_dated_duty_of_every_county_is_told_on_its_days_and_no_other(
    notices: list[dict[str, Any]], clauses: dict[str, str]
) -> None:
    days = told(notices)
    for county in COUNTIES:
        for clause, due in COUNTY_DUES.items():
            mine = {key: found for key, found in days.items() if key[1] == county and clauses[key[3]] == clause}
            assert len(mine) >= 2, f"{county} {clause}: contacts and robot should hear"
            for key, found in mine.items():
                assert key[4] == str(due)
                assert found == reminder_days(due), key


def test_the_days_of_the_first_county_duty_are_these(notices: list[dict[str, Any]], clauses: dict[str, str]) -> None:
    days = {
        str(day)
        for key, found in told(notices).items()
        for day in found
        if key[1] == "苍溪县" and clauses[key[3]] == "三（二）1"
    }
    before = {"2023-07-14", "2023-07-24", "2023-07-28", "2023-07-31"}
    assert days == before | {"2023-08-01", "2023-08-04", "2023-08-09", "2023-08-14", "2023-08-17"}


def test_every_other_dated_duty_is_told_on_its_days_too(notices: list[dict[str, Any]]) -> None:
    wrong = {
        key: (sorted(found - expected), sorted(expected - found))
        for key, found in told(notices).items()
        if found != (expected := reminder_days(date.fromisoformat(key[4]), key[2]))
    }
    assert wrong == {}


def test_no_notice_falls_on_a_rest_day_or_outside_the_stretch(notices: list[dict[str, Any]]) -> None:
    days = {date.fromisoformat(notice["date"]) for notice in notices}
    assert [day for day in days if not is_workday(day)] == []
    assert min(days) >= FIRST
    assert max(days) <= LAST


def test_nobody_gets_two_notices_on_one_day(notices: list[dict[str, Any]]) -> None:
    sent = [
        (notice["date"], notice["recipient"]["channel"], notice["recipient"]["address"])
        for notice in notices
        if not notice["draft"]
    ]
    assert len(sent) == len(set(sent))


def test_each_notice_has_a_key_of_its_own_that_stays_the_same(office: Office, notices: list[dict[str, Any]]) -> None:
    keys = [notice["key"] for notice in notices]
    assert len(set(keys)) == len(keys)
    again = office.ask("plan", "--from", str(FIRST), "--to", "2023-07-31")["notices"]
    assert [notice["key"] for notice in again] == [n["key"] for n in notices if n["date"] <= "2023-07-31"]


def test_the_first_day_brings_each_contact_one_digest_of_all_its_new_tasks(
    office: Office, notices: list[dict[str, Any]]
) -> None:
    tasks = office.ask("tasks", "--date", str(FIRST))
    to_units = [n for n in notices if n["date"] == str(FIRST) and n["recipient"]["unit"] is not None]
    assert {notice["kind"] for notice in to_units} == {"digest"}
    mine = {task["id"] for task in tasks for duty in task["duties"] if duty["unit"] == "苍溪县"}
    told_tasks = [{item["task"] for item in notice["items"] if item["unit"] == "苍溪县"} for notice in to_units]
    assert [found for found in told_tasks if found] == [mine] * 3  # two contacts and the counties' robot


def test_a_word_to_a_leader_is_only_ever_a_draft(notices: list[dict[str, Any]]) -> None:
    assert {notice["kind"] for notice in notices if notice["draft"]} == {"escalation"}
    assert all(notice["draft"] for notice in notices if notice["kind"] == "escalation")


def test_the_draft_to_each_countys_leader_is_made_three_working_days_after_the_due_day(
    notices: list[dict[str, Any]], clauses: dict[str, str]
) -> None:
    found = {
        (item["unit"], clauses[item["task"]], notice["date"])
        for notice in notices
        if notice["kind"] == "escalation"
        for item in notice["items"]
        if item["stage"] == "escalation" and item["unit"] in COUNTIES and clauses[item["task"]] in COUNTY_DUES
    }
    assert found == {
        (county, clause, str(workday_after(due, ESCALATION_WORKDAY)))
        for county in COUNTIES
        for clause, due in COUNTY_DUES.items()
    }


def test_days_left_are_counted_from_the_day_of_the_notice(notices: list[dict[str, Any]]) -> None:
    wrong = [
        (notice["date"], item["task"], item["days_left"])
        for notice in notices
        for item in notice["items"]
        if item["due"] is not None
        and item["days_left"] != (date.fromisoformat(item["due"]) - date.fromisoformat(notice["date"])).days
    ]
    assert wrong == []


def test_planning_a_year_leaves_no_trace(office: Office, notices: list[dict[str, Any]]) -> None:
    assert notices
    assert [path.name for path in office.folder.iterdir()] == ["rules"]
