"""Every row of the deadline tables in 管理员手册 says what `gkbot when` and the calendar say."""

import re
from collections.abc import Sequence
from datetime import date
from itertools import islice

import pytest
from manuals import ADMIN, codes, rows, section

from gkbot.deadline import Calendar, Deadline, Kind, occurrences, read, reckon

TEXT = section(ADMIN.read_text(encoding="utf-8"), "四、期限怎么写")
ISSUED = date(2026, 1, 20)
START, END = date(2026, 1, 1), date(2031, 1, 1)
CALENDAR = Calendar.builtin()
WORDS = {
    Kind.BY: "截止",
    Kind.WITHIN: "期间",
    Kind.RECURRING: "周期",
    Kind.AFTER_EVENT: "起算",
    Kind.ONGOING: "持续",
    Kind.VAGUE: "待定",
}
DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def table() -> list[tuple[str, str, str, str]]:
    """Phrase, kinds, days, whether a person must confirm."""
    found = rows(TEXT, "期限怎么写", "类别", "怎样理解", "日子", "要人确认")
    return [(codes(phrase)[0], kinds, days, confirm) for phrase, kinds, _, days, confirm in found]


def days_of(deadline: Deadline, shown: str) -> str:
    """The days of a deadline in the form that `shown` has."""
    dates = DATE.findall(shown)
    if "起算" in shown:
        reckoned = reckon(deadline.schedule, trigger=date.fromisoformat(dates[0]), calendar=CALENDAR, roll=None)
        return f"{dates[0]} 起算 → {reckoned.due if reckoned else '没有'}"
    if deadline.kind is Kind.RECURRING:
        found = occurrences(deadline.schedule, start=START, end=END, calendar=CALENDAR)
        return "、".join(str(day.due) for day in islice(found, len(dates))) + "……"
    if deadline.due is None:
        return "没有"
    return f"{deadline.start} 至 {deadline.due}" if deadline.kind is Kind.WITHIN else str(deadline.due)


def is_doubtful(deadlines: Sequence[Deadline]) -> bool:
    """Whether a person must settle a reading."""
    return any(found.ambiguous or found.doubts or found.kind is Kind.VAGUE for found in deadlines)


@pytest.mark.parametrize(("phrase", "kinds", "days", "confirm"), table(), ids=lambda value: value)
def test_a_row_says_what_the_reader_says(phrase: str, kinds: str, days: str, confirm: str) -> None:
    found = read(phrase, issued=ISSUED, year=2026, calendar=CALENDAR)
    shown = days.split("；")
    assert [WORDS[deadline.kind] for deadline in found] == kinds.split("；")
    assert [days_of(deadline, text) for deadline, text in zip(found, shown, strict=True)] == shown
    assert confirm == ("是" if is_doubtful(found) else "否")


def test_every_kind_of_deadline_has_a_row() -> None:
    assert {kind for _, kinds, _, _ in table() for kind in kinds.split("；")} == set(WORDS.values())
