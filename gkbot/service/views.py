"""What the command line and the web page show of tasks and plans, as plain data (CONTRACTS.md)."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date

from gkbot.iso import iso
from gkbot.planning import CLOSED, Duty, Notice, NoticeKind, Plan
from gkbot.planning.changes import TaskChange
from gkbot.rulebook.values import Document, Task

JsonObject = dict[str, object]

WEEKDAY_WORDS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
STATUS_WORDS = {
    "waiting": "待触发",
    "open": "办理中",
    "acknowledged": "已签收",
    "reported": "已报完成",
    "done": "已办结",
    "overdue": "逾期",
    "cancelled": "已停办",
    "archived": "已归档",
}
KIND_WORDS = {
    NoticeKind.UPCOMING: "到期前提醒",
    NoticeKind.DUE: "到期提醒",
    NoticeKind.OVERDUE: "逾期提示",
    NoticeKind.ESCALATION: "催办函",
    NoticeKind.DIGEST: "汇总",
    NoticeKind.ADMIN: "管理员通知",
    NoticeKind.NEW: "任务录入",
    NoticeKind.WITHDRAWN: "任务撤销",
}


def tasks_json(tasks: Iterable[Task], duties: Iterable[Duty], day: date) -> list[JsonObject]:
    """The list of `gkbot tasks --json`, in the order of `tasks`."""
    by_task: dict[str, list[Duty]] = defaultdict(list)
    for duty in duties:
        by_task[duty.task.id].append(duty)
    return [_task_json(task, by_task[task.id], day) for task in tasks]


def plan_json(plans: Sequence[Plan], first: date, last: date, moved: Iterable[TaskChange] = ()) -> JsonObject:
    """The object of `gkbot plan --json`; both days inclusive.

    Args:
        moved: Tasks whose due days differ from those of the version in force.
    """
    notices = [_notice_json(notice) for plan in plans for notice in plan.notices]
    moves = [
        {"task": change.task.id, "old": iso(move.old), "new": iso(move.new), "by_calendar": move.by_calendar}
        for change in moved
        for move in change.moves
    ]
    return {"from": first.isoformat(), "to": last.isoformat(), "notices": notices, "moved": moves}


def status_of(duty: Duty, day: date) -> str:
    """The status that users see; overdue is worked out here, it is never stored."""
    return "overdue" if duty.is_overdue(day) else str(duty.status)


def status_word(duty: Duty, day: date) -> str:
    """The status in Chinese, with the days that matter."""
    left = duty.days_left(day)
    if duty.is_overdue(day):
        return f"逾期{-(left or 0)}天"
    if left is not None and duty.status not in CLOSED:
        return f"{STATUS_WORDS[duty.status]}，{'今日到期' if left == 0 else f'还剩{left}天'}"
    return STATUS_WORDS[duty.status]


def _task_json(task: Task, duties: Sequence[Duty], day: date) -> JsonObject:
    deadlines = [_deadline_json(task, index) for index in range(len(task.deadlines))]
    return {
        "id": task.id,
        "document": _document_json(task.document),
        "clause": task.clause,
        "title": task.title,
        "deadline": deadlines[0] if deadlines else None,
        "deadlines": deadlines,
        "lead": list(task.lead),
        "support": list(task.support),
        "responsible": list(task.responsible),
        "duties": [_duty_json(duty, day) for duty in duties],
    }


def _document_json(document: Document) -> JsonObject:
    return {
        "title": document.title,
        "number": document.number,
        "issued": document.issued.isoformat(),
        "year": document.year,
        "file": document.file,
    }


def _deadline_json(task: Task, index: int) -> JsonObject:
    deadline = task.deadlines[index]
    result: JsonObject = deadline.as_json()
    if task.confirmation is not None and index == 0:
        result["due"] = task.confirmation.due.isoformat()
        result["ambiguous"] = False
        result["why"] = (
            f"{result['why']}{task.confirmation.by}于{task.confirmation.on}确认：{task.confirmation.reason}。"
        )
    return result


def _duty_json(duty: Duty, day: date) -> JsonObject:
    return {
        "unit": duty.unit.name,
        "role": str(duty.role),
        "period": duty.period,
        "due": iso(duty.due),
        "status": status_of(duty, day),
        "days_left": duty.days_left(day),
        "provisional": duty.provisional,
        "revision": duty.revision,
    }


def _notice_json(notice: Notice) -> JsonObject:
    recipient = notice.recipient
    return {
        "key": notice.key,
        "date": notice.day.isoformat(),
        "kind": str(notice.kind),
        "recipient": {
            "unit": recipient.unit,
            "contact": recipient.contact,
            "channel": recipient.channel,
            "address": recipient.address,
        },
        "draft": notice.draft,
        "items": [
            {
                "task": item.task,
                "unit": item.unit,
                "role": str(item.role),
                "period": item.period,
                "due": iso(item.due),
                "days_left": item.days_left,
                "stage": item.stage,
                "kind": str(item.kind),
                "catch_up": item.catch_up,
                "provisional": item.provisional,
                "reason": item.reason,
            }
            for item in notice.items
        ],
        "lines": list(notice.lines),
    }
