"""Every deadline in a text: fold, lex, parse, judge by the words around, and say what is meant."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from gkbot.deadline import meaning
from gkbot.deadline.days import Frame
from gkbot.deadline.deadlines import Alternative, Deadline, Doubt
from gkbot.deadline.lexer import tokens
from gkbot.deadline.meaning import Reading
from gkbot.deadline.normal import Folded
from gkbot.deadline.reader import Reader
from gkbot.deadline.schedule import AfterEvent, By, Recurring, Roll, Schedule, Within

if TYPE_CHECKING:
    from gkbot.deadline.calendar import Calendar


@dataclass(frozen=True, slots=True)
class Step:
    """A clause the grammar found, and what became of it."""

    words: str
    span: tuple[int, int]
    rule: str
    verdict: str  # accepted, refused, first day …


@dataclass(frozen=True, slots=True)
class Trace:
    """How a text was read: `gkbot when --trace`."""

    tokens: tuple[tuple[str, str, tuple[int, int]], ...]
    steps: tuple[Step, ...]
    deadlines: tuple[Deadline, ...]


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
    readings = reader.readings()
    return tuple(_deadline(reading, folded, issued, calendar) for reading in readings)


def trace(text: str, *, issued: date, year: int | None = None, calendar: "Calendar") -> Trace:
    """The same with its intermediate steps."""
    folded = Folded(text)
    found = tokens(folded.text)
    reader = Reader(folded, found, Frame(issued=issued, year=year or issued.year, calendar=calendar), calendar)
    deadlines = tuple(_deadline(reading, folded, issued, calendar) for reading in reader.readings())
    shown = tuple((token.kind, token.word, folded.span(token.start, token.end)) for token in found)
    steps = tuple(
        Step(
            text[slice(*folded.span(clause.start, clause.end))],
            folded.span(clause.start, clause.end),
            clause.rule,
            verdict,
        )
        for clause, verdict in reader.verdicts
    )
    return Trace(shown, steps, deadlines)


def _deadline(reading: Reading, folded: Folded, issued: date, calendar: "Calendar") -> Deadline:
    span = folded.span(reading.start, reading.end)
    schedule = reading.schedule
    due: date | datetime | None = None
    start: date | None = None
    why, provisional = reading.why, False
    if isinstance(schedule, By):
        due = meaning.due_value(schedule.due, schedule.at)
    elif isinstance(schedule, Within):
        due, start = meaning.due_value(schedule.due, schedule.at), schedule.start
    elif isinstance(schedule, Recurring):
        due, start = schedule.until, schedule.start
    elif isinstance(schedule, AfterEvent) and schedule.own_document:
        due, provisional = _counted_from_issue(schedule, issued, calendar)
        why = f"{why}，印发日期{meaning.day_words(issued)}，截止{due:%Y-%m-%d}"
    others = tuple(Alternative(due=day, why=reason) for day, reason in reading.alternatives)
    others += _holiday_eve(reading, schedule, calendar)
    return Deadline(
        text=folded.source[span[0] : span[1]],
        span=span,
        schedule=schedule,
        due=due,
        start=start,
        ambiguous=bool(others),
        alternatives=others,
        doubts=tuple(Doubt(code=code, text=words, span=span) for code, words in reading.doubts),
        provisional=provisional,
        why=f"{why}。",
    )


def _counted_from_issue(schedule: AfterEvent, issued: date, calendar: "Calendar") -> tuple[date | datetime, bool]:
    from gkbot.deadline.counting import count_from

    try:
        found = count_from(issued, schedule.amount, schedule.unit, calendar=calendar, roll=Roll.FOLLOWING)
    except OverflowError:
        return date.max, True
    return meaning.due_value(found.due, found.at), found.provisional


def _holiday_eve(reading: Reading, schedule: Schedule, calendar: "Calendar") -> tuple[Alternative, ...]:
    """春节前 may mean before the days off begin: the last working day."""
    if not isinstance(schedule, By) or not reading.why.endswith("（含当日）") or "前”截止到前一日" not in reading.why:
        return ()
    try:
        day = calendar.workday_on_or_before(schedule.due)
    except OverflowError:
        return ()
    return (Alternative(due=day, why="也可理解为放假前的最后一个工作日"),) if day != schedule.due else ()
