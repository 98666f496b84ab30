"""Which duties there are and where they stand."""

from dataclasses import replace
from datetime import timedelta

import pytest
from small_books import (
    AFTER_APPROVAL,
    CANGXI,
    DOCUMENT,
    LEADS,
    MONTHLY,
    ONGOING,
    VAGUE,
    WANGCANG,
    book,
    by,
    day,
    deadline,
    event,
    known,
    task,
)

from gkbot.deadline import AfterEvent, Roll, Unit
from gkbot.planning import Duty, EventKind, History, Status, duties
from gkbot.rulebook.values import Confirmation, Role, Task, Trigger


def of_cangxi(found: Task, history: History | None = None, on: str = "2023-07-24") -> list[Duty]:
    """The duties of one unit."""
    return [duty for duty in duties(book(found), history or known(found), day(on)) if duty.unit == CANGXI]


def test_a_task_for_two_counties_is_two_duties() -> None:
    found = duties(book(task()), known(task()), day("2023-07-24"))
    assert [(duty.unit.name, duty.period, duty.due) for duty in found] == [
        (CANGXI.name, "2023-07-31", day("2023-07-31")),
        (WANGCANG.name, "2023-07-31", day("2023-07-31")),
    ]


def test_each_deadline_of_a_task_is_a_period() -> None:
    twice = task("GY-01", by("2023-07-31"), by("2023-12-31"))
    assert [duty.period for duty in of_cangxi(twice)] == ["2023-07-31", "2023-12-31"]


def test_a_rhythm_has_every_period_since_it_came_into_force_and_the_next() -> None:
    monthly = task("GY-01", MONTHLY)
    assert [duty.period for duty in of_cangxi(monthly)] == ["2023-05-25", "2023-06-25", "2023-07-25"]


def test_a_rhythm_never_seen_before_starts_today() -> None:
    assert [duty.period for duty in of_cangxi(task("GY-01", MONTHLY), History())] == ["2023-07-25"]


def test_an_archived_rhythm_is_listed_whole() -> None:
    past = replace(DOCUMENT, archived_on=day("2023-08-01"))
    found = of_cangxi(task("GY-01", MONTHLY, document=past), History(), "2026-01-05")
    assert [(duty.period, duty.status) for duty in found] == [
        ("2023-05-25", Status.ARCHIVED),
        ("2023-06-25", Status.ARCHIVED),
        ("2023-07-25", Status.ARCHIVED),
    ]


def test_a_task_without_a_day_is_one_duty() -> None:
    assert [(duty.period, duty.due, duty.status) for duty in of_cangxi(task("GY-01", VAGUE))] == [
        (None, None, Status.OPEN)
    ]


def test_a_confirmation_gives_a_vague_task_its_day() -> None:
    confirmed = Confirmation(due=day("2023-09-30"), by="李某", on=day("2023-06-01"), reason="会议纪要")
    assert [duty.due for duty in of_cangxi(task("GY-01", VAGUE, confirmation=confirmed))] == [day("2023-09-30")]


def test_a_confirmation_settles_the_ambiguous_deadline_only() -> None:
    confirmed = Confirmation(due=day("2023-06-30"), by="李某", on=day("2023-06-01"), reason="附件2写明6月底")
    deadlines = (deadline(by("2023-12-31"), "年底前"), deadline(by("2023-05-31"), "6月前", ambiguous=True))
    found = of_cangxi(task("GY-01", deadlines=deadlines, confirmation=confirmed))
    assert [duty.due for duty in found] == [day("2023-06-30"), day("2023-12-31")]


def test_a_check_in_gives_an_ongoing_task_a_rhythm() -> None:
    found = of_cangxi(task("GY-01", ONGOING, check_in=deadline(MONTHLY, "每月25日前")))
    assert [duty.period for duty in found] == ["2023-05-25", "2023-06-25", "2023-07-25"]


def test_a_task_waits_for_its_event_unit_by_unit() -> None:
    waiting = task("GY-01", AFTER_APPROVAL)
    happened = event(EventKind.OCCURRED, unit=WANGCANG.name, occurred_on=day("2023-07-18"))
    found = duties(book(waiting), known(waiting, events=(happened,)), day("2023-07-24"))
    assert [(duty.unit.name, duty.period, duty.due, duty.status) for duty in found] == [
        (CANGXI.name, None, None, Status.WAITING),
        (WANGCANG.name, "2023-07-18", day("2023-08-07"), Status.OPEN),
    ]


def test_the_issue_of_the_document_is_an_event_that_has_happened() -> None:
    own = AfterEvent(event="印发", amount=15, unit=Unit.WORKDAYS, own_document=True)
    assert [(duty.period, duty.due) for duty in of_cangxi(task("GY-01", own))] == [("2023-05-17", day("2023-06-07"))]


def test_a_pause_stops_the_clock_of_what_is_counted() -> None:
    counted = task("GY-01", AFTER_APPROVAL, trigger=Trigger(event="批复", on=day("2023-07-18")))
    events = (
        event(EventKind.PAUSED, 1, on="2023-07-20"),
        event(EventKind.RESUMED, 2, on="2023-07-23"),
    )
    assert [duty.due for duty in of_cangxi(counted, known(counted, events=events))] == [day("2023-08-10")]


def test_a_rhythm_without_its_own_day_is_due_the_day_before_each_time() -> None:
    monthly = task("GY-01", MONTHLY, inclusive=False)
    found = of_cangxi(monthly)
    assert found
    for duty in found:
        assert duty.nominal is not None
        assert (duty.due, duty.period) == (duty.nominal - timedelta(days=1), duty.nominal.isoformat())


def test_a_due_day_rolls_where_the_rule_says_so() -> None:
    rolling = task("GY-01", by("2023-12-31"), roll=Roll.FOLLOWING)
    assert [(duty.period, duty.due) for duty in of_cangxi(rolling)] == [("2023-12-31", day("2024-01-02"))]


ROWS = [
    ([EventKind.DONE], Status.DONE),
    ([EventKind.REPORTED], Status.REPORTED),
    ([EventKind.REPORTED, EventKind.DONE], Status.DONE),
    ([EventKind.DONE, EventKind.REPORTED], Status.DONE),
    ([EventKind.ACKNOWLEDGED], Status.ACKNOWLEDGED),
    ([EventKind.REPORTED, EventKind.ACKNOWLEDGED], Status.REPORTED),
    ([EventKind.REPORTED, EventKind.REOPENED], Status.OPEN),
    ([EventKind.DONE, EventKind.REOPENED], Status.OPEN),
    ([EventKind.CANCELLED], Status.CANCELLED),
    ([EventKind.CANCELLED, EventKind.REPORTED], Status.CANCELLED),
]


@pytest.mark.parametrize(("kinds", "status"), ROWS)
def test_events_in_order_give_the_status(kinds: list[EventKind], status: Status) -> None:
    events = tuple(event(kind, number) for number, kind in enumerate(kinds, start=1))
    assert [duty.status for duty in of_cangxi(task(), known(task(), events=events))] == [status]


def test_an_extension_raises_the_revision_and_keeps_the_period() -> None:
    extended = event(EventKind.EXTENDED, unit=CANGXI.name, until=day("2023-08-31"))
    duty = of_cangxi(task(), known(task(), events=(extended,)))[0]
    assert (duty.period, duty.due, duty.nominal, duty.revision) == (
        "2023-07-31",
        day("2023-08-31"),
        day("2023-07-31"),
        1,
    )


def test_a_report_without_a_period_closes_what_was_open_then() -> None:
    monthly = task("GY-01", MONTHLY)
    reported = event(EventKind.REPORTED, on="2023-06-10")
    found = of_cangxi(monthly, known(monthly, events=(reported,)))
    assert [(duty.period, str(duty.status)) for duty in found] == [
        ("2023-05-25", "reported"),
        ("2023-06-25", "reported"),
        ("2023-07-25", "open"),
    ]


def test_overdue_is_worked_out_not_stored() -> None:
    duty = of_cangxi(task(), on="2023-08-01")[0]
    assert (duty.status, duty.is_overdue(day("2023-07-31")), duty.is_overdue(day("2023-08-01"))) == (
        Status.OPEN,
        False,
        True,
    )


def test_a_unit_has_one_duty_in_its_first_role() -> None:
    assert [duty.role for duty in of_cangxi(task(units=LEADS))] == [Role.RESPONSIBLE]
