"""A recurrence as JSON: the keys of `gkbot when`, with an iCalendar rule (RFC 5545).

`by` names the due days, several joined by 、, in forms that a program can use:

- yearly, half-yearly and quarterly: "MM-DD", days of the calendar year: "01-31"; each quarter's first 10th is
  "01-10、04-10、07-10、10-10", the ends of quarters are "03-31、06-30、09-30、12-31" (of February "02-28", with the
  29th in leap years). A lunar festival stands by its name: "春节", or "春节前" for the day before it;
- monthly: "DD", "31" and the like clamped to the month; "-1" is the last day;
- weekly: MO … SU;
- daily: the hour, "17:00", where the words name one;
- the nth weekday or workday of a month: "1FR", "-1FR", "3WD", "-1WD" (workday), with its month "12-1FR", "03--1WD".

Null where the words name no day: the period's last day counts. A day after the period (次年4月30日) is given like one
inside it. Of a rhythm with an interval (每两个季度) the first period's days stand for all.
"""

from calendar import monthrange
from collections.abc import Iterator

from gkbot.deadline.schedule import Freq, Mark, Recurring

WEEKDAY_CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
WEEKDAYS_ONLY = "BYDAY=MO,TU,WE,TH,FR"  # RFC 5545 knows no 调休: workdays there are Monday to Friday
COMMON_YEAR = 2023
_MONTHS = {Freq.YEARLY: 12, Freq.HALFYEARLY: 6, Freq.QUARTERLY: 3}
# the day before a festival as lunar month and day (RFC 7529); the festival itself is the day after
_EVES = {
    "春节": (12, -1), "元宵": (1, 14), "端午": (5, 4), "七夕": (7, 6), "中元": (7, 14), "中秋": (8, 14),
    "重阳": (9, 8), "腊八": (12, 7), "小年": (12, 22), "除夕": (12, -2),
}  # fmt: skip
_DAYS = {"春节": (1, 1), "除夕": (12, -1)}


def as_json(schedule: Recurring) -> dict[str, object]:
    """The value of `recurrence`."""
    return {
        "freq": schedule.freq.value,
        "interval": schedule.interval,
        "count": schedule.count,
        "at_least": schedule.at_least,
        "by": "、".join(sorted_by(schedule)) or None,
        "rrule": rrule(schedule),
    }


def sorted_by(schedule: Recurring) -> list[str]:
    """The due days of `by`, in the order of the year; each once."""
    size = _MONTHS.get(schedule.freq)
    if schedule.freq is Freq.DAILY:
        return [f"{schedule.at:%H:%M}"] if schedule.at is not None else []
    if size is None:
        return [_in_period(mark) for mark in schedule.marks]
    starts = range(0, 12, size) if schedule.interval == 1 else (0,)
    named = [(mark.month or size) for mark in schedule.marks]
    days = [
        ((month + start - 1) % 12 + 1, mark)
        for start in starts
        for month, mark in zip(named, schedule.marks, strict=True)
    ]
    return list(dict.fromkeys(_in_year(month, mark) for month, mark in days))


def _in_period(mark: Mark) -> str:
    """Of a month or a week."""
    if mark.nth is not None:
        return f"{mark.nth}{'WD' if mark.weekday is None else WEEKDAY_CODES[mark.weekday - 1]}"
    if mark.weekday is not None:
        return WEEKDAY_CODES[mark.weekday - 1]
    day = mark.day or -1
    return f"{day:02d}" if day > 0 else "-1"


def _in_year(month: int, mark: Mark) -> str:
    if mark.festival is not None:
        return mark.festival
    if mark.nth is not None:
        return f"{month:02d}-{_in_period(mark)}"
    length = monthrange(COMMON_YEAR, month)[1]
    return f"{month:02d}-{length if (mark.day or -1) < 0 else min(mark.day or 1, length):02d}"


def rrule(schedule: Recurring) -> str:
    """RFC 5545 rules, one a line: several where one cannot name all the days."""
    if schedule.freq is Freq.WEEKLY:
        days = [WEEKDAY_CODES[mark.weekday - 1] for mark in schedule.marks if mark.weekday]
        return _rule(schedule, "WEEKLY", schedule.interval, [f"BYDAY={','.join(days) or 'SU'}"])
    if schedule.freq is Freq.DAILY:
        return _rule(schedule, "DAILY", schedule.interval, [])
    return "\n".join(_monthly_rules(schedule) if schedule.freq is Freq.MONTHLY else _yearly_rules(schedule))


def _monthly_rules(schedule: Recurring) -> Iterator[str]:
    held = [f"BYMONTH={','.join(map(str, schedule.months))}"] if schedule.months else []
    plain = {mark.day or -1 for mark in schedule.marks if mark.nth is None}
    for day in sorted(plain) or ([] if schedule.marks else [-1]):
        yield _rule(schedule, "MONTHLY", schedule.interval, [*held, *_day(day)])
    for mark in schedule.marks:
        if mark.nth is not None:
            yield _rule(schedule, "MONTHLY", schedule.interval, [*held, *_nth(mark.nth, mark.weekday)])


def _yearly_rules(schedule: Recurring) -> Iterator[str]:
    size = _MONTHS[schedule.freq]
    by_day: dict[tuple[str, ...], set[int]] = {}
    for mark in schedule.marks or (Mark(month=size, day=-1),):
        if mark.festival is not None:
            yield _rule(schedule, "YEARLY", schedule.interval, _festival(mark.festival))
        else:
            parts = _day(mark.day or -1) if mark.nth is None else _nth(mark.nth, mark.weekday)
            by_day.setdefault(tuple(parts), set()).add(mark.month or size)
    for days, months in sorted(by_day.items()):
        if schedule.freq is not Freq.YEARLY and schedule.interval > 1:
            yield _rule(schedule, "MONTHLY", size * schedule.interval, list(days))
            continue
        every = sorted({(month + start - 1) % 12 + 1 for month in months for start in range(0, 12, size)})
        # BYSETPOS picks from the whole set of a year: then each month is a rule of its own
        for group in ([month] for month in every) if "BYSETPOS" in days[-1] else (every,):
            parts = [f"BYMONTH={','.join(map(str, group))}", *days]
            yield _rule(schedule, "YEARLY", schedule.interval, parts)


def _nth(nth: int, weekday: int | None) -> list[str]:
    return [f"BYDAY={nth}{WEEKDAY_CODES[weekday - 1]}"] if weekday else [WEEKDAYS_ONLY, f"BYSETPOS={nth}"]


def _festival(name: str) -> list[str]:
    """In the Chinese calendar (RFC 7529); 清明 is a solar term, mostly the 4th or 5th of April."""
    plain, eve = name.removesuffix("前"), name.endswith("前")
    if plain not in _EVES:
        return ["BYMONTH=4", f"BYMONTHDAY={3 if eve else 4}"]
    month, day = _EVES[plain] if eve else _DAYS.get(plain, (_EVES[plain][0], _EVES[plain][1] + 1))
    return ["RSCALE=CHINESE", f"BYMONTH={month}", f"BYMONTHDAY={day}"]


def _day(day: int) -> list[str]:
    """Month ends clamp here, while BYMONTHDAY=31 would skip April; BYSETPOS=-1 takes the last that exists."""
    if day <= 28:
        return [f"BYMONTHDAY={day}"]
    return [f"BYMONTHDAY={','.join(map(str, range(28, day + 1)))}", "BYSETPOS=-1"]


def _rule(schedule: Recurring, freq: str, interval: int, parts: list[str]) -> str:
    head = [f"FREQ={freq}"]
    if interval > 1:
        head.append(f"INTERVAL={interval}")
    if schedule.until is not None:
        parts = [*parts, f"UNTIL={schedule.until:%Y%m%d}"]
    return ";".join([*head, *parts])
