"""Points in time as days: which first and last day the words name, in the year they mean."""

from datetime import date, time, timedelta
from typing import TYPE_CHECKING

from gkbot.deadline.festivals import festival_day, lunar_day
from gkbot.deadline.frame import Frame, NoSuchDay, Stretch
from gkbot.deadline.month_days import month_length, nth_day
from gkbot.deadline.point import Point

if TYPE_CHECKING:
    from gkbot.deadline.calendar import Calendar

# part of a month → first and last day; -1 is the month's last. 月初 by habit ends on the 5th (facts/deadlines.md 4)
MONTH_PARTS = {
    "底": (-1, -1),
    "末": (-1, -1),
    "初": (1, 5),
    "中": (11, 20),
    "上旬": (1, 10),
    "中旬": (11, 20),
    "下旬": (21, -1),
    "上中旬": (1, 20),
    "中下旬": (11, -1),
    "首日": (1, 1),
    "首周": (1, 7),
}
DOUBTFUL_PARTS = {"初", "中", "上旬", "中旬", "下旬", "上中旬", "中下旬"}
SHIFTED_BACK = {0: 10}  # 0月1日 on web pages is 10月1日 with its 1 lost (facts/deadlines.md 1)


def stretch_of(point: Point, frame: Frame) -> Stretch:
    """The days of a point.

    Raises:
        NoSuchDay: There are none.
    """
    try:
        found = _stretch(point, frame)
    except (ValueError, OverflowError) as error:
        raise NoSuchDay from error
    if point.nth is not None:
        _narrow(found, point.nth, point.nth_weekday, frame.calendar)
    if point.hour is not None:
        _set_time(found, point)
    if point.counted == 0:
        found.last -= timedelta(days=1)
    if point.noted_weekday is not None and point.noted_weekday != found.last.isoweekday():
        real = "一二三四五六日"[found.last.isoweekday() - 1]
        found.doubts.append(("weekday", f"所写星期与日期不符，{found.last:%Y-%m-%d}是星期{real}"))
    return found


def _stretch(point: Point, frame: Frame) -> Stretch:
    if point.plan is not None:
        return Stretch(date(point.plan - 4, 1, 1), date(point.plan, 12, 31))
    if point.day_shift is not None:
        day = frame.issued + timedelta(days=point.day_shift)
        return Stretch(day, day)
    if point.weekday is not None:
        return _weekday(point, frame)
    if point.lunar or point.festival:
        return _festival(point, frame)
    year, written = _year(point, frame)
    if point.quarter_shift is not None:
        index = frame.issued.year * 4 + (frame.issued.month - 1) // 3 + point.quarter_shift
        return _quarter(index // 4, index % 4 + 1, point)
    if point.quarter is not None:
        found = _quarter(year, point.quarter, point)
    elif point.half is not None:
        found = _months(year, 1 if point.half == 1 else 7, 6, point.part)
    elif point.month is not None or point.month_shift is not None or point.day is not None or point.near_month:
        return _month_or_day(point, frame, year, written)
    else:
        found = _whole_year(year, point.part)
    found.year_written = written
    return found


def _year(point: Point, frame: Frame) -> tuple[int, bool]:
    if point.year is not None:
        return point.year, True
    if point.year_shift is not None:
        if point.year_shift == 0:
            return (frame.told if point.same_year and frame.told is not None else frame.year), True
        base = frame.carried if frame.carried is not None else frame.year
        return base + point.year_shift, True
    return frame.current, False


def _month_or_day(point: Point, frame: Frame, year: int, written: bool) -> Stretch:
    doubts: list[tuple[str, str]] = []
    month = point.month
    if month is None:
        year, month = _month_near(point, frame)
        written = True
        if point.near_month and _in_month(year, month, point, []).last < frame.issued:
            year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    elif not 1 <= month <= 12:
        mended = SHIFTED_BACK.get(month)
        if mended is None:
            raise NoSuchDay
        doubts.append(("lost", f"“{month}月”不存在，疑为“{mended}月”掉字"))
        month = mended
    found = _in_month(year, month, point, doubts)
    found.year_written = written
    found.doubts = doubts
    return found


def _month_near(point: Point, frame: Frame) -> tuple[int, int]:
    """The month of a day alone or of 本月, 下月: counted from the day of issue; a day gone by is next month's."""
    index = frame.issued.year * 12 + frame.issued.month - 1
    if point.month_shift is not None:
        index += point.month_shift
    elif point.day is not None and point.day < frame.issued.day:
        index += 1
    return index // 12, index % 12 + 1


def _in_month(year: int, month: int, point: Point, doubts: list[tuple[str, str]]) -> Stretch:
    length = month_length(year, month)
    if point.day is not None:
        day = point.day
        if day > length:
            if day > 31:
                raise NoSuchDay
            doubts.append(("impossible", f"{month}月没有{day}日，疑为{month}月{length}日"))
            day = length
        if day < 1:
            raise NoSuchDay
        if point.lost_unit:
            doubts.append(("lost", f"“{day}”后缺“日”字，疑为{month}月{day}日"))
        if point.lost_month:
            doubts.append(("lost", f"“月”前缺数字，疑为{month}月{day}日"))
        return Stretch(date(year, month, day), date(year, month, day))
    if point.lost_unit:
        doubts.append(("lost", f"“{month}”后缺“月”字，疑为{month}月底"))
    first, last = MONTH_PARTS.get(point.part or "", (1, -1))
    sharp = point.part in ("底", "末", "首日")
    days = [length if day == -1 else day for day in (first, last)]
    return Stretch(date(year, month, days[0]), date(year, month, days[1]), sharp=sharp)


def _narrow(found: Stretch, nth: int, weekday: int | None, calendar: "Calendar") -> None:
    """第三个周五, 最后一个工作日: that one day of the month, or of the first or last month of a longer stretch."""
    anchor = found.first if nth > 0 else found.last
    day = nth_day(anchor.year, anchor.month, nth, weekday, calendar)
    if day is None:
        raise NoSuchDay
    found.first = found.last = day
    found.sharp = True


def _quarter(year: int, quarter: int, point: Point) -> Stretch:
    if not 1 <= quarter <= 4:
        raise NoSuchDay
    first = 3 * quarter - 2
    if point.nth_month is not None:
        month = first + (2 if point.nth_month == -1 else min(point.nth_month, 3) - 1)
        return _in_month(year, month, point, [])
    return _months(year, first, 3, point.part)


def _whole_year(year: int, part: str | None) -> Stretch:
    if part == "初":
        return Stretch(date(year, 1, 1), date(year, 1, 31), sharp=False)
    if part == "中":
        return Stretch(date(year, 6, 30), date(year, 6, 30))
    return _months(year, 1, 12, part)


def _months(year: int, month: int, count: int, part: str | None) -> Stretch:
    final = month + count - 1
    last = date(year, final, month_length(year, final))
    if part in ("底", "末"):
        return Stretch(last, last)
    if part == "初":
        return Stretch(date(year, month, 1), date(year, month, 10), sharp=False)
    if part == "中":
        return Stretch(date(year, month + count // 2, 1), date(year, month + count // 2, 20), sharp=False)
    return Stretch(date(year, month, 1), last, sharp=False)


def _weekday(point: Point, frame: Frame) -> Stretch:
    """本周五, 下周一; a weekday alone is the next one from the day of issue on."""
    assert point.weekday is not None  # noqa: S101  # the caller asked
    monday = frame.issued - timedelta(days=frame.issued.isoweekday() - 1)
    day = monday + timedelta(days=point.weekday - 1, weeks=point.week_shift or 0)
    if point.week_shift is None and day < frame.issued:
        day += timedelta(weeks=1)
    return Stretch(day, day)


def _festival(point: Point, frame: Frame) -> Stretch:
    """Without a year the next one from the day of issue on: 春节前 in December means the coming year's."""
    year, written = _year(point, frame)
    day = None
    for candidate in (year, year + 1):
        day = _festival_in(point, candidate)
        if day is not None and (written or day >= frame.issued):
            break
    if day is None:
        raise NoSuchDay
    return Stretch(day, day, sharp=point.lunar is not None, year_written=True)


def _festival_in(point: Point, year: int) -> date | None:
    if point.lunar is None:
        return festival_day(point.festival or "", year)
    month, day, leap = point.lunar
    found = lunar_day(year, month or 1, day or 30, leap=bool(leap))
    if found is not None and found.year > year and point.year is None:
        earlier = lunar_day(year - 1, month or 1, day or 30, leap=bool(leap))
        return earlier if earlier and earlier.year == year else found
    return found


def _set_time(found: Stretch, point: Point) -> None:
    """24:00 ends the day, which is what a day without an hour means."""
    if point.hour is not None and point.hour < 24:
        found.at = time(point.hour, point.minute)
