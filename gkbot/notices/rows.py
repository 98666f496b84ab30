"""Entries of a notice as the rows of its message, every date, count and lateness a word."""

import re
from collections.abc import Iterable
from datetime import date
from typing import Any

from gkbot.notices import wording
from gkbot.notices.escaping import is_address
from gkbot.notices.facts import Facts, change_of, group_of, is_office, left_of
from gkbot.planning.withdrawals import WITHDRAWN, is_withdrawn

Row = dict[str, Any]

ORDER = (  # what cannot wait comes first
    "due",
    "overdue",
    "upcoming",
    "changed",
    "withdrawn",
    "new",
    "escalation",
    "office-due",
    "office-overdue",
    "office-unreachable",
    "office-late",
    "office-no-leader",
)
TONES = {
    "due": "今日到期，请于下班前反馈。",
    "upcoming": "请提前安排。",
    "overdue": "截至今日未收到办结反馈。",
    "changed": "请知悉并安排办理。",
    "withdrawn": "不再需要办理，请知悉。",
    "new": "请知悉并安排办理。",
}
TITLES = {
    "due": "到期提醒",
    "upcoming": "工作提醒",
    "overdue": "逾期提示",
    "changed": "变动告知",
    "withdrawn": "撤销告知",
    "new": "任务告知",
}
ROLES = {"lead": "牵头", "responsible": "负责", "support": "配合"}
DUTIES = (("牵头单位", "lead"), ("责任单位", "responsible"), ("配合单位", "support"))
SAME = ("task", "due", "stage", "revision", "role", "catch_up")  # entries alike in these differ by unit only
UNITS_NAMED = 20
OBVIOUS = re.compile(
    r"新录入的任务，首次告知|到期日[^，；]*|未定到期日"
    r"|到期(?:前\d+(?:天|个工作日)|当日)（[^（）]*）提醒|到期后第\d+个工作日（[^（）]*）未收到办结反馈，提示.*"
)  # reasons that the rest of the message has said; anything else is told


def rows_of(entries: Iterable[Facts], today: date) -> list[Row]:
    """The rows of a message, the most pressing group first; entries that differ by their unit only are one row."""
    found: dict[tuple[Any, ...], list[Facts]] = {}
    for entry in entries:
        found.setdefault(_same(entry), []).append(entry)
    rows = [_row(alike, today) for alike in found.values()]
    return sorted(rows, key=lambda row: (ORDER.index(row["group"]), row["due_day"] or "9999"))


def row_of(entry: Facts, today: date) -> Row:
    """The row of one entry by itself."""
    return _row([entry], today)


def _same(entry: Facts) -> tuple[Any, ...]:
    """What entries of one row have in common; each unit's withdrawal has a number of its own, so its reason counts."""
    if is_withdrawn(entry["stage"]):
        return entry["task"], entry["role"], WITHDRAWN, entry["reason"]
    return tuple(entry[name] for name in SAME)


def _row(alike: list[Facts], today: date) -> Row:
    entry = alike[0]
    is_told = entry["due"] and not entry["sensitive"]
    due = date.fromisoformat(entry["due"]) if is_told else None
    group = group_of(entry, today)
    units = list(dict.fromkeys(found["unit"] for found in alike))
    changed = change_of(entry)
    is_doubtful, at = entry["provisional"], entry["at"]
    return {
        "group": group,
        "office": is_office(entry),
        "kind_title": TITLES.get(group, ""),
        "tone": TONES.get(group, ""),
        "id": entry["task"],
        "title": entry["title"],
        "title_short": wording.shortened(entry["title"]),
        "sensitive": entry["sensitive"],
        "units": wording.listed(units),
        "unit_count": len(units),
        "role": ROLES[entry["role"]],
        "due_day": entry["due"],
        "due": wording.due_in_full(due, at, provisional=is_doubtful) if due else None,
        "due_brief": wording.due_in_brief(due, at, today, provisional=is_doubtful) if due else None,
        "due_short": wording.due_in_brief(due, at, today, provisional=is_doubtful, inclusive=False) if due else None,
        "left": left_of(entry, today),
        "rest_note": _rest_note(entry, today) if is_told else None,
        "words": "；".join(f"“{words}”" for words in entry["words"]),
        "clause": entry["clause"] or "",
        "document": _document(entry),
        "source": _document(entry) + (entry["clause"] or ""),
        "basis": entry["basis"],
        "todo": "；".join(found for found in (entry["requirement"], entry["metric"]) if found),
        "who": _who(entry),
        "changed": changed,
        "moved": "期限已调整，" if changed and changed.startswith("期限已调整") else "",
        "reason": "" if is_office(entry) else _reason(entry),
        "catch_up": "补发" if entry["catch_up"] else None,
        "links": [{"unit": found["unit"], "url": found["link"]} for found in alike if is_address(found["link"] or "")],
        "number": entry["number"],
        "of": entry["of"],
    }


def _rest_note(entry: Facts, today: date) -> str | None:
    """Where the due day is a rest day, the last working day before it."""
    if not entry["last_workday"]:
        return None
    last = date.fromisoformat(entry["last_workday"])
    rest = "当天为休息日" + ("（暂定）" if entry.get("rest_provisional") else "")  # older facts do not say
    if last < today:
        return rest
    if last == today:
        return f"{rest}，今天是最后一个工作日，请于今天下班前完成"
    return f"{rest}，最后一个工作日为{wording.dated(last)}，请在此前完成"


def _document(entry: Facts) -> str:
    """《…任务安排》（文号）; empty for sensitive tasks."""
    if not entry["document"]:
        return ""
    number = f"（{entry['document_number']}）" if entry["document_number"] else ""
    return f"《{entry['document'].strip('《》')}》{number}"


def _who(entry: Facts) -> str:
    """牵头单位 市政府办公室；责任单位 各县（区）."""
    return "；".join(f"{name} {wording.listed(entry[key], UNITS_NAMED)}" for name, key in DUTIES if entry[key])


def _reason(entry: Facts) -> str:
    """Why it is said today, as far as neither the dates nor the line of changes say so already."""
    reason = str(entry["reason"])
    said = reason.partition("；")[2] if change_of(entry) else reason
    told = [piece for piece in said.rstrip("。").split("；") if piece and not OBVIOUS.fullmatch(piece)]
    return "；".join(told)
