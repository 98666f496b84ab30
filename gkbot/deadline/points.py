"""Grammar of points in time: a day, a part of a month, a month, a quarter, a year … and the hour.

point    = [year] place [time]
year     = YEAR | 今年 | 明年 | 次年 …
place    = month [day | part] | quarter [part] | half [part] | year-part | festival | lunar
         | 本月 [day | part] | month-part | 本季度 [part] | weekday | today | day | date | plan | part | ε (the year)
part     = 底 | 末 | 初 | 中 | 上旬 | 中旬 | 下旬 | 上中旬 …
time     = ["(" weekday ")"] [上午 | 下午 …] (hour [minute] | clock) | 下班
"""

from collections.abc import Sequence

from gkbot.deadline import vocabulary as words
from gkbot.deadline.lexer import Token

EDGES = {"底", "末个工作日"}  # parts that are a last day


class Point:
    """A point in time as written; None is what the words leave open.

    Defaults are class attributes: most points set two or three of them, and many points are made.
    """

    start: int
    end: int
    year: int | None = None
    year_shift: int | None = None
    month: int | None = None
    month_shift: int | None = None
    day: int | None = None
    part: str | None = None
    part_of: str = ""  # year, quarter, month: for a part without a unit before it
    quarter: int | None = None
    quarter_shift: int | None = None
    half: int | None = None
    festival: str | None = None
    lunar: tuple[int | None, ...] | None = None
    plan: int | None = None
    weekday: int | None = None
    week_shift: int | None = None
    day_shift: int | None = None
    bare: int | None = None
    hour: int | None = None
    minute: int = 0
    end_of_work: bool = False
    noted_weekday: int | None = None
    counted: int | None = None  # 含当日 1, 不含当日 0
    inside: bool = False  # 年内
    nth_month: int | None = None
    nth_week: int | None = None
    near_month: bool = False  # 月底, 下旬 without a month: this one, or the next where it has gone by
    lost_unit: bool = False  # 8月30前: 日 is missing

    def __init__(self, start: int, end: int) -> None:
        self.start = start
        self.end = end

    @property
    def has_year(self) -> bool:
        """The words name the year, plainly or relative to now."""
        return self.year is not None or self.year_shift is not None or self.plan is not None

    @property
    def scale(self) -> str:
        """The size of the unit named: day, part, month, quarter, half or year."""
        if (
            self.day is not None
            or self.festival
            or self.lunar
            or self.weekday is not None
            or self.day_shift is not None
        ):
            return "day"
        if self.part is not None:
            return "part"
        if self.month is not None or self.month_shift is not None:
            return "month"
        if self.quarter is not None or self.quarter_shift is not None:
            return "quarter"
        if self.half is not None:
            return "half"
        return "bare" if self.bare is not None and not self.has_year else "year"


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


def _year(point: Point, token: Token, at: int) -> int:
    if token.kind == "year":
        point.year = token.value
    elif token.kind == "relyear":
        point.year_shift = token.value
        point.inside = token.word == "年内"
    else:
        return at
    return at + 1


def _place(text: str, tokens: Sequence[Token], at: int, point: Point) -> int | None:
    reader = _PLACES.get(tokens[at].kind)
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


# --- places: each takes its token into the point, or refuses --------------------------------------------------


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


_PLACES = {
    "month": _month, "relmonth": _month_shift, "day": _day, "quarter": _quarter, "relquarter": _quarter_shift,
    "half": _half, "yearpart": _year_part, "monthpart": _month_part, "quarterpart": _quarter_part, "part": _part,
    "date": _date, "weekday": _weekday, "relday": _today, "festival": _festival, "lunar": _lunar, "plan": _plan,
    "bare": _bare,
}  # fmt: skip
STARTERS = frozenset(_PLACES) | {"year", "relyear"}


# --- time of day ----------------------------------------------------------------------------------------------


def time_of_day(text: str, tokens: Sequence[Token], here: int, point: Point) -> int:
    """Weekday in brackets, part of the day, hour; what is no time is left alone."""
    later = 0
    while here < len(tokens) and tokens[here].start - point.end in (0, 1):
        token = tokens[here]
        if token.start != point.end and text[point.end] not in ", 的":
            break
        if token.kind == "noted" or (token.kind == "weekday" and point.weekday is None and token.start == point.end):
            point.noted_weekday = token.value
        elif token.kind == "daypart":
            later = token.value
        elif token.kind in ("hour", "clock") and point.hour is None and token.start - point.end <= 1:
            _set_hour(point, token, later)
        elif token.kind == "minute" and point.hour is not None:
            point.minute = token.value
        elif token.kind == "offwork":
            point.end_of_work = True
        else:
            break
        point.end = token.end
        here += 1
    return here


def _set_hour(point: Point, token: Token, later: int) -> None:
    hour = token.value
    if (later and hour < 12) or (later and hour == 12 and token.word and later == 12 and "晚" in token.word):
        hour += 12
    minute = token.more[0] if token.more else 0
    if hour <= 24 and (minute or 0) < 60:
        point.hour, point.minute = hour, minute or 0
