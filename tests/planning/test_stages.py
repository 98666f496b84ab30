"""The days of a timetable, by the official calendar."""

import pytest
from small_books import CALENDAR, day

from gkbot.planning.stages import advance_stages, overdue_stages, timetable
from gkbot.rulebook.values import DEFAULT_PLAN, ReminderPlan

ROWS = [
    # a Monday; the 15-day point is a Sunday, the 1-day point too and meets the 3-day point
    ("2023-07-31", ["07-14", "07-24", "07-28", "07-31"], ["08-01", "08-04", "08-09", "08-14", "08-17"]),
    # a Sunday: the 1-day and the 0-day point meet on Friday; 1 January is a holiday
    ("2023-12-31", ["12-15", "12-22", "12-28", "12-29"], ["01-02", "01-05", "01-10", "01-15", "01-18"]),
    # the first day after the National holiday: 7, 3 and 1 days before it lie in the holiday
    ("2024-10-08", ["09-23", "09-30", "10-08"], ["10-09", "10-12", "10-16", "10-21", "10-24"]),
    # facts/rule-files.md: the 7- and the 3-day point go to 14 February, a make-up workday
    ("2026-02-26", ["02-11", "02-14", "02-25", "02-26"], ["02-27", "03-03", "03-06", "03-11", "03-16"]),
]


@pytest.mark.parametrize(("due", "before", "after"), ROWS)
def test_a_due_day_has_these_reminder_days(due: str, before: list[str], after: list[str]) -> None:
    told = [f"{stage.day:%m-%d}" for stage in advance_stages(DEFAULT_PLAN, day(due), CALENDAR)]
    assert told == before


@pytest.mark.parametrize(("due", "before", "after"), ROWS)
def test_a_due_day_has_these_overdue_days(due: str, before: list[str], after: list[str]) -> None:
    told = [f"{stage.day:%m-%d}" for stage in overdue_stages(DEFAULT_PLAN, day(due), CALENDAR)]
    assert told == after


def test_reminders_that_meet_are_one_named_by_the_smallest_advance() -> None:
    stage = advance_stages(DEFAULT_PLAN, day("2023-07-31"), CALENDAR)[2]
    assert (stage.name, stage.merged, stage.number, stage.of) == ("before-1", (3,), 3, 4)


def test_a_plan_in_working_days_counts_over_the_weekend() -> None:
    plan = ReminderPlan(name="工作日", advances=(5, 1), workdays=True)
    told = [f"{stage.day:%m-%d}" for stage in advance_stages(plan, day("2023-07-31"), CALENDAR)]
    assert told == ["07-24", "07-28"]


def test_support_units_hear_at_seven_days_and_on_the_first_overdue_day() -> None:
    due = day("2023-07-31")
    told = [(stage.name, f"{stage.day:%m-%d}") for stage in timetable(DEFAULT_PLAN, due, due, CALENDAR).support]
    assert told == [("before-7", "07-24"), ("overdue-1", "08-01")]


def test_the_leader_gets_a_draft_on_the_third_working_day() -> None:
    due = day("2023-07-31")
    assert [stage.day for stage in timetable(DEFAULT_PLAN, due, due, CALENDAR).leader] == [day("2023-08-03")]
