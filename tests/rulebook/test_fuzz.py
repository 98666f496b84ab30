"""Whatever is typed: no exception, no place outside the file, and the same answer twice."""

import random
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gkbot.rulebook import LoadResult, Place, Problem, Severity, format_problem, load_files
from tests.rulebook.test_loading import UNITS, task
from tests.tools import fuzz_rules

CONFIRMED = "{截止: 2023-07-31, 确认人: 李某, 日期: 2023-06-01, 理由: 附件}"
GOOD = UNITS + task(确认=CONFIRMED, 备注="|\n      两行\n      文字")
PIECES = [
    *"：　\t，、[]{}\"'“#－|>%@&\u200b\ufeff\x00\x85\u2028\n\r０𠮷",
    *(": ", " #", "- ", "---\n", "&a", "*a", "!!", "任务", "单位:", "? ", "<<: "),
]


def check(data: bytes) -> LoadResult:
    result = load_files({"a/plan.yaml": data}, date(2023, 6, 1), shown_root="rules")
    lines = data.count(b"\n") + data.count(b"\r") + 1
    for problem in result.problems:
        place = problem.place
        assert 1 <= place.line <= place.end_line <= max(lines, 1)
        assert place.column >= 1
        assert place.end_column >= 1
        assert problem.source is None or place.column <= len(problem.source) + 1
        assert format_problem(problem)
    return result


def mutated(chooser: random.Random) -> bytes:
    text = GOOD
    for _ in range(chooser.randint(1, 4)):
        start = chooser.randrange(len(text))
        end = min(start + chooser.choice([0, 0, 1, 1, 5, 40]), len(text))
        text = text[:start] + chooser.choice(PIECES) * chooser.choice([0, 1, 1, 2]) + text[end:]
    data = text.encode(chooser.choice(["utf-8", "utf-8", "utf-8", "gb18030", "utf-16"]))
    if chooser.random() < 0.1:
        at = chooser.randrange(len(data))
        data = data[:at] + bytes([chooser.randrange(256)]) + data[at + 1 :]
    return data


@pytest.mark.parametrize("seed", range(20))
def test_a_mutated_file_is_explained_or_read(seed: int) -> None:
    chooser = random.Random(seed)  # noqa: S311 (repeatable, not secret)
    for _ in range(25):
        check(mutated(chooser))


@given(st.binary(max_size=200))
@settings(max_examples=200, deadline=None)
def test_any_bytes_are_explained_or_read(data: bytes) -> None:
    check(data)


@given(st.text(alphabet="任务单位: ：-\n \t[]{}'\"#|>&*!、，a1", max_size=80))
@settings(max_examples=300, deadline=None)
def test_any_scribble_is_explained_or_read(text: str) -> None:
    check(text.encode())


def test_a_file_of_brackets_is_refused_at_once() -> None:
    assert check(("任务: " + "[" * 100_000).encode()).book is None
    assert check(("- " * 50_000).encode()).book is None
    assert check((" " * 1_000_000 + "x").encode()).book is None


@pytest.mark.parametrize("seed", range(4))
def test_shipped_and_bad_files_may_be_mutated_at_will(seed: int) -> None:
    found, slowest, which = fuzz_rules.run(150, seed)
    assert found == []  # slowness is a fault too
    assert 0 < slowest <= fuzz_rules.SLOW, which


def test_a_file_that_takes_far_longer_than_the_others_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fuzz_rules, "SLOW", 0.0)
    (fault,) = fuzz_rules.run(1, 0)[0]
    assert fault.what.endswith("times as long as the slowest original")


@pytest.mark.parametrize(
    ("span", "said"),
    [
        ((1, 1, 1, 3), None),
        ((2, 4, 2, 4), None),
        ((1, 3, 2, 1), None),
        ((1, 1, 1, 4), "column after the end of the line"),
        ((2, 1, 3, 1), "line after the last"),
        ((1, 2, 1, 1), "ends before it begins"),
        ((0, 1, 1, 1), "no place"),
    ],
)
def test_a_place_outside_the_file_would_be_noticed(span: tuple[int, int, int, int], said: str | None) -> None:
    line, column, end_line, end_column = span
    place = Place(file="a.yaml", line=line, column=column, end_line=end_line, end_column=end_column)
    problem = Problem(place=place, severity=Severity.ERROR, code="GK101", message="")
    assert fuzz_rules.outside(problem, ["甲乙", "丙丁戊"]) == said
