"""Write docs/期限写法.md from the tables of phrases: every form with an example and what gkbot takes it to mean.

Run after changing the tables: `python tests/tools/make_deadline_forms.py`; a test compares page and tables.
"""

from datetime import date
from pathlib import Path
from typing import Any

import yaml

from gkbot.deadline import Calendar, Deadline, read

ROOT = Path(__file__).parents[2]
TABLES = ROOT / "tests" / "data" / "phrases"
PAGE = ROOT / "docs" / "期限写法.md"
ISSUED = date(2023, 5, 17)
KINDS = {
    "by": "截止日",
    "within": "起止",
    "recurring": "周期",
    "after_event": "从事件起算",
    "ongoing": "长期",
    "vague": "无日期",
}
HEAD = """# 期限写法一览

本页由 `tests/data/phrases/` 的表格生成，请勿手改。例子都按印发日期 2023年5月17日 读出；另有说明的，括注印发日期。
写法不分简繁体、全半角，数字可用阿拉伯数字或中文数字，词中的空格和换行不影响。任何一句都可以用 `gkbot when "…"` 试读，
加 `--trace` 看每一步。拿不准的写法会列出另一种读法，需用“确认”定下来。

## 能读的写法

| 写法 | 例子 | 类别 | 读作 |
|---|---|---|---|
"""
MIDDLE = """
## 程序怎样取用（`--json` 的 `recurrence.by`）

周期内的截止日写在 `by` 里，几个用“、”连接；没写日期的为空（null），以周期最后一日为准。

| 周期 | 写法 | 例子 |
|---|---|---|
| 每年 | 公历月-日 | `01-31` |
| 每半年、每季度 | 一年里各期的公历月-日 | 季末 `03-31、06-30、09-30、12-31` |
| 每月 | 日；`-1` 为当月最后一日，当月没有的日子取最后一日 | `25`，`-1` |
| 每旬、每半月 | 同每月，次数按月计 | `10、20、-1`，`15、-1` |
| 每周 | 星期 | `FR`，`MO、TH` |
| 每日 | 时刻，未写则为空 | `17:00` |
| 第几个星期几、第几个工作日（WD） | 序号在前，从月末数为负；按季按年的前加月份 | `1FR`，`-1FR`，`-1WD`，`12--1FR` |
| 农历节日 | 节名；节前写“前”，截止到前一日 | `春节前` |

2月末写作 `02-28`，闰年为29日。`rrule` 是同一内容的 iCalendar 写法（RFC 5545；农历节日按 RFC 7529），
其中工作日只按周一至周五，不含调休；准确日期以 `gkbot plan` 为准。

## 不算期限的日期

下列文字里的日期不会被当作期限。

| 文字 | 原因 |
|---|---|
"""


def page() -> str:
    """The whole page."""
    calendar = Calendar.builtin()
    forms = [_form(row, calendar) for row in _rows("accepted.yaml") if row.get("example")]
    refused = [f"| {_cell(row['phrase'])} | {row['reason']} |" for row in _rows("refused.yaml") if row["phrase"]]
    return HEAD + "\n".join(forms) + "\n" + MIDDLE + "\n".join(refused) + "\n"


def _rows(name: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = yaml.safe_load((TABLES / name).read_text(encoding="utf-8"))
    return rows


def _form(row: dict[str, Any], calendar: Calendar) -> str:
    issued = row.get("ref", ISSUED)
    found = read(row["phrase"], issued=issued, calendar=calendar)
    note = "" if issued == ISSUED else f"（{issued.isoformat()}印发）"
    meaning = "；".join(_meaning(deadline) for deadline in found)
    return f"| {row['form']} | {_cell(row['phrase'])}{note} | {KINDS[found[0].kind.value]} | {_cell(meaning)} |"


def _meaning(deadline: Deadline) -> str:
    words = str(deadline.schedule)
    if deadline.alternatives:
        words += "（或 " + "、".join(other.due.isoformat() for other in deadline.alternatives) + "）"
    if deadline.doubts:
        words += "，存疑：" + "；".join(doubt.text for doubt in deadline.doubts)
    return words


def _cell(words: str) -> str:
    return words.replace("\n", "⏎").replace("|", "\\|")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
