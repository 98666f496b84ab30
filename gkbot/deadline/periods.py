"""The periods of a rhythm, numbered: days, Monday weeks, months, quarters, half-years, years."""

from datetime import date, timedelta

from gkbot.deadline.schedule import Freq

MONTHS = {Freq.MONTHLY: 1, Freq.QUARTERLY: 3, Freq.HALFYEARLY: 6, Freq.YEARLY: 12}
LAST_MONTH = 9999 * 12 + 11  # months are numbered year * 12 + month - 1


def period_of(day: date, freq: Freq) -> int:
    """Number of the period that holds the day; the next period has the next number."""
    if freq is Freq.DAILY:
        return day.toordinal()
    if freq is Freq.WEEKLY:
        return (day.toordinal() - 1) // 7  # ordinal 1 was a Monday
    return month_number(day) // MONTHS[freq]


def first_day(period: int, freq: Freq) -> date:
    """First day of a period; within the years 1–9999, the nearest day outside them."""
    if freq in MONTHS:
        return _month_start(period * MONTHS[freq])
    return _from_ordinal(period if freq is Freq.DAILY else period * 7 + 1)


def last_day(period: int, freq: Freq) -> date:
    """Last day of a period; within the years 1–9999, the nearest day outside them."""
    if freq in MONTHS:
        return month_end((period + 1) * MONTHS[freq] - 1)
    return _from_ordinal(period if freq is Freq.DAILY else period * 7 + 7)


def month_number(day: date) -> int:
    """Months since the year 0."""
    return day.year * 12 + day.month - 1


def month_end(number: int) -> date:
    """Last day of a month by its number."""
    if number >= LAST_MONTH:
        return date.max
    return _month_start(number + 1) - timedelta(days=1) if number >= 12 else date.min


def day_in_month(number: int, day: int | None) -> date:
    """A day of a month, clamped to its length (Civil Code art. 202); None and -1 are the last day."""
    end = month_end(number)
    return end if day is None or not 0 < day < end.day else end.replace(day=day)


def _month_start(number: int) -> date:
    if number < 12:
        return date.min
    return date(number // 12, number % 12 + 1, 1) if number <= LAST_MONTH else date.max


def _from_ordinal(ordinal: int) -> date:
    return date.fromordinal(min(max(ordinal, 1), date.max.toordinal()))
