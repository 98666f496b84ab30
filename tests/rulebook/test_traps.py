"""The look at the raw text leaves alone what is no slip, and mends slips so that reading goes on."""

from datetime import date

import pytest

from gkbot.rulebook import load_files
from gkbot.rulebook.source import Edits
from tests.rulebook.test_loading import UNITS, task

TODAY = date(2023, 6, 1)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("“六稳”“六保”", "“六稳”“六保”"),
        ("办理要求：公开", "办理要求：公开"),
        ("见 https://example.gov.cn/a#b", "见 https://example.gov.cn/a#b"),
        ("C#3，第2项", "C#3，第2项"),
        ("公开  # 说明", "公开"),
        ("公开  # 说明：甲, 乙: 丙", "公开"),
        ("'条例: 第二十六条'", "条例: 第二十六条"),
        ('"12:30 # 以前"', "12:30 # 以前"),
        ("12:30", "12:30"),
        ("on", "on"),
        ("007", "007"),
        ("~", "~"),
        ("甲[1]乙{2}", "甲[1]乙{2}"),
        ("-5度", "-5度"),
        ("|\n      责任单位：甲\n      - 乙: 丙 #丁\n\n      [戊，己]", "责任单位：甲 - 乙: 丙 #丁 [戊，己]"),
        (">-\n      第一行\n      第二行", "第一行 第二行"),
        ("第一行\n      第二行，没有冒号", "第一行 第二行，没有冒号"),
        ('"第一行\n      责任: 第二行"', "第一行 责任: 第二行"),
    ],
)
def test_what_is_no_slip_is_read_as_it_stands(written: str, read: str) -> None:
    text = UNITS + task(备注=written, 条款="一")
    result = load_files({"a.yaml": text.encode()}, TODAY)
    assert result.problems == ()
    assert result.book is not None
    assert result.book.tasks[0].note == read
    assert result.book.tasks[0].clause == "一"


@pytest.mark.parametrize("head", ["---\n", "# 说明：甲\n---\n", "%YAML 1.1\n---\n", "\ufeff", "\r\n"])
def test_a_document_mark_at_the_top_is_no_mistake(head: str) -> None:
    codes = [problem.code for problem in load_files({"a.yaml": (head + UNITS + task()).encode()}, TODAY).problems]
    assert codes == []


def test_lines_may_end_as_windows_and_old_macs_end_them() -> None:
    for end in ("\r\n", "\r"):
        text = (UNITS + task(备住="说明")).replace("\n", end)
        (problem,) = load_files({"a.yaml": text.encode()}, TODAY).problems
        assert problem.code == "GK140"
        assert problem.place.line == (UNITS + task()).count("\n") + 1


def test_a_place_is_where_the_author_wrote_it_though_the_line_was_mended() -> None:
    text = UNITS + task(责任单位="甲").replace("责任单位: 甲", "责任单位：县财政局、县教育局")
    problems = load_files({"a.yaml": text.encode()}, TODAY).problems
    assert [(problem.code, problem.place.column, problem.place.end_column) for problem in problems] == [
        ("GK120", 9, 10),
        ("GK130", 15, 19),
    ]


def test_repairs_lead_back_to_the_authors_columns() -> None:
    edits = Edits()
    edits.changes = [(2, 2, 1), (6, 1, 0), (0, 4, 2)]  # "ab：cde" → "ab: cde" → "ab: cd'e" → "xxxx: cd'e"
    assert [edits.original(column) for column in (0, 1, 4, 6, 7, 8, 9)] == [0, 1, 2, 3, 4, 5, 5]
