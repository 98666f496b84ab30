"""What a clause means: Schedule, other readings, doubts and the Chinese sentence that says why."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from gkbot.deadline.clauses import Clause
from gkbot.deadline.days import DOUBTFUL_PARTS
from gkbot.deadline.frame import Frame, Stretch
from gkbot.deadline.point import Point
from gkbot.deadline.schedule import By, Schedule, Unit, Within

ONE_DAY = timedelta(days=1)
EARLY_PART_LATEST = 10  # 月初 read generously is the first ten days


@dataclass(slots=True)
class Reading:
    """One deadline read from a clause; positions are those of the folded text."""

    start: int
    end: int
    schedule: Schedule
    why: str
    alternatives: list[tuple[date, str]] = field(default_factory=list)
    doubts: list[tuple[str, str]] = field(default_factory=list)
    carries: int | None = None
    rule: str = ""
    eve: bool = False  # 春节前: perhaps before the days off begin


def due_value(day: date, at: time | None) -> date | datetime:
    """A day, or a moment where the words name an hour."""
    return day if at is None else datetime.combine(day, at)


# --- sharing: what the other points of a list or range leave out ----------------------------------------------


def share(points: list[Point], *, ranged: bool) -> None:
    """Give each point the units that only the last (list) or the first (range) names."""
    last = points[-1]
    for point in reversed(points[:-1]):
        if point.bare is not None:
            _unit_from(point, last)
        if not ranged and point.scale == "month" and last.scale in ("day", "part") and last.month is not None:
            point.day, point.part = last.day, last.part
        if not ranged and point.scale == "quarter" and last.scale == "part" and last.quarter is not None:
            point.part = last.part
        if point.hour is None and not ranged and point.scale == "day":
            point.hour, point.minute = last.hour, last.minute
    first = points[0]
    for point in points[1:]:
        _unit_before(point, first)
        first = point


def _unit_from(point: Point, last: Point) -> None:
    value, point.bare = point.bare, None
    if last.month is not None and (last.day is None or last.bare is None):
        point.month, point.day, point.part = value, last.day, last.part
        if last.day is not None and point.year is None and value is not None and value > 12:
            point.month, point.day = None, value
    elif last.day is not None:
        point.day = value
    elif last.quarter is not None:
        point.quarter, point.part = value, last.part
    elif last.year is not None and value is not None and value >= 1900:
        point.year, point.part = value, last.part
    else:
        point.bare = value


def _unit_before(point: Point, first: Point) -> None:
    if point.bare is not None:
        value, point.bare = point.bare, None
        if first.day is not None:
            point.day = value
        elif first.month is not None:
            point.month = value
    if point.day is not None and point.month is None and point.month_shift is None:
        point.month, point.month_shift = first.month, first.month_shift
    if not point.has_year and first.has_year and point.festival is None:
        point.year, point.year_shift = first.year, first.year_shift


# --- bounds -----------------------------------------------------------------------------------------------------


def bound(clause: Clause, point: Point, days: Stretch, frame: Frame, *, held: bool) -> Reading:
    """By a day; or within a part of a month in which something is held (`held`)."""
    due, alternatives, rule = _due(clause, point, days)
    doubts = list(days.doubts)
    schedule: Schedule = By(due=due, at=days.at)
    if held and days.first < days.last:
        schedule, rule = (
            Within(start=days.first, due=days.last),
            f"在此期间，自{day_words(days.first)}至{day_words(days.last)}",
        )
    elif not days.year_written and due < frame.issued and frame.carried is None:
        later = _next_year(due)
        if later is not None:
            alternatives.append((later, "未写年份且早于印发日期，可能指下一年"))
            doubts.append(("past", f"未写年份，按{due.year}年计早于印发日期{day_words(frame.issued)}"))
    if point.part in DOUBTFUL_PARTS and not alternatives and isinstance(schedule, By):
        doubts.append(("part", f"“{point.part}”没有统一的截止日，请确认"))
    why = f"{_year_reason(point, days, frame)}{rule}"
    carried = due.year if point.year is not None or point.year_shift is not None else None
    eve = point.festival is not None and clause.suffix == "before" and not days.sharp
    return Reading(clause.start, clause.end, schedule, why, alternatives, doubts, carried, "bound", eve)


def _due(clause: Clause, point: Point, days: Stretch) -> tuple[date, list[tuple[date, str]], str]:
    last = days.last
    others: list[tuple[date, str]] = []
    if clause.suffix == "before" and not days.sharp:
        if point.festival is not None:
            before = days.first - ONE_DAY
            return before, others, f"“{point.festival}前”截止到前一日{day_words(before)}（含当日）"
        if point.scale == "part":
            others.append(
                (days.first - ONE_DAY, f"“{point.part}前”也可理解为在此之前，即{day_words(days.first - ONE_DAY)}")
            )
            return last, others, f"“{point.part}前”按该段最后一日{day_words(last)}计（含当日）"
        before = days.first - ONE_DAY
        others.append((last, f"“前”也可理解为含该期间，即{day_words(last)}"))
        return before, others, f"“前”不含所写期间，截止到前一日{day_words(before)}（含当日）"
    if point.part == "初" and point.scale == "part":
        later = last.replace(day=EARLY_PART_LATEST) if point.part_of != "year" else date(last.year, 3, 31)
        if later > last:
            others.append((later, f"“初”的末日没有统一说法，也可理解为{day_words(later)}"))
        return last, others, f"“初”按{day_words(last)}计（含当日）"
    hour = f"{days.at:%H:%M}" if days.at else "（含当日）"
    return last, others, f"截止到{day_words(last)}{hour}"


def _year_reason(point: Point, days: Stretch, frame: Frame) -> str:
    if point.year is not None or point.plan is not None:
        return ""
    if (
        point.festival is not None
        or point.weekday is not None
        or point.day_shift is not None
        or point.month_shift is not None
    ):
        return f"自印发日期{day_words(frame.issued)}推算，"
    if point.year_shift is not None or days.year_written:
        return ""
    if frame.carried is not None:
        return f"未写年份，承前文按{frame.carried}年计，"
    return f"未写年份，按任务年度{frame.year}年计，"


def _next_year(day: date) -> date | None:
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return None


def day_words(day: date) -> str:
    """2023年7月31日."""
    return f"{day.year}年{day.month}月{day.day}日"


# --- stretches --------------------------------------------------------------------------------------------------


def stretch(clause: Clause, first: Stretch, last: Stretch) -> Reading:
    """From a first to a last day; an end before its start lies in the next year (11月至3月)."""
    start, due, at = first.first, last.last, last.at
    doubts = [*first.doubts, *last.doubts]
    if (due < start and not last.year_written) or (due < start and clause.points[-1].year is None):
        later = _next_year(due)
        due = later if later is not None else due
    if clause.suffix == "before" and not last.sharp:
        due = last.first - ONE_DAY
    if due < start:
        doubts.append(("order", "截止日早于开始日，请核对"))
        start = due
    why = f"自{day_words(start)}至{day_words(due)}{f'{at:%H:%M}' if at else '（含当日）'}"
    if clause.prefix == "now":
        why = f"“即日”为印发日期，{why}"
    carried = due.year if clause.points[0].has_year or clause.points[-1].has_year else None
    return Reading(
        clause.start, clause.end, Within(start=start, due=due, at=at), why, [], doubts, carried, rule="stretch"
    )


def running(start: date, amount: int, unit: Unit) -> date | None:
    """The last day of a stretch of so many units that begins on `start` (为期一年: the day before the anniversary)."""
    from gkbot.deadline.counting import plain_end

    if unit in (Unit.HOURS, Unit.WORKDAYS):
        return None
    try:
        return plain_end(start, amount, unit) - ONE_DAY
    except OverflowError:
        return None
