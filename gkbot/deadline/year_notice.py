"""One year's holiday notice of the State Council (部分节假日安排的通知), as an office copies it."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from gkbot.deadline.statutory import statutory_days

SHIPPED = range(2004, 2027)  # years of calendar_years.py


class CalendarFault(StrEnum):
    """What can be wrong with a copied notice; values are the words shown for the code."""

    EMPTY = "没有放假日期"
    NO_BASIS = "没有依据"
    REVERSED = "起止颠倒"
    OUTSIDE_YEAR = "日期不在本年"
    TWICE = "日期重复"
    WORK_ON_WEEKDAY = "上班日不是周末"
    WORK_IN_HOLIDAY = "上班日在假期内"
    BROKEN_HOLIDAY = "假期不连续"
    STATUTORY_MISSING = "缺法定节假日"
    COUNT_OF_WORK_DAYS = "上班日天数不合规律"

    @property
    def is_error(self) -> bool:
        """False for a mere warning: extensions and year-end swaps have broken these rules in real years."""
        return self not in {CalendarFault.COUNT_OF_WORK_DAYS, CalendarFault.NO_BASIS}


@dataclass(frozen=True, slots=True, kw_only=True)
class YearNotice:
    """The rest days and make-up workdays that a year's notice sets.

    Attributes:
        basis: Title, number or address of the notice; empty means that nothing was published.
        published: Day of the notice.
        off: Holidays as (name, first, last), both days inclusive.
        work: Make-up workdays (调休上班日).

    Days of the December before belong to the notice where it moves them (2018-12-29 was worked for 元旦 2019).
    """

    year: int
    basis: str
    published: date | None = None
    off: tuple[tuple[str, date, date], ...] = ()
    work: tuple[date, ...] = ()

    @property
    def is_official(self) -> bool:
        """The year counts as published: a notice is named, and it says something."""
        return bool(self.off) and (bool(self.basis.strip()) or self.published is not None)

    def off_days(self) -> dict[date, str]:
        """Every rest day with its holiday; a day named twice keeps its first name."""
        days: dict[date, str] = {}
        for name, first, last in self.off:
            for offset in range((last - first).days + 1):
                days.setdefault(first + timedelta(days=offset), name)
        return days

    def checks(self) -> list[tuple[CalendarFault, str]]:
        """What a careful reader would question in the copy; empty when nothing.

        The number of make-up days is the weekdays turned off less the statutory days; this held in 14 of the
        18 years 2009–2026, so a miss is a warning.
        """
        if not self.off:
            return [(CalendarFault.EMPTY, f"{self.year}年没有写放假日期，按未公布处理")]
        found = self._faulty_days() + self._faulty_holidays()
        if not self.is_official:
            found.append((CalendarFault.NO_BASIS, f"{self.year}年没有写依据或发布日期，按未公布处理，结果暂定"))
        if not any(fault.is_error for fault, _ in found):
            found += self._faulty_count()
        return found

    def _faulty_days(self) -> list[tuple[CalendarFault, str]]:
        found: list[tuple[CalendarFault, str]] = []
        off = self.off_days()
        seen: set[date] = set()
        for day in self.work:
            if day in seen:
                found.append((CalendarFault.TWICE, f"上班日{day}写了两次"))
            seen.add(day)
            if day.isoweekday() < 6:
                found.append(
                    (CalendarFault.WORK_ON_WEEKDAY, f"上班日{day}是周{'一二三四五'[day.weekday()]}，本来就上班")
                )
            if day in off:
                found.append((CalendarFault.WORK_IN_HOLIDAY, f"上班日{day}又写在“{off[day]}”假期内"))
        days = [*self.work, *(day for _, first, last in self.off for day in (first, last))]
        outside = [d for d in dict.fromkeys(days) if not date(self.year - 1, 12, 1) <= d <= date(self.year, 12, 31)]
        return found + [(CalendarFault.OUTSIDE_YEAR, f"{day}不在{self.year}年") for day in outside]

    def _faulty_holidays(self) -> list[tuple[CalendarFault, str]]:
        found: list[tuple[CalendarFault, str]] = []
        last_of: dict[str, date] = {}
        seen: set[date] = set()
        for name, first, last in self.off:
            if last < first:
                found.append((CalendarFault.REVERSED, f"“{name}”的最后一天{last}早于第一天{first}"))
                continue
            if name in last_of and first != last_of[name] + timedelta(days=1):
                found.append((CalendarFault.BROKEN_HOLIDAY, f"“{name}”在{last_of[name]}与{first}之间断开"))
            days = {first + timedelta(days=offset) for offset in range((last - first).days + 1)}
            found += [(CalendarFault.TWICE, f"{day}在两个假期里") for day in sorted(days & seen)]
            seen |= days
            last_of[name] = last
        for day, name in statutory_days(self.year).items():
            if day not in seen:
                found.append((CalendarFault.STATUTORY_MISSING, f"法定节假日{day}（{name}）没有放假"))
        return found

    def _faulty_count(self) -> list[tuple[CalendarFault, str]]:
        weekdays_off = sum(day.isoweekday() < 6 for day in self.off_days())
        expected = weekdays_off - statutory_count(self.year)
        if expected == len(self.work):
            return []
        text = f"放假占用工作日{weekdays_off}天，按规律应有调休上班{expected}天，实际写了{len(self.work)}天，请核对"
        return [(CalendarFault.COUNT_OF_WORK_DAYS, text)]


def statutory_count(year: int) -> int:
    """Days off that the law gives, two festivals on one day counted twice (2020-10-01)."""
    return sum(name.count("、") + 1 for name in statutory_days(year).values())


def shipped_notice(year: int) -> YearNotice | None:
    """The notice of a year 2004–2026 as shipped, or None."""
    if year not in SHIPPED:
        return None
    from gkbot.deadline.calendar_years import YEARS  # a large table, read when the first day is asked for

    off, work = YEARS[year]
    return YearNotice(
        year=year,
        basis=f"国务院办公厅关于{year}年部分节假日安排的通知",
        off=tuple(_holiday(line) for line in off),
        work=tuple(date.fromisoformat(day) for day in work.split()),
    )


def _holiday(line: str) -> tuple[str, date, date]:
    name, first, last = line.split()
    return name, date.fromisoformat(first), date.fromisoformat(last)
