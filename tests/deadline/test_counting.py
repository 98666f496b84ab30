"""Due days counted from a trigger: oracle values, pauses, extensions, hours."""

from datetime import date, datetime, time, timedelta, timezone
from pathlib import Path

import pytest
import yaml

from gkbot.deadline.calendar import Calendar
from gkbot.deadline.counting import count_from, rolled
from gkbot.deadline.extension import Extension
from gkbot.deadline.schedule import Roll, Unit

CALENDAR = Calendar.builtin()
CHINA = timezone(timedelta(hours=8))
ROWS = yaml.safe_load((Path(__file__).parent.parent / "data" / "counting.yaml").read_text(encoding="utf-8"))


def count(trigger, amount, unit, *, roll=Roll.FOLLOWING, **more):
    return count_from(trigger, amount, unit, calendar=CALENDAR, roll=roll, **more)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['trigger']} {row['amount']} {row['unit']}")
def test_the_oracle_value_is_met(row):
    found = count(row["trigger"], row["amount"], Unit(row["unit"]))
    expected = row["due"], row.get("nominal", row["due"]), row.get("provisional", False)
    assert (found.due, found.nominal, found.provisional) == expected


@pytest.mark.parametrize(
    ("roll", "due"),
    [
        (Roll.NONE, date(2026, 2, 21)),
        (Roll.FOLLOWING, date(2026, 2, 24)),
        (Roll.PRECEDING, date(2026, 2, 14)),
    ],
)
def test_an_end_on_a_rest_day_moves_as_told(roll, due):
    assert count(date(2026, 2, 1), 20, Unit.DAYS, roll=roll).due == due


def test_an_end_is_not_brought_forward_to_before_the_trigger():
    found = count(date(2026, 10, 2), 2, Unit.DAYS, roll=Roll.PRECEDING)
    assert found.due == date(2026, 10, 8)
    assert "期内之前没有工作日可提前，改为顺延到2026年10月8日（周四）" in found.steps[1].text


def test_a_count_of_days_that_asks_no_calendar_is_not_provisional():
    assert not count(date(2027, 3, 1), 20, Unit.DAYS, roll=Roll.NONE).provisional
    assert count(date(2027, 3, 1), 20, Unit.DAYS).provisional


def test_a_moment_counts_as_its_day():
    assert count(datetime(2026, 1, 30, 23, 59, tzinfo=CHINA), 20, Unit.WORKDAYS).due == date(2026, 3, 5)


def test_the_period_begins_on_the_day_after_the_trigger():
    assert count(date(2026, 1, 30), 20, Unit.WORKDAYS).start == date(2026, 1, 31)


def test_a_pause_stops_the_clock_of_workdays():
    paused = count(date(2026, 3, 2), 5, Unit.WORKDAYS, pauses=[(date(2026, 3, 4), date(2026, 3, 6))])
    assert paused.due == date(2026, 3, 12)


def test_a_pause_stops_the_clock_of_days():
    paused = count(date(2026, 3, 2), 10, Unit.DAYS, pauses=[(date(2026, 3, 4), date(2026, 3, 6))], roll=Roll.NONE)
    assert paused.due == date(2026, 3, 15)


def test_a_pause_stops_the_clock_of_months():
    paused = count(date(2026, 3, 2), 1, Unit.MONTHS, pauses=[(date(2026, 3, 10), date(2026, 3, 19))], roll=Roll.NONE)
    assert paused.due == date(2026, 4, 12)


def test_overlapping_pauses_count_once_and_early_or_late_ones_not_at_all():
    pauses = [
        (date(2026, 3, 5), date(2026, 3, 6)),
        (date(2026, 3, 4), date(2026, 3, 5)),
        (date(2026, 2, 1), date(2026, 3, 2)),
        (date(2026, 5, 1), date(2026, 5, 9)),
        (date(2026, 3, 9), date(2026, 3, 3)),
    ]
    assert count(date(2026, 3, 2), 10, Unit.DAYS, pauses=pauses, roll=Roll.NONE).due == date(2026, 3, 15)


def test_a_pause_over_the_last_day_carries_it_past_the_pause():
    paused = count(date(2026, 3, 2), 5, Unit.WORKDAYS, pauses=[(date(2026, 3, 9), date(2026, 3, 13))])
    assert paused.due == date(2026, 3, 16)


def test_a_count_backwards_is_not_paused():
    paused = count(date(2026, 3, 20), -5, Unit.WORKDAYS, pauses=[(date(2026, 3, 16), date(2026, 3, 17))])
    assert paused.due == date(2026, 3, 13)


def test_an_extension_goes_on_from_the_old_due_day():
    extension = Extension(amount=20, approver="机构负责人", basis="审批单")
    extended = count(date(2026, 1, 30), 20, Unit.WORKDAYS, extensions=[extension])
    assert extended.due == date(2026, 4, 2)


def test_an_extension_may_name_its_day_and_that_day_stands():
    extension = Extension(until=date(2026, 4, 5), approver="机构负责人", basis="审批单")
    assert count(date(2026, 1, 30), 20, Unit.WORKDAYS, extensions=[extension]).due == date(2026, 4, 5)


def test_extensions_follow_one_another_in_their_own_units():
    extensions = [
        Extension(amount=5, approver="甲", basis="一号"),
        Extension(amount=1, unit=Unit.MONTHS, approver="乙", basis="二号"),
    ]
    assert count(date(2026, 3, 2), 5, Unit.WORKDAYS, extensions=extensions).due == date(2026, 4, 16)


@pytest.mark.parametrize("given", [{}, {"amount": 1, "until": date(2026, 1, 1)}])
def test_an_extension_says_how_long_or_until_when(given):
    with pytest.raises(ValueError, match="either"):
        Extension(approver="甲", basis="一号", **given)


def test_hours_run_through_nights_and_rest_days():
    found = count(datetime(2026, 2, 14, 17, 30, tzinfo=CHINA), 24, Unit.HOURS)
    assert (found.due, found.at) == (date(2026, 2, 15), time(17, 30))


def test_hours_from_a_mere_day_start_at_midnight_to_be_safe():
    found = count(date(2026, 3, 2), 5, Unit.HOURS)
    assert (found.due, found.at) == (date(2026, 3, 2), time(5))


def test_hours_stand_still_on_paused_days():
    pauses = [(date(2026, 3, 3), date(2026, 3, 4))]
    found = count(datetime(2026, 3, 2, 20, tzinfo=CHINA), 24, Unit.HOURS, pauses=pauses)
    assert (found.due, found.at) == (date(2026, 3, 5), time(20))


def test_hours_can_be_extended_by_hours_days_or_to_a_day():
    extensions = [
        Extension(amount=12, approver="甲", basis="一号"),
        Extension(amount=2, unit=Unit.WORKDAYS, approver="甲", basis="二号"),
        Extension(until=date(2026, 3, 20), approver="甲", basis="三号"),
    ]
    found = count(datetime(2026, 3, 2, 9, tzinfo=CHINA), 24, Unit.HOURS, extensions=extensions)
    assert (found.due, found.at) == (date(2026, 3, 20), time(21))


def test_a_fixed_day_does_not_move_unless_told():
    assert rolled(date(2026, 1, 31), Roll.NONE, CALENDAR).due == date(2026, 1, 31)
    assert rolled(date(2026, 1, 31), Roll.PRECEDING, CALENDAR).due == date(2026, 1, 30)
    assert rolled(date(2026, 1, 31), Roll.FOLLOWING, CALENDAR).due == date(2026, 2, 2)


def test_a_fixed_day_rolled_in_an_unpublished_year_is_provisional():
    assert rolled(date(2027, 1, 31), Roll.PRECEDING, CALENDAR).provisional
    assert not rolled(date(2027, 1, 31), Roll.NONE, CALENDAR).provisional


@pytest.mark.parametrize("unit", Unit)
def test_beyond_the_year_9999_is_an_overflow(unit):
    with pytest.raises(OverflowError):
        count(date(9999, 12, 30), 99_999, unit)
