"""Readers of the tokens of rhythms: 每年, 每隔两周, 每旬, 按季度, 逐月, 周小结、月报告. See `patterns`."""

import re

from gkbot.deadline import vocabulary as words
from gkbot.deadline.lexer import Token
from gkbot.deadline.numerals import CHINESE, number
from gkbot.deadline.schedule import Freq, Unit

WEEKDAYS = {char: number for number, char in enumerate("一二三四五六日", 1)} | {"天": 7}
NUM = f"(?:[0-9]+|[{CHINESE}][{CHINESE}O]*)"
DAY = "[一二三四五六日天]"
WEEK = "(?:周|星期|礼拜)"
TIMES = "[次回遍场轮期篇条份件个批家名]"
# the last days of 上旬, 中旬, 下旬 and of the two halves of a month
PARTS_OF_MONTH = {"旬": (10, 20, -1), "半月": (15, -1), "半个月": (15, -1)}


def longest_first(several: list[str]) -> str:
    """Words as an alternation of a pattern that takes the longest; words with one beginning share a branch."""
    tails: dict[str, list[str]] = {}
    for word in several:
        tails.setdefault(word[0], []).append(word[1:])
    return "|".join(re.escape(first) + ("" if rest == [""] else f"(?:{_tails(rest)})") for first, rest in tails.items())


def _tails(rest: list[str]) -> str:
    return "|".join(map(re.escape, sorted(rest, key=len, reverse=True)))


_LONE = rf"(?:^|(?<=[,。;:、(|在于应须请]))(?=[单双]月{NUM}[日号])"  # 单月15日前, but not 清单月底
_EVERY = re.compile(
    rf"(每隔|每逢|每|隔|逢(?=[单双]月)|{_LONE})(?:一?个|一)?(?:({NUM})个?)?(?:自然|财政|会计|公历)?({longest_first(list(words.PERIODS))})"
)
_WEEKLY = re.compile(rf"每个?{WEEK}的?{WEEK}?({DAY}(?!{TIMES})(?:(?:[、和及与]|以及){WEEK}?{DAY}(?!{TIMES}|[0-9]))*)")
_MONDAY = re.compile(r"[前之以上中下、和及与至的,。;:|)]|$|例会|召开|为|[0-9]|报送|上报|向|定期|晚|早")
_OFFICE_HOURS = re.compile(rf"[至到-]+{WEEK}?{DAY}")
_BY_PERIOD = re.compile(r"[按逐](半年度?|季度|季|月份|月度?|周|旬|双月|(?<=按)年度?|日)(?!计|加|支付|历|份|供)")
_DEED = f"(?:半年|[周月季年日旬])(?:{words.RHYTHM_DEEDS})"
_LONE_DEED = re.compile(_DEED)
_DEEDS = re.compile(f'{_DEED}(?:"?[、,和]"?{_DEED})+')
_ONE_EACH = re.compile(
    rf"(?:一(季度|[周月季年日旬])|(半年|半月))一(?!{TIMES}|[日月年定般些度])(?=[\u4e00-\u9fff])(?:{words.RHYTHM_DEEDS})?"
)
_AFTER_PERIOD = re.compile(rf"([月季])(?=后{NUM}(?:个?工作)?日[内前])")


def read_every(text: str, start: int) -> Token | None:
    match = _WEEKLY.match(text, start)
    if match and _OFFICE_HOURS.match(text, match.end()):
        return Token("other", start, match.end(), 0, match[0])
    if match and (match[1] != "一" or _MONDAY.match(text, match.end())):
        days = tuple(sorted({WEEKDAYS[char] for char in match[1] if char in WEEKDAYS}))
        return Token("every", start, match.end(), 1, Freq.WEEKLY.value, None, days)
    match = _EVERY.match(text, start)
    if match is None:
        return None
    interval = number(match[2]) if match[2] else None
    if interval == 0:
        return None
    if "隔" in match[1] and (interval or 1) == 1:
        # 隔月, 每隔一年 leave one out; 每隔2年 mostly means 每2年 (a doubt says so); 每隔半年 is every half-year
        return _rhythm(match, match[3], 1 if match[3].startswith("半") else 2)
    return _rhythm(match, match[3], interval or 1, spaced="隔" in match[1])


def read_by_period(text: str, start: int) -> Token | None:
    match = _BY_PERIOD.match(text, start)
    return _rhythm(match, match[1], 1) if match else None


def read_after_period(text: str, start: int) -> Token | None:
    match = _AFTER_PERIOD.match(text, start)
    if match is None or (start and text[start - 1] in "每上本下" + CHINESE + "0123456789个"):
        return None
    return _rhythm(match, match[1], 1)


def read_one_each(text: str, start: int) -> Token | None:
    match = _ONE_EACH.match(text, start)
    if match is None or (start and text[start - 1] in "每" + CHINESE):
        return None
    return _rhythm(match, match[1] or match[2], 1)


def _rhythm(match: re.Match[str], period: str, interval: int, *, spaced: bool = False) -> Token:
    """`more` names the days of a period, `unit` says that the interval may be one longer (每隔2年)."""
    freq, size = words.PERIODS[period]
    days = PARTS_OF_MONTH.get(period, ())
    unit = Unit.YEARS if spaced else None
    months = words.ALTERNATE_MONTHS.get(period, ()) if interval == 1 else ()
    return Token("every", match.start(), match.end(), interval * size, freq.value, unit, days, months)


def read_deeds(text: str, start: int) -> Token | None:
    if start and text[start - 1] in "0123456789上本下每同当今去明次全" + CHINESE:
        return None
    # Alone it is a rhythm only where nothing else is said: 年报告 and 月考核 are names in running text.
    match = _DEEDS.match(text, start) or (_LONE_DEED.fullmatch(text) if start == 0 else None)
    return Token("deeds", start, match.end(), 0, match[0]) if match else None
