"""Places of a point in time: what each kind of token says of it. See `points`."""

from gkbot.deadline import vocabulary as words
from gkbot.deadline.lexer import Token
from gkbot.deadline.point import Point


def _month(point: Point, token: Token) -> bool:
    if not (token.value <= 99):
        return False
    point.month = token.value
    return True


def _month_shift(point: Point, token: Token) -> bool:
    if point.has_year:
        return False
    point.month_shift = token.value
    point.inside = token.word == "月内"
    return True


def _day(point: Point, token: Token) -> bool:
    if not (not point.has_year and 1 <= token.value <= 31):
        return False
    point.day = token.value
    return True


def _quarter(point: Point, token: Token) -> bool:
    if not (1 <= token.value <= 4):
        return False
    point.quarter = token.value
    return True


def _quarter_shift(point: Point, token: Token) -> bool:
    if point.has_year:
        return False
    point.quarter_shift = token.value
    point.inside = token.word in ("季内", "季度内")
    return True


def _half(point: Point, token: Token) -> bool:
    point.half = token.value
    return True


def _year_part(point: Point, token: Token) -> bool:
    point.part, point.part_of = words.YEAR_PARTS[token.word], "year"
    return True


def _month_part(point: Point, token: Token) -> bool:
    if point.has_year:
        return False
    point.part, point.part_of = words.MONTH_PARTS[token.word], "month"
    point.near_month = True
    return True


def _quarter_part(point: Point, token: Token) -> bool:
    if point.has_year:
        return False
    point.part, point.part_of = words.QUARTER_PARTS[token.word], "quarter"
    point.quarter_shift = 0
    return True


def _part(point: Point, token: Token) -> bool:
    if words.PARTS[token.word].endswith("旬"):
        if point.has_year:
            return False
        point.part, point.near_month = words.PARTS[token.word], True
        return True
    if words.PARTS[token.word] not in ("底", "末", "初", "中"):
        return False
    point.part, point.part_of = words.PARTS[token.word], "year"
    return point.has_year


def _date(point: Point, token: Token) -> bool:
    if point.has_year:
        return False
    point.year = token.value or None
    point.month, point.day = token.more
    return True


def _weekday(point: Point, token: Token) -> bool:
    if point.has_year:
        return False
    point.weekday = token.value
    point.week_shift = token.more[0]
    return True


def _today(point: Point, token: Token) -> bool:
    if point.has_year:
        return False
    point.day_shift = token.value
    return True


def _festival(point: Point, token: Token) -> bool:
    point.festival = token.word
    return True


def _lunar(point: Point, token: Token) -> bool:
    day, leap, year = token.more
    point.lunar = (token.value, day, leap)
    if year is not None and not point.has_year:
        point.year = year
    return True


def _plan(point: Point, token: Token) -> bool:
    if point.year or point.year_shift:
        return False
    point.plan, point.part = token.value, "底"
    return True


def _bare(point: Point, token: Token) -> bool:
    point.bare = token.value
    return True


PLACES = {
    "month": _month, "relmonth": _month_shift, "day": _day, "quarter": _quarter, "relquarter": _quarter_shift,
    "half": _half, "yearpart": _year_part, "monthpart": _month_part, "quarterpart": _quarter_part, "part": _part,
    "date": _date, "weekday": _weekday, "relday": _today, "festival": _festival, "lunar": _lunar, "plan": _plan,
    "bare": _bare,
}  # fmt: skip
