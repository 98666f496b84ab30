"""A task deleted on purpose: the plan says who hears of it, the day tells them, a second run nobody."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.program import Office
from tests.acceptance.small import FIRST_DAY, TASKS, small_office
from tests.databases import DATABASES, fresh_database

TUESDAY = "2023-07-11"
ITEM_KEYS = {"task", "unit", "due", "days_left", "reason"}
NOTICE_KINDS = {"upcoming", "due", "overdue", "escalation", "digest", "admin"}


@pytest.fixture(params=DATABASES)
def office(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Office]:
    with fresh_database(request.param, tmp_path) as url:
        yield small_office(tmp_path / "office", GKBOT_DATABASE_URL=url)


def delete_the_second_task(office: Office) -> None:
    text = TASKS[: TASKS.index("  - 编号: SX2023-02")]
    (office.folder / "rules" / "plan.yaml").write_text(text, encoding="utf-8")


def test_who_was_told_hears_it_once_and_only_after_a_person_said_yes(office: Office) -> None:
    office.ask("daily", "--date", FIRST_DAY)
    delete_the_second_task(office)
    assert office.run("daily", "--date", TUESDAY).status == 1  # it waits for a person
    told = office.run("accept", "--date", TUESDAY, "--reason", "来函", "--by", "张三", "--yes")
    assert told.status == 0, told.said
    planned = office.ask("plan", "--date", TUESDAY)
    (notice,) = [found for found in planned["notices"] if found["recipient"]["unit"]]
    (item,) = notice["items"]
    assert notice["kind"] in NOTICE_KINDS
    assert item.keys() >= ITEM_KEYS
    assert (item["task"], item["unit"], item["due"]) == ("SX2023-02", "甲县人民政府", None)
    assert "不再需要办理" in item["reason"]
    assert [task["id"] for task in office.ask("tasks", "--date", TUESDAY)] == ["SX2023-01"]
    for day in (TUESDAY, TUESDAY, "2023-07-12"):
        office.ask("daily", "--date", day)
    told_of_it = [path.name for path in office.written() if FIRST_DAY not in str(path) and "甲县" in path.name]
    assert len(told_of_it) == 1
