"""The due days of a schedule."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from heapq import merge

from gkbot.deadline.calendar import Calendar
from gkbot.deadline.counting import count_from, rolled
from gkbot.deadline.day_words import full_day
from gkbot.deadline.festivals import festival_day
from gkbot.deadline.month_days import nth_day
from gkbot.deadline.periods import (
    MONTHS,
    day_in_month,
    first_day,
    last_day,
    month_end,
    month_number,
    period_of,
)
from gkbot.deadline.reckoning import Reckoning
from gkbot.deadline.schedule import AfterEvent, By, Freq, Mark, Recurring, Roll, Schedule, Within

EPOCH = date(2000, 1, 3)  # a Monday; 每两周, 每两年 without a start are counted from its week, month, year

Nominal = tuple[date, str]  # the day, and in Chinese why this one


def occurrences(
    schedule: Schedule, *, start: date, end: date, calendar: Calendar, roll: Roll | None = None
) -> Iterator[Reckoning]:
    """The due days whose nominal day, before rolling, lies in `start <= day < end`, in order.

    A recurring schedule has one due day for each period and mark, and the period's last day where it has no
    marks; `count` (每年至少2次) makes no further ones. By and Within have at most one; other kinds have none.

    Args:
        roll: None is the default of the kind: PRECEDING for weekly rhythms (a Friday that is a rest day is
            reported on the workday before), NONE for all others.
    """
    if isinstance(schedule, By | Within):
        reckoning = reckon(schedule, trigger=None, calendar=calendar, roll=roll)
        if reckoning is not None and start <= reckoning.nominal < end:
            yield reckoning
    elif isinstance(schedule, Recurring):
        if roll is None:
            roll = Roll.PRECEDING if schedule.freq is Freq.WEEKLY else Roll.NONE
        for day, because in _nominal_days(schedule, start, end, calendar):
            found = rolled(day, roll, calendar, at=schedule.at, because=because)
            counted = any(mark.nth is not None and mark.weekday is None for mark in schedule.marks)
            if counted and calendar.unpublished(day.replace(day=1), day):
                found = replace(found, provisional=True)
            yield found


def reckon(
    schedule: Schedule, *, trigger: date | datetime | None, calendar: Calendar, roll: Roll | None
) -> Reckoning | None:
    """The due day of a schedule that comes once; None for the others, and for an event that has not happened.

    Args:
        trigger: Day or moment of the event; only AfterEvent asks for it.
        roll: None is the default of the kind: NONE for By and Within; FOLLOWING for a period counted from an event
            (Civil Code art. 203), but PRECEDING where it is counted backwards (会前5日): a later day would cut the
            stretch that must be left free.
    """
    if isinstance(schedule, By):
        return rolled(schedule.due, roll or Roll.NONE, calendar, at=schedule.at)
    if isinstance(schedule, Within):
        return rolled(schedule.due, roll or Roll.NONE, calendar, at=schedule.at, start=schedule.start)
    if isinstance(schedule, AfterEvent) and trigger is not None:
        default = Roll.FOLLOWING if schedule.amount >= 0 else Roll.PRECEDING
        return count_from(trigger, schedule.amount, schedule.unit, calendar=calendar, roll=roll or default)
    return None


def _nominal_days(schedule: Recurring, start: date, end: date, calendar: Calendar) -> Iterator[Nominal]:
    """Nominal days in the window, each once, though two marks may meet (the 30th and the last of June)."""
    if schedule.marks and schedule.freq is not Freq.DAILY:
        streams = [_marked_days(schedule, mark, start, end, calendar) for mark in schedule.marks]
    else:
        streams = [_last_days(schedule, start, end)]
    seen: date | None = None
    for day, because in merge(*streams):
        if day != seen:
            yield day, because
        seen = day


def _marked_days(schedule: Recurring, mark: Mark, start: date, end: date, calendar: Calendar) -> Iterator[Nominal]:
    """The days of one mark: in the first period of each interval, or `later` periods after its last one."""
    if end <= start:
        return
    freq, step = schedule.freq, schedule.interval
    shift = step - 1 + mark.later if mark.later else 0
    anchor = _anchor(schedule)
    low = period_of(start, freq)
    begin = low + (anchor + shift - low) % step
    for period in range(begin, period_of(_day_before(end), freq) + 1, step):
        day = _marked_day(period, freq, mark, calendar)
        if day is not None and start <= day < end and _holds(schedule, mark, day, period - mark.later):
            yield day, _why_marked(day, mark, freq)


def _anchor(schedule: Recurring) -> int:
    """A period that belongs to the rhythm; of months named (逢双月) the first of them."""
    anchor = period_of(schedule.start or EPOCH, schedule.freq)
    if schedule.freq is Freq.MONTHLY and schedule.interval > 1 and schedule.months:
        held = (number for number in range(anchor, anchor + 12) if number % 12 + 1 in schedule.months)
        return next(held, anchor)
    return anchor


def _marked_day(period: int, freq: Freq, mark: Mark, calendar: Calendar) -> date | None:
    if mark.festival is not None:
        return _festival(period, mark.festival)
    if freq is Freq.WEEKLY:
        monday = first_day(period, freq).toordinal()
        return date.fromordinal(min(monday + (mark.weekday or 7) - 1, date.max.toordinal()))
    length = MONTHS[freq]
    if mark.nth is not None:
        year, month = divmod(period * length + min(mark.month or length, length) - 1, 12)
        return _nth_day(year, month + 1, mark, calendar)
    return day_in_month(period * length + min(mark.month or length, length) - 1, mark.day)


def _nth_day(year: int, month: int, mark: Mark, calendar: Calendar) -> date | None:
    """A fifth Friday is the last one where there are four; None at the ends of the calendar."""
    try:
        found = nth_day(year, month, mark.nth or 1, mark.weekday, calendar)
        return found or nth_day(year, month, -1 if (mark.nth or 1) > 0 else 1, mark.weekday, calendar)
    except (ValueError, OverflowError):
        return None


def _festival(year: int, name: str) -> date | None:
    """A festival of that year or, with 前, the day before; None beyond the table of lunar years."""
    day = festival_day(name.removesuffix("前"), year)
    return date.fromordinal(day.toordinal() - 1) if day is not None and name.endswith("前") else day


def _holds(schedule: Recurring, mark: Mark, day: date, reported: int) -> bool:
    """The due day, or with `later` the period it reports on, lies within start, until and months."""
    first = last = day
    if mark.later:
        first, last = first_day(reported, schedule.freq), last_day(reported, schedule.freq)
    if schedule.start is not None and last < schedule.start:
        return False
    if schedule.until is not None and first > schedule.until:
        return False
    numbers = range(month_number(first), month_number(last) + 1)
    return not schedule.months or any(number % 12 + 1 in schedule.months for number in numbers)


def _last_days(schedule: Recurring, start: date, end: date) -> Iterator[Nominal]:
    """The last day of each interval of periods on which the duty holds."""
    if end <= start:
        return
    freq, step = schedule.freq, schedule.interval
    anchor = _anchor(schedule)
    low = period_of(start, freq)
    for period in range(low - (low - anchor) % step, period_of(_day_before(end), freq) + 1, step):
        day = _last_day(schedule, first_day(period, freq), last_day(period + step - 1, freq))
        if day is not None and start <= day < end:
            yield day, f"期内未定日期，取本期最后一日{full_day(day)}" if freq is not Freq.DAILY else full_day(day)


def _last_day(schedule: Recurring, first: date, last: date) -> date | None:
    """The last day of `first..last` that lies within start, until and months; None when there is none."""
    if schedule.until is not None:
        last = min(last, schedule.until)
    if schedule.start is not None:
        first = max(first, schedule.start)
    if schedule.months:
        numbers = range(month_number(last), month_number(first) - 1, -1)
        held = next((number for number in numbers if number % 12 + 1 in schedule.months), None)
        if held is None:
            return None
        last = min(last, month_end(held))
    return last if first <= last else None


def _why_marked(day: date, mark: Mark, freq: Freq) -> str:
    if freq in MONTHS and mark.day is not None and mark.day > day.day:
        return f"{day.year}年{day.month}月没有{mark.day}日，取当月最后一日{full_day(day)}（参照《民法典》第二百零二条）"
    return f"本期规定的日期是{full_day(day)}"


def _day_before(day: date) -> date:
    return date.fromordinal(day.toordinal() - 1)
