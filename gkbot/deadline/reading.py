"""Every deadline in a text: fold, lex, parse, judge by the words around, and say what is meant."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from gkbot.deadline import meaning
from gkbot.deadline.deadlines import Alternative, Deadline, Doubt
from gkbot.deadline.frame import Frame
from gkbot.deadline.lexer import tokens
from gkbot.deadline.meaning import Reading
from gkbot.deadline.normal import Folded
from gkbot.deadline.reader import Reader
from gkbot.deadline.schedule import AfterEvent, By, Recurring, Schedule, Within

if TYPE_CHECKING:
    from gkbot.deadline.calendar import Calendar
    from gkbot.deadline.reckoning import Reckoning


def read(text: str, *, issued: date, year: int | None = None, calendar: "Calendar") -> tuple[Deadline, ...]:
    """Every deadline in a text, in order; empty where there is none.

    Args:
        text: Any string, in any script and width.
        issued: Day of issue of the document: 即日, 本月, 今年 are counted from it.
        year: Task year for days without one; default: the year of issue.
        calendar: Working days, for deadlines counted from the document's own issue.
    """
    folded = Folded(text)
    found = tokens(folded.text)
    if not found:
        return ()
    reader = Reader(folded, found, Frame(issued=issued, year=year or issued.year, calendar=calendar), calendar)
    return tuple([deadline_of(reading, folded, issued, calendar) for reading in reader.readings()])


def deadline_of(reading: Reading, folded: Folded, issued: date, calendar: "Calendar") -> Deadline:
    """A reading as a deadline: its days, its words in the original, its doubts."""
    span = folded.span(reading.start, reading.end)
    schedule = reading.schedule
    counted = None
    due: date | datetime | None = None
    start: date | None = None
    if isinstance(schedule, By):
        due = meaning.due_value(schedule.due, schedule.at)
    elif isinstance(schedule, Within):
        due, start = meaning.due_value(schedule.due, schedule.at), schedule.start
    elif isinstance(schedule, Recurring):
        due, start = schedule.until, schedule.start
    elif isinstance(schedule, AfterEvent) and schedule.own_document:
        counted = _counted_from_issue(schedule, issued, calendar)
        due = meaning.due_value(counted.due, counted.at) if counted else date.max
    others = _alternatives(reading, schedule, calendar) if reading.alternatives or reading.eve else ()
    return Deadline(
        text=folded.source[span[0] : span[1]],
        span=span,
        schedule=schedule,
        due=due,
        start=start,
        ambiguous=bool(others),
        alternatives=others,
        doubts=_doubts(reading, span) if reading.doubts else (),
        provisional=counted is not None and counted.provisional,
        why=f"{reading.why}。" if counted is None else f"{reading.why}{_counted_words(counted, issued)}。",
        reckoning=counted,
    )


def _doubts(reading: Reading, span: tuple[int, int]) -> tuple[Doubt, ...]:
    return tuple(Doubt(code=code, text=words, span=span) for code, words in reading.doubts)


def _alternatives(reading: Reading, schedule: Schedule, calendar: "Calendar") -> tuple[Alternative, ...]:
    others = tuple(Alternative(due=day, why=reason) for day, reason in reading.alternatives)
    return others + _holiday_eve(schedule, calendar) if reading.eve and isinstance(schedule, By) else others


def _counted_from_issue(schedule: AfterEvent, issued: date, calendar: "Calendar") -> "Reckoning | None":
    """By the rules of a duty: an end on a rest day rolls (Civil Code art. 203)."""
    from gkbot.deadline.occurrences import reckon

    try:
        return reckon(schedule, trigger=issued, calendar=calendar, roll=None)
    except OverflowError:
        return None


def _counted_words(counted: "Reckoning", issued: date) -> str:
    """What became of the count: from when, and why the last day moved."""
    from gkbot.deadline.day_words import full_day

    moved = (
        [step.text for step in counted.steps if step.day == counted.nominal] if counted.due != counted.nominal else []
    )
    doubtful = "，结果暂定" if counted.provisional else ""
    ends = f"截止{full_day(counted.due)}（含当日）{doubtful}"
    return "，".join(("", f"印发日期{full_day(issued)}", *moved, ends))


def _holiday_eve(schedule: By, calendar: "Calendar") -> tuple[Alternative, ...]:
    """春节前 may mean before the days off begin: the last working day."""
    try:
        day = calendar.workday_on_or_before(schedule.due)
    except OverflowError:
        return ()
    return (Alternative(due=day, why="也可理解为放假前的最后一个工作日"),) if day != schedule.due else ()
