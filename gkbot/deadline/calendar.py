"""The working-day calendar: which days are worked, and which of them are sure."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Literal, Self

from gkbot.deadline.statutory import statutory_days
from gkbot.deadline.year_notice import SHIPPED, YearNotice, shipped_notice

WEEKDAYS = "一二三四五六日"
MOST_WORKDAYS = 100_000  # some 400 years: nobody means more, and hostile text shall cost nothing
DECEMBER_IN_DOUBT = 29  # 29–31 December: the notices for 2007, 2008, 2012, 2019 and 2023 moved them


class Calendar:
    """Workdays (工作日), rest days and make-up workdays, layer upon layer.

    The shipped years lie below, an office's notices above them, single days on top; the later wins. A year
    without a notice is taken by weekday, less the statutory days, and is not published (暂定).
    Years 1–9999; beyond them counting raises OverflowError. Years are worked out when first asked for.
    """

    __slots__ = ("_days", "_moves", "_notices", "_open", "_worked")

    def __init__(
        self, notices: Mapping[int, YearNotice] | None = None, days: Mapping[date, str | None] | None = None
    ) -> None:
        """Lay `notices` (by year) and `days` (name of the rest day, None for a workday) over the shipped years."""
        self._notices = dict(notices or {})
        self._days = dict(days or {})
        self._moves: dict[int, dict[date, str | None]] = {}
        self._worked = _Years(self)
        self._open = _Opens(self._worked)

    @classmethod
    def builtin(cls) -> Self:
        """The shipped years alone, 2004–2026."""
        return cls()

    def with_year(self, notice: YearNotice) -> "Calendar":
        """This calendar, with a year's notice in place of what it had for that year."""
        return Calendar({**self._notices, notice.year: notice}, self._days)

    def with_days(self, *, rest: Mapping[date, str] | None = None, work: Iterable[date] = ()) -> "Calendar":
        """This calendar, with single days changed (民族节日, disasters): rest days named, workdays listed."""
        return Calendar(self._notices, {**self._days, **(rest or {}), **dict.fromkeys(work)})

    def is_workday(self, day: date) -> bool:
        """The day is worked: no rest day, or a make-up workday."""
        return day.toordinal() in self._open[day.year]

    def workday_on_or_before(self, day: date) -> date:
        """The day itself, or the nearest workday before it."""
        return day if self.is_workday(day) else self.add_workdays(day, -1)

    def workday_on_or_after(self, day: date) -> date:
        """The day itself, or the nearest workday after it."""
        return day if self.is_workday(day) else self.add_workdays(day, 1)

    def add_workdays(self, day: date, count: int) -> date:
        """The workday `count` workdays after `day`, or before it when negative; `day` itself is not counted.

        A count of 0 gives the day back, worked or not.

        Raises:
            OverflowError: The result lies outside the years 1–9999, or `count` is over 100,000 either way.
        """
        if count == 0:
            return day
        if abs(count) > MOST_WORKDAYS:
            raise OverflowError("工作日数过大")
        year = day.year
        worked = self._worked[year]
        if count > 0:
            index = bisect_right(worked, day.toordinal()) + count - 1
            while index >= len(worked):
                index -= len(worked)
                year += 1
                worked = self._worked[year]
        else:
            index = bisect_left(worked, day.toordinal()) + count
            while index < 0:
                year -= 1
                worked = self._worked[year]
                index += len(worked)
        return date.fromordinal(worked[index])

    def workdays_between(self, start: date, end: date) -> int:
        """Workdays `start < d <= end`; negative, as `end < d <= start`, when end lies before start."""
        if end < start:
            return -self.workdays_between(end, start)
        count = self._worked_until(end) - self._worked_until(start)
        return count + sum(len(self._worked[year]) for year in range(start.year, end.year))

    def rest_name(self, day: date) -> str | None:
        """Why the day is not worked: its holiday (春节, 国庆节), 周六 or 周日; None for a workday."""
        if self.is_workday(day):
            return None
        return self._moved(day.year).get(day) or f"周{WEEKDAYS[day.weekday()]}"

    def make_up_workday(self, day: date) -> bool:
        """A Saturday or Sunday that is worked (调休上班)."""
        return day.isoweekday() >= 6 and self.is_workday(day)

    def notice(self, year: int) -> YearNotice | None:
        """The notice this calendar holds for a year, shipped or copied, official or not."""
        return self._notices.get(year) or shipped_notice(year)

    def is_published(self, day: date | int) -> bool:
        """The day, or the year as a whole, rests on a notice.

        29–31 December need the next year's notice as well, which may move them.
        """
        if isinstance(day, int):
            return self._is_official(day)
        if day in self._days:
            return True
        if day.month == 12 and day.day >= DECEMBER_IN_DOUBT and not self._is_official(day.year + 1):
            return False
        return self._is_official(day.year)

    def unpublished(self, first: date, last: date) -> tuple[int, ...]:
        """Years whose notice is needed for `first <= d <= last` and missing, in order; empty when all is sure."""
        if last < first:
            return ()
        over_new_year = last.month == 12 and last.day >= DECEMBER_IN_DOUBT
        years = range(first.year, last.year + 1 + over_new_year)
        return tuple(year for year in years if not self._is_official(year))

    def _is_official(self, year: int) -> bool:
        notice = self._notices.get(year)
        return year in SHIPPED if notice is None else notice.is_official

    def _worked_until(self, day: date) -> int:
        return bisect_right(self._worked[day.year], day.toordinal())

    def _moved(self, year: int) -> dict[date, str | None]:
        """Days of a year that differ from the plain week: the name of the rest day, None for a workday."""
        if year in self._moves:
            return self._moves[year]
        moved: dict[date, str | None] = {}
        own = self.notice(year)
        if own is None or not own.off:
            moved.update(statutory_days(year))
        for notice in (own, self.notice(year + 1)):
            if notice is not None:
                moved.update(notice.off_days())
                moved.update(dict.fromkeys(notice.work))
        moved.update(self._days)
        self._moves[year] = {day: name for day, name in moved.items() if day.year == year}
        return self._moves[year]

    def _workdays(self, year: int) -> Iterator[int]:
        """Ordinals of a year's workdays, in order."""
        moved = self._moved(year)
        first = date(year, 1, 1).toordinal()
        rest = {day.toordinal(): name is not None for day, name in moved.items()}
        for ordinal in range(first, date(year, 12, 31).toordinal() + 1):
            if not rest.get(ordinal, ordinal % 7 in {6, 0}):  # ordinal 1 was a Monday
                yield ordinal


class _Years(dict[int, tuple[int, ...]]):
    """Ordinals of the workdays of each year, worked out when first asked for."""

    def __init__(self, calendar: Calendar) -> None:
        super().__init__()
        self._calendar = calendar

    def __missing__(self, year: int) -> tuple[int, ...]:
        if not 1 <= year <= 9999:
            raise OverflowError("日期超出公元1年至9999年")
        worked = self[year] = tuple(self._calendar._workdays(year))
        return worked


class _Opens(dict[int, frozenset[int]]):
    """The same ordinals as sets, for quick questions."""

    def __init__(self, years: _Years) -> None:
        super().__init__()
        self._years = years

    def __missing__(self, year: int) -> frozenset[int]:
        worked = self[year] = frozenset(self._years[year])
        return worked


def missing_notice_year(today: date, calendar: Calendar) -> int | None:
    """The year whose notice an office should have by now and has not: this one, or from 1 October the next."""
    if not calendar.is_published(today.year):
        return today.year
    if today.month >= 10 and not calendar.is_published(today.year + 1):
        return today.year + 1
    return None


def coming_year_notice(today: date, calendar: Calendar) -> Literal["warning", "error"] | None:
    """How badly a year's notice is missing; `missing_notice_year` says which.

    Returns:
        None when all is there, "warning" from 1 October for the coming year, "error" from 1 December (meant for
        rules whose window crosses New Year; a warning for others) and for a running year.
    """
    year = missing_notice_year(today, calendar)
    if year is None:
        return None
    return "warning" if year > today.year and today.month < 12 else "error"
