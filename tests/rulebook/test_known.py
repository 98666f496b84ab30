"""“已知” notes: doubts that a person has looked at leave the list; errors never do; useless notes are told."""

from collections.abc import Callable
from datetime import date

import pytest

from gkbot.rulebook import LoadResult, format_problem, load_files
from tests.growth import LINEAR, growth
from tests.rulebook.test_loading import UNITS, task

TODAY = date(2023, 6, 1)
REASON = "李某 2026-01-22 核对过"
TWO_WAYS = "2023年8月前"  # GK112


def read(text: str) -> LoadResult:
    return load_files({"plan.yaml": text.encode()}, TODAY)


def open_codes(text: str) -> list[str]:
    return [problem.code for problem in read(text).problems]


def above_task(note: str, **keys: str) -> str:
    return UNITS + task(**keys).replace("  - 编号", f"  {note}\n  - 编号")


def test_a_note_on_the_line_accepts_a_warning_and_keeps_it_at_hand() -> None:
    result = read(UNITS + task(期限=f"{TWO_WAYS}  # 已知 GK112：{REASON}"))
    assert result.problems == ()
    assert result.book is not None
    assert [(problem.code, problem.accepted) for problem in result.accepted] == [("GK112", REASON)]


def test_an_accepted_problem_is_shown_as_known_with_the_reason() -> None:
    (problem,) = read(UNITS + task(期限=f"{TWO_WAYS}  # 已知 GK112：{REASON}")).accepted
    lines = format_problem(problem).splitlines()
    assert lines[0].endswith("GK112 已知：“2023年8月前”有几种理解：2023-07-31，或者2023-08-31")
    assert lines[-1] == f"    已接受：{REASON}"
    assert problem.as_json()["accepted"] == REASON


@pytest.mark.parametrize(
    "note",
    [
        f"# 已知 GK112：{REASON}",
        f"#已知GK112 {REASON}",
        f"# 已知：gk112，{REASON}",
        f"# 已知 112：{REASON}",
        f"# 已知 ＧＫ１１２：{REASON}",
        f"# 已知 GK112：{REASON}\n  # 期限照抄原文\n",
    ],
)
def test_a_note_above_a_task_speaks_of_the_whole_task(note: str) -> None:
    assert open_codes(above_task(note, 期限=TWO_WAYS)) == []


def test_one_note_may_name_several_codes() -> None:
    text = above_task(f"# 已知 GK112、GK155：{REASON}", 期限=TWO_WAYS, 事项="公开预算（内部资料）")
    assert open_codes(text) == []


def test_a_note_does_not_reach_the_next_task() -> None:
    first = above_task(f"# 已知 GK112：{REASON}", 期限=TWO_WAYS)
    second = f"  - {{编号: A-2, 事项: 公开决算, 期限: {TWO_WAYS}, 责任单位: 县财政局}}\n"
    assert open_codes(first + second) == ["GK112"]


@pytest.mark.parametrize("indent", ["  ", ""])
def test_a_note_above_a_list_speaks_of_all_its_items(indent: str) -> None:
    head, tasks = task(期限=TWO_WAYS).split("任务:\n")
    items = "".join(f"{indent}{line[2:]}\n" for line in tasks.splitlines())
    assert open_codes(f"{UNITS}{head}# 已知 GK112：{REASON}\n任务:\n{items}{items.replace('A-1', 'A-2')}") == []


def test_an_error_is_never_accepted() -> None:
    text = UNITS + task(期限=f"4月底前  # 已知 GK114：{REASON}")
    assert open_codes(text) == ["GK114", "GK183"]
    assert read(text).book is None


def test_a_note_without_reason_accepts_nothing() -> None:
    assert open_codes(UNITS + task(期限=f"{TWO_WAYS}  # 已知 GK112：")) == ["GK112", "GK180"]


def test_an_unknown_code_is_told_with_codes_like_it() -> None:
    (problem,) = read(UNITS + task(备注=f"说明  # 已知 GKI12：{REASON}")).problems
    assert (problem.code, problem.place.column) == ("GK181", 13)
    assert "GK112" in str(problem.fix)


def test_a_note_that_accepts_nothing_any_more_is_told_at_its_place() -> None:
    (problem,) = read(UNITS + task(期限=f"2023年8月底前  # 已知 GK112：{REASON}")).problems
    assert (problem.code, str(problem.severity), problem.place.column) == ("GK182", "hint", 20)


def test_while_there_are_errors_no_note_is_called_useless() -> None:
    text = UNITS + task(期限=f"2023年8月底前  # 已知 GK112：{REASON}", 责任单位="县财整局")
    assert open_codes(text) == ["GK130"]


def test_notes_in_an_archived_document_are_not_called_useless() -> None:
    text = UNITS + task(期限=f"{TWO_WAYS}  # 已知 GK112：{REASON}")
    assert open_codes(text.replace("印发日期: 2023-05-17", "印发日期: 2022-05-17\n  归档日期: 2023-01-01")) == []


@pytest.mark.parametrize(
    "note",
    [
        f"'说明 # 已知 GK112：{REASON}'",
        f"|\n      # 已知 GK112：{REASON}",
        f"说明#已知 GK112：{REASON}",
        "说明  # 已知问题见附件",
    ],
)
def test_what_is_no_note_is_left_alone(note: str) -> None:
    assert open_codes(UNITS + task(备注=note)) == []


def test_a_unit_nobody_reaches_is_accepted_in_the_contact_book() -> None:
    units = f"单位:\n  # 已知 GK138：新设单位，{REASON}\n  - 名称: 县财政局\n"
    result = load_files({"units.yaml": units.encode(), "plan.yaml": task().encode()}, TODAY)
    assert result.problems == ()
    assert [problem.code for problem in result.accepted] == ["GK138"]


@pytest.mark.parametrize(
    "full_of",
    [
        lambda count: UNITS + task() + "# 已知 GK112：好\n" * count,
        lambda count: "# 已知 GK112：好\n" * count + UNITS + task(期限=TWO_WAYS),
        lambda count: UNITS + task() + "# 已知 GK112" + " " * 10 * count,
        lambda count: UNITS + task() + "# 已知 GK112" + "、GK112" * count,
        lambda count: UNITS + task() + "# 已知 " * count,
        lambda count: UNITS + task() + "".join(f"# 已知 GK{number}：好\n" for number in range(1000, 1000 + count)),
    ],
    ids=["below", "above", "blanks", "codes", "words", "unknown codes"],
)
def test_a_file_with_more_notes_takes_longer_in_proportion(full_of: Callable[[int], str]) -> None:
    assert growth(full_of, read, 400) < LINEAR
