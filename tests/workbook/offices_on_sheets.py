"""An office on disk and its workbook, exported, edited as people do, read back."""

import difflib
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

from gkbot.clock import FixedClock
from gkbot.rulebook import load
from gkbot.service.office import Office
from gkbot.service.workbook.exporting import export
from gkbot.service.workbook.importing import Import, prepare
from gkbot.settings import load_settings

ROOT = Path(__file__).parents[2]
RULES = ROOT / "rules"
TODAY = date(2026, 3, 5)
TASKS, PEOPLE, GROUPS = "任务台账", "单位通讯录", "单位组"
UNITS_YAML = """\
# 通讯录
单位:
  - 名称: 县财政局
    别名: [财政局]
    联络员:
      # 换人改这里
      - 岗位: 办公室
        邮箱: a@example.gov.cn   # 每天看
        手机: "13800000000"
      - 岗位: 国库股
        邮箱: b@example.gov.cn
    分管领导: {岗位: 副局长, 邮箱: c@example.gov.cn}
  - 名称: 县发改局
    联络员:
      - 岗位: 办公室
        邮箱: d@example.gov.cn
单位组:
  - 名称: 县直各部门
    成员: [县财政局, 县发改局]
"""
TASKS_YAML = """\
文件:
  标题: 十里县2026年政务公开工作要点
  文号: 十政办发〔2026〕3号
  印发日期: 2026-01-20
任务:
  # 一、预算
  - 编号: SL-001
    事项: 公开预算          # 每年都有
    条款: 一（一）
    期限: 6月底前
    牵头单位: 县财政局
    办理要求: '含“三公”经费'
  # SL-002 是人大定的
  - 编号: SL-002
    事项: 公开决算
    期限:
      - 6月底前
      - 9月底前
    牵头单位:
      - 县财政局
      - 县发改局
    起算: {事件: 批复, 日期: 2026-02-06}

  # 二、其他
  - 编号: 007
    事项: 更新目录
    期限: 持续推进
    责任单位: 县直各部门
"""


@dataclass(frozen=True)
class Desk:
    """A rules folder, and the workbook made from it."""

    root: Path
    file: Path

    def export(self, **choice: Any) -> Any:
        """Write the workbook; the opened one."""
        result = load(self.root, TODAY)
        assert result.book is not None, result.problems
        clock = FixedClock(datetime(2026, 3, 5, 1, tzinfo=UTC))
        settings = load_settings({"GKBOT_RULES": str(self.root)})
        office = Office(settings=settings, clock=clock, book=result.book, ledger=None, files=result.files)
        export(office, self.file, tasks=choice.pop("tasks", result.book.tasks), **choice)
        return load_workbook(self.file)

    def edited(self, edit: Callable[[Any], object]) -> Import:
        """Export, let somebody edit, and compare."""
        book = self.export()
        edit(book)
        book.save(self.file)
        return prepare(self.file, self.root, TODAY)


def small_office(folder: Path) -> Desk:
    """An office of three tasks, written with comments, quotes and brackets."""
    root = folder / "rules"
    root.mkdir()
    (root / "units.yaml").write_text(UNITS_YAML, encoding="utf-8")
    (root / "tasks.yaml").write_text(TASKS_YAML, encoding="utf-8")
    return Desk(root, folder / "台账.xlsx")


def shipped(folder: Path, name: str) -> Desk:
    """One of the offices that are shipped, or all of them under the name `rules`."""
    source = RULES if name == "rules" else RULES / name
    shutil.copytree(source, folder / "rules")
    return Desk(folder / "rules", folder / "台账.xlsx")


def diff(found: Import) -> list[str]:
    """The lines of rule files that differ, as - and +."""
    lines: list[str] = []
    for path, data in sorted(found.new.items()):
        old, new = found.old[path].decode(), data.decode()
        unified = difflib.unified_diff(old.splitlines(), new.splitlines(), n=0, lineterm="")
        lines += [line for line in list(unified)[2:] if not line.startswith("@@")]
    return lines


def at(sheet: Any, name: str, header: str) -> Any:
    """The cell under a header, in the first row whose name is this (编号, 单位 or 单位组)."""
    column = next(cell.column for cell in sheet[1] if cell.value == header)
    names = 2 if sheet.title == TASKS else 1
    row = next(row for row in range(2, sheet.max_row + 1) if sheet.cell(row, names).value == name)
    return sheet.cell(row, column)


def put(sheet: str, name: str, header: str, value: object) -> Callable[[Any], None]:
    """The edit of one cell."""

    def edit(book: Any) -> None:
        at(book[sheet], name, header).value = value

    return edit


def append(sheet: str, **texts: object) -> Callable[[Any], None]:
    """A new row at the end."""

    def edit(book: Any) -> None:
        row = book[sheet].max_row + 1
        for cell in book[sheet][1]:
            if cell.value in texts:
                new = book[sheet].cell(row, cell.column)
                new.value = texts[cell.value]
                new.data_type = "s" if isinstance(new.value, str) else new.data_type

    return edit


def delete(sheet: str, *rows: int) -> Callable[[Any], None]:
    """Whole rows gone."""

    def edit(book: Any) -> None:
        for row in sorted(rows, reverse=True):
            book[sheet].delete_rows(row)

    return edit


def reverse(sheet: str) -> Callable[[Any], None]:
    """All rows sorted the other way round, hidden columns with them."""

    def edit(book: Any) -> None:
        rows = [[cell.value for cell in row] for row in book[sheet].iter_rows(min_row=2)]
        for number, values in enumerate(reversed(rows), start=2):
            for column, value in enumerate(values, start=1):
                book[sheet].cell(number, column).value = value

    return edit
