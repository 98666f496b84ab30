"""The plan as month calendars: for each day how many notices go out, and which tasks fall due."""

import calendar
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from gkbot.deadline import Calendar
from gkbot.planning import Plan
from gkbot.screen import cells

CELL = 15  # screen cells of a column: seven of them fit a terminal of 120
MOST_TASKS = 3
WEEKDAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """What a month's cells say.

    Attributes:
        counts: Notices of each day, drafts apart.
        due: Tasks that fall due on each day.
        first, last: Days that were planned; the others stay empty.
    """

    counts: Mapping[date, tuple[int, int]]
    due: Mapping[date, tuple[str, ...]]
    first: date
    last: date


def month_lines(plans: Sequence[Plan], due: Mapping[date, tuple[str, ...]], workdays: Calendar) -> Iterator[str]:
    """The months of the plans, line by line."""
    first, last = plans[0].day, plans[-1].day
    counts = {}
    for plan in plans:
        drafts = sum(notice.draft for notice in plan.notices)
        counts[plan.day] = (len(plan.notices) - drafts, drafts)
    month = Month(counts=counts, due=due, first=first, last=last)
    year, number = first.year, first.month
    while (year, number) <= (last.year, last.month):
        yield from _month(year, number, month, workdays)
        year, number = (year + 1, 1) if number == 12 else (year, number + 1)


def _month(year: int, number: int, month: Month, workdays: Calendar) -> Iterator[str]:
    yield f"{year}年{number}月"
    yield _row(WEEKDAYS)
    for week in calendar.Calendar().monthdatescalendar(year, number):
        yield "─" * (CELL * 7 + 6)
        columns = [list(_cell(day, month, workdays)) if day.month == number else [] for day in week]
        for index in range(max(map(len, columns))):
            yield _row([column[index] if index < len(column) else "" for column in columns])
    yield ""


def _cell(day: date, month: Month, workdays: Calendar) -> Iterator[str]:
    yield f"{day.day:>2}{_mark(day, workdays)}"
    if not month.first <= day <= month.last:
        return
    sent, drafts = month.counts.get(day, (0, 0))
    if sent or drafts:
        yield f"发{sent}条" + (f" 草稿{drafts}" if drafts else "")
    tasks = month.due.get(day, ())
    yield from (f"截止{task}" for task in tasks[:MOST_TASKS])
    if len(tasks) > MOST_TASKS:
        yield f"等{len(tasks)}项截止"


def _mark(day: date, workdays: Calendar) -> str:
    if workdays.make_up_workday(day):
        return " 班"
    rest = workdays.rest_name(day)
    return "" if rest is None else " 休" if rest.startswith("周") else f" {rest.split('、')[0]}"


def _row(texts: Sequence[str]) -> str:
    return "│".join(_fitted(text) for text in texts).rstrip()


def _fitted(text: str) -> str:
    """The text in exactly a column's cells."""
    while cells(text) > CELL:
        text = text[:-2] + "…"
    return text + " " * (CELL - cells(text))
