"""The table of 管理员手册, who hears what when, is what the planner does with the example of the manual."""

import re
from collections.abc import Iterator
from datetime import date

import pytest
from manuals import ADMIN, FILE_MARK, blocks, rows, section

from gkbot.planning import Channels, History, plan_range
from gkbot.rulebook import load_files
from gkbot.rulebook.values import Role

TEXT = ADMIN.read_text(encoding="utf-8")
TASK = "SLX2026-03"  # has a lead and a support unit; due on 2026-06-30, and no two of its stages fall on one day
FIRST, LAST = date(2026, 2, 2), date(2026, 8, 31)
HEARERS = ("牵头、责任单位的联络员", "配合单位的联络员", "分管领导", "管理员")
STAGES = {
    "任务第一次载入": ["new"],
    "到期前15天": ["before-15"],
    "到期前7天": ["before-7"],
    "到期前3天、1天": ["before-3", "before-1"],
    "到期当天": ["due"],
    "逾期第1个工作日": ["overdue-1"],
    "逾期第3个工作日": ["escalation"],
    "逾期第4、7、10、13个工作日": ["overdue-2", "overdue-3", "overdue-4", "overdue-5"],
    "满10个工作日": ["bulletin"],
}


def told() -> Iterator[tuple[str, str]]:
    """Stage and hearer of everything said of the task."""
    files = {
        b.text.splitlines()[0].removeprefix(FILE_MARK): b.text for b in blocks(TEXT) if b.text.startswith(FILE_MARK)
    }
    book = load_files({name: text.encode() for name, text in files.items()}, today=FIRST).book
    assert book is not None
    for plan in plan_range(book, History(), FIRST, LAST, channels=Channels()):
        for notice in plan.notices:
            for item in notice.items:
                if item.task == TASK and notice.recipient.unit is None:
                    yield item.stage.removeprefix("office-"), "管理员"
                elif item.task == TASK and item.stage == "urge":
                    yield "overdue-1", HEARERS[0]
                elif item.task == TASK and notice.draft:
                    yield item.stage, "分管领导"
                elif item.task == TASK:
                    yield item.stage, HEARERS[1] if item.role is Role.SUPPORT else HEARERS[0]


@pytest.fixture(scope="module")
def heard() -> set[tuple[str, str]]:
    """What the planner does; the office's list of newly overdue tasks belongs to the first overdue day."""
    return {("overdue-1" if stage == "overdue" else stage, hearer) for stage, hearer in told()}


def table() -> dict[str, set[str]]:
    """Moment → who hears something then."""
    found = rows(section(TEXT, "五、谁在什么时候收到什么"), "什么时候", *HEARERS)
    return {row[0]: {hearer for hearer, cell in zip(HEARERS, row[1:], strict=True) if cell} for row in found}


@pytest.mark.parametrize("moment", STAGES)
def test_exactly_those_hear_of_a_task_whom_the_table_names(moment: str, heard: set[tuple[str, str]]) -> None:
    for stage in STAGES[moment]:
        assert {hearer for found, hearer in heard if found == stage} == table()[moment]


def test_nothing_is_said_that_the_table_does_not_name(heard: set[tuple[str, str]]) -> None:
    assert {stage for stage, _ in heard} == {stage for stages in STAGES.values() for stage in stages}


def test_the_days_of_the_table_are_those_of_the_usual_plan() -> None:
    days = [int(number) for moment in STAGES for number in re.findall(r"\d+", moment)]
    assert days == [15, 7, 3, 1, 1, 3, 4, 7, 10, 13, 10]
