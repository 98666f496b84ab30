"""The steps of a count in Chinese: what was counted, what was skipped and why."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import TYPE_CHECKING

from gkbot.deadline.calendar import Calendar
from gkbot.deadline.day_words import amount_words, full_day, moment_words, short_day, stretch_words
from gkbot.deadline.extension import Extension
from gkbot.deadline.reckoning import Step
from gkbot.deadline.schedule import Roll, Unit

if TYPE_CHECKING:
    from gkbot.deadline.counting import Leg

NOT_COUNTED = "当日不计入（《民法典》第二百零一条）"
WEEKEND = {"周六", "周日"}


def leg_steps(leg: "Leg", calendar: Calendar) -> list[Step]:
    """One counted stretch from its first step to its due day."""
    steps = list(_counting_steps(leg, calendar))
    if leg.unit is not Unit.WORKDAYS or not leg.amount:
        steps += _move_steps(leg.nominal, leg.due, leg.roll, calendar)
    steps += _doubt_steps(leg.missing, max(leg.due, leg.after))
    steps.append(Step(day=leg.due, text=f"截止{full_day(leg.due)}（含当日）"))
    return steps


def extension_steps(legs: Sequence["Leg"], extensions: Sequence[Extension], calendar: Calendar) -> Iterator[Step]:
    """The extensions one after the other, each with its approver and paper."""
    for leg, extension in zip(legs, extensions, strict=True):
        grant = f"经{extension.approver}批准延期（{extension.basis}）"
        if extension.until is not None:
            yield Step(day=leg.due, text=f"{grant}，截止改为{full_day(leg.due)}（含当日）")
        else:
            yield Step(day=leg.after, text=f"{grant}，在原截止日后延长{amount_words(leg.amount, leg.unit)}")
            yield from leg_steps(leg, calendar)


def roll_steps(
    day: date, due: date, roll: Roll, missing: Sequence[int], calendar: Calendar, because: str | None
) -> list[Step]:
    """A fixed day and what became of it."""
    steps = [Step(day=day, text=because or f"规定的日期是{full_day(day)}")]
    steps += _move_steps(day, due, roll, calendar)
    steps += _doubt_steps(missing, max(day, due))
    steps.append(Step(day=due, text=f"截止{full_day(due)}（含当日）"))
    return steps


def hour_steps(
    trigger: date | datetime,
    begun: datetime,
    amount: int,
    ends: Sequence[datetime],
    stops: Sequence[tuple[date, date]],
    extensions: Sequence[Extension],
) -> list[Step]:
    """A count of hours, which run through nights and rest days."""
    from_when = "" if isinstance(trigger, datetime) else "（未写明时刻，从严按0时）"
    direction = "起" if amount >= 0 else "往前"
    text = f"自{moment_words(begun)}{from_when}{direction}数{abs(amount)}小时，节假日和夜间不停"
    steps = [Step(day=begun.date(), text=text)]
    steps += _stop_steps(begun.date() - timedelta(days=1), ends[-1].date(), stops if amount > 0 else ())
    steps.append(Step(day=ends[0].date(), text=f"截止{moment_words(ends[0])}"))
    for end, extension in zip(ends[1:], extensions, strict=True):
        grant = f"经{extension.approver}批准延期（{extension.basis}）"
        steps.append(Step(day=end.date(), text=f"{grant}，截止改为{moment_words(end)}"))
    return steps


def _counting_steps(leg: "Leg", calendar: Calendar) -> Iterator[Step]:
    after, amount, unit = leg.after, leg.amount, leg.unit
    if amount == 0:
        yield Step(day=after, text=f"限{full_day(after)}当日")
        return
    count = amount_words(amount, unit)
    direction = "起算" if amount > 0 else "往前数"
    if unit is Unit.WORKDAYS:
        yield Step(day=after, text=f"自{full_day(after)}{direction}，{NOT_COUNTED}，共{count}")
        yield from _workday_steps(leg, calendar)
        return
    yield Step(day=after, text=f"自{full_day(after)}{direction}，{NOT_COUNTED}，共{count}，到{full_day(leg.plain)}")
    if unit in {Unit.MONTHS, Unit.YEARS} and leg.plain.day != after.day:
        text = f"{leg.plain.year}年{leg.plain.month}月没有{after.day}日，取当月最后一日（《民法典》第二百零二条）"
        yield Step(day=leg.plain, text=text)
    if amount > 0 and leg.nominal != leg.plain:
        yield from _stop_steps(after, leg.nominal, leg.stops)
        yield Step(day=leg.nominal, text=f"扣除暂停的日子，期满日为{full_day(leg.nominal)}")


def _workday_steps(leg: "Leg", calendar: Calendar) -> Iterator[Step]:
    """Each stretch of like days: so many workdays counted, or rest days left out with their reason."""
    stops = leg.stops if leg.amount > 0 else ()
    direction = 1 if leg.amount > 0 else -1
    length = abs((leg.nominal - leg.after).days)
    days = [leg.after + timedelta(days=direction * offset) for offset in range(1, length + 1)]
    counted = 0
    for why, group in groupby(days, key=lambda day: _day_reason(day, calendar, stops)):
        stretch = sorted(group)
        said = stretch_words(stretch)
        if why == "工作日":
            counted += len(stretch)
            single = len(stretch) == 1
            tail = f"计为第{counted}个工作日" if single else f"{len(stretch)}个工作日，计至第{counted}个"
            yield Step(day=stretch[0], text=f"{said}：{tail}")
        elif why == "调休上班":
            for day in stretch[::direction]:
                counted += 1
                yield Step(day=day, text=f"{short_day(day)}调休上班，计为第{counted}个工作日")
        else:
            yield Step(day=stretch[0], text=f"{said}：{why}，不计")


def _day_reason(day: date, calendar: Calendar, stops: Sequence[tuple[date, date]]) -> str:
    if any(first <= day <= last for first, last in stops):
        return "暂停计时"
    name = calendar.rest_name(day)
    if name is None:
        return "调休上班" if calendar.make_up_workday(day) else "工作日"
    return "休息" if name in WEEKEND else f"{name}放假"


def _stop_steps(after: date, end: date, stops: Sequence[tuple[date, date]]) -> Iterator[Step]:
    for first, last in stops:
        if last > after and first <= end:
            begin = max(first, after + timedelta(days=1))
            days = [begin + timedelta(days=offset) for offset in range((last - begin).days + 1)]
            yield Step(day=begin, text=f"{stretch_words(days)}：暂停计时，不计{len(days)}日")


def _move_steps(day: date, due: date, roll: Roll, calendar: Calendar) -> Iterator[Step]:
    """Why a day that is a rest day moved, or stayed."""
    name = calendar.rest_name(day)
    if name is None:
        return
    what = f"{full_day(day)}是休息日" if name in WEEKEND else f"{full_day(day)}{name}放假"
    if roll is Roll.NONE:
        yield Step(day=day, text=f"{what}，规定日期不顺延")
        return
    make_up = "（调休上班）" if calendar.make_up_workday(due) else ""
    if roll is Roll.PRECEDING and due > day:
        yield Step(day=day, text=f"{what}，期内之前没有工作日可提前，改为顺延到{full_day(due)}{make_up}")
    elif roll is Roll.PRECEDING:
        yield Step(day=day, text=f"{what}，提前到之前最近的工作日{full_day(due)}{make_up}")
    else:
        law = "（《民法典》第二百零三条）"
        yield Step(day=day, text=f"{what}，顺延到休假结束后的工作日{full_day(due)}{make_up}{law}")


def _doubt_steps(missing: Sequence[int], last: date) -> Iterator[Step]:
    for year in missing:
        if year > last.year:
            text = f"{year}年放假安排尚未公布，可能调动{last.year}年12月29日至31日，结果暂定"
        else:
            text = f"{year}年放假安排没有公布或没有收录，先按周一至周五、除去法定节假日推算，结果暂定"
        yield Step(day=None, text=text)
