"""An office that is closed is not disturbed: reminders move before, overdue notices behind, due days stay."""

from dataclasses import replace

import pytest
from small_books import CALENDAR, CANGXI, DOCUMENT, book, day, event, known, stages, task

from gkbot.planning import EventKind, Plan, Reason, duties, explain_day, plan_day, plan_range
from gkbot.planning.open_days import OpenDays
from gkbot.planning.stages import Timetables, timetable
from gkbot.rulebook.values import DEFAULT_PLAN, Closure, Rulebook

pytestmark = pytest.mark.fault("F24")
TASK = task()


def closed(first: str, end: str, folder: str = "", name: str = "停电") -> Closure:
    return Closure(name=name, first=day(first), end=day(end), folder=folder)


def office(*closures: Closure) -> Rulebook:
    return replace(book(TASK), closures=closures)


def planned(on: str, closure: Closure, last: str) -> Plan:
    return plan_day(office(closure), known(TASK, last_scan=day(last)), day(on))


def test_reminders_move_before_the_closure_and_overdue_notices_behind_it() -> None:
    opened = OpenDays.of(office(closed("2023-07-31", "2023-08-05"))).in_folder("")
    table = timetable(DEFAULT_PLAN, day("2023-07-31"), day("2023-07-31"), CALENDAR, opened)
    assert [(stage.name, stage.day.isoformat()) for stage in table.owner[:5]] == [
        ("before-15", "2023-07-14"),
        ("before-7", "2023-07-24"),
        ("due", "2023-07-28"),
        ("overdue-1", "2023-08-07"),
        ("overdue-2", "2023-08-07"),
    ]


def test_the_due_day_does_not_move() -> None:
    found = duties(office(closed("2023-07-24", "2023-08-05")), known(TASK), day("2023-07-20"))
    assert {duty.due for duty in found} == {day("2023-07-31")}


def test_workdays_before_due_are_counted_by_the_legal_calendar() -> None:
    plan = replace(DEFAULT_PLAN, workdays=True, advances=(5,))
    opened = OpenDays.of(office(closed("2023-07-26", "2023-07-28"))).in_folder("")
    assert timetable(plan, day("2023-07-31"), day("2023-07-31"), CALENDAR, opened).owner[0].day == day("2023-07-24")


def test_nothing_is_said_while_the_office_is_closed_and_why() -> None:
    closure = closed("2023-07-24", "2023-07-26")
    plan = planned("2023-07-24", closure, "2023-07-21")
    assert (plan.notices, plan.is_rest) == ((), True)
    _, silences = explain_day(office(closure), known(TASK), day("2023-07-24"), [TASK])
    assert {found.reason for found in silences} == {Reason.OFFICE_CLOSED}


def test_the_reminder_says_why_it_comes_early() -> None:
    item = planned("2023-07-21", closed("2023-07-24", "2023-07-26"), "2023-07-20").notices[0].items[0]
    assert item.reason == "到期前7天为7月24日（停电，休息），提前到7月21日（周五）提醒；到期日7月31日（周一）。"


def test_what_was_missed_before_the_closure_is_made_up_for_after_it() -> None:
    closure = closed("2023-07-25", "2023-07-27")
    assert stages(planned("2023-07-27", closure, "2023-07-21")) == ["before-7"]


def test_another_office_goes_on() -> None:
    closure = closed("2023-07-24", "2023-07-26", folder="other")
    assert stages(planned("2023-07-24", closure, "2023-07-21")) == ["before-7"]


def test_one_office_of_two_is_left_in_peace() -> None:
    there = task("GY-02", document=replace(DOCUMENT, id="b/b.yaml", folder="b"))
    two = replace(book(TASK, there), closures=(closed("2023-07-24", "2023-07-26", folder="b"),))
    history = known(TASK, there, last_scan=day("2023-07-21"))
    items = [item.task for notice in plan_day(two, history, day("2023-07-24")).notices for item in notice.items]
    assert set(items) == {"GY-01"}
    before = plan_day(two, history, day("2023-07-21"))
    assert "GY-02" in {item.task for notice in before.notices for item in notice.items}


def test_a_change_recorded_while_closed_is_told_on_the_first_day_open() -> None:
    extended = event(EventKind.EXTENDED, on="2023-07-24", until=day("2023-08-31"))
    history = known(TASK, events=(extended,), last_scan=day("2023-07-21"))
    plans = plan_range(office(closed("2023-07-24", "2023-07-26")), history, day("2023-07-24"), day("2023-07-26"))
    assert [stages(plan, CANGXI.name) for plan in plans] == [[], [], ["changed"]]


def test_an_office_without_closures_keeps_its_calendar() -> None:
    assert OpenDays.of(book(TASK)).anywhere() is CALENDAR
    table = Timetables(OpenDays.of(book(TASK))).of(DEFAULT_PLAN, day("2026-10-08"), day("2026-10-08"), "")
    assert [stage.day.isoformat() for stage in table.owner if stage.name in {"before-1", "due"}] == [
        "2026-09-30",
        "2026-10-08",
    ]


def test_a_preview_over_a_closure_tells_everything_once() -> None:
    history = known(TASK, since="2023-07-14", last_scan=day("2023-07-13"))
    plans = plan_range(office(closed("2023-07-20", "2023-07-22")), history, day("2023-07-14"), day("2023-07-31"))
    items = [(plan.day.isoformat(), item) for plan in plans for notice in plan.notices for item in notice.items]
    assert [(on, item.stage, *item.also) for on, item in items if item.unit == CANGXI.name] == [
        ("2023-07-14", "before-15", "new"),
        ("2023-07-24", "before-7"),
        ("2023-07-28", "before-1"),
        ("2023-07-31", "due"),
        ("2023-07-31", "office-due"),
    ]
