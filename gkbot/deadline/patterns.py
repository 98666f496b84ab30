"""Readers of the tokens that are more than a fixed word: numbers with units, dates, rhythms, festivals.

`READERS` says for each reader at which characters it is asked, the more special first.
"""

import re

from gkbot.deadline import rhythm_patterns
from gkbot.deadline import vocabulary as words
from gkbot.deadline.festivals import LUNAR_FESTIVALS, SOLAR_FESTIVALS
from gkbot.deadline.lexer import Reader, Token
from gkbot.deadline.numerals import CHINESE, number
from gkbot.deadline.rhythm_patterns import DAY, NUM, TIMES, WEEK, WEEKDAYS, longest_first
from gkbot.deadline.schedule import Unit

FIRST_CENTURY, LAST_CENTURY = 1900, 2199
MOST_NTH = 23  # workdays of the longest month
REPUBLIC = 1911  # 民国元年 is 1912
PLAN_ENDS = {"一": 2010, "二": 2015, "三": 2020, "四": 2025, "五": 2030, "六": 2035}


_UNIT = re.compile(f"({NUM})({longest_first(list(words.UNITS))})")
_MINUTES = re.compile(rf"([一三])刻|([0-5][0-9])(?![0-9年月日号天个:.%])分?|({NUM})分(?!之|钟)")
_BARE = re.compile(
    rf"({NUM})(?=(?:以及|[、和及与至到,/]|[-~]{{1,3}})(?:次年|当年|本年|[0-9{CHINESE}])|(?:之|以)?前|日?止|底)"
)
_ROC_NEXT = re.compile(rf"{NUM}月|底|末")
_MONTH_NEXT = re.compile(rf"{NUM}月")
_DATE = re.compile(r"((?:19|20)[0-9]{2})([-/.])([01]?[0-9])(?:\2([0-3]?[0-9]))?(?![0-9年月]|\2[0-9])")
_ROC_DATE = re.compile(r"(1[0-4][0-9])([./])(0?[1-9]|1[0-2])\2(0?[1-9]|[12][0-9]|3[01])(?![0-9年月]|\2[0-9])")
_COMPACT = re.compile(r"(20[0-9]{2})(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])(?=(?:之|以)?前|[-~至到止])")
_SHORT = re.compile(
    r"(0?[1-9]|1[0-2])(?:[./](0?[1-9]|[12][0-9]|3[01])(?=日?(?:之|以)?前)日?"
    rf"|/(0?[1-9]|[12][0-9]|3[01])(?=\({WEEK}?{DAY}\)|下班|[上下]午|中午))"
)
_CLOCK = re.compile(r"([01]?[0-9]|2[0-4]):([0-5][0-9])(?::[0-5][0-9])?(?:时|分(?!之|钟))?(?![0-9])")
_LUNAR = re.compile(
    rf"(农历|阴历|旧历|夏历)?(?:({NUM})年)?(闰)?(正|冬|腊|{NUM})月(初?[一二三四五六七八九十廿卅]{{1,3}})?"
)
_NTH_DAY = re.compile(
    rf"(?:(倒数)?第({NUM})|(最后)(?:一|1)?|首)个?(?:{WEEK}({DAY})(?!{TIMES})|工作日)|第({NUM})个?周的?{WEEK}({DAY})"
)
_FIRST_WORKDAYS = re.compile(rf"(?<=[月度季])[前头]({NUM})个工作日")
_SAME_DAY = re.compile(rf"(?<![^,。;:|(于在\n])当[日天](?=(?:上午|下午|晚上?|中午)?(?:{NUM}[时点:]|下班))")
_SAME = re.compile(rf"同(?:年(?:同?月)?|月)(?={NUM}[月日])")
_AFTER_SOMETHING = re.compile("后|收到|接到|发生|受理|每")
_NTH = re.compile(rf"第({NUM})(季度|季|个月|月|个?周(?![一二三四五六日岁年]))?")
_PLAN = re.compile(r'"?十([一二三四五六])五"?(?:规划|计划)?(期末|末期|期间|时期|末|内|收官之年)?')
_NAMED = re.compile(
    f"({longest_first([name for name in (*LUNAR_FESTIVALS, *SOLAR_FESTIVALS, '清明') if name[0] not in CHINESE])})节?"
)
_NUMBERED = re.compile(
    rf'"?({longest_first([name for name in SOLAR_FESTIVALS if name[0] in CHINESE])})"?'
    r"(?=(?:国际)?(?:劳动)?(?:节|假期|长假)?(?:前|之前|以前))(?:国际)?(?:劳动)?(?:节|假期|长假)?"
)
_NOTED = re.compile(rf"\({WEEK}({DAY})(?:\)|(?=,))|\(({DAY})\)")
_WEEKDAY = re.compile(rf"([本这下上])?个?{WEEK}({DAY})(?!{TIMES})|([本这下])周(?:末|(?=内|之内|以内|底))")
_COUNTED = re.compile(r"\((不)?(?:含|包含|包括)[^()。]{0,8}\)")
_HALF = re.compile("(半年)度?|半个?月")


def read_number(text: str, start: int) -> Token | None:
    """A number with its unit."""
    match = _UNIT.match(text, start)
    if match is None:
        return None
    word, unit = match.groups()
    value = number(word)
    if value is None:
        return Token("other", start, match.end(), 0, match[0])
    kind, what = words.UNITS[unit]
    if kind == "year":
        return _year(text, match, word, value)
    if kind == "count" and isinstance(what, Unit):
        return Token("count", start, match.end(), value * (3 if unit == "个季度" else 1), match[0], what)
    if kind == "hour" and what is None:
        return _hour(text, match, value)
    return Token(kind, start, match.end(), value, match[0], None, (what,) if isinstance(what, int) else ())


def _hour(text: str, match: re.Match[str], value: int) -> Token:
    """17点30, 九点一刻, 8时30分."""
    minutes = _MINUTES.match(text, match.end())
    if minutes is None:
        return Token("hour", match.start(), match.end(), value, match[0])
    minute = 15 * (number(minutes[1]) or 0) if minutes[1] else number(minutes[2] or minutes[3])
    return Token("hour", match.start(), minutes.end(), value, match[0], None, (minute,))


def read_bare(text: str, start: int) -> Token | None:
    """A number without a unit, where it belongs to a list, a range or a damaged date."""
    match = _BARE.match(text, start)
    value = number(match[1]) if match else None
    if match is None or value is None:
        if text[start + 1 : start + 2] not in _NUMERALS:
            return None
        # the whole run of numerals is passed over, or a megabyte of digits would be tried from each of them
        run = _RUN.match(text, start)
        return Token("other", start, run.end(), 0, run[0][:9]) if run and run.end() - start > 4 else None
    return Token("bare", start, match.end(), value, match[0])


_NUMERALS = frozenset("0123456789" + CHINESE)
_RUN = re.compile(f"[0-9{CHINESE}]+")


def _year(text: str, match: re.Match[str], word: str, value: int) -> Token:
    start, end = match.span()
    if text.startswith("民国", start - 2) and start >= 2:
        return Token("year", start - 2, end, REPUBLIC + value, "民国" + match[0])
    if FIRST_CENTURY <= value <= LAST_CENTURY and len(word) == 4:
        return Token("year", start, end, value, match[0])
    if 100 < value < 150 and _ROC_NEXT.match(text, end) and not text.startswith(("第", "满"), start - 1):
        return Token("year", start, end, REPUBLIC + value, match[0])
    if value < 100 and len(word) == 2 and word.isdecimal() and _MONTH_NEXT.match(text, end):
        return Token("year", start, end, 2000 + value, match[0])
    return Token("count", start, end, value, match[0], Unit.YEARS)


def _read_date(text: str, start: int) -> Token | None:
    if start and text[start - 1].isdecimal():
        return None
    match = _DATE.match(text, start)
    if match:
        day = int(match[4]) if match[4] else None
        return Token("date", start, match.end(), int(match[1]), match[0], None, (int(match[3]), day))
    match = _ROC_DATE.match(text, start)
    if match and (not start or text[start - 1] not in "./"):
        return Token(
            "date", start, match.end(), REPUBLIC + int(match[1]), match[0], None, (int(match[3]), int(match[4]))
        )
    match = _COMPACT.match(text, start)
    if match:
        return Token("date", start, match.end(), int(match[1]), match[0], None, (int(match[2]), int(match[3])))
    match = _CLOCK.match(text, start)
    if match:
        return Token("clock", start, match.end(), int(match[1]), match[0], None, (int(match[2]),))
    match = _SHORT.match(text, start)
    if match and (not start or text[start - 1] not in "./"):
        return Token("date", start, match.end(), 0, match[0], None, (int(match[1]), int(match[2] or match[3])))
    return None


def _read_lunar(text: str, start: int) -> Token | None:
    match = _LUNAR.match(text, start)
    if match is None or not (match[1] or match[4] in "正冬腊"):
        return None
    month = {"正": 1, "冬": 11, "腊": 12}.get(match[4]) or number(match[4])
    day = number(match[5].lstrip("初")) if match[5] else None
    year = number(match[2]) if match[2] else None
    if month is None:
        return None
    return Token("lunar", start, match.end(), month, match[0], None, (day, 1 if match[3] else 0, year))


_NTH_KINDS = {
    "季度": "quarter", "季": "quarter", "个月": "nthmonth", "月": "nthmonth", "周": "nthweek", "个周": "nthweek",
}  # fmt: skip


def _read_nth(text: str, start: int) -> Token | None:
    match = _NTH.match(text, start)
    if match is None:
        return None
    kind = _NTH_KINDS.get(match[2] or "", "other")
    return Token(kind, start, match.end(), number(match[1]) or 0, match[0])


def _read_nth_day(text: str, start: int) -> Token | None:
    """第三个星期二, 最后一个工作日: the number, and the weekday or None."""
    match = _NTH_DAY.match(text, start)
    if match is None:
        return None
    nth = number(match[2] or match[5]) if match[2] or match[5] else 1
    if not nth or nth > MOST_NTH:
        return None
    named = match[4] or match[6]
    value = -nth if match[1] or match[3] else nth
    return Token("nthday", start, match.end(), value, match[0], None, (WEEKDAYS[named] if named else None,))


def _read_first_workdays(text: str, start: int) -> Token | None:
    """每月前5个工作日: until the fifth."""
    match = _FIRST_WORKDAYS.match(text, start)
    nth = number(match[1]) if match else None
    if match is None or not nth or nth > MOST_NTH:
        return None
    return Token("nthday", start, match.end(), nth, match[0], None, (None,))


def _read_same_day(text: str, start: int) -> Token | None:
    """当日17时: the day of issue, unless it is the day of something that happens."""
    match = _SAME_DAY.match(text, start)
    if match is None or _AFTER_SOMETHING.search(text, max(0, start - 12), start):
        return None
    return Token("relday", start, match.end(), 0, match[0])


def _read_same(text: str, start: int) -> Token | None:
    """至同年月30日: the last day leaves year or month to the first."""
    match = _SAME.match(text, start)
    return Token("same", start, match.end(), 0, match[0]) if match else None


def _read_plan(text: str, start: int) -> Token | None:
    match = _PLAN.match(text, start)
    if match is None:
        return None
    return Token("plan" if match[2] else "planname", start, match.end(), PLAN_ENDS[match[1]], match[0])


def _read_festival(text: str, start: int) -> Token | None:
    match = _NUMBERED.match(text, start)
    if match:
        return Token("festival", start, match.end(), 0, match[1])
    match = _NAMED.match(text, start)
    return Token("festival", start, match.end(), 0, match[1]) if match else None


def _read_noted_weekday(text: str, start: int) -> Token | None:
    match = _NOTED.match(text, start)
    return Token("noted", start, match.end(), WEEKDAYS[match[1] or match[2]], match[0]) if match else None


def _read_weekday(text: str, start: int) -> Token | None:
    match = _WEEKDAY.match(text, start)
    if match is None:
        return None
    named = match[1] or match[3]
    shift = {"下": 1, "上": -1}.get(named, 0) if named else None
    return Token("weekday", start, match.end(), WEEKDAYS[match[2] or "日"], match[0], None, (shift,))


def _read_counted(text: str, start: int) -> Token | None:
    match = _COUNTED.match(text, start)
    return Token("counted", start, match.end(), 0 if match[1] else 1, match[0]) if match else None


def _read_half(text: str, start: int) -> Token | None:
    match = _HALF.match(text, start)
    if match is None:
        return None
    if match[1]:
        return Token("count", start, match.end(), 6, match[0], Unit.MONTHS, (1,))
    return Token("count", start, match.end(), 15, match[0], Unit.DAYS)


READERS: tuple[tuple[str, Reader], ...] = (
    ("0123456789", read_number),
    ("0123456789", _read_date),
    ("0123456789", read_bare),
    ("农阴旧夏正冬腊", _read_lunar),
    ("第最首倒", _read_nth_day),
    ("前头", _read_first_workdays),
    ("当", _read_same_day),
    ("同", _read_same),
    ("第", _read_nth),
    ('"十', _read_plan),
    ("".join(sorted({name[0] for name in (*LUNAR_FESTIVALS, *SOLAR_FESTIVALS, "清")})) + '"', _read_festival),
    ("每隔逢单双", rhythm_patterns.read_every),
    ("按逐", rhythm_patterns.read_by_period),
    ("一半", rhythm_patterns.read_one_each),
    ("月季", rhythm_patterns.read_after_period),
    ("周月季年日旬半", rhythm_patterns.read_deeds),
    ("(", _read_noted_weekday),
    ("(", _read_counted),
    ("本这下上周星礼", _read_weekday),
    ("半", _read_half),
)
