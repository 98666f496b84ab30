"""Facts of notices that never were, full and sparse, to try templates with."""

from datetime import date
from typing import Any

from gkbot.notices.facts import Facts
from gkbot.planning.stages import LETTERS

SAMPLE_DAY = date(2027, 1, 22)
STAGES = {
    "upcoming": ("before-7", "upcoming", "2027-01-31"),
    "due": ("due", "due", "2027-01-22"),
    "overdue": ("overdue-2", "overdue", "2027-01-15"),
    "new": ("new", "new", "2027-06-30"),
    "undated": ("new", "new", None),
    "withdrawn": ("withdrawn-7", "withdrawn", None),
    "escalation": ("escalation", "escalation", "2027-01-15"),
    "urge": ("urge", "escalation", "2027-01-21"),
    "bulletin": ("bulletin", "escalation", "2027-01-08"),
    "office-due": ("office-due", "due", "2027-01-22"),
    "office-overdue": ("office-overdue", "overdue", "2027-01-21"),
    "office-late": ("office-late", "overdue", "2026-06-30"),
    "office-unreachable": ("office-unreachable-due", "due", "2027-01-22"),
    "office-no-leader": ("office-no-leader", "overdue", "2027-01-15"),
}
ENTRIES_OF = {
    "upcoming": ("upcoming",),
    "due": ("due",),
    "overdue": ("overdue",),
    "escalation": ("escalation",),
    "urge": ("urge",),
    "bulletin": ("bulletin", "bulletin"),
    "digest": ("due", "upcoming", "overdue", "new", "undated", "withdrawn", "office-due"),
    "admin": ("office-due", "office-overdue", "office-late", "office-unreachable", "office-no-leader"),
}


def samples(kind: str) -> tuple[Facts, ...]:
    """Facts of a kind: everything there, as little as possible, one secret, and for a robot."""
    names = ENTRIES_OF[kind]
    full = _facts(kind, [_entry(name, number) for number, name in enumerate(names, start=1)])
    sparse = _facts(kind, [_entry(names[0], 1, full=False)], full=False)
    secret = _facts(kind, [_entry(names[0], 1, full=False, sensitive=True)], full=False)
    several = _facts(kind, [_entry(names[0], 1), _entry(names[0], 2, full=False)])
    lines_only = _facts(kind, [], full=False) | {"lines": ["另有2项事项录入时已逾期。"]}
    bare = () if kind != "admin" else (lines_only,)
    lists = () if kind != "digest" else (_list_of_new(robot=False), _list_of_new(robot=True), _long())
    return full, sparse, secret, several, full | {"robot": True, "mailbox": None}, *bare, *lists


def _list_of_new(*, robot: bool) -> Facts:
    """A newly loaded file: tasks with and without a day, most alike, one secret, one for another unit."""
    entries = [_entry("new" if number < 3 else "undated", number) for number in range(1, 14)]
    odd = _entry("undated", 14, full=False) | {"unit": "县教育局", "words": ["适时"], "lead": ["县教育局"]}
    secret = _entry("new", 15, sensitive=True)
    return _facts("digest", [*entries, odd, secret]) | {"robot": robot, "unit": "县财政局、县教育局"}


def _long() -> Facts:
    """More dated tasks for a group than are told in full."""
    entries = [_entry("due" if number < 12 else "upcoming", number) for number in range(1, 24)]
    secret = _entry("upcoming", 24, full=False, sensitive=True)
    return _facts("digest", [*entries, secret]) | {"robot": True}


def _facts(kind: str, entries: list[Facts], *, full: bool = True) -> Facts:
    return {
        "version": 1,
        "number": "3F9A0C71D2",
        "kind": "escalation" if kind in LETTERS else kind,
        "day": SAMPLE_DAY.isoformat(),
        "draft": kind in LETTERS,
        "letter": kind if kind in LETTERS else None,
        "robot": False,
        "unit": None if kind in {"admin", "bulletin"} else "县财政局",
        "contact": "政务公开科" if kind in {"admin", "bulletin"} else "办公室信息公开岗（A岗）",
        "mentions": ["zhangsan"] if full else [],
        "mobiles": ["13800000000"] if full else [],
        "contact_line": "县政府办公开科 李某 0000-0000000" if full else None,
        "mailbox": "gongkai@example.gov.cn" if full else None,
        "issuer": "县政府办公室" if full else None,
        "off_since": "2027-01-18" if full else None,
        "off_until": "2027-01-20" if full else None,
        "answer_by": "2027-01-29",
        "lines": ["已拟催办函草稿1份，审核后方可发出：县财政局。"] if full else [],
        "entries": entries,
    }


def _entry(name: str, number: int, *, full: bool = True, sensitive: bool = False) -> Facts:
    stage, kind, due = STAGES[name]
    is_told = full and not sensitive
    details: dict[str, Any] = {
        "clause": "第五部分第（一）项" if is_told else None,
        "words": [] if sensitive else ["每年1月31日前"],
        "document": None if sensitive else "2026年政务公开工作要点",
        "document_number": "X政办发〔2026〕12号" if is_told else None,
        "basis": "《政府信息公开条例》第四十九条" if is_told else None,
        "requirement": "报县政府办公开科，并在县政府网站公布" if is_told else None,
        "metric": None,
        "lead": ["县财政局"] if is_told else [],
        "support": ["县档案馆"] if is_told else [],
        "responsible": [],
        "last_workday": "2027-01-29" if name == "upcoming" else None,
        "rest_provisional": is_told and name == "upcoming",
        "provisional": is_told and name == "upcoming",
        "also": ["changed"] if is_told and name == "upcoming" else [],
        "catch_up": is_told,
        "link": "https://example.gov.cn/x/9F3K" if is_told and not stage.startswith("office-") else None,
        "at": None,
    }
    return details | {
        "task": f"ZWGK-2026-{number:03}",
        "sensitive": sensitive,
        "title": "事项内容请登录内网查看" if sensitive else "公布政府信息公开工作年度报告",
        "unit": "县财政局",
        "role": "lead",
        "period": due,
        "due": due,
        "stage": stage,
        "kind": kind,
        "number": 2 if full else None,
        "of": 4 if full else None,
        "revision": 0,
        "reason": "期限已调整为1月31日（周日）；到期前7天为1月24日（周日，休息），提前到1月22日（周五）提醒。",
    }
