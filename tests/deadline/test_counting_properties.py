"""Laws of the calendar, of counting and of occurrences that hold for every day."""

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from gkbot.deadline.calendar import Calendar
from gkbot.deadline.counting import count_from, rolled
from gkbot.deadline.occurrences import occurrences
from gkbot.deadline.schedule import Freq, Mark, Recurring, Roll, Unit

CALENDAR = Calendar.builtin()
ONE_DAY = timedelta(days=1)
days = st.dates(date(2003, 6, 1), date(2030, 12, 31))
amounts = st.integers(1, 400)
day_units = st.sampled_from([Unit.DAYS, Unit.WORKDAYS, Unit.WEEKS, Unit.MONTHS])
rolls = st.sampled_from(Roll)
pauses = st.lists(
    st.builds(lambda first, length: (first, first + timedelta(days=length)), days, st.integers(0, 30)), max_size=4
)
marks = st.lists(
    st.builds(
        Mark,
        month=st.none() | st.integers(1, 12),
        day=st.none() | st.just(-1) | st.integers(1, 31),
        weekday=st.integers(1, 7),
        later=st.integers(0, 2),
    ),
    max_size=3,
).map(tuple)
rhythms = st.builds(
    Recurring,
    freq=st.sampled_from(Freq),
    interval=st.integers(1, 3),
    marks=marks,
    start=st.none() | days,
    until=st.none() | days,
    months=st.lists(st.integers(1, 12), max_size=6).map(tuple),
)


@given(day=days, roll=st.sampled_from([Roll.FOLLOWING, Roll.PRECEDING]))
def test_a_rolled_day_is_the_nearest_workday(day, roll):
    found = rolled(day, roll, CALENDAR)
    low, high = sorted((day, found.due))
    assert CALENDAR.is_workday(found.due)
    assert CALENDAR.workdays_between(low - ONE_DAY, high) == 1


@given(day=days, count=st.integers(-400, 400))
def test_adding_workdays_is_undone_by_counting_them(day, count):
    end = CALENDAR.add_workdays(day, count)
    if count >= 0:
        assert CALENDAR.workdays_between(day, end) == count
    else:
        assert CALENDAR.workdays_between(end - ONE_DAY, day - ONE_DAY) == -count
    if CALENDAR.is_workday(day):
        assert CALENDAR.add_workdays(end, -count) == day


@given(first=days, second=days, third=days)
def test_workdays_between_add_up(first, second, third):
    assert CALENDAR.workdays_between(first, second) + CALENDAR.workdays_between(second, third) == (
        CALENDAR.workdays_between(first, third)
    )


@given(first=days, length=st.integers(0, 800))
def test_workdays_between_counts_the_workdays(first, length):
    stretch = [first + timedelta(days=offset) for offset in range(1, length + 1)]
    assert CALENDAR.workdays_between(first, first + timedelta(days=length)) == sum(map(CALENDAR.is_workday, stretch))


@given(day=days)
def test_a_rest_day_has_a_name_and_a_workday_none(day):
    assert (CALENDAR.rest_name(day) is None) == CALENDAR.is_workday(day)


@given(trigger=days, amount=amounts, unit=day_units, roll=rolls, stops=pauses)
def test_nothing_ends_before_it_began(trigger, amount, unit, roll, stops):
    found = count_from(trigger, amount, unit, calendar=CALENDAR, roll=roll, pauses=stops)
    assert found.nominal > trigger
    assert found.due > trigger


@given(trigger=days, amount=amounts, unit=st.sampled_from([Unit.DAYS, Unit.WORKDAYS]), stops=pauses)
def test_exactly_the_days_outside_pauses_are_counted(trigger, amount, unit, stops):
    found = count_from(trigger, amount, unit, calendar=CALENDAR, roll=Roll.NONE, pauses=stops)
    run = [trigger + timedelta(days=offset) for offset in range(1, (found.due - trigger).days + 1)]
    counted = [
        day
        for day in run
        if not any(first <= day <= last for first, last in stops) and (unit is Unit.DAYS or CALENDAR.is_workday(day))
    ]
    assert len(counted) == amount
    assert counted[-1] == found.due


@given(trigger=days, amount=st.integers(-40, 40), unit=day_units, roll=rolls, stops=pauses)
def test_every_count_can_be_told_and_ends_with_its_due_day(trigger, amount, unit, roll, stops):
    found = count_from(trigger, amount, unit, calendar=CALENDAR, roll=roll, pauses=stops)
    assert found.steps[-1].day == found.due
    assert any("暂定" in step.text for step in found.steps) == found.provisional


@given(day=st.integers(1, 31), year=st.integers(2004, 2099))
def test_a_monthly_rule_gives_every_month_its_due_day(day, year):
    schedule = Recurring(freq=Freq.MONTHLY, marks=(Mark(day=day),))
    found = list(occurrences(schedule, start=date(year, 1, 1), end=date(year + 1, 1, 1), calendar=CALENDAR))
    assert [reckoning.due.month for reckoning in found] == list(range(1, 13))


@settings(deadline=None)  # a daily rhythm over 27 years is 10,000 days
@given(schedule=rhythms, ends=st.lists(days, min_size=3, max_size=3).map(sorted), roll=st.none() | rolls)
def test_two_half_windows_give_what_the_whole_one_gives(schedule, ends, roll):
    first, middle, last = ends

    def drawn(start, end):
        return [found.nominal for found in occurrences(schedule, start=start, end=end, calendar=CALENDAR, roll=roll)]

    assert drawn(first, middle) + drawn(middle, last) == drawn(first, last)


@settings(deadline=None)  # a daily rhythm over 27 years is 10,000 days
@given(schedule=rhythms, ends=st.lists(days, min_size=2, max_size=2).map(sorted))
def test_occurrences_come_in_order_and_each_day_once(schedule, ends):
    found = occurrences(schedule, start=ends[0], end=ends[1], calendar=CALENDAR, roll=Roll.NONE)
    due = [reckoning.due for reckoning in found]
    assert due == sorted(set(due))
    assert all(ends[0] <= day < ends[1] for day in due)
