"""Laws of reading that hold for every text."""

import re
import sys
from datetime import date, timedelta
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from benchmarks.fuzz import fuzz
from gkbot.deadline import Calendar, read, trace
from gkbot.deadline.script import SIMPLIFIED, TRADITIONAL

CALENDAR = Calendar.builtin()
ISSUED = date(2023, 5, 17)
ROWS: list[dict[str, Any]] = [
    row
    for name in ("accepted.yaml", "refused.yaml")
    for row in yaml.safe_load((Path(__file__).parents[1] / "data" / "phrases" / name).read_text(encoding="utf-8"))
]
WORDS = sorted({row["phrase"] for row in ROWS})
DATED = ("by", "within", "recurring", "after_event")
PROSE = ("各单位要高度重视", "现将有关事项通知如下", "请认真贯彻执行", "强化组织领导", "压实工作责任", "见附件")
TO_TRADITIONAL = {ord(new): old for old, new in zip(TRADITIONAL, SIMPLIFIED, strict=True) if old >= "一"}
TO_WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}

deadline_letters = st.text(
    "0123456789一二三十〇年月日底前后内至到、，。每周季度个工作之起自在于止（）-:“”五节旬上下本次期", max_size=60
)
texts = st.one_of(st.text(), deadline_letters, st.lists(st.sampled_from(WORDS), max_size=5).map("".join))
phrases = st.sampled_from(WORDS)
days = st.dates(date(1990, 1, 1), date(2090, 12, 31))


def meant(text: str, issued: date = ISSUED) -> list[tuple[object, ...]]:
    return [
        (found.kind, found.schedule, found.due, found.start, found.ambiguous)
        for found in read(text, issued=issued, calendar=CALENDAR)
        if found.kind in DATED
    ]


def figures(text: str) -> list[tuple[object, ...]]:
    """What is meant, without the words of the event, which keep their script."""
    return [(found["kind"], found["due"], found["start"], found["recurrence"], found["offset"]) for found in json(text)]


def json(text: str) -> list[dict[str, Any]]:
    return [found.as_json() for found in read(text, issued=ISSUED, calendar=CALENDAR)]


@given(text=texts, issued=days)
@settings(max_examples=300)
def test_no_text_is_too_strange_and_spans_point_at_the_words(text: str, issued: date) -> None:
    for found in read(text, issued=issued, calendar=CALENDAR):
        start, end = found.span
        assert 0 <= start < end <= len(text)
        assert text[start:end] == found.text
        assert found.why.endswith("。")
        found.as_json()


@given(phrase=phrases, before=st.sampled_from(PROSE), after=st.sampled_from(PROSE))
def test_sentences_around_a_clause_change_nothing(phrase: str, before: str, after: str) -> None:
    assert meant(f"{before}。{phrase}。{after}。") == meant(phrase)


@given(phrase=phrases)
def test_script_and_width_change_nothing(phrase: str) -> None:
    assert figures(phrase.translate(TO_TRADITIONAL)) == figures(phrase)
    assert figures(phrase.translate(TO_WIDE)) == figures(phrase)


@given(phrase=phrases, place=st.integers(0, 80))
@example(phrase="自受理之日起20個(gè)工作日內(nèi)作出行政許可決定", place=10)
@example(phrase="自受理之日起20個(gè)工作日內(nèi)作出行政許可決定", place=40)
def test_a_line_break_inside_a_phrase_changes_nothing(phrase: str, place: int) -> None:
    place %= len(phrase) + 1
    broken = f"{phrase[:place]}\n{phrase[place:]}"
    if not (phrase[max(0, place - 1) : place].isdigit() and phrase[place : place + 1].isdigit()):
        assert {row[:3] for row in figures(phrase) if row[0] in DATED} <= {row[:3] for row in figures(broken)}


@given(text=texts)
def test_a_trace_ends_in_the_same_deadlines(text: str) -> None:
    assert trace(text, issued=ISSUED, calendar=CALENDAR).deadlines == read(text, issued=ISSUED, calendar=CALENDAR)


@given(text=texts, later=st.integers(0, 400))
def test_a_stretch_ends_after_it_begins(text: str, later: int) -> None:
    for found in read(text, issued=ISSUED + timedelta(days=later), calendar=CALENDAR):
        if found.start is not None and found.due is not None:
            assert found.start.isoformat() <= found.due.isoformat()[:10]


@pytest.mark.parametrize(
    "seed",
    [
        "1", "一", "每", "每月", "每年1月", "(", "((2023年", "、", "1、", "1月、", "至", "自", "年",
        "后", "前", "日前", "12:", "2023-", "底", "起至", "之日起", "十四五", "内", "3日", "周五",
        "至少", "1次", "\n", " 1", "，", "不超过", "收到", "即日起至", "第一", "月底", "周报、", "“",
        "农历",
    ],
)  # fmt: skip
def test_work_grows_with_the_length_only(seed: str) -> None:
    """Calls are counted, not seconds, so that a busy machine changes nothing; benchmarks/hostile.py measures time."""
    short, long = seed * (2_000 // len(seed)), seed * (16_000 // len(seed))

    assert _calls(long) < 12 * _calls(short) + 1_000


def _calls(text: str) -> int:
    calls = 0

    def count(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        read(text, issued=ISSUED, calendar=CALENDAR)
    finally:
        sys.setprofile(before)
    return calls


@pytest.mark.parametrize("text", ["每季度后7个月内", "每季度批复后半年", "每半年结束后10个月内"])
def test_months_past_the_end_of_the_year_are_months_of_the_next(text: str) -> None:
    named = re.findall(r"(\d\d)-", json(text)[0]["recurrence"]["by"])

    assert named
    assert all(1 <= int(month) <= 12 for month in named)


def test_random_words_of_deadlines_do_no_harm() -> None:
    assert list(fuzz(3_000, seed=20_260_522)) == []
