"""Points inside a period as marks: 每年1月31日 → month 1, day 31; 每季度首月10日 → month 1, day 10; 每月底 → day -1."""

from datetime import date, timedelta

from gkbot.deadline.festivals import SOLAR_FESTIVALS
from gkbot.deadline.month_days import month_length
from gkbot.deadline.point import Point
from gkbot.deadline.schedule import Freq, Mark

PERIOD_MONTHS = {Freq.YEARLY: 12, Freq.HALFYEARLY: 6, Freq.QUARTERLY: 3}
LAST = -1
FRIDAY = 5
COMMON_YEAR = 2023
# part of a month → its last day; 月初 by habit ends on the 5th (facts/deadlines.md 4)
PART_DAYS = {
    None: LAST, "底": LAST, "末": LAST, "初": 5, "中": 20, "上旬": 10, "中旬": 20, "下旬": LAST,
    "上中旬": 20, "中下旬": LAST, "首日": 1, "首周": 7,
}  # fmt: skip


def marks(freq: Freq, points: list[Point], *, ranged: bool, before: bool) -> tuple[Mark, ...]:
    """The due days inside each period; of a range its last day. Empty where the points do not fit the rhythm.

    `before`: 前 follows, which leaves out the day of a festival itself.
    """
    chosen = points[-1:] if ranged else points
    for point in chosen:
        if point.nth_week is not None:  # 第二周: its last day is the 14th at the latest
            point.day, point.month = min(7 * point.nth_week, 31), None if freq is Freq.MONTHLY else 1
    if freq is Freq.MONTHLY:
        found = [_in_month(point) for point in chosen]
    elif freq is Freq.WEEKLY:
        found = [_in_week(point) for point in chosen]
    elif freq is Freq.DAILY:
        return ()
    else:
        found = [_in_months(freq, point, before=before) for point in chosen]
    kept = {mark for mark in found if mark is not None}
    return tuple(
        sorted(kept, key=lambda mark: (mark.later, mark.month or 0, mark.day or 0, mark.weekday or 0, mark.nth or 0))
    )


def _in_week(point: Point) -> Mark | None:
    """周五; 最后一个工作日 is a Friday, or the workday before where that is a rest day."""
    if point.nth is not None and point.nth_weekday is None:
        return Mark(weekday=min(point.nth, FRIDAY) if point.nth > 0 else max(FRIDAY + 1 + point.nth, 1))
    return Mark(weekday=point.weekday) if point.weekday else None


def _in_month(point: Point) -> Mark | None:
    later = 1 if point.month_shift == 1 else 0
    if point.nth is not None:
        return Mark(nth=point.nth, weekday=point.nth_weekday, later=later)
    if point.weekday is not None or point.festival or (point.month is not None and point.day is None):
        return None
    if point.day is not None:
        return Mark(day=point.day, later=later) if 1 <= point.day <= 31 else None
    if point.bare is not None:
        return Mark(day=point.bare, later=later) if 1 <= point.bare <= 31 else None
    if point.part is None and point.month_shift is None:
        return None
    return Mark(day=PART_DAYS[point.part if point.part in PART_DAYS else None], later=later)


def _in_months(freq: Freq, point: Point, *, before: bool) -> Mark | None:
    size = PERIOD_MONTHS[freq]
    if point.festival is not None:
        return _festival(point.festival, before=before) if freq is Freq.YEARLY else None
    if point.nth is not None:
        return _nth_in_months(size, point, point.nth)
    later = 1 if point.year_shift == 1 or point.quarter_shift == 1 else 0
    day = point.day if point.day is not None else PART_DAYS.get(point.part, LAST)
    if day < LAST or day > 31 or day == 0:
        return None
    if point.nth_month is not None:
        return Mark(month=size if point.nth_month == LAST else min(point.nth_month, size), day=day, later=later)
    if point.month_shift is not None:
        return Mark(month=1, day=day, later=1) if point.month_shift == 1 else Mark(month=size, day=day, later=later)
    if point.month is not None:
        if not 1 <= point.month <= 12:
            return None
        # of 每半年（6月30日、12月31日） both are ends, though their numbers differ
        ends = size < 12 and day >= month_length(COMMON_YEAR, point.month)
        return Mark(month=(point.month - 1) % size + 1, day=LAST if ends else day, later=later)
    if point.quarter is not None or point.half is not None:
        month = 3 * point.quarter if point.quarter is not None else 6 * (point.half or 1)
        if point.nth_month is not None and point.quarter is not None:
            month -= 3 - (3 if point.nth_month == LAST else point.nth_month)
        return Mark(month=(month - 1) % size + 1, day=LAST, later=later)
    return _part_of_period(size, point, later)


def _festival(name: str, *, before: bool) -> Mark:
    """春节前: the day before, as a bound reads it."""
    if name not in SOLAR_FESTIVALS:
        return Mark(festival=f"{name}前" if before else name)
    day = date(COMMON_YEAR, *SOLAR_FESTIVALS[name]) - timedelta(days=before)
    return Mark(month=day.month, day=day.day)


def _nth_in_months(size: int, point: Point, nth: int) -> Mark:
    """每季度最后一个工作日, 每年12月第一个周五: of the month named, else of the first or last month."""
    month = 1 if nth > 0 else size
    if point.nth_month is not None:
        month = size if point.nth_month == LAST else min(point.nth_month, size)
    elif point.month is not None and 1 <= point.month <= 12:
        month = (point.month - 1) % size + 1
    return Mark(month=month, nth=nth, weekday=point.nth_weekday)


def _part_of_period(size: int, point: Point, later: int) -> Mark | None:
    """年底, 季度末, 半年初: a part of the period itself."""
    if point.lunar or point.weekday is not None or point.bare is not None:
        return None
    if point.day is not None:
        return Mark(month=1, day=point.day, later=later) if size == 3 else None
    if point.part == "初":
        return Mark(month=1, day=LAST if size == 12 else 10, later=later)
    if point.part == "中":
        return Mark(month=max(size // 2, 1), day=LAST, later=later)
    return Mark(month=size, day=LAST, later=later) if point.part or point.year_shift is not None else None
