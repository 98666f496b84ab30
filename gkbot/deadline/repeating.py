"""What a recurrence means: 每年1月31日前, 每季度至少一次, 年内至少1次, 周小结、月报告."""

import re
from datetime import date, time

from gkbot.deadline.clauses import Clause
from gkbot.deadline.frame import Stretch
from gkbot.deadline.marks import marks
from gkbot.deadline.meaning import Reading
from gkbot.deadline.schedule import FREQ_WORDS, Freq, Mark, Recurring, Unit
from gkbot.deadline.vocabulary import PERIODS, RHYTHM_DEEDS

_DEED = re.compile(f"(半年|[周月季年日旬])({RHYTHM_DEEDS})")


def recurrence(clause: Clause, start: date | None, until: date | None) -> Reading:
    """A rhythm with its marks and times; `start` and `until` come from words before it (2017年起, 2023—2025年)."""
    freq, interval, days = _rhythm(clause)
    doubts: list[tuple[str, str]] = []
    if clause.offset:
        found = _after_period(freq, clause, doubts)
    elif days:
        found = tuple(Mark(weekday=day) if freq is Freq.WEEKLY else Mark(day=day) for day in days)
    else:
        found = marks(freq, clause.points, ranged=clause.ranged, before=clause.suffix == "before")
        if (
            clause.points
            and not found
            and freq is not Freq.DAILY
            and clause.points[-1].hour is None
            and not clause.points[-1].end_of_work
        ):
            doubts.append(("marks", "周期内的日期未能读出，按周期末日计，请确认"))
        elif any(point.nth_week is not None for point in clause.points):
            doubts.append(("week", "“第几周”按每周七天从首日数起，请确认"))
    if clause.rhythm is not None and clause.rhythm.unit is not None:
        each = FREQ_WORDS[freq]
        doubts.append(
            ("interval", f"“每隔{interval}{each}”按每{interval}{each}计，也可理解为每{interval + 1}{each}，请确认")
        )
    schedule = Recurring(
        freq=freq,
        interval=interval,
        count=(clause.times or 1) * (len(days) if freq is Freq.MONTHLY and days else 1),
        at_least=clause.at_least,
        marks=found,
        at=_hour(clause),
        start=start,
        until=until,
        months=_season(clause),
    )
    return Reading(clause.start, clause.end, schedule, words(schedule), [], doubts, None, "recurrence")


def yearly_count(clause: Clause, days: Stretch) -> Reading:
    """年内至少1次: so many times from the first to the last day of that one year."""
    schedule = Recurring(
        freq=Freq.YEARLY, count=clause.times, at_least=clause.at_least, start=days.first, until=days.last
    )
    why = f"{days.last.year}年内{'至少' if clause.at_least else ''}{clause.times}次，最迟年底"
    return Reading(clause.start, clause.end, schedule, why, [], [], None, "yearly_count")


def deeds(clause: Clause) -> list[Reading]:
    """周小结、月报告、季通报、年考核: a recurrence each."""
    readings = []
    for match in _DEED.finditer(clause.word):
        freq, interval = PERIODS[match[1]]
        schedule = Recurring(freq=freq, interval=interval)
        start = clause.start + match.start()
        readings.append(Reading(start, clause.start + match.end(), schedule, words(schedule), rule="deeds"))
    return readings


def words(schedule: Recurring) -> str:
    """The rhythm in a sentence."""
    each = f"每{schedule.interval if schedule.interval > 1 else ''}{FREQ_WORDS[schedule.freq]}"
    times = f"{'至少' if schedule.at_least else ''}{schedule.count}次"
    day = "按所写日期截止" if schedule.marks else "未写周期内的日期，以周期最后一日为截止"
    return f"周期任务：{each}{times}，{day}"


def _rhythm(clause: Clause) -> tuple[Freq, int, tuple[int | None, ...]]:
    token = clause.rhythm
    if token is not None:
        return Freq(token.word), token.value, token.more
    if clause.unit is Unit.MONTHS:
        if clause.amount == 6:
            return Freq.HALFYEARLY, 1, ()
        if clause.amount and clause.amount % 3 == 0:
            return Freq.QUARTERLY, clause.amount // 3, ()
        return Freq.MONTHLY, max(clause.amount, 1), ()
    return (Freq.YEARLY if clause.unit is Unit.YEARS else Freq.WEEKLY), max(clause.amount, 1), ()


def _hour(clause: Clause) -> time | None:
    if not clause.points:
        return None
    hour = clause.points[-1].hour
    return time(hour, clause.points[-1].minute) if hour is not None and hour < 24 else None


def _season(clause: Clause) -> tuple[int, ...]:
    """每年3月至12月每月: the months, also across the year's end; 逢单月: the odd ones."""
    named = [point.month or point.bare or 0 for point in clause.season]
    if not named or not all(1 <= month <= 12 for month in named):
        return clause.rhythm.months if clause.rhythm is not None else ()
    if not clause.ranged_season:
        return tuple(sorted(set(named)))
    first, last = named[0], named[-1]
    if first <= last:
        return tuple(range(first, last + 1))
    return (*range(1, last + 1), *range(first, 13))


def _after_period(freq: Freq, clause: Clause, doubts: list[tuple[str, str]]) -> tuple[Mark, ...]:
    """每季度结束后10日内: a mark in the period that follows."""
    if clause.unit is Unit.WORKDAYS:
        doubts.append(("workdays", f"周期后的{clause.amount}个工作日按自然日计，请确认"))
    if freq in (Freq.WEEKLY, Freq.DAILY) or clause.unit is Unit.HOURS:
        doubts.append(("marks", "周期后的期限未能读出，按周期末日计，请确认"))
        return ()
    month, day = 1, clause.amount
    if clause.unit is Unit.MONTHS:
        month, day = clause.amount, -1
    elif clause.unit is Unit.WEEKS:
        day = 7 * clause.amount
    if day > 31 or month > 12:
        doubts.append(("marks", "周期后的期限未能读出，按周期末日计，请确认"))
        return ()
    return (Mark(month=None if freq is Freq.MONTHLY else month, day=day, later=1),)
