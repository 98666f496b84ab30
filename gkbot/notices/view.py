"""Facts as a template sees them on the day the message leaves: every date, count and lateness a word."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from gkbot.notices import wording
from gkbot.notices.escaping import is_address
from gkbot.notices.facts import Facts, group_of, is_office, left_of

View = dict[str, Any]

HEADINGS = {
    "due": "今日到期",
    "upcoming": "即将到期",
    "overdue": "逾期",
    "new": "新录入或有变动",
    "escalation": "逾期未反馈",
    "office-due": "各单位今日到期",
    "office-overdue": "各单位新增逾期",
    "office-late": "录入时已逾期（暂不通知单位，请接手或归档）",
    "office-unreachable": "未能送达（单位没有可以联系的联络员）",
    "office-no-leader": "未登记分管领导，未拟催办函",
}
TONES = {
    "due": "今日到期，请于下班前反馈。",
    "upcoming": "请提前安排。",
    "overdue": "截至今日未收到办结反馈。",
    "new": "请知悉并安排办理。",
}
OPENINGS = {
    "due": "今日到期，请于下班前反馈。",
    "upcoming": "即将到期，请提前安排。",
    "overdue": "，截至今日未收到办结反馈。",
    "new": "已录入，请知悉并安排办理。",
}
TITLES = {"due": "到期提醒", "upcoming": "工作提醒", "overdue": "逾期提示", "new": "任务告知"}
ROLES = {"lead": "牵头", "responsible": "负责", "support": "配合"}
TWICE = "（可能重复）"
IGNORE = "已办结请忽略；如非本单位职责，请于3个工作日内反馈。"
EXTENSION = "需要延期：请在到期前提出，说明原因、进展和拟完成时间。"
SAME = ("task", "due", "stage", "revision", "role", "catch_up")  # entries alike in these differ by unit only


def view(facts: Facts, today: date, *, maybe_twice: bool = False) -> View:
    """The names a template is given; see the heads of the templates."""
    rows = _rows(facts["entries"], today)
    sections = [
        {"name": name, "heading": heading, "rows": found}
        for name, heading in HEADINGS.items()
        if (found := [row for row in rows if row["group"] == name])
    ]
    own = [row for row in rows if not row["office"]]
    return {
        "twice": TWICE if maybe_twice else "",
        "kind": facts["kind"],
        "draft": facts["draft"],
        "unit": facts["unit"] or facts["contact"],
        "today": wording.full_day(today),
        "headline": headline(facts, own, rows, today),
        "opening": _opening(facts, own),
        "sections": sections,
        "count": len(own or rows),
        "counts": _counts(own or rows),
        "single": len(rows) == 1,
        "first": rows[0] if rows else None,
        "catch_up": _off(facts),
        "lines": facts["lines"],
        "report": _report(facts, own),
        "extension": EXTENSION if any(row["group"] in {"due", "upcoming"} for row in own) else None,
        "contact_line": facts["contact_line"],
        "ignore": IGNORE if own else None,
        "small_print": _small_print(facts, own),
        "mentions": facts["mentions"],
        "letter": _letter(facts, own, today) if facts["draft"] else None,
    }


def headline(facts: Facts, own: list[View], rows: list[View], today: date) -> str:
    """The first line: what, by when, how long; for several tasks their number and the most urgent one."""
    if not own:
        return f"{wording.dated(today)}督办清单：{_counts(rows)}" if rows else f"{wording.dated(today)}督办情况"
    if len(own) == 1 and len(rows) == 1:
        row = own[0]
        if row["sensitive"]:
            return _opening(facts, own)
        return f"{row['title']}：{row['due']}截止，{row['left']}" if row["due"] else f"{row['title']}：{row['words']}"
    dated = [row for row in own if row["due"]]  # not the sensitive ones
    counts = _counts(own)
    if not dated or facts["draft"]:
        return f"{len(own)}项任务：{counts}"
    nearest = dated[0]
    what = f"最近的是“{nearest['title_short']}”，{nearest['due']}截止，{nearest['left']}"
    return f"{len(own)}项任务：{counts}；{what}"


def _rows(entries: Iterable[Facts], today: date) -> list[View]:
    """Entries that differ by their unit only are one row."""
    found: dict[tuple[Any, ...], list[Facts]] = {}
    for entry in entries:
        found.setdefault(tuple(entry[name] for name in SAME), []).append(entry)
    rows = [_row(alike, today) for alike in found.values()]
    order = list(HEADINGS)
    return sorted(rows, key=lambda row: (order.index(row["group"]), row["due_day"] or "9999"))


def _row(alike: list[Facts], today: date) -> View:
    entry = alike[0]
    is_told = entry["due"] and not entry["sensitive"]
    due = date.fromisoformat(entry["due"]) if is_told else None
    group = group_of(entry, today)
    units = list(dict.fromkeys(found["unit"] for found in alike))
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
        "due": wording.due_in_full(due, entry["at"], provisional=entry["provisional"]) if due else None,
        "due_short": wording.dated(due) if due else None,
        "left": left_of(entry, today),
        "rest_note": _rest_note(entry, today) if is_told else None,
        "words": "；".join(f"“{words}”" for words in entry["words"]),
        "document": _document(entry),
        "source": _document(entry) + (entry["clause"] or ""),
        "basis": entry["basis"],
        "todo": "；".join(found for found in (entry["requirement"], entry["metric"]) if found),
        "who": _who(entry),
        "changed": _changed(entry),
        "reason": _reason(entry),
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
    if last < today:
        return "当天为休息日"
    if last == today:
        return "当天为休息日，今天是最后一个工作日，请于今天下班前完成"
    return f"当天为休息日，最后一个工作日为{wording.dated(last)}，请在此前完成"


def _document(entry: Facts) -> str:
    """《…任务安排》（文号）; empty for sensitive tasks."""
    if not entry["document"]:
        return ""
    number = f"（{entry['document_number']}）" if entry["document_number"] else ""
    return f"《{entry['document'].strip('《》')}》{number}"


def _who(entry: Facts) -> str:
    parts = [
        f"{name}：{wording.listed(entry[key], 20)}"
        for name, key in (("牵头", "lead"), ("责任", "responsible"), ("配合", "support"))
        if entry[key]
    ]
    return "　".join(parts)


def _changed(entry: Facts) -> str | None:
    """What an announcement says, for entries that carry one."""
    announced = {entry["stage"], *entry["also"]}
    if announced & {"changed", "opened"} or any(name.startswith("reopened-") for name in announced):
        return str(entry["reason"]).partition("；")[0].rstrip("。")
    return None


def _reason(entry: Facts) -> str:
    """Why it is said today, without what the line of changes says already."""
    reason = str(entry["reason"])
    return reason.partition("；")[2] if _changed(entry) else reason


def _counts(rows: list[View]) -> str:
    names = {
        "due": "今日到期",
        "upcoming": "即将到期",
        "overdue": "逾期",
        "new": "新录入或有变动",
        "escalation": "逾期未反馈",
        "office-due": "今日到期",
        "office-overdue": "新增逾期",
        "office-late": "录入时已逾期",
        "office-unreachable": "未能送达",
        "office-no-leader": "未登记分管领导",
    }
    counted = ((name, sum(row["unit_count"] for row in rows if row["group"] == group)) for group, name in names.items())
    return "、".join(f"{name}{count}项" for name, count in counted if count)


def _opening(facts: Facts, own: list[View]) -> str:
    """你单位牵头的以下1项政务公开任务还有9天到期，请提前安排。"""
    if not own:
        return ""
    if all(row["sensitive"] for row in own):
        left = own[0]["left"] if len(own) == 1 else None
        return f"您有{len(own)}项事项{left or ''}，请登录内网查看。"
    units = "各单位" if "、" in (facts["unit"] or "") else "你单位"
    roles = {row["role"] for row in own}
    tasks = f"{units}{roles.pop() if len(roles) == 1 else ''}的以下{len(own)}项政务公开任务"
    groups = {row["group"] for row in own}
    group = groups.pop() if len(groups) == 1 else ""
    if group == "upcoming" and len(own) == 1:
        return f"{tasks}{own[0]['left'].replace('还剩', '还有')}到期，请提前安排。"
    if group == "new" and all(row["changed"] for row in own):
        return f"{tasks}有变动，请知悉并安排办理。"
    return f"{tasks}{OPENINGS.get(group, '，请按期安排。')}"


def _off(facts: Facts) -> str | None:
    if not facts["off_since"] or not facts["off_until"]:
        return None
    since, until = date.fromisoformat(facts["off_since"]), date.fromisoformat(facts["off_until"])
    return wording.off_period(since, until)


def _report(facts: Facts, own: list[View]) -> str | None:
    """How to say that it is done; an answer by mail is offered only where somebody reads it."""
    if not own:
        return None
    ways = []
    if facts["mailbox"] and not facts["robot"]:
        ways.append("直接回复本邮件“已完成”并附网址")
    elif facts["mailbox"]:
        ways.append(f"发邮件至 {facts['mailbox']} 说明“已完成”并附网址")
    if any(row["links"] for row in own):
        ways.append("点任务下的“反馈办结”")
    return "，或".join(ways) if ways else "请向下列联系人反馈" if facts["contact_line"] else "请向交办单位反馈"


def _small_print(facts: Facts, own: list[View]) -> str:
    if facts["draft"]:
        return f"本稿由系统拟写，编号{facts['number']}，经审核后由人工发出。"
    nth = ""
    if len(own) == 1 and own[0]["number"]:
        nth = f"（第{own[0]['number']}次，共{own[0]['of']}次）"
    doubt = (
        "标“暂定”的日期依据尚未公布的放假安排，公布后会重新核算。"
        if any("暂定" in (r["due"] or "") for r in own)
        else ""
    )
    return f"本提醒由系统自动发出{nth}，通知编号{facts['number']}。{doubt}"


def _letter(facts: Facts, own: list[View], today: date) -> View:
    """What a letter to a unit's leader says besides the tasks."""
    sources = list(dict.fromkeys(row["document"] for row in own if row["document"]))
    answer_by = date.fromisoformat(facts["answer_by"])
    return {
        "answer_by": wording.dated(answer_by),
        "office": facts["issuer"] or facts["contact_line"] or "交办单位",
        "sources": "、".join(sources),
        "numerals": [wording.numeral(number) for number in range(1, len(own) + 1)],
        "day": wording.full_day(today),
    }
