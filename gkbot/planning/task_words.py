"""How two versions of one task differ, in words."""

from collections.abc import Iterator

from gkbot.rulebook.values import Confirmation, ReminderPlan, Role, Task, Trigger

PLAIN = {
    "title": "事项",
    "clause": "条款",
    "basis": "依据",
    "requirement": "办理要求",
    "metric": "量化指标",
    "note": "备注",
}
ROLES = {Role.LEAD: "牵头单位", Role.RESPONSIBLE: "责任单位", Role.SUPPORT: "配合单位"}
UNITS_NAMED = 4
MOST_CHARACTERS = 40


def same_words(old: Task, new: Task) -> bool:
    """Whether nothing of what due days follow from differs, so that only the calendar can have moved them."""
    return _timing(old) == _timing(new)


def differences(old: Task, new: Task) -> Iterator[str]:
    """What differs, a sentence each; due days are told apart from it."""
    if old is new:
        return
    if old.words != new.words:
        yield _changed("期限", "、".join(old.words), "、".join(new.words))
    for name, words in PLAIN.items():
        if getattr(old, name) != getattr(new, name):
            yield _changed(words, getattr(old, name), getattr(new, name))
    yield from _units(old, new)
    if old.roll != new.roll:
        yield _changed("遇休息日", old.roll, new.roll)
    if old.inclusive != new.inclusive:
        yield _changed("含当日", _yes(old.inclusive), _yes(new.inclusive))
    if old.trigger != new.trigger:
        yield _changed("起算", _trigger(old.trigger), _trigger(new.trigger))
    if old.confirmation != new.confirmation:
        yield _changed("确认", _confirmed(old.confirmation), _confirmed(new.confirmation))
    if old.plan != new.plan:
        yield _changed("提醒方案", plan_words(old.plan), plan_words(new.plan))
    if old.sensitive != new.sensitive:
        yield _changed("敏感程度", _sensitive(old), _sensitive(new))
    yield from _document(old, new)


def plan_words(plan: ReminderPlan) -> str:
    """A reminder plan in one line."""
    days = "、".join(map(str, plan.advances)) + ("个工作日" if plan.workdays else "天")
    overdue = f"逾期第{plan.overdue_first}个工作日起每{plan.overdue_every}个工作日，最多{plan.overdue_most}次"
    draft = f"，逾期{plan.escalate_after}个工作日拟催办函" if plan.escalate_after is not None else ""
    return f"{plan.name}（到期前{days}；{overdue}{draft}）"


def _units(old: Task, new: Task) -> Iterator[str]:
    before = {each.unit.name: each.role for each in old.assignments}
    after = {each.unit.name: each.role for each in new.assignments}
    if come := [name for name in after if name not in before]:
        yield f"增加单位：{_named(come)}"
    if gone := [name for name in before if name not in after]:
        yield f"减少单位：{_named(gone)}"
    for name, role in after.items():
        if before.get(name, role) != role:
            yield f"{name}：{ROLES[before[name]]} → {ROLES[role]}"


def _document(old: Task, new: Task) -> Iterator[str]:
    before, after = old.document, new.document
    if before.archived_on != after.archived_on:
        yield _changed("归档日期", before.archived_on, after.archived_on)
    if before.issued != after.issued:
        yield _changed("印发日期", before.issued, after.issued)
    if before.title != after.title:
        yield _changed("标题", before.title, after.title)
    if before.id != after.id:
        yield _changed("所在文件", before.id, after.id)


def _timing(task: Task) -> tuple[object, ...]:
    trigger = None if task.trigger is None else task.trigger.on
    return task.words, task.roll, task.inclusive, trigger, task.confirmation, task.document.issued, task.document.year


def _changed(name: str, old: object, new: object) -> str:
    return f"{name}：{_clip(old)} → {_clip(new)}"


def _clip(value: object) -> str:
    text = "（没有）" if value in {None, ""} else str(value)
    return text if len(text) <= MOST_CHARACTERS else text[:MOST_CHARACTERS] + "…"


def _named(names: list[str]) -> str:
    more = f"等{len(names)}个" if len(names) > UNITS_NAMED else ""
    return "、".join(names[:UNITS_NAMED]) + more


def _trigger(trigger: Trigger | None) -> str | None:
    return None if trigger is None else f"{trigger.event}{f'（{trigger.on}）' if trigger.on else ''}"


def _confirmed(confirmation: Confirmation | None) -> str | None:
    return None if confirmation is None else f"截止{confirmation.due}（{confirmation.by}）"


def _sensitive(task: Task) -> str:
    return "内部" if task.sensitive else "普通"


def _yes(value: bool) -> str:
    return "是" if value else "否"
