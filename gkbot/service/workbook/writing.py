"""The workbook as a file: what Excel and WPS show, and the hidden sheet by which changes are recognised."""

import os
import re
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from gkbot.service.workbook.columns import (
    BASELINE,
    FORMAT,
    GUIDE,
    SHEETS,
    TASKS,
    Cells,
    Column,
    SheetForm,
)
from gkbot.service.workbook.lines import Line
from gkbot.service.workbook.progress import CellValue

CELL_CHARACTERS = 32_767  # Excel's limit
_LIST_CHARACTERS = 255  # Excel's limit for a list of choices written out
_SPARE_ROWS = 500  # below the last row, for new ones
_FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]|[\ud800-\udfff]")
_RISKY = ("=", "+", "-", "@", "\t", "\r")
_GREY, _WHITE, _HEAD = "EDEDED", "FFFFFF", "D9E2F3"
_EDGE = Side(style="thin", color="BFBFBF")
_HELP = (
    "白色的列可以改，改完用 gkbot import 读回规则文件；灰色的列由程序算出，改了也不读回。",
    "读回之前先列出全部改动，确认以后才写入；没有改过的任务，规则文件一个字也不变。",
    "加任务：在最后一行下面（或任意一行）写一行新的，编号不能和已有的重复。隐藏列“标识（勿改）”空着。",
    "删任务：删除整行。只清空内容不算删除，会报错。筛选隐藏的行照样读取，不会当成删除。",
    "顺序：排序、调整行的顺序不影响规则文件里的顺序。",
    "期限：照抄原文的文字，例如“7月底前”。不要写成Excel的日期；单元格格式保持“文本”。",
    "换行：Alt+Enter。期限、单位、成员、别名里一行是一项；其他列里的换行会去掉。",
    "单位通讯录：一人一行。加人就加一行，写上单位名称和类别；删人就删整行；单位的各行都删掉，就是删除单位。",
    "不要删改第一行的标题和隐藏的列、隐藏的工作表；多加的列和工作表不读回。",
    "单元格开头的“=”“+”“-”“@”按文字保存，不会当作公式。",
)


def write_workbook(
    file: Path,
    lines: Mapping[str, Sequence[Line]],
    computed: Mapping[str, Mapping[str, CellValue]],
    choices: Mapping[str, Sequence[str]],
) -> None:
    """Write the sheets named in `lines`.

    Args:
        file: Replaced as a whole, or not at all.
        lines: By sheet; tasks need their `computed` columns, by 编号.
        choices: Lists for columns that only the office knows: the names of its plans.
    """
    book = Workbook()
    book.remove(book[book.sheetnames[0]])
    book.properties.creator = "gkbot"
    for style in _styles():
        book.add_named_style(style)
    for form in _forms(lines):
        _fill(book.create_sheet(form.name), form, lines[form.name], computed, choices)
    _guide(book.create_sheet(GUIDE), _forms(lines))
    _baseline(book.create_sheet(BASELINE), lines)
    _save(book, file)


def safe_text(text: str) -> str:
    """A text as a cell can hold it."""
    return _FORBIDDEN.sub("", text)[:CELL_CHARACTERS]


def _forms(lines: Mapping[str, Sequence[Line]]) -> list[SheetForm]:
    return [form for form in SHEETS if form.name in lines]


def _styles() -> Iterable[NamedStyle]:
    border = Border(left=_EDGE, right=_EDGE, top=_EDGE, bottom=_EDGE)
    wrapped = Alignment(wrap_text=True, vertical="top")
    grey = PatternFill("solid", fgColor=_GREY)
    for name, formats, fill in (
        ("gk_text", "@", None),
        ("gk_grey", "General", grey),
        ("gk_day", "yyyy-mm-dd", grey),
        ("gk_share", "0%", grey),
        ("gk_head", "@", PatternFill("solid", fgColor=_HEAD)),
        ("gk_grey_head", "@", grey),
    ):
        style = NamedStyle(name=name, number_format=formats, border=border, alignment=wrapped)
        style.font = Font(bold=name.endswith("head"), color="7F7F7F" if "grey" in name else "000000")
        if fill:
            style.fill = fill
        yield style


def _fill(
    sheet: Worksheet,
    form: SheetForm,
    lines: Sequence[Line],
    computed: Mapping[str, Mapping[str, CellValue]],
    choices: Mapping[str, Sequence[str]],
) -> None:
    for number, column in enumerate(form.columns, start=1):
        offered = choices.get(column.header, ())
        if column.cells is Cells.FILE:
            offered = sorted({line.record.file for line in lines})
        _column(sheet, get_column_letter(number), column, len(lines), column.choices or offered)
        style = "gk_head" if column.comes_back else "gk_grey_head"
        _write(sheet, 1, number, column.header, style)
    for row, line in enumerate(lines, start=2):
        own = computed.get(line.record.name, {}) if form is TASKS else {}
        for number, column in enumerate(form.columns, start=1):
            _write(sheet, row, number, *_value(line, column, own, row - 1))
    last = get_column_letter(len(form.columns))
    sheet.auto_filter.ref = f"A1:{last}{len(lines) + 1}"
    sheet.freeze_panes = "C2" if form is TASKS else "B2"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = "1:1"


def _value(line: Line, column: Column, own: Mapping[str, CellValue], number: int) -> tuple[CellValue, str]:
    """What stands in a cell, and its style."""
    if column.cells is Cells.IDENTITY:
        return line.identity, "gk_text"
    if column.cells is Cells.FILE:
        return line.record.file, "gk_text"
    if column.comes_back:
        return line.text(column.header), "gk_text"
    value = number if column.header == "序号" else own.get(column.header)
    style = "gk_day" if isinstance(value, date) else "gk_share" if isinstance(value, float) else "gk_grey"
    return value, style


def _column(sheet: Worksheet, letter: str, column: Column, rows: int, listed: Sequence[str]) -> None:
    dimension = sheet.column_dimensions[letter]
    dimension.width = column.width
    dimension.hidden = column.cells is Cells.IDENTITY
    if column.comes_back:
        dimension.number_format = "@"  # so that what is typed into new rows stays text
    if listed and len(",".join(listed)) < _LIST_CHARACTERS and not any("," in each for each in listed):
        rule = DataValidation(type="list", formula1='"' + ",".join(listed) + '"', allow_blank=True)
        rule.showErrorMessage = bool(column.choices)
        rule.errorTitle, rule.error = column.header, f"可以写：{'、'.join(listed)}"[:_LIST_CHARACTERS]
        rule.add(f"{letter}2:{letter}{rows + 1 + _SPARE_ROWS}")
        sheet.add_data_validation(rule)


def _write(sheet: Worksheet, row: int, number: int, value: CellValue, style: str) -> None:
    cell: Any = sheet.cell(row, number)
    cell.style = style
    if not isinstance(value, str):
        cell.value = value
    elif value:
        cell.value = text = safe_text(value)
        cell.data_type = "s"  # never a formula, whatever it begins with
        cell.quotePrefix = text.startswith(_RISKY)


def _guide(sheet: Worksheet, forms: Sequence[SheetForm]) -> None:
    rows = [("怎样填写", "", ""), *((str(number), text, "") for number, text in enumerate(_HELP, start=1))]
    for form in forms:
        rows += [("", "", ""), (f"工作表“{form.name}”的列", "是否读回", "说明")]
        rows += [(column.header, "读回" if column.comes_back else "不读回", _hint(column)) for column in form.columns]
    for row, texts in enumerate(rows, start=1):
        is_head = texts[0] == "怎样填写" or texts[1] == "是否读回"
        for number, text in enumerate(texts, start=1):
            if text:
                _write(sheet, row, number, text, "gk_head" if is_head else "gk_text")
    for letter, width in (("A", 26), ("B", 60), ("C", 60)):
        sheet.column_dimensions[letter].width = width


def _hint(column: Column) -> str:
    choices = f"可以写：{'、'.join(column.choices)}" if column.choices else ""
    return "；".join(filter(None, (column.hint, choices)))


def _baseline(sheet: Worksheet, lines: Mapping[str, Sequence[Line]]) -> None:
    """What stood in the white cells at export: changes on either side since then show."""
    sheet.sheet_state = "veryHidden"
    row = 1
    _plain_row(sheet, row, [FORMAT])
    for form in _forms(lines):
        row += 1
        headers = [column.header for column in form.kept]
        _plain_row(sheet, row, ["", form.name, *headers])
        for line in lines[form.name]:
            row += 1
            _plain_row(sheet, row, [form.name, line.identity, *(line.text(header) for header in headers)])


def _plain_row(sheet: Worksheet, row: int, texts: Sequence[str]) -> None:
    for number, text in enumerate(texts, start=1):
        if text:
            cell: Any = sheet.cell(row, number)
            cell.value = safe_text(text)
            cell.data_type = "s"


def _save(book: Workbook, file: Path) -> None:
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.stem}.", suffix=".xlsx")
    os.close(handle)
    try:
        book.save(name)
        Path(name).chmod(0o666 & ~_umask())
        Path(name).replace(file)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask
