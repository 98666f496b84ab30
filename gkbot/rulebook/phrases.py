"""What the words of a deadline say, read once for each wording, with what a careful reader would question."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from gkbot.deadline import AfterEvent, By, Calendar, Deadline, Kind, Roll, Unit, Within, read, reckon
from gkbot.rulebook.codes import CODES
from gkbot.rulebook.names import nearest
from gkbot.rulebook.values import Severity

_UNIT_WORDS = ("小时", "日", "天", "工作日", "自然日", "周", "星期", "月", "季度", "年")
_NUMBER = r"[0-9０-９一二三四五六七八九十百廿卅两〇]+"
_COUNTED = re.compile(rf"{_NUMBER}\s*个?\s*(?P<unit>[\u4e00-\u9fff]{{1,4}}?)\s*(?:之内|以内|内|之?前|后)")
_STATUTES = (
    ("行政许可法", lambda days: days > 0),
    ("行政处罚法", lambda days: days in {2, 3, 5, 7}),
    ("行政强制法", lambda days: days <= 10),
    ("行政复议法", lambda days: days in {3, 5, 7, 10}),
)
_SAID_OTHERWISE = frozenset({"past", "event"})  # GK114; GK115, where the task names no event either


@dataclass(frozen=True, slots=True)
class Remark:
    """A problem in a phrase.

    Attributes:
        span: Half-open character range in the phrase.
    """

    severity: Severity
    code: str
    message: str
    fix: str
    span: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Phrase:
    """The deadlines that a phrase names, and the remarks that hold whatever the task says."""

    deadlines: tuple[Deadline, ...]
    remarks: tuple[Remark, ...]


class PhraseReader:
    """Reads phrases with one calendar; the same words, issue day and year are read once."""

    def __init__(self, calendar: Calendar) -> None:
        self._calendar = calendar
        self._read: dict[tuple[str, date, int], Phrase] = {}

    def read(self, text: str, issued: date, year: int) -> Phrase:
        """What `text` says in a document issued on `issued` for the task year `year`."""
        key = (text, issued, year)
        if key not in self._read:
            self._read[key] = self._understand(text, issued, year)
        return self._read[key]

    def is_provisional(self, deadline: Deadline, happened: date, roll: Roll | None) -> bool:
        """Counted from the day its event happened, the deadline rests on a year that is not published yet."""
        try:
            reckoning = reckon(deadline.schedule, trigger=happened, calendar=self._calendar, roll=roll)
        except OverflowError:  # 99999999年内
            return False
        return reckoning is not None and reckoning.provisional

    def _understand(self, text: str, issued: date, year: int) -> Phrase:
        deadlines = read(text, issued=issued, year=year, calendar=self._calendar)
        if not deadlines:
            return Phrase((), (_not_understood(text),))
        remarks = [remark for deadline in deadlines for remark in _remarks(deadline, issued)]
        return Phrase(deadlines, tuple(remarks))


def _not_understood(text: str) -> Remark:
    for found in _COUNTED.finditer(text):
        unit = found["unit"]
        if unit not in _UNIT_WORDS:
            near = nearest(unit, list(_UNIT_WORDS))
            fix = f"是不是“{near[0]}”？" if near else f"可以用的单位词：{'、'.join(_UNIT_WORDS)}"
            return Remark(Severity.ERROR, "GK104", f"看不懂的单位“{unit}”", fix, found.span("unit"))
    fix = "照抄原文里写期限的那几个字，例如“7月底前”“批复后20个工作日内”；原文没有期限的写“持续推进”"
    return Remark(Severity.ERROR, "GK110", f"看不懂的期限“{_clip(text)}”", fix, (0, len(text)))


def _remarks(deadline: Deadline, issued: date) -> Iterator[Remark]:
    span = deadline.span
    due = due_day(deadline)
    is_past = due is not None and due < issued and isinstance(deadline.schedule, By | Within)
    if due and is_past:
        message = f"“{deadline.text}”是{due}，早于印发日期{issued}"
        fix = f"是不是{due.year + 1}年？写出年份，或者用“确认”写明截止日期"
        yield Remark(Severity.ERROR, "GK114", message, fix, span)
    if deadline.kind is Kind.VAGUE:
        message = f"“{deadline.text}”没有具体日子，不会按日期提醒"
        yield Remark(Severity.HINT, "GK111", message, "由人定下日期以后，用“确认”写明截止日期、确认人和理由", span)
    if deadline.ambiguous and not is_past:
        message = f"“{deadline.text}”有几种理解：{_readings(deadline)}"
        yield Remark(Severity.WARNING, "GK112", message, "用“确认”写明按哪一天截止", span)
    if deadline.provisional:
        yield provisional_remark(deadline)
    for doubt in deadline.doubts:
        if doubt.code not in _SAID_OTHERWISE:
            yield Remark(Severity.WARNING, "GK118", doubt.text, CODES["GK118"].cure, doubt.span)


def provisional_remark(deadline: Deadline) -> Remark:
    """That the deadline will be reckoned anew when the holiday notice is out."""
    message = f"“{deadline.text}”算到尚未公布放假安排的年份，日期是暂定的"
    return Remark(Severity.HINT, "GK116", message, "放假通知公布后，把安排写进日历文件", deadline.span)


def _readings(deadline: Deadline) -> str:
    first = [str(deadline.due)] if deadline.due else []
    return "，或者".join([*first, *(str(each.due) for each in deadline.alternatives)])


def due_day(deadline: Deadline) -> date | None:
    """The due day without its hour."""
    return deadline.due.date() if isinstance(deadline.due, datetime) else deadline.due


def readings(deadline: Deadline) -> set[date]:
    """Every day that a reader may hold to be the due day."""
    days = [deadline.due, *(each.due for each in deadline.alternatives)]
    return {day.date() if isinstance(day, datetime) else day for day in days if day}


def exclusive(deadline: Deadline) -> Deadline | None:
    """The deadline with the named day itself too late (含当日: 否); None where that says nothing."""
    schedule = deadline.schedule
    if not isinstance(schedule, By) or deadline.due is None or schedule.due == date.min:
        return None
    day = timedelta(days=1)
    return replace(
        deadline,
        due=deadline.due - day,
        schedule=replace(schedule, due=schedule.due - day),
        alternatives=tuple(replace(each, due=each.due - day) for each in deadline.alternatives),
        why=f"{deadline.why}；规则写明不含当日，提前一天",
    )


def statute_counting_workdays(deadline: Deadline, basis: str) -> str | None:
    """The statute in `basis` by which plain 日 in this deadline means working days, if any."""
    schedule = deadline.schedule
    if not isinstance(schedule, AfterEvent) or schedule.unit is not Unit.DAYS:
        return None
    for name, applies in _STATUTES:
        if (name in basis or f"《{name[2:]}" in basis) and applies(abs(schedule.amount)):
            return name
    return None


def _clip(text: str) -> str:
    return text if len(text) <= 30 else text[:30] + "…"
