"""The due days of schedules."""

from datetime import date, datetime, time, timedelta, timezone
from itertools import islice

import pytest

from gkbot.deadline.calendar import Calendar
from gkbot.deadline.occurrences import occurrences, reckon
from gkbot.deadline.schedule import (
    AfterEvent,
    By,
    Freq,
    Mark,
    Ongoing,
    Recurring,
    Roll,
    Unit,
    Vague,
    Within,
)

CALENDAR = Calendar.builtin()
CHINA = timezone(timedelta(hours=8))


def days(schedule, first, end, roll=None):
    window = {"start": date.fromisoformat(first), "end": date.fromisoformat(end)}
    return [str(found.due) for found in occurrences(schedule, **window, calendar=CALENDAR, roll=roll)]


@pytest.mark.parametrize(
    ("schedule", "first", "end", "expected"),
    [
        (
            Recurring(freq=Freq.YEARLY, marks=(Mark(month=1, day=31),)),
            "2025-02-01",
            "2027-02-01",
            "2026-01-31 2027-01-31",
        ),
        (Recurring(freq=Freq.YEARLY, count=2, at_least=True), "2026-01-01", "2027-01-01", "2026-12-31"),
        (Recurring(freq=Freq.HALFYEARLY), "2026-01-01", "2027-01-01", "2026-06-30 2026-12-31"),
        (
            Recurring(freq=Freq.MONTHLY, interval=2, months=(2, 4, 6, 8, 10, 12), marks=(Mark(day=15),)),
            "2026-01-01",
            "2026-07-01",
            "2026-02-15 2026-04-15 2026-06-15",
        ),
        (
            Recurring(freq=Freq.MONTHLY, interval=2, months=(1, 3, 5, 7, 9, 11)),
            "2026-01-01",
            "2026-06-01",
            "2026-01-31 2026-03-31 2026-05-31",
        ),
        (
            Recurring(freq=Freq.HALFYEARLY, marks=(Mark(month=1, day=10),)),
            "2026-01-01",
            "2027-01-01",
            "2026-01-10 2026-07-10",
        ),
        (Recurring(freq=Freq.QUARTERLY), "2026-01-01", "2026-07-01", "2026-03-31 2026-06-30"),
        (
            Recurring(freq=Freq.QUARTERLY, marks=(Mark(month=1, day=8, later=1),)),
            "2026-01-01",
            "2027-01-01",
            "2026-01-08 2026-04-08 2026-07-08 2026-10-08",
        ),
        (
            Recurring(freq=Freq.MONTHLY, marks=(Mark(nth=1, weekday=5),)),
            "2026-01-01",
            "2026-04-01",
            "2026-01-02 2026-02-06 2026-03-06",
        ),
        (
            Recurring(freq=Freq.MONTHLY, marks=(Mark(nth=5, weekday=5),)),
            "2026-01-01",
            "2026-03-01",
            "2026-01-30 2026-02-27",
        ),
        (
            Recurring(freq=Freq.MONTHLY, marks=(Mark(nth=-1),)),
            "2026-01-01",
            "2026-04-01",
            "2026-01-30 2026-02-28 2026-03-31",
        ),
        (Recurring(freq=Freq.MONTHLY, marks=(Mark(nth=1),)), "2026-01-01", "2026-03-01", "2026-01-04 2026-02-02"),
        (
            Recurring(freq=Freq.YEARLY, marks=(Mark(festival="春节前"),)),
            "2025-01-01",
            "2027-01-01",
            "2025-01-28 2026-02-16",
        ),
        (
            Recurring(freq=Freq.QUARTERLY, marks=(Mark(month=3, nth=-1),)),
            "2026-01-01",
            "2026-12-31",
            "2026-03-31 2026-06-30 2026-09-30",
        ),
        (Recurring(freq=Freq.QUARTERLY, marks=(Mark(day=25),)), "2026-01-01", "2026-07-01", "2026-03-25 2026-06-25"),
        (
            Recurring(freq=Freq.MONTHLY, marks=(Mark(day=30),)),
            "2026-01-01",
            "2026-05-01",
            "2026-01-30 2026-02-28 2026-03-30 2026-04-30",
        ),
        (
            Recurring(freq=Freq.MONTHLY, marks=(Mark(day=5), Mark(day=20))),
            "2026-01-06",
            "2026-03-01",
            "2026-01-20 2026-02-05 2026-02-20",
        ),
        (
            Recurring(freq=Freq.MONTHLY, interval=2, start=date(2026, 1, 1)),
            "2026-01-01",
            "2026-07-01",
            "2026-02-28 2026-04-30 2026-06-30",
        ),
        (Recurring(freq=Freq.DAILY), "2026-03-06", "2026-03-09", "2026-03-06 2026-03-07 2026-03-08"),
        (
            Recurring(freq=Freq.YEARLY, marks=(Mark(month=4, day=-1), Mark(month=6, day=-1), Mark(month=8, day=-1))),
            "2026-01-01",
            "2027-01-01",
            "2026-04-30 2026-06-30 2026-08-31",
        ),
        (
            Recurring(freq=Freq.YEARLY, interval=2, start=date(2017, 1, 1), marks=(Mark(month=6, day=30),)),
            "2017-01-01",
            "2022-01-01",
            "2017-06-30 2019-06-30 2021-06-30",
        ),
        (
            Recurring(freq=Freq.YEARLY, interval=2, start=date(2017, 1, 1)),
            "2017-01-01",
            "2022-01-01",
            "2018-12-31 2020-12-31",
        ),
    ],
)
def test_a_rhythm_gives_its_days(schedule, first, end, expected):
    assert days(schedule, first, end) == expected.split()


def test_a_friday_that_is_a_rest_day_is_reported_on_the_workday_before():
    fridays = Recurring(freq=Freq.WEEKLY, marks=(Mark(weekday=5),), at=time(17))
    assert days(fridays, "2026-09-21", "2026-10-12") == ["2026-09-24", "2026-09-30", "2026-10-09"]
    assert days(fridays, "2026-09-21", "2026-10-12", Roll.NONE) == ["2026-09-25", "2026-10-02", "2026-10-09"]


def test_a_week_without_a_day_ends_on_its_last_workday():
    assert days(Recurring(freq=Freq.WEEKLY), "2026-02-09", "2026-03-02") == ["2026-02-14", "2026-02-14", "2026-02-28"]


def test_the_hour_is_carried_along():
    schedule = Recurring(freq=Freq.WEEKLY, marks=(Mark(weekday=5),), at=time(17))
    [found] = occurrences(schedule, start=date(2026, 3, 2), end=date(2026, 3, 9), calendar=CALENDAR)
    assert (found.due, found.at) == (date(2026, 3, 6), time(17))


def test_the_next_years_report_is_due_only_for_years_in_which_the_duty_held():
    schedule = Recurring(
        freq=Freq.YEARLY, marks=(Mark(month=4, day=30, later=1),), start=date(2017, 1, 1), until=date(2019, 12, 31)
    )
    assert days(schedule, "2010-01-01", "2030-01-01") == ["2018-04-30", "2019-04-30", "2020-04-30"]


def test_a_duty_has_no_day_before_its_start_or_after_its_end():
    schedule = Recurring(freq=Freq.MONTHLY, marks=(Mark(day=10),), start=date(2026, 3, 11), until=date(2026, 6, 10))
    assert days(schedule, "2026-01-01", "2027-01-01") == ["2026-04-10", "2026-05-10", "2026-06-10"]


def test_a_period_cut_off_by_the_end_is_due_at_the_end():
    schedule = Recurring(freq=Freq.MONTHLY, until=date(2026, 3, 15))
    assert days(schedule, "2026-01-01", "2027-01-01") == ["2026-01-31", "2026-02-28", "2026-03-15"]


def test_a_season_limits_the_months():
    monthly = Recurring(freq=Freq.MONTHLY, marks=(Mark(day=5),), months=(3, 4, 12))
    assert days(monthly, "2026-01-01", "2027-01-01") == ["2026-03-05", "2026-04-05", "2026-12-05"]
    reported = Recurring(freq=Freq.MONTHLY, marks=(Mark(day=5, later=1),), months=(3, 12))
    assert days(reported, "2026-01-01", "2027-01-02") == ["2026-01-05", "2026-04-05"]
    weekly = Recurring(freq=Freq.WEEKLY, marks=(Mark(weekday=1),), months=(6,))
    assert len(days(weekly, "2026-01-01", "2027-01-01")) == 5


def test_a_yearly_duty_of_a_season_is_due_at_the_end_of_the_season():
    assert days(Recurring(freq=Freq.YEARLY, months=(3, 4, 5)), "2026-01-01", "2028-01-01") == [
        "2026-05-31",
        "2027-05-31",
    ]


def test_marks_that_meet_give_one_day():
    schedule = Recurring(freq=Freq.MONTHLY, marks=(Mark(day=30), Mark(day=-1)))
    assert days(schedule, "2026-02-01", "2026-05-01") == ["2026-02-28", "2026-03-30", "2026-03-31", "2026-04-30"]


def test_an_endless_rhythm_is_drawn_lazily_wherever_the_window_lies():
    daily = Recurring(freq=Freq.DAILY)
    drawn = occurrences(daily, start=date(9000, 1, 1), end=date.max, calendar=CALENDAR)
    assert [found.due.day for found in islice(drawn, 3)] == [1, 2, 3]


@pytest.mark.parametrize("freq", Freq)
@pytest.mark.parametrize("interval", [1, 7])
def test_the_ends_of_time_are_no_error(freq, interval):
    for mark in ((), (Mark(month=12, day=31, weekday=7, later=3),)):
        schedule = Recurring(freq=freq, interval=interval, marks=mark)
        list(occurrences(schedule, start=date.min, end=date(2, 1, 1), calendar=CALENDAR, roll=Roll.NONE))
        list(occurrences(schedule, start=date(9998, 12, 31), end=date.max, calendar=CALENDAR, roll=Roll.NONE))


def test_a_single_deadline_occurs_once_inside_the_window():
    by = By(due=date(2026, 6, 30), at=time(17))
    assert days(by, "2026-06-30", "2026-07-01") == ["2026-06-30"]
    assert days(by, "2026-06-01", "2026-06-30") == []
    assert days(Within(start=date(2026, 6, 1), due=date(2026, 6, 30)), "2026-01-01", "2027-01-01") == ["2026-06-30"]


def test_schedules_without_a_day_do_not_occur():
    for schedule in (Ongoing(word="长期坚持"), Vague(word="及时"), AfterEvent(event="批复", amount=20, unit=Unit.DAYS)):
        assert days(schedule, "2000-01-01", "2100-01-01") == []


def test_the_window_is_judged_by_the_nominal_day():
    yearly = Recurring(freq=Freq.YEARLY, marks=(Mark(month=1, day=31),))
    assert days(yearly, "2026-01-31", "2026-02-01", Roll.FOLLOWING) == ["2026-02-02"]
    assert days(yearly, "2026-02-01", "2026-03-01", Roll.FOLLOWING) == []


def test_a_clamped_day_says_so():
    february = occurrences(
        Recurring(freq=Freq.MONTHLY, marks=(Mark(day=30),)),
        start=date(2026, 2, 1),
        end=date(2026, 3, 1),
        calendar=CALENDAR,
    )
    assert next(february).steps[0].text.startswith("2026年2月没有30日，取当月最后一日2026年2月28日（周六）")


def test_the_annual_report_does_not_roll_by_itself():
    found = reckon(By(due=date(2026, 1, 31)), trigger=None, calendar=CALENDAR, roll=None)
    assert (found.due, found.provisional) == (date(2026, 1, 31), False)


def test_a_stretch_keeps_its_first_day():
    found = reckon(Within(start=date(2026, 3, 1), due=date(2026, 3, 20)), trigger=None, calendar=CALENDAR, roll=None)
    assert (found.start, found.due) == (date(2026, 3, 1), date(2026, 3, 20))


def test_a_period_after_an_event_rolls_forward_and_waits_for_its_event():
    after = AfterEvent(event="批复", amount=20, unit=Unit.DAYS)
    assert reckon(after, trigger=None, calendar=CALENDAR, roll=None) is None
    assert reckon(after, trigger=date(2026, 2, 1), calendar=CALENDAR, roll=None).due == date(2026, 2, 24)
    assert reckon(after, trigger=date(2026, 2, 1), calendar=CALENDAR, roll=Roll.NONE).due == date(2026, 2, 21)


def test_a_period_before_an_event_rolls_backward_so_that_it_stays_whole():
    before = AfterEvent(event="会议", amount=-5, unit=Unit.DAYS)
    assert reckon(before, trigger=date(2026, 3, 12), calendar=CALENDAR, roll=None).due == date(2026, 3, 6)


def test_hours_after_an_event_give_a_moment():
    after = AfterEvent(event="事件发生", amount=5, unit=Unit.HOURS)
    found = reckon(after, trigger=datetime(2026, 3, 2, 22, tzinfo=CHINA), calendar=CALENDAR, roll=None)
    assert (found.due, found.at) == (date(2026, 3, 3), time(3))


def test_only_single_deadlines_are_reckoned():
    for schedule in (Ongoing(word="长期"), Vague(word="及时"), Recurring(freq=Freq.DAILY)):
        assert reckon(schedule, trigger=date(2026, 1, 1), calendar=CALENDAR, roll=None) is None
