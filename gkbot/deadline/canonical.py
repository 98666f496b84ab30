"""The canonical Chinese text of a schedule, and back: `parse(text(schedule)) == schedule`.

    By          2023年7月31日前 · 2023年6月9日17:00前
    Within      2023年3月1日至2023年3月20日
    Recurring   [自2017年1月1日起][至2020年12月31日止][每年3月、4月]每2年6月30日、次年1月31日17:00前至少2次
    AfterEvent  自“批复”之日起20日内 · “会议召开”前3日 · 自本文件“印发”之日起30日内
    Ongoing, Vague   their word

The text is for people and files; `parse` reads nothing else than what `text` writes.
"""

import re
from collections.abc import Mapping
from datetime import date, time
from typing import TypeVar

from gkbot.deadline.festivals import LUNAR_FESTIVALS
from gkbot.deadline.schedule import (
    FREQ_WORDS,
    UNIT_WORDS,
    AfterEvent,
    By,
    Freq,
    Mark,
    Ongoing,
    Recurring,
    Schedule,
    Vague,
    Within,
)

Name = TypeVar("Name")

# the period after, for marks that fall later than the one reported on; several periods later: 后2年
LATER = {Freq.MONTHLY: "次月", Freq.QUARTERLY: "次季", Freq.HALFYEARLY: "次半年", Freq.YEARLY: "次年"}
WEEKDAYS = "一二三四五六日"
LAST_DAY = "底"
LAST_ONE = "最后一个"
WORKDAY = "工作日"


def text(schedule: Schedule) -> str:
    """The canonical text."""
    match schedule:
        case By():
            return f"{_day(schedule.due)}{_time(schedule.at)}前"
        case Within():
            return f"{_day(schedule.start)}至{_day(schedule.due)}{_time(schedule.at)}"
        case Recurring():
            return _recurring(schedule)
        case AfterEvent():
            return _after_event(schedule)
        case Ongoing() | Vague():
            return schedule.word


def parse(words: str) -> Schedule:
    """The schedule whose canonical text this is.

    Raises:
        ValueError: It is none.
    """
    for reader in (_read_by, _read_within, _read_after, _read_before, _read_recurring):
        found = reader(words)
        if found is not None:
            return found
    from gkbot.deadline import vocabulary

    if words in vocabulary.ONGOING:
        return Ongoing(word=words)
    if words in vocabulary.VAGUE:
        return Vague(word=words)
    raise ValueError(words)


# --- writing ----------------------------------------------------------------------------------------------------


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _time(at: time | None) -> str:
    return f"{at:%H:%M}" if at is not None else ""


def _recurring(schedule: Recurring) -> str:
    words = ""
    if schedule.start is not None:
        words += f"自{_day(schedule.start)}起"
    if schedule.until is not None:
        words += f"至{_day(schedule.until)}止"
    if schedule.months:
        words += f"每年{'、'.join(f'{month}月' for month in schedule.months)}"
    interval = str(schedule.interval) if schedule.interval > 1 else ""
    words += f"每{interval}{'个' if interval and schedule.freq is not Freq.YEARLY else ''}{FREQ_WORDS[schedule.freq]}"
    words += "、".join(_mark(schedule.freq, mark) for mark in schedule.marks) + _time(schedule.at)
    if schedule.marks or schedule.at:
        words += "前"
    if schedule.count != 1 or schedule.at_least:
        words += f"{'至少' if schedule.at_least else ''}{schedule.count}次"
    return words


def _mark(freq: Freq, mark: Mark) -> str:
    if mark.weekday is not None and mark.nth is None:
        return WEEKDAYS[mark.weekday - 1]
    if mark.festival is not None:
        return mark.festival.removesuffix("前") + ("前一日" if mark.festival.endswith("前") else "")
    later = "" if not mark.later else LATER[freq] if mark.later == 1 else f"后{mark.later}{FREQ_WORDS[freq]}"
    month = "" if mark.month is None else f"{mark.month}月" if freq is Freq.YEARLY else f"第{mark.month}个月"
    if mark.nth is not None:
        return f"{later}{month}{_nth(mark.nth, mark.weekday)}"
    return f"{later}{month}{LAST_DAY if mark.day == -1 else f'{mark.day}日'}"


def _nth(nth: int, weekday: int | None) -> str:
    order = LAST_ONE if nth == -1 else f"倒数第{-nth}个" if nth < 0 else f"第{nth}个"
    return f"{order}{WORKDAY if weekday is None else f'周{WEEKDAYS[weekday - 1]}'}"


def _after_event(schedule: AfterEvent) -> str:
    amount = f"{abs(schedule.amount)}{UNIT_WORDS[schedule.unit]}"
    own = "本文件" if schedule.own_document else ""
    if schedule.amount < 0:
        return f"{own}“{schedule.event}”前{amount}"
    return f"自{own}“{schedule.event}”之日起{amount}内"


# --- reading ----------------------------------------------------------------------------------------------------

_D = r"(\d{1,4})年(\d{1,2})月(\d{1,2})日"
_T = r"(\d\d:\d\d)?"
_AMOUNT = rf"(\d+)({'|'.join(sorted(UNIT_WORDS.values(), key=len, reverse=True))})"
_PERIOD = "|".join(sorted(FREQ_WORDS.values(), key=len, reverse=True))
_LATER = "|".join([*sorted(LATER.values(), key=len, reverse=True), rf"后\d+(?:{_PERIOD})"])
_NTH = rf"(?:{LAST_ONE}|(?:倒数)?第\d+个)(?:周[{WEEKDAYS}]|{WORKDAY})"
_FESTIVAL = rf"(?:{'|'.join((*LUNAR_FESTIVALS, '清明'))})(?:前一日)?"
_MARK = rf"(?:{_LATER})?(?:第?\d+个?月)?(?:底|\d+日|{_NTH})|{_FESTIVAL}|[{WEEKDAYS}]"
_RECURRING = (
    rf"(?:自{_D}起)?(?:至{_D}止)?(?:每年((?:\d+月、?)+))?每(\d+)?个?({_PERIOD})"
    rf"((?:(?:{_MARK})、?)*){_T}前?(?:(至少)?(\d+)次)?"
)


def _read_by(words: str) -> By | None:
    match = re.fullmatch(rf"{_D}{_T}前", words)
    return By(due=_date(*match.groups()[:3]), at=_clock(match[4])) if match else None


def _read_within(words: str) -> Within | None:
    match = re.fullmatch(rf"{_D}至{_D}{_T}", words)
    if match is None:
        return None
    return Within(start=_date(*match.groups()[:3]), due=_date(*match.groups()[3:6]), at=_clock(match[7]))


def _read_after(words: str) -> AfterEvent | None:
    match = re.fullmatch(rf"自(本文件)?“(.*)”之日起{_AMOUNT}内", words, re.DOTALL)
    if match is None:
        return None
    return AfterEvent(
        event=match[2], amount=int(match[3]), unit=_key(UNIT_WORDS, match[4]), own_document=match[1] is not None
    )


def _read_before(words: str) -> AfterEvent | None:
    match = re.fullmatch(rf"(本文件)?“(.*)”前{_AMOUNT}", words, re.DOTALL)
    if match is None:
        return None
    return AfterEvent(
        event=match[2], amount=-int(match[3]), unit=_key(UNIT_WORDS, match[4]), own_document=match[1] is not None
    )


def _read_recurring(words: str) -> Recurring | None:
    match = re.fullmatch(_RECURRING, words)
    if match is None:
        return None
    freq = _key(FREQ_WORDS, match[9])
    return Recurring(
        freq=freq,
        interval=int(match[8] or 1),
        count=int(match[13] or 1),
        at_least=match[12] is not None,
        marks=tuple(_read_mark(freq, mark) for mark in re.findall(_MARK, match[10])),
        at=_clock(match[11]),
        start=_date(*match.groups()[:3]) if match[1] else None,
        until=_date(*match.groups()[3:6]) if match[4] else None,
        months=tuple(int(month) for month in re.findall(r"\d+", match[7] or "")),
    )


def _read_mark(freq: Freq, words: str) -> Mark:
    if words in WEEKDAYS:
        return Mark(weekday=WEEKDAYS.index(words) + 1)
    if re.fullmatch(_FESTIVAL, words):
        return Mark(festival=words.replace("前一日", "前"))
    later = 0
    if words.startswith(LATER.get(freq, "次")):
        later, words = 1, words.removeprefix(LATER[freq])
    elif words.startswith("后"):
        later = int(re.findall(r"\d+", words)[0])
        words = words.removeprefix(f"后{later}{FREQ_WORDS[freq]}")
    month = re.match(r"第?(\d+)个?月", words)
    found = re.search(rf"{_NTH}$", words)
    if found:
        nth, weekday = _read_nth(found[0])
        return Mark(month=int(month[1]) if month else None, nth=nth, weekday=weekday, later=later)
    day = re.search(r"(\d+)日$", words)
    return Mark(month=int(month[1]) if month else None, day=int(day[1]) if day else -1, later=later)


def _read_nth(words: str) -> tuple[int, int | None]:
    digits = re.search(r"\d+", words)
    nth = int(digits[0]) if digits else -1
    weekday = None if words.endswith(WORKDAY) else WEEKDAYS.index(words[-1]) + 1
    return -nth if words.startswith("倒数") else nth, weekday


def _date(year: str | None, month: str | None, day: str | None) -> date:
    return date(int(year or 0), int(month or 0), int(day or 0))


def _clock(words: str | None) -> time | None:
    return time.fromisoformat(words) if words else None


def _key(table: Mapping[Name, str], words: str) -> Name:
    return next(name for name, word in table.items() if word == words)
