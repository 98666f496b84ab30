"""Rows of a message in sections, and in long lists what their tasks share said once."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from gkbot.notices.rows import ORDER, Row

Section = dict[str, Any]

HEADINGS = {
    "due": "今日到期",
    "overdue": "逾期",
    "upcoming": "即将到期",
    "changed": "有变动",
    "withdrawn": "不再需要办理",
    "new": "新录入",
    "escalation": "逾期未反馈",
    "office-due": "各单位今日到期",
    "office-overdue": "各单位新增逾期",
    "office-unreachable": "未能送达（单位没有可以联系的联络员）",
    "office-late": "录入时已逾期（暂不通知单位；用 gkbot adopt 接管，或归档文件）",
    "office-no-leader": "未登记分管领导，未拟催办函",
}
COUNTED = {
    **HEADINGS,
    "office-due": "今日到期",
    "office-overdue": "新增逾期",
    "office-unreachable": "未能送达",
    "office-late": "录入时已逾期",
    "office-no-leader": "未登记分管领导",
}
OFFICE_LISTS = [name for name in ORDER if name.startswith("office-")]
LIST_FROM = {
    "new": 4,
    "changed": 4,
    "withdrawn": 4,
    **dict.fromkeys(OFFICE_LISTS, 2),
}  # so many are listed, fewer told in full
DATED = ("due", "overdue", "upcoming")
BRIEF_FROM = 20  # so many dated tasks of a group are lines, fewer told in full
TOGETHER = 10  # lines of a list between blank lines


def sections_of(rows: list[Row], *, robot: bool = False) -> list[Section]:
    """The sections of a message in their order; those that are lists have blocks, one a document.

    Args:
        robot: In a group's long digest a dated task is a line under its due day: a message holds thirty of them.
    """
    is_long = robot and sum(row["group"] in DATED for row in rows) >= BRIEF_FROM
    found = []
    for name in ORDER:
        inside = [row for row in rows if row["group"] == name]
        if inside:
            blocks = list(_blocks(inside)) if len(inside) >= LIST_FROM.get(name, len(rows) + 1) else []
            days = list(_days(inside)) if is_long and name in DATED else []
            found.append({"name": name, "heading": HEADINGS[name], "rows": inside, "blocks": blocks, "days": days})
    return found


def counts_of(rows: Iterable[Row]) -> str:
    """即将到期1项、新录入44项: tasks, not the units that share them."""
    counted = Counter(row["group"] for row in rows)
    return "、".join(f"{COUNTED[name]}{counted[name]}项" for name in ORDER if counted[name])


def _blocks(rows: list[Row]) -> Iterable[Section]:
    """The tasks of one document: what most of them share, then each with what it has of its own."""
    first = 1
    for document in dict.fromkeys(row["document"] for row in rows):
        inside = [row for row in rows if row["document"] == document]
        dated = [row for row in inside if row["due"] or row["changed"] or row["sensitive"]]
        undated = [row for row in inside if row not in dated]
        shared = {
            "who": _usual(row["who"] for row in inside if not row["office"]),
            "units": _usual(row["units"] for row in inside),
            "words": _usual(row["words"] for row in undated),
        }
        listed = [_own(row, shared, number) for number, row in enumerate([*dated, *undated], start=first)]
        first += len(listed)
        yield {
            "document": document,
            **shared,
            "dated": listed[: len(dated)],
            "undated": listed[len(dated) :],
            "lists": _tens(listed[len(dated) :]),
        }


def _days(inside: list[Row]) -> Iterable[Section]:
    """The tasks of one due day, each a line; sensitive ones have no day to show."""
    place = 0
    for due in dict.fromkeys((row["due_short"], row["left"]) for row in inside):
        rows = [row for row in inside if (row["due_short"], row["left"]) == due]
        units = _usual(row["units"] for row in rows)
        listed = [
            {**row, "index": number, "own_units": "" if row["units"] == units else row["units"]}
            for number, row in enumerate(rows, start=place + 1)
        ]
        place += len(listed)
        yield {"due": due[0], "left": due[1], "units": units, "count": len(listed), "lists": _tens(listed)}


def _own(row: Row, shared: Section, number: int) -> Row:
    """A row of a list, with what differs from the others."""
    who = "" if row["office"] or row["who"] == shared["who"] else row["who"]
    return {
        **row,
        "index": number,
        "own_who": who,
        "own_units": "" if row["units"] == shared["units"] else row["units"],
        "own_words": "" if row["words"] == shared["words"] else row["words"],
    }


def _usual(values: Iterable[str]) -> str:
    """What at least two and half of the tasks have; empty where there is nothing of the kind."""
    counted = Counter(values)
    value, count = counted.most_common(1)[0] if counted else ("", 0)
    return value if count >= 2 and 2 * count >= counted.total() else ""


def _tens(rows: list[Row]) -> list[list[Row]]:
    return [rows[start : start + TOGETHER] for start in range(0, len(rows), TOGETHER)]
