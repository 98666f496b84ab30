"""A recurrence as JSON: the keys of `gkbot when`, with an iCalendar rule (RFC 5545).

`by` names the due days inside a period, several joined by 、: yearly "MM-DD"; half-yearly and quarterly "MM-DD" with
the month counted inside the period ("01-10" is the 10th of the first month); monthly "DD" or "-1" for the last day;
weekly MO … SU. A day after the period (次年4月30日) is given like one inside it.
"""

from calendar import monthrange

from gkbot.deadline.schedule import Freq, Mark, Recurring

WEEKDAY_CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_MONTHS = {Freq.YEARLY: 12, Freq.HALFYEARLY: 6, Freq.QUARTERLY: 3}


def as_json(schedule: Recurring) -> dict[str, object]:
    """The value of `recurrence`."""
    return {
        "freq": schedule.freq.value,
        "interval": schedule.interval,
        "count": schedule.count,
        "at_least": schedule.at_least,
        "by": "、".join(_by(schedule.freq, mark) for mark in schedule.marks) or None,
        "rrule": rrule(schedule),
    }


def _by(freq: Freq, mark: Mark) -> str:
    if mark.weekday is not None:
        return WEEKDAY_CODES[mark.weekday - 1]
    day = mark.day or 0
    if mark.month is None:
        return f"{day:02d}" if day > 0 else "-1"
    if freq is Freq.YEARLY and day == -1:
        day = monthrange(2023, mark.month)[1]
    return f"{mark.month:02d}-{day:02d}" if day > 0 else f"{mark.month:02d}-末"


def rrule(schedule: Recurring) -> str:
    """RFC 5545 rules, one a line: several where one cannot name all the days."""
    if schedule.freq in (Freq.DAILY, Freq.WEEKLY):
        days = [WEEKDAY_CODES[mark.weekday - 1] for mark in schedule.marks if mark.weekday]
        if schedule.freq is Freq.WEEKLY:
            return _rule(schedule, "WEEKLY", schedule.interval, [f"BYDAY={','.join(days) or 'SU'}"])
        return _rule(schedule, "DAILY", schedule.interval, [])
    if schedule.freq is Freq.MONTHLY:
        return "\n".join(
            _rule(schedule, "MONTHLY", schedule.interval, [*_held_months(schedule), *_day(day)])
            for day in sorted({mark.day or -1 for mark in schedule.marks}) or [-1]
        )
    return "\n".join(_yearly_rules(schedule))


def _yearly_rules(schedule: Recurring) -> list[str]:
    size = _MONTHS[schedule.freq]
    by_day: dict[int, set[int]] = {}
    for mark in schedule.marks or (Mark(month=size, day=-1),):
        by_day.setdefault(mark.day or -1, set()).add(mark.month or size)
    rules = []
    for day, months in sorted(by_day.items()):
        if schedule.freq is Freq.YEARLY or schedule.interval == 1:
            every = sorted(month + start for month in months for start in range(0, 12, size))
            interval = schedule.interval if schedule.freq is Freq.YEARLY else 1
            parts = [f"BYMONTH={','.join(map(str, every))}", *_day(day)]
            rules.append(_rule(schedule, "YEARLY", interval, parts))
        else:
            rules.append(_rule(schedule, "MONTHLY", size * schedule.interval, _day(day)))
    return rules


def _held_months(schedule: Recurring) -> list[str]:
    return [f"BYMONTH={','.join(map(str, schedule.months))}"] if schedule.months else []


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
