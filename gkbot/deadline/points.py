"""Grammar of points in time: a day, a part of a month, a month, a quarter, a year … and the hour.

point    = [year] place [time]
year     = YEAR | 今年 | 明年 | 次年 …
place    = month [day | nth | part] | quarter [part] | half [part] | year-part | festival | lunar
         | 本月 [day | part] | month-part | 本季度 [part] | weekday | today | day | date | plan | part | ε (the year)
nth      = 第三个周五 | 最后一个工作日 …
part     = 底 | 末 | 初 | 中 | 上旬 | 中旬 | 下旬 | 上中旬 …
time     = ["(" weekday ")"] [上午 | 下午 …] (hour [minute] | clock) | 下班
"""

from collections.abc import Sequence

from gkbot.deadline import vocabulary as words
from gkbot.deadline.hours import time_of_day
from gkbot.deadline.lexer import Token
from gkbot.deadline.places import PLACES
from gkbot.deadline.point import Point

STARTERS = frozenset(PLACES) | {"year", "relyear"}


def adjacent(text: str, end: int, token: Token) -> bool:
    """Nothing but 的 stands between."""
    gap = token.start - end
    return gap == 0 or (gap == 1 and text[end] == "的")


def read_point(text: str, tokens: Sequence[Token], at: int) -> tuple[Point, int] | None:
    """The point that begins with token `at`, and the token after it."""
    if at >= len(tokens):
        return None
    first = tokens[at]
    point = Point(first.start, first.end)
    if first.kind == "day" and _has_lost_month(text, tokens, at):
        point.lost_month = True
    here = _year(point, first, at)
    if here == at:
        placed = _place(text, tokens, at, point)
        if placed is None:
            return None
        here = placed
    elif here < len(tokens) and adjacent(text, point.end, tokens[here]):
        here = _place(text, tokens, here, point) or here
    if point.scale == "day" or point.hour is not None:
        here = time_of_day(text, tokens, here, point)
    return point, here


def _has_lost_month(text: str, tokens: Sequence[Token], at: int) -> bool:
    """?月20日: 月 stands before the day with nothing that could be its number, and no word that ends in it."""
    place = tokens[at].start - 1
    if place < 0 or text[place] != "月" or (at and tokens[at - 1].end > place):
        return False
    return place == 0 or not "一" <= text[place - 1] <= "\u9fff"


def _year(point: Point, token: Token, at: int) -> int:
    if token.kind == "year":
        point.year = token.value
    elif token.kind == "relyear":
        point.year_shift = token.value
        point.inside = token.word == "年内"
        point.same_year = token.word in ("当年", "当年度")
    else:
        return at
    return at + 1


def _place(text: str, tokens: Sequence[Token], at: int, point: Point) -> int | None:
    reader = PLACES.get(tokens[at].kind)
    if reader is None:
        return None
    token = tokens[at]
    if not reader(point, token):
        return None
    point.end = token.end
    here = at + 1
    if here < len(tokens) and adjacent(text, point.end, tokens[here]):
        here = _inner(text, tokens, here, point)
    return here


def _inner(text: str, tokens: Sequence[Token], here: int, point: Point) -> int:
    """The day or part inside a month, the part of a quarter or half."""
    token = tokens[here]
    monthly = point.month is not None or point.month_shift is not None or point.nth_month is not None
    if monthly and token.kind == "day" and point.day is None:
        point.day = token.value
    elif monthly and token.kind == "bare" and point.day is None:
        point.day = token.value
        if token.word != "" and text[token.end : token.end + 1] in "前之以":
            point.lost_unit = True
    elif point.bare is not None and token.kind == "part" and token.word == "底" and 1 <= point.bare <= 12:
        point.month, point.bare, point.part, point.lost_unit = point.bare, None, "底", True
    elif token.kind == "part" and point.day is None and point.part is None and _part_fits(point, token):
        point.part = words.PARTS[token.word]
        if point.part in ("首月", "末月"):
            return nth_month_of(text, tokens, here, point, 1 if point.part == "首月" else -1)
    elif token.kind == "nthmonth" and point.quarter is None and point.month is None:
        return nth_month_of(text, tokens, here, point, token.value)
    elif token.kind == "yearpart" and point.month is None and point.scale == "year":
        point.part, point.part_of = words.YEAR_PARTS[token.word], "year"
    elif token.kind == "nthday" and point.scale != "day":
        point.nth, point.nth_weekday = token.value, token.more[0]
    elif token.kind == "monthpart" and monthly and point.day is None and not point.part:
        point.part = words.MONTH_PARTS[token.word]
    else:
        return here
    point.end = token.end
    return here + 1


def nth_month_of(text: str, tokens: Sequence[Token], here: int, point: Point, number: int) -> int:
    point.nth_month, point.part = number, None
    point.end = tokens[here].end
    here += 1
    if here < len(tokens) and adjacent(text, point.end, tokens[here]):
        return _inner(text, tokens, here, point)
    return here


def _part_fits(point: Point, token: Token) -> bool:
    part = words.PARTS[token.word]
    if part in ("首月", "末月"):
        return point.scale in ("quarter", "half")
    if part.endswith("旬") or part == "首周":
        return point.month is not None or point.month_shift is not None or point.nth_month is not None
    return True
