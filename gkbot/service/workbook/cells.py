"""One cell as words of a rule file: what people and Excel add is taken off, what they broke is told."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from gkbot.service.workbook.columns import Cells, Column

_UNSEEN = re.compile("[\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff\u00ad]")
_RETURN = re.compile(r"_x000D_\n?|\r\n?", re.IGNORECASE)
_LOOSE_DATE = re.compile(r"(\d{4})\s*[-—－–年/.]\s*(\d{1,2})\s*[-—－–月/.]\s*(\d{1,2})\s*日?(?:\s+00:00:00)?")
_SERIAL = range(36_526, 73_416)  # Excel's numbers of the days from 2000 to 2100
_AS_TEXT = "把单元格格式改为“文本”，重新填写"


@dataclass(frozen=True, slots=True)
class Reading:
    """What a cell says.

    Attributes:
        wrong, cure: Why it says nothing, and the way out.
        remark: What was taken off and may be missed.
    """

    text: str = ""
    wrong: str = ""
    cure: str = ""
    remark: str = ""


def read_value(value: object, kind: str, column: Column) -> Reading:
    """The words of a cell.

    Args:
        value: As openpyxl gives it.
        kind: Its data type: s, n, d, b, e or f.
    """
    if value is None:
        return Reading()
    if kind == "f":
        return Reading(wrong="是公式", cure="复制这个单元格，选择性粘贴为“数值”")
    if kind == "e":
        return Reading(wrong=f"是错误值{value}", cure="重新填写")
    if isinstance(value, (datetime, date)):
        return _read_day(value, column)
    if isinstance(value, bool):
        return Reading(text="是" if value else "否") if column.choices == ("是", "否") else _unreadable("逻辑值")
    if isinstance(value, (time, timedelta)):
        return _unreadable("时间")
    if isinstance(value, (int, float)):
        return _read_number(value, column)
    return read_text(str(value), column)


def read_text(text: str, column: Column) -> Reading:
    """The words of a text as people leave it: blanks at the ends, full-width spaces, line breaks."""
    lines = [" ".join(_UNSEEN.sub("", line).split()) for line in _RETURN.sub("\n", text).split("\n")]
    lines = [line for line in lines if line]
    if column.cells is Cells.UNITS:
        lines = [line.strip("、 ") for line in lines if line.strip("、 ")]
    if column.cells in {Cells.UNITS, Cells.LINES} or len(lines) <= 1:
        found = "\n".join(lines)
        return Reading(text=_day_text(found) if column.cells is Cells.DATE else found)
    joined = lines[0]
    for line in lines[1:]:
        joined += f" {line}" if joined[-1].isascii() and line[0].isascii() else line
    return Reading(text=joined, remark="单元格里的换行去掉了")


def _read_day(value: date, column: Column) -> Reading:
    day = value.date() if isinstance(value, datetime) else value
    if column.cells is Cells.DATE:
        return Reading(text=day.isoformat())
    if column.field == ("期限",):
        cure = f"期限要照抄原文的文字。{_AS_TEXT}，例如“{day.month}月{day.day}日前”"
        return Reading(wrong=f"是Excel的日期（{day}），看不出原文怎么写", cure=cure)
    return Reading(wrong=f"变成了Excel的日期（{day}）", cure=_AS_TEXT)


def _read_number(value: float, column: Column) -> Reading:
    whole = int(value) if value == value // 1 and abs(value) < 1e15 else None
    if whole is None:
        return Reading(wrong=f"变成了数字{value}，末尾的0和前面的0可能丢了", cure=_AS_TEXT)
    if column.field == ("期限",):
        what = "像是日期变成的数字" if whole in _SERIAL else "不是期限"
        return Reading(wrong=f"是数字{whole}，{what}", cure=f"{_AS_TEXT}期限的原文")
    if column.cells is Cells.DATE:
        return Reading(wrong=f"是数字{whole}，不是日期", cure="写成 年-月-日，例如 2026-03-31")
    return Reading(text=str(whole))


def _day_text(text: str) -> str:
    """2026/3/5 and 2026年3月5日 as 2026-03-05; anything else as it stands, for the rule file's own check."""
    found = _LOOSE_DATE.fullmatch(text)
    return "{:0>4}-{:0>2}-{:0>2}".format(*found.groups()) if found else text


def _unreadable(what: str) -> Reading:
    return Reading(wrong=f"变成了{what}", cure=_AS_TEXT)
