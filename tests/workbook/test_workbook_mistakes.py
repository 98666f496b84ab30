"""What cannot be read back: each mistake with its sheet, row and column, the cause and the cure."""

import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from offices_on_sheets import GROUPS, PEOPLE, TASKS, TODAY, append, at, delete, put, small_office

from gkbot.errors import WorkbookRefused
from gkbot.service.workbook.importing import prepare

WORDS = "完成时限（期限原文）"
NEW = {"编号": "SL-009", "工作任务（事项）": "新", WORDS: "6月底前", "责任单位": "县发改局"}


def formula(book: Any) -> None:
    put(TASKS, "SL-001", "条款", "=A1")(book)
    at(book[TASKS], "SL-001", "条款").data_type = "f"


def emptied(book: Any) -> None:
    for cell in book[TASKS][2][1:-2]:
        cell.value = None


def swapped(book: Any) -> None:
    put(TASKS, "SL-001", "编号", "X")(book)
    put(TASKS, "SL-002", "编号", "SL-001")(book)
    put(TASKS, "X", "编号", "SL-002")(book)


def copied(book: Any) -> None:
    for cell in book[TASKS][2]:
        book[TASKS].cell(9, cell.column).value = cell.value


def without_column(header: str) -> Callable[[Any], None]:
    def edit(book: Any) -> None:
        cell = next(cell for cell in book[TASKS][1] if cell.value == header)
        book[TASKS].delete_cols(cell.column)

    return edit


def merged(book: Any) -> None:
    book[TASKS].merge_cells("J2:K2")


MISTAKES: dict[str, tuple[Callable[[Any], object], list[str]]] = {
    "a date for words": (
        put(TASKS, "SL-001", WORDS, date(2026, 6, 30)),
        ["任务台账 第2行 N列“完成时限（期限原文）”：是Excel的日期（2026-06-30），看不出原文怎么写", "6月30日前"],
    ),
    "a day's number for words": (put(TASKS, "SL-001", WORDS, 46203), ["是数字46203，像是日期变成的数字", "文本"]),
    "a fraction": (put(TASKS, "SL-001", "条款", 1.1), ["C列“条款”：变成了数字1.1", "文本"]),
    "a date for a clause": (put(TASKS, "SL-001", "条款", date(2026, 1, 2)), ["变成了Excel的日期（2026-01-02）"]),
    "a formula": (formula, ["C列“条款”：是公式", "粘贴为“数值”"]),
    "words that cannot be read": (
        put(TASKS, "SL-001", WORDS, "择日"),
        ["任务台账 第2行 N列“完成时限（期限原文）”：GK110"],
    ),
    "an unknown unit": (
        put(TASKS, "SL-001", "牵头单位", "县财正局"),
        ["任务台账 第2行 J列“牵头单位”：GK130", "是不是“县财政局”"],
    ),
    "an unknown choice": (put(TASKS, "SL-001", "遇休息日", "延后"), ["第2行 Z列“遇休息日”：GK145", "顺延"]),
    "a day that is none": (put(TASKS, "SL-002", "起算日期", "2026-02-30"), ["第3行 Y列“起算日期”：GK144"]),
    "a wrong mail address": (put(PEOPLE, "县财政局", "邮箱", "a#b"), ["单位通讯录 第2行 D列“邮箱”：GK135"]),
    "an unknown member": (put(GROUPS, "县直各部门", "成员", "县财政局\n县农业局"), ["单位组 第2行 B列“成员”：GK134"]),
    "a unit still needed": (delete(PEOPLE, 5), ["GK130", "县发改局"]),
    "a task without number": (
        append(TASKS, **{**NEW, "编号": None}),
        ["任务台账 第5行 B列“编号”：没有写编号", "例如“008”"],
    ),
    "a task without words": (append(TASKS, **{**NEW, WORDS: None}), ["第5行 N列“完成时限（期限原文）”：不能空着"]),
    "a number taken": (append(TASKS, **{**NEW, "编号": "SL-002"}), ["“SL-002”已经有了（tasks.yaml第14行）"]),
    "a row copied": (copied, ["任务台账 第9行 B列“编号”：“SL-001”已经有了"]),
    "a number changed": (put(TASKS, "SL-001", "编号", "SL-100"), ["编号不能改，原来是“SL-001”", "另起一行"]),
    "part of the columns sorted": (swapped, ["和这一行隐藏的标识（SL-001）对不上", "撤销排序"]),
    "cleared, not deleted": (emptied, ["任务台账 第2行：内容清空了", "删掉整行"]),
    "a word that must be": (put(TASKS, "SL-001", "工作任务（事项）", None), ["D列“工作任务（事项）”：不能空着"]),
    "a column gone": (without_column(WORDS), ["缺少“完成时限（期限原文）”这一列"]),
    "cells merged across": (merged, ["J列“牵头单位”：是合并单元格（J2:K2）", "取消合并"]),
    "a row far below": (lambda book: book[TASKS].cell(30_000, 1, "x"), ["用到了第30000行", "删除"]),
    "a unknown file": (append(TASKS, **NEW, 规则文件="x.yaml"), ["规则文件”：没有文件“x.yaml”", "tasks.yaml"]),
    "an unknown 类别": (append(PEOPLE, 单位="县发改局", 类别="主任", 岗位="甲"), ["类别”：不能是“主任”"]),
    "a second 分管领导": (append(PEOPLE, 单位="县财政局", 类别="分管领导", 岗位="甲"), ["已经有分管领导"]),
    "a contact without 岗位": (append(PEOPLE, 单位="县发改局", 邮箱="a@b.cn"), ["C列“岗位”：不能空着"]),
    "a unit renamed in one row": (put(PEOPLE, "县财政局", "单位", "县财政厅"), ["单位名称只改了一部分行"]),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_told_at_its_place_with_its_cure(name: str, tmp_path: Path) -> None:
    edit, expected = MISTAKES[name]
    found = small_office(tmp_path).edited(edit)
    told = "\n".join([*map(str, found.mistakes), *(f"{each.code} {each.message}" for each in found.problems)])
    assert [part for part in expected if part not in told] == [], told
    assert found.is_refused
    assert found.after is None


def test_a_change_on_both_sides_is_told(tmp_path: Path) -> None:
    desk = small_office(tmp_path)
    book = desk.export()
    path = desk.root / "tasks.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("期限: 6月底前", "期限: 8月底前"), encoding="utf-8")
    at(book[TASKS], "SL-001", WORDS).value = "7月底前"
    book.save(desk.file)
    [mistake] = prepare(desk.file, desk.root, TODAY).mistakes
    assert "导出以后规则文件里也改了（tasks.yaml第7行）" in str(mistake)


def bomb(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b"0" * (160 * 1024 * 1024))


def entities(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("xl/workbook.xml", '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>')


def half(path: Path) -> None:
    path.write_bytes(b"PK\x03\x04" + b"\x00" * 100)


REFUSED: dict[str, tuple[str, Callable[[Path], object], str]] = {
    "missing": ("a.xlsx", lambda path: None, "没有这个文件"),
    "xls": ("a.xls", lambda path: path.write_bytes(b"\xd0\xcf\x11\xe0"), "另存为 .xlsx"),
    "et": ("a.et", lambda path: path.write_bytes(b"\xd0\xcf\x11\xe0"), "另存为 .xlsx"),
    "csv": ("a.csv", lambda path: path.write_text("编号"), "另存为 .xlsx"),
    "renamed xls": ("a.xlsx", lambda path: path.write_bytes(b"\xd0\xcf\x11\xe0" * 9), "加了密码"),
    "text": ("a.xlsx", lambda path: path.write_text("编号,事项"), "不是 Excel 工作簿"),
    "empty": ("a.xlsx", lambda path: path.write_bytes(b""), "不是 Excel 工作簿"),
    "cut off": ("a.xlsx", half, "文件损坏"),
    "bomb": ("a.xlsx", bomb, "超过150MB"),
    "entities": ("a.xlsx", entities, "XML实体"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_workbook_is_refused_with_the_way_out(name: str, tmp_path: Path) -> None:
    desk = small_office(tmp_path)
    file, make, words = REFUSED[name]
    make(tmp_path / file)
    with pytest.raises(WorkbookRefused, match=words):
        prepare(tmp_path / file, desk.root, TODAY)


def test_a_workbook_of_another_kind_is_refused(tmp_path: Path) -> None:
    from openpyxl import Workbook

    desk = small_office(tmp_path)
    Workbook().save(desk.file)
    with pytest.raises(WorkbookRefused, match="里面没有工作表"):
        prepare(desk.file, desk.root, TODAY)
