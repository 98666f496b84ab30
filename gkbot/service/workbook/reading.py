"""The workbook as it comes back: rows of words by header, each with its place; everything odd is told."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gkbot.errors import WorkbookRefused
from gkbot.rulebook.names import fold, nearest
from gkbot.service.workbook.cells import Reading, read_value
from gkbot.service.workbook.columns import BASELINE, FORMAT, GUIDE, IDENTITY, SHEETS, Column, SheetForm
from gkbot.service.workbook.lines import form_named
from gkbot.service.workbook.safety import looked_over

ROWS = 20_000
COLUMNS = 200
_HEADER_ROWS = 10  # people put a title above
_BASELINE_ROWS = 60_010
_AGAIN = "请用 gkbot export 重新导出，把改动抄过去"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A place in the workbook; without a row, the sheet as a whole."""

    sheet: str
    row: int | None = None
    letter: str = ""
    header: str = ""

    def __str__(self) -> str:
        row = f" 第{self.row}行" if self.row else ""
        column = f" {self.letter}列“{self.header}”" if self.header else ""
        return f"{self.sheet}{row}{column}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """Something in the workbook that a person must mend."""

    spot: Spot
    message: str
    cure: str = ""

    def __str__(self) -> str:
        return f"{self.spot}：{self.message}" + (f"\n    {self.cure}" if self.cure else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row: its number, and the words of the columns that are there."""

    number: int
    texts: Mapping[str, str]

    @property
    def identity(self) -> str:
        """The hidden name of the line; empty for a new one."""
        return self.texts.get(IDENTITY, "").replace("\n", "")


@dataclass(slots=True, kw_only=True)
class Sheet:
    """One sheet: the letters of its columns, and its rows."""

    form: SheetForm
    letters: dict[str, str] = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)

    def spot(self, row: int | None, header: str = "") -> Spot:
        """The place of a cell."""
        return Spot(sheet=self.form.name, row=row, letter=self.letters.get(header, ""), header=header)


@dataclass(slots=True, kw_only=True)
class Returned:
    """What came back.

    Attributes:
        baseline: By sheet and identity, the words at export; None where the hidden sheet is lost.
        remarks: What was overlooked or taken off, for people to know.
    """

    sheets: list[Sheet] = field(default_factory=list)
    baseline: dict[str, dict[str, dict[str, str]]] | None = None
    mistakes: list[Mistake] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def read_workbook(file: Path) -> Returned:
    """Read a workbook that `gkbot export` wrote and people edited.

    Raises:
        WorkbookRefused: It cannot be read as one.
    """
    looked_over(file)
    book = _opened(file)
    returned = Returned()
    for sheet in book.worksheets:
        form = form_named(sheet.title.strip())
        if sheet.title == BASELINE:
            returned.baseline = _read_baseline(sheet)
        elif form is not None:
            _SheetReader(sheet, form, returned).read()
        elif sheet.title != GUIDE:
            returned.remarks.append(f"工作表“{sheet.title}”不是导出的，没有读")
    if not returned.sheets and not returned.mistakes:
        names = "、".join(form.name for form in SHEETS)
        raise WorkbookRefused(file.name, f"里面没有工作表“{names}”", _AGAIN)
    return returned


def _opened(file: Path) -> Any:
    import warnings

    from openpyxl import load_workbook

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about extensions of Excel that are not kept; nothing is written back
            return load_workbook(file, keep_links=False)
    except Exception as error:
        raise WorkbookRefused(file.name, "文件损坏，打不开", "用 Excel 或 WPS 打开，另存为 .xlsx 再读回") from error


def _read_baseline(sheet: Any) -> dict[str, dict[str, dict[str, str]]] | None:
    if sheet.max_row > _BASELINE_ROWS or sheet.max_column > COLUMNS or sheet.cell(1, 1).value != FORMAT:
        return None
    found: dict[str, dict[str, dict[str, str]]] = {}
    headers: list[str] = []
    for values in sheet.iter_rows(min_row=2, values_only=True):
        texts = ["" if value is None else str(value).replace("_x000D_", "") for value in values]
        if not texts[0]:
            headers = texts[2:]
            found[texts[1]] = {}
        elif texts[0] in found:
            found[texts[0]][texts[1]] = dict(zip(headers, texts[2:], strict=True))
    return found


class _SheetReader:
    def __init__(self, sheet: Any, form: SheetForm, returned: Returned) -> None:
        self.sheet = sheet
        self.returned = returned
        self.result = Sheet(form=form)
        self.columns: dict[int, Column] = {}
        self.filled: dict[tuple[int, int], Any] = {}

    def read(self) -> None:
        name = self.result.form.name
        if self.sheet.max_row > ROWS or self.sheet.max_column > COLUMNS:
            size = f"用到了第{self.sheet.max_row}行、第{self.sheet.max_column}列，最多读{ROWS}行、{COLUMNS}列"
            cure = "选中最后一行下面（最后一列右边）全部空的行（列），右键删除，保存以后再读回"
            self._wrong(Spot(sheet=name), size, cure)
            return
        head = self._find_head()
        if head is None:
            self._wrong(Spot(sheet=name), "找不到标题行", f"标题行要在前{_HEADER_ROWS}行；{_AGAIN}")
            return
        self._read_head(head)
        self._read_merged(head)
        hidden = 0
        for number in range(head + 1, self.sheet.max_row + 1):
            row = self._read_row(number)
            if row is not None:
                self.result.rows.append(row)
                hidden += bool(self.sheet.row_dimensions[number].hidden)
        if hidden:
            self.returned.remarks.append(f"{name}：有{hidden}行隐藏着（筛选或者手工隐藏），照样读取")
        self.returned.sheets.append(self.result)

    def _wrong(self, spot: Spot, message: str, cure: str) -> None:
        self.returned.mistakes.append(Mistake(spot=spot, message=message, cure=cure))

    def _find_head(self) -> int | None:
        needed = {fold(column.header) for column in self.result.form.columns if column.needed}
        for number in range(1, min(_HEADER_ROWS, self.sheet.max_row) + 1):
            texts = {fold(str(cell.value)) for cell in self.sheet[number] if cell.value is not None}
            if len(texts & needed) * 2 > len(needed):
                return number
        return None

    def _read_head(self, head: int) -> None:
        known = {fold(column.header): column for column in self.result.form.columns}
        for cell in self.sheet[head]:
            text = "" if cell.value is None else " ".join(str(cell.value).split())
            column = known.get(fold(text))
            if column is None:
                self._stray(cell, text)
            elif column.header in self.result.letters:
                cure = "只留一列"
                self._wrong(self.result.spot(head, column.header), f"有两列，另一列在{cell.column_letter}列", cure)
            else:
                self.result.letters[column.header] = cell.column_letter
                self.columns[cell.column] = column
        for column in self.result.form.columns:
            if column.header not in self.result.letters and column.needed:
                self._wrong(self.result.spot(head), f"缺少“{column.header}”这一列", f"恢复这一列的标题，或者{_AGAIN}")
            elif column.header not in self.result.letters and column.comes_back:
                note = f"{self.result.form.name}：没有“{column.header}”这一列，这一项不动"
                self.returned.remarks.append(note)

    def _stray(self, cell: Any, text: str) -> None:
        name = self.result.form.name
        if text:
            near = nearest(text, [column.header for column in self.result.form.columns])
            hint = f"（是不是“{near[0]}”？标题要恢复原样）" if near else ""
            self.returned.remarks.append(f"{name}：{cell.column_letter}列“{text}”不是导出的列，没有读{hint}")

    def _read_merged(self, head: int) -> None:
        """What a merged cell shows holds for each of its rows; across columns nobody can say what is meant."""
        for area in list(self.sheet.merged_cells.ranges):
            known = [self.columns.get(number) for number in range(area.min_col, area.max_col + 1)]
            columns = [column for column in known if column is not None and column.comes_back]
            if area.max_row <= head or not columns:
                continue
            spot = self.result.spot(area.min_row, columns[0].header)
            if len(columns) > 1 or columns[0].needed or area.min_row <= head:
                self._wrong(spot, f"是合并单元格（{area.coord}）", "取消合并，每行各自填写")
                continue
            value = self.sheet.cell(area.min_row, area.min_col)
            for number in range(area.min_row, area.max_row + 1):
                self.filled[number, area.min_col] = value
            self.returned.remarks.append(f"{spot}：合并单元格{area.coord}，各行按同一内容读")

    def _read_row(self, number: int) -> Row | None:
        texts: dict[str, str] = {}
        faults: list[tuple[Column, Reading]] = []
        for position, column in self.columns.items():
            if not column.comes_back:
                continue
            cell = self.filled.get((number, position)) or self.sheet.cell(number, position)
            reading = read_value(cell.value, cell.data_type, column)
            texts[column.header] = reading.text
            if reading.wrong or reading.remark:
                faults.append((column, reading))
        if not any(texts.values()) and not faults:
            return None
        for column, reading in faults:
            spot = self.result.spot(number, column.header)
            if reading.wrong:
                self._wrong(spot, reading.wrong, reading.cure)
            else:
                self.returned.remarks.append(f"{spot}：{reading.remark}")
        return Row(number=number, texts=texts)
