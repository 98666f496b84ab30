"""Out and back without an edit: the same rule book, not one byte of YAML changed."""

from pathlib import Path
from typing import Any

import pytest
from offices_on_sheets import GROUPS, PEOPLE, TASKS, TODAY, reverse, shipped, small_office

from gkbot.rulebook import load_files
from gkbot.service.workbook.importing import prepare

OFFICES = ["changshu", "guangyuan", "jiaxing", "yueyang", "yunnan", "statutory", "rules"]


@pytest.mark.parametrize("name", OFFICES)
def test_an_untouched_workbook_changes_nothing(name: str, tmp_path: Path) -> None:
    desk = shipped(tmp_path, name)
    before = {path: path.read_bytes() for path in desk.root.rglob("*.yaml")}
    desk.export()
    found = prepare(desk.file, desk.root, TODAY)
    assert (found.wishes, found.mistakes, found.problems, found.remarks, found.new) == ([], [], [], [], {})
    assert {path: path.read_bytes() for path in desk.root.rglob("*.yaml")} == before


@pytest.mark.parametrize("name", OFFICES)
def test_the_workbook_holds_every_word_without_its_hidden_sheet(name: str, tmp_path: Path) -> None:
    """Compared directly with the files: what the visible sheets say is what the files say."""
    desk = shipped(tmp_path, name)
    book = desk.export()
    del book["_gkbot"]
    book.save(desk.file)
    found = prepare(desk.file, desk.root, TODAY)
    assert (found.wishes, found.mistakes) == ([], [])
    assert "_gkbot" in found.remarks[0]


@pytest.mark.parametrize("name", OFFICES)
def test_rows_in_another_order_and_hidden_change_nothing(name: str, tmp_path: Path) -> None:
    def shuffle(book: Any) -> None:
        for sheet in (TASKS, PEOPLE, GROUPS):
            reverse(sheet)(book)
        for row in range(2, book[TASKS].max_row, 2):
            book[TASKS].row_dimensions[row].hidden = True

    found = shipped(tmp_path, name).edited(shuffle)
    assert (found.wishes, found.mistakes, found.new) == ([], [], {})


def test_an_office_written_anew_from_its_workbook_says_the_same(tmp_path: Path) -> None:
    """All tasks but one taken out of the file come back from the rows as new ones, and say what they said."""
    desk = shipped(tmp_path, "statutory")
    before = prepare_book(desk.root)

    def as_new(book: Any) -> None:
        sheet = book[TASKS]
        identity = next(cell.column for cell in sheet[1] if cell.value == "标识（勿改）")
        file = next(cell.column for cell in sheet[1] if cell.value == "规则文件")
        for row in range(2, sheet.max_row + 1):
            if sheet.cell(row, file).value == "statutory.yaml":
                sheet.cell(row, identity).value = None

    path = desk.root / "statutory.yaml"
    book = desk.export()
    as_new(book)
    del book["_gkbot"]
    book.save(desk.file)
    head, _, _ = path.read_text(encoding="utf-8").partition("任务:\n")
    path.write_text(
        head + "任务:\n  - 编号: X\n    事项: x\n    期限: 持续推进\n    责任单位: 财政部门\n", encoding="utf-8"
    )
    found = prepare(desk.file, desk.root, TODAY)
    assert found.mistakes == []
    after = load_files({**{p.name: p.read_bytes() for p in desk.root.glob("*.yaml")}, **found.new}, TODAY).book
    assert after is not None
    said = {task.id: (task.title, task.words, task.lead, task.support, task.responsible) for task in before.tasks}
    assert {t.id: (t.title, t.words, t.lead, t.support, t.responsible) for t in after.tasks if t.id != "X"} == said


def prepare_book(root: Path) -> Any:
    book = load_files({path.name: path.read_bytes() for path in root.glob("*.yaml")}, TODAY).book
    assert book is not None
    return book


def test_a_file_with_bom_and_windows_line_ends_keeps_both(tmp_path: Path) -> None:
    desk = small_office(tmp_path)
    path = desk.root / "tasks.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_text(encoding="utf-8").replace("\n", "\r\n").encode())
    before = path.read_bytes()

    def edit(book: Any) -> None:
        book[TASKS]["N2"].value = "7月底前"

    assert desk.export()[TASKS]["N1"].value == "完成时限（期限原文）"
    found = desk.edited(edit)
    assert found.new == {"tasks.yaml": before.replace("期限: 6月底前\r\n".encode(), "期限: 7月底前\r\n".encode(), 1)}
