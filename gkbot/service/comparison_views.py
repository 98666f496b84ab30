"""A comparison of the rule files with the version in force, as lines for people and as plain data."""

from collections.abc import Iterator, Sequence

from gkbot.iso import iso
from gkbot.planning.changes import Move, TaskChange
from gkbot.planning.forecast import Difference
from gkbot.rulebook.values import Task
from gkbot.service.comparing import Comparison

UNITS_NAMED = 3
MOST_DAYS = 3
JsonObject = dict[str, object]


def lines_of(found: Comparison) -> Iterator[str]:
    """The whole comparison; + comes, ~ changes, - goes."""
    yield from _head(found)
    for change in found.changes.tasks:
        yield from _task(change)
    for name, some in (
        ("单位和联络员", found.units),
        ("提醒方案", found.plans),
        ("管理员", found.admins),
        ("放假安排", found.calendar),
    ):
        if some:
            yield f"{name}："
            yield from (f"  {line}" for line in some)
    yield from _calendar_moves(found)
    yield from _coming(found)
    if found.dangers:
        yield f"要由人确认的改动 {len(found.dangers)} 处（确认用 gkbot accept）："
        yield from (f"  ! {danger.text}" for danger in found.dangers)


def comparison_json(found: Comparison) -> JsonObject:
    """The object of `gkbot diff --json`."""
    return {
        "date": found.day.isoformat(),
        "in_force_since": iso(found.since),
        "same": found.is_same,
        "tasks": [_task_json(change) for change in found.changes.tasks],
        "duties": {"before": found.changes.before, "gone": found.changes.gone, "come": found.changes.come},
        "units": list(found.units),
        "plans": list(found.plans),
        "admins": list(found.admins),
        "calendar": list(found.calendar),
        "from": found.day.isoformat(),
        "to": found.last.isoformat(),
        "messages": {"before": found.before.messages, "after": found.after.messages},
        "drafts": {"before": found.before.drafts, "after": found.after.drafts},
        "recipients": {"before": found.before.recipients, "after": found.after.recipients},
        "appearing": [_difference_json(each) for each in found.appearing],
        "vanishing": [_difference_json(each) for each in found.vanishing],
        "dangers": [danger.text for danger in found.dangers],
    }


def _head(found: Comparison) -> Iterator[str]:
    since = "" if found.since is None else f"（{found.since.date()} 起）"
    changes = found.changes
    counts = [sum(kind(each) for each in changes.tasks) for kind in (_is_new, _is_changed, _is_gone)]
    yield (
        f"与生效版本{since}相比：新增 {counts[0]} 项任务，修改 {counts[1]} 项，删除 {counts[2]} 项；"
        f"责任 {changes.before} 项，增加 {changes.come} 项，减少 {changes.gone} 项。"
    )


def _is_new(change: TaskChange) -> bool:
    return change.old is None


def _is_gone(change: TaskChange) -> bool:
    return change.new is None


def _is_changed(change: TaskChange) -> bool:
    return not _is_new(change) and not _is_gone(change)


def _task(change: TaskChange) -> Iterator[str]:
    task = change.task
    sign = "+" if _is_new(change) else "-" if _is_gone(change) else "~"
    if not _is_changed(change):
        yield f"  {sign} {task.id} {task.title}（{_units_of(task)}）{_days(change)}"
        return
    if not change.what and all(move.by_calendar for move in change.moves):
        return  # told with the holidays
    yield f"  {sign} {task.id} {task.title}"
    yield from (f"      {line}" for line in change.what)
    yield from (f"      {move}" for move in change.moves)


def _days(change: TaskChange) -> str:
    if _is_gone(change):
        return f"，{change.open_duties}项责任没有办结" if change.open_duties else "，都已办结"
    days = [str(move.new) for move in change.moves if move.new]
    return f" 截止 {'、'.join(days[:MOST_DAYS])}{' …' if len(days) > MOST_DAYS else ''}" if days else " 没有日子"


def _calendar_moves(found: Comparison) -> Iterator[str]:
    moved = [(change, move) for change in found.changes.tasks for move in change.moves if move.by_calendar]
    settled = sum(change.settled for change in found.changes.tasks)
    if moved:
        yield f"放假安排变化移动的截止日 {len(moved)} 个："
        yield from (f"  ~ {change.task.id} {change.task.title}：{move}" for change, move in moved)
    if settled:
        yield f"原来暂定、现在确定而没有移动的截止日 {settled} 个。"


def _coming(found: Comparison) -> Iterator[str]:
    before, after = found.before, found.after
    yield (
        f"{found.day} 至 {found.last}：消息 {before.messages} → {after.messages} 条"
        f"（其中机器人 {before.by_robot} → {after.by_robot} 条），草稿 {before.drafts} → {after.drafts} 份，"
        f"收件人 {before.recipients} → {after.recipients} 个。"
    )
    yield from (f"  + {_difference(each)}" for each in found.appearing)
    yield from (f"  - {_difference(each)}" for each in found.vanishing)


def _difference(each: Difference) -> str:
    due = f" 截止 {each.due}" if each.due else ""
    return f"{each.day} {each.task} {each.stage or each.kind}（{_named(each.units)}）{due}"


def _units_of(task: Task) -> str:
    return _named([assignment.unit.name for assignment in task.assignments])


def _named(names: Sequence[str]) -> str:
    more = f"等{len(names)}个单位" if len(names) > UNITS_NAMED else ""
    return "、".join(names[:UNITS_NAMED]) + more


def _task_json(change: TaskChange) -> JsonObject:
    kind = "added" if _is_new(change) else "removed" if _is_gone(change) else "changed"
    return {
        "id": change.task.id,
        "title": change.task.title,
        "change": kind,
        "what": list(change.what),
        "days": [_move_json(move) for move in change.moves],
        "open_duties": change.open_duties,
    }


def _move_json(move: Move) -> JsonObject:
    return {
        "old": iso(move.old),
        "new": iso(move.new),
        "earlier": move.is_earlier,
        "by_calendar": move.by_calendar,
    }


def _difference_json(each: Difference) -> JsonObject:
    return {
        "date": each.day.isoformat(),
        "task": each.task,
        "kind": each.kind,
        "stage": each.stage,
        "due": iso(each.due),
        "units": list(each.units),
    }
