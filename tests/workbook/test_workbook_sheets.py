"""The workbook as people meet it: sheets, columns, formats; nothing in it is ever run."""

import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from offices_on_sheets import GROUPS, PEOPLE, TASKS, TASKS_YAML, shipped, small_office

from gkbot.service.workbook.columns import SHEETS, Cells

OFFICE_COLUMNS = [
    "序号",
    "编号",
    "条款",
    "工作任务（事项）",
    "具体要求（办理要求）",
    "来源文件",
    "牵头单位",
    "配合单位",
    "责任单位",
    "联络员",
    "完成时限（期限原文）",
    "截止日",
    "阶段目标",
    "进展情况",
    "完成比例",
    "存在问题",
    "下一步打算",
    "佐证材料",
    "是否办结",
    "销号日期",
    "备注",
]  # found in real sheets


def column(sheet: Any, header: str) -> Any:
    return next(cell for cell in sheet[1] if cell.value == header)


def test_the_sheets_have_the_columns_of_the_office(tmp_path: Path) -> None:
    book = small_office(tmp_path).export()
    assert book.sheetnames == [TASKS, PEOPLE, GROUPS, "说明", "_gkbot"]
    assert [name for name in (cell.value for cell in book[TASKS][1]) if name in OFFICE_COLUMNS] == OFFICE_COLUMNS
    assert [sheet.title for sheet in book if sheet.sheet_state == "visible"] == [TASKS, PEOPLE, GROUPS, "说明"]


def test_what_can_be_edited_is_text_and_what_is_computed_is_grey(tmp_path: Path) -> None:
    sheet = small_office(tmp_path).export()[TASKS]
    for form in SHEETS[0].columns:
        cell = sheet.cell(2, column(sheet, form.header).column)
        is_grey = cell.fill.fgColor.rgb == "00EDEDED"
        assert is_grey is (form.cells is Cells.COMPUTED), form.header
        assert is_grey or cell.number_format == "@", form.header
    assert column(sheet, "标识（勿改）").column_letter == sheet.auto_filter.ref.split(":")[1].rstrip("0123456789")
    assert sheet.column_dimensions[column(sheet, "标识（勿改）").column_letter].hidden
    assert (sheet.freeze_panes, sheet["D2"].alignment.wrap_text) == ("C2", True)


def test_days_are_real_only_where_they_are_computed(tmp_path: Path) -> None:
    sheet = small_office(tmp_path).export()[TASKS]
    due, words = column(sheet, "截止日").column, column(sheet, "完成时限（期限原文）").column
    assert sheet.cell(2, due).value == datetime(2026, 6, 30)
    assert (sheet.cell(2, words).value, sheet.cell(3, words).value) == ("6月底前", "6月底前\n9月底前")
    assert sheet.cell(2, column(sheet, "完成比例").column).value == 0
    assert sheet.cell(2, column(sheet, "进展情况").column).value == "办理中1"


def test_choices_are_offered(tmp_path: Path) -> None:
    book = small_office(tmp_path).export()
    offered = {rule.formula1 for rule in book[TASKS].data_validations.dataValidation}
    assert {'"不顺延,顺延,提前"', '"是,否"', '"普通,内部"', '"常规"'} <= offered
    assert [rule.formula1 for rule in book[PEOPLE].data_validations.dataValidation] == [
        '"联络员,分管领导"',
        '"units.yaml"',
    ]


@pytest.mark.parametrize("text", ["=HYPERLINK(1)", "+86 10", "-1", "@SUM(A1)"])
def test_no_text_becomes_a_formula(text: str, tmp_path: Path) -> None:
    desk = small_office(tmp_path)
    risky = TASKS_YAML.replace("条款: 一（一）", f"条款: '{text}'")
    (desk.root / "tasks.yaml").write_text(risky, encoding="utf-8")
    cell = desk.export()[TASKS]["C2"]
    assert (cell.value, cell.data_type, cell.quotePrefix) == (text, "s", True)
    with zipfile.ZipFile(desk.file) as packed:
        assert not any(b"<f>" in packed.read(name) for name in packed.namelist() if "worksheets/" in name)


def test_only_units_and_only_one_document(tmp_path: Path) -> None:
    desk = shipped(tmp_path, "rules")
    assert TASKS not in desk.export(only_units=True).sheetnames
    from gkbot.rulebook import load

    book = load(desk.root).book
    assert book is not None
    chosen = [task for task in book.tasks if "guangyuan" in task.document.file]
    made = desk.export(tasks=chosen)
    assert made[TASKS].max_row == len(chosen) + 1
    files = {row[0] for row in made[PEOPLE].iter_rows(min_row=2, min_col=11, max_col=11, values_only=True)}
    assert files == {"guangyuan/units.yaml"}


def test_every_column_that_comes_back_is_explained(tmp_path: Path) -> None:
    sheet = small_office(tmp_path).export()["说明"]
    told = {row[0]: row[1] for row in sheet.iter_rows(values_only=True)}
    for form in SHEETS:
        for each in form.columns:
            assert told[each.header] == ("读回" if each.comes_back else "不读回")
