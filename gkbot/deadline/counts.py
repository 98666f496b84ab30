"""What a count means: so many units after its event, or before it."""

from datetime import date
from typing import TYPE_CHECKING

from gkbot.deadline.clauses import Clause
from gkbot.deadline.meaning import Reading
from gkbot.deadline.normal import Folded
from gkbot.deadline.schedule import UNIT_WORDS, AfterEvent, Roll
from gkbot.deadline.triggers import Event, event_after_before, event_before

if TYPE_CHECKING:
    from gkbot.deadline.calendar import Calendar

QUOTES = "“”\"'‘’「」『』"
MOST = 100_000  # units: hostile text shall not make years beyond the calendar


def period(clause: Clause, folded: Folded) -> Reading | None:
    """The reading of a count, with its event where the words name one."""
    if not 0 < clause.amount <= MOST or clause.unit is None:
        return None
    backwards = clause.prefix in ("before", "advance") or clause.suffix == "before"
    event = event_after_before(folded.text, clause.start) if backwards else event_before(folded.text, clause.start)
    if clause.prefix == "advance":
        event = Event(clause.start, clause.start, clause.start, named=False)
    if clause.suffix == "before" and not event.named:
        return None
    schedule = AfterEvent(
        event=_words(folded, event),
        amount=-clause.amount if backwards else clause.amount,
        unit=clause.unit,
        own_document=event.own_document and not backwards,
    )
    doubts = [] if event.named else [("event", "起算事件没有写明，请补充")]
    start = min(event.clause_start, clause.start) if event.named else clause.start
    return Reading(start, clause.end, schedule, why(schedule), [], doubts, None, "count")


def counted(trigger: date, clause: Clause, calendar: "Calendar") -> date | None:
    """The last day of a count from a known day, or None where it leaves the calendar."""
    from gkbot.deadline.counting import count_from

    if clause.unit is None or not 0 < clause.amount <= MOST:
        return None
    try:
        return count_from(trigger, clause.amount, clause.unit, calendar=calendar, roll=Roll.NONE).due
    except OverflowError:
        return None


def _words(folded: Folded, event: Event) -> str:
    if event.start >= event.end:
        return ""
    words = folded.original(event.start, event.end).strip(QUOTES)
    return words.removeprefix("本文件").strip(QUOTES) if '"' in folded.text[event.start : event.end] else words


def why(schedule: AfterEvent) -> str:
    """The count in a sentence."""
    amount = f"{abs(schedule.amount)}{UNIT_WORDS[schedule.unit]}"
    event = f"“{schedule.event}”" if schedule.event else "未写明的事件"
    if schedule.amount < 0:
        return f"在{event}之前至少{amount}，事件日期确定后倒推"
    if schedule.own_document:
        return f"自本文件印发之日起算{amount}，当日不计入"
    return f"自{event}起算{amount}，当日不计入，事件发生后才有截止日"
