"""The changes of an import as people read them: line by line, field by field, and the days that move."""

import re
from collections.abc import Iterator, Sequence

from gkbot.rulebook.values import Rulebook, Task
from gkbot.service.workbook.columns import SHEETS
from gkbot.service.workbook.importing import Import
from gkbot.service.workbook.wishes import FieldWish, Wish

_BETWEEN = "[\n、]"
SIGNS = {"~": "修改", "+": "新增", "-": "删除"}


def told(found: Import) -> Iterator[str]:
    """The lines of the report, without mistakes."""
    for form in SHEETS:
        wishes = [wish for wish in found.wishes if wish.form is form]
        if not wishes:
            continue
        yield f"{form.name}：" + "，".join(f"{word} {_count(wishes, sign)} 条" for sign, word in SIGNS.items())
        for wish in wishes:
            yield from _wish(wish, found)


def as_json(found: Import) -> dict[str, object]:
    """The same for machines."""
    return {
        "changes": [
            {
                "sign": wish.sign,
                "sheet": wish.form.name,
                "name": wish.name,
                "file": wish.file,
                "row": wish.row,
                "fields": [{"field": each.header, "old": each.old, "new": each.new} for each in wish.fields],
            }
            for wish in found.wishes
        ],
        "mistakes": [
            {
                "sheet": each.spot.sheet,
                "row": each.spot.row,
                "column": each.spot.letter,
                "header": each.spot.header,
                "message": each.message,
                "fix": each.cure,
            }
            for each in found.mistakes
        ],
        "problems": [problem.as_json() for problem in found.problems],
        "remarks": found.remarks,
        "files": sorted(found.new),
    }


def _count(wishes: Sequence[Wish], sign: str) -> int:
    return sum(wish.sign == sign for wish in wishes)


def _wish(wish: Wish, found: Import) -> Iterator[str]:
    where = f"第{wish.row}行" if wish.row else wish.file
    yield f"  {wish.sign} {wish.name}（{where}）"
    for each in wish.fields:
        yield f"      {_field(each)}"
    yield from (f"      {line}" for line in _days(wish, found))


def _field(wish: FieldWish) -> str:
    old, new = (text.replace("\n", "、") for text in (wish.old, wish.new))
    if "\n" in wish.old and "\n" in wish.new:
        return f"{wish.header}：{_items(re.split(_BETWEEN, wish.old), re.split(_BETWEEN, wish.new))}"
    if not old:
        return f"{wish.header}：{new}"
    return f"{wish.header}：{old} → {new or '（删去）'}"


def _items(old: list[str], new: list[str]) -> str:
    added = [f"加上 {'、'.join(more)}"] if (more := [each for each in new if each not in old]) else []
    gone = [f"去掉 {'、'.join(less)}"] if (less := [each for each in old if each not in new]) else []
    return "，".join([*added, *gone]) or "调整顺序"


def _days(wish: Wish, found: Import) -> Iterator[str]:
    old, new = _due(found.before, wish.task), _due(found.after, wish.task)
    if not wish.task or old == new:
        return
    if old and new:
        yield f"截止：{old} → {new}" + ("（提前了）" if new < old else "")
    elif new or (old and wish.sign == "~"):
        yield f"截止：{new or f'{old} → （没有日子）'}"


def _due(book: Rulebook | None, task_id: str) -> str | None:
    task: Task | None = book.task(task_id) if book and task_id else None
    if task is None:
        return None
    if task.confirmation:
        return task.confirmation.due.isoformat()
    days = [str(day) for deadline in task.deadlines if (day := deadline.as_json().get("due"))]
    return "、".join(days) or None
