"""When a notice may leave: in working time, spread over some minutes, before a holiday where it must."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gkbot.deadline import Calendar
from gkbot.service.hours import leaves_at, nearest_day

ZONE = ZoneInfo("Asia/Shanghai")
CALENDAR = Calendar.builtin()
NINE = time(9, 0)


def leaving(now: str, last_day: str | None = None, address: str = "a@example.gov.cn") -> datetime:
    return leaves_at(
        datetime.fromisoformat(now).replace(tzinfo=ZONE),
        address,
        last_day=date.fromisoformat(last_day) if last_day else None,
        daily_at=NINE,
        calendar=CALENDAR,
        zone=ZONE,
    )


def test_what_is_planned_in_the_night_waits_for_the_morning():
    moment = leaving("2026-11-23T02:00")
    assert moment.date() == date(2026, 11, 23)
    assert time(9, 0) < moment.time() < time(9, 14)


def test_what_is_planned_in_working_time_leaves_now():
    assert leaving("2026-11-23T14:10") == datetime(2026, 11, 23, 14, 10, tzinfo=ZONE)


def test_what_is_planned_in_the_evening_waits_for_the_next_working_morning():
    assert leaving("2026-11-20T20:00", "2026-12-31").date() == date(2026, 11, 23)


def test_what_would_come_too_late_does_not_wait():
    assert leaving("2026-11-20T20:10", "2026-11-22") == datetime(2026, 11, 20, 20, 10, tzinfo=ZONE)
    assert leaving("2026-09-30T20:10", "2026-10-08") == datetime(2026, 9, 30, 20, 10, tzinfo=ZONE)


@pytest.mark.parametrize("now", ["2026-11-23T14:00", "2026-11-23T14:30", "2026-11-20T20:00"])
def test_nothing_leaves_on_a_crowded_minute_but_within_the_next(now: str):
    moment = leaving(now, "2026-11-22")
    assert 0 < (moment - datetime.fromisoformat(now).replace(tzinfo=ZONE)).total_seconds() < 120
    assert moment.minute in {1, 31}


def test_what_is_past_cannot_be_missed_any_more():
    days = [date(2026, 11, 2), date(2026, 11, 24), date(2026, 12, 1)]
    assert nearest_day(days, date(2026, 11, 20)) == date(2026, 11, 24)
    assert nearest_day(days, date(2027, 1, 1)) is None


def test_a_make_up_saturday_is_a_working_day():
    assert leaving("2026-10-10T10:10").date() == date(2026, 10, 10)


@pytest.mark.parametrize("address", ["a@example.gov.cn", "b@example.gov.cn", "COUNTIES"])
def test_the_minute_of_an_address_stays_the_same(address: str):
    assert leaving("2026-11-23T02:00", address=address) == leaving("2026-11-23T05:00", address=address)


@given(
    st.datetimes(min_value=datetime(2026, 1, 1), max_value=datetime(2026, 12, 20)),
    st.text(min_size=1, max_size=20),
)
def test_nothing_leaves_on_a_crowded_minute_or_outside_working_days_unless_it_must(now: datetime, address: str):
    moment = leaves_at(now.replace(tzinfo=ZONE), address, last_day=None, daily_at=NINE, calendar=CALENDAR, zone=ZONE)
    assert moment >= now.replace(tzinfo=ZONE)
    assert CALENDAR.is_workday(moment.date())
    assert moment.time() >= NINE
    assert moment.minute not in {0, 30}
