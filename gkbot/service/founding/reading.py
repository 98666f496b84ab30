"""The words of a deadline read back to the person who typed them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice

from gkbot.deadline import AfterEvent, Calendar, Deadline, Kind, occurrences, reckon
from gkbot.rulebook.phrases import Phrase, PhraseReader
from gkbot.rulebook.values import Severity
from gkbot.service.founding.answers import NotUnderstood
from gkbot.service.views import WEEKDAY_WORDS

CHECK_IN = "每季度末月25日前"
NEXT_PERIODS = 3
YEARS_AHEAD = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What was understood.

    Attributes:
        lines: What the person is told, first line first.
        event: The event that a period is counted from, where the task has to name it; else None.
        has_day: The words give a day by themselves, sooner or later.
    """

    words: str
    lines: tuple[str, ...]
    event: str | None = None
    has_day: bool = True


def reading(text: str, *, issued: date, year: int, today: date) -> Reading:
    """Read the words of a deadline.

    Raises:
        NotUnderstood: They cannot stand in a rule file; the text says why and how to mend them.
    """
    words = " ".join(text.split())
    phrase = PhraseReader(Calendar.builtin()).read(words, issued, year)
    wrong = next((remark for remark in phrase.remarks if remark.severity is Severity.ERROR), None)
    if wrong is not None:
        raise NotUnderstood(f"{wrong.message}。{_ended(wrong.fix)}")
    told = [f"“{deadline.text}” → {_meaning(deadline, issued, today)}" for deadline in phrase.deadlines]
    events = [_event(deadline) for deadline in phrase.deadlines if deadline.kind is Kind.AFTER_EVENT]
    return Reading(
        words=words,
        lines=(*told, *_doubts(phrase)),
        event=next((event for event in events if event is not None), None),
        has_day=any(deadline.kind not in {Kind.ONGOING, Kind.VAGUE} for deadline in phrase.deadlines),
    )


def day_words(day: date) -> str:
    """2026-07-31（周五）."""
    return f"{day:%Y-%m-%d}（{WEEKDAY_WORDS[day.weekday()]}）"


def _meaning(deadline: Deadline, issued: date, today: date) -> str:
    provisional = "，暂定" if deadline.provisional else ""
    match deadline.kind:
        case Kind.WITHIN:
            start = "" if deadline.start is None else f"{deadline.start:%Y-%m-%d} 至 "
            return f"期间 {start}{_due(deadline.due)}{provisional}"
        case Kind.RECURRING:
            days = "、".join(day_words(day) for day in _coming(deadline, today))
            return f"周期，接下来是 {days}" if days else "周期，五年内没有要到期的"
        case Kind.AFTER_EVENT if deadline.due is None:
            return "起算，事情发生并登记以后才有截止日"
        case Kind.AFTER_EVENT:
            counted = reckon(deadline.schedule, trigger=issued, calendar=Calendar.builtin(), roll=None)
            return f"截止 {_due(counted.due if counted else deadline.due)}{provisional}"
        case Kind.ONGOING:
            return f"持续，没有截止日；按“{CHECK_IN}”提醒报进展"
        case Kind.VAGUE:
            return "待定，没有截止日，不会按日期提醒；由人定下来以后用“确认”写明"
        case _:
            return f"截止 {_due(deadline.due)}{provisional}"


def _due(due: date | None) -> str:
    if due is None:
        return "没有日期"
    hour = f"{due:%H:%M}，" if isinstance(due, datetime) else ""
    return day_words(due)[:-1] + f"，{hour}含当日）"


def _coming(deadline: Deadline, today: date) -> Iterator[date]:
    end = date(today.year + YEARS_AHEAD, 1, 1)
    first = max(today, deadline.start or today)
    found = occurrences(deadline.schedule, start=first, end=end, calendar=Calendar.builtin())
    return (each.due for each in islice(found, NEXT_PERIODS))


def _event(deadline: Deadline) -> str | None:
    """The event that the task must name; None where the words count from the document's own issue."""
    if deadline.due is not None or not isinstance(deadline.schedule, AfterEvent):
        return None
    return deadline.schedule.event or "起算事件"


def _doubts(phrase: Phrase) -> Iterator[str]:
    for remark in phrase.remarks:
        if remark.severity is Severity.WARNING:
            yield f"注意：{remark.message}。{_ended(remark.fix)}"


def _ended(sentence: str) -> str:
    return sentence if sentence.endswith(("？", "。")) else f"{sentence}。"
