"""The example of 管理员手册 loads without a problem, and each common mistake of its table is found as it says."""

from collections.abc import Mapping
from datetime import date

import pytest
from manuals import ADMIN, FILE_MARK, Block, blocks, codes, rows, section

from gkbot.rulebook import LoadResult, Severity, load_files

TEXT = ADMIN.read_text(encoding="utf-8")
TODAY = date(2026, 2, 2)
PLACEHOLDERS = {"〔Tab〕": "\t", "〔全角空格〕": "\u3000"}


def example() -> dict[str, str]:
    """Path → text of the files that the first part has the reader write."""
    found = [block for block in blocks(TEXT) if block.text.startswith(FILE_MARK)]
    return {name_of(block): block.text for block in found}


def name_of(block: Block) -> str:
    return block.text.splitlines()[0].removeprefix(FILE_MARK)


def loaded(files: Mapping[str, str]) -> LoadResult:
    return load_files({name: text.encode() for name, text in files.items()}, today=TODAY)


def mistakes() -> list[tuple[str, str, str]]:
    """Wrong line, right line, code."""
    table = rows(section(TEXT, "七、改错"), "写成了", "应当写", "代码")
    return [(codes(wrong)[0], codes(right)[0], code) for wrong, right, code, _ in table]


def with_mistake(wrong: str, right: str) -> dict[str, str]:
    """The example with the first line that says `right` made wrong."""
    files = example()
    name, number = next(
        (name, number)
        for name, text in files.items()
        for number, line in enumerate(text.splitlines())
        if line.strip().removeprefix("- ") == right.removeprefix("- ")
    )
    lines = files[name].splitlines()
    lines[number] = mistaken(lines[number], wrong, right)
    return {**files, name: "\n".join(lines) + "\n"}


def mistaken(line: str, wrong: str, right: str) -> str:
    indent, found, rest = line.partition(right)
    if not found:  # the manual shows the key without the list mark in front of it
        indent, _, rest = line.partition(right.removeprefix("- "))
    for shown, meant in PLACEHOLDERS.items():
        if shown in wrong:
            return wrong.replace(shown, meant) + rest
    return indent + wrong + rest


def test_the_example_has_a_contact_book_and_a_task_file() -> None:
    assert list(example()) == ["shilixian/units.yaml", "shilixian/2026.yaml"]


def test_the_example_loads_without_error_or_warning() -> None:
    result = loaded(example())
    assert [p.message for p in result.problems if p.severity is not Severity.HINT] == []
    assert result.book is not None
    assert [task.id for task in result.book.tasks] == [f"SLX2026-0{number}" for number in range(1, 7)]


def test_the_plan_called_usual_is_the_built_in_one() -> None:
    shown = next(block.text for block in blocks(section(TEXT, "提醒方案")))
    plain = loaded(example())
    written = loaded({**example(), "shilixian/plan.yaml": shown})
    assert plain.book is not None
    assert written.book is not None
    assert [task.plan for task in written.book.tasks] == [task.plan for task in plain.book.tasks]


@pytest.mark.parametrize(("wrong", "right", "code"), mistakes(), ids=lambda value: value)
def test_a_common_mistake_is_found_with_its_code(wrong: str, right: str, code: str) -> None:
    found = loaded(with_mistake(wrong, right)).problems
    assert code in {problem.code for problem in found}
