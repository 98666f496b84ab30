"""What changes between two rule books beside the tasks: units, contacts, reminder plans, admins, holidays."""

from collections.abc import Iterator
from datetime import date

from gkbot.planning.task_words import plan_words
from gkbot.rulebook.values import Admin, Contact, Rulebook, Unit

YEARS_AHEAD = 3
FIRST_YEAR = 2004  # the first year with a notice


def unit_changes(old: Rulebook, new: Rulebook) -> Iterator[str]:
    """Units that come, go, or are reached another way, a line each."""
    before = {(unit.folder, unit.name): unit for unit in old.units}
    after = {(unit.folder, unit.name): unit for unit in new.units}
    yield from (f"＋ {unit.name}" for key, unit in after.items() if key not in before)
    yield from (f"－ {unit.name}" for key, unit in before.items() if key not in after)
    for key, unit in after.items():
        if key in before and before[key] != unit:
            yield from (f"～ {unit.name}：{line}" for line in _unit(before[key], unit))
    yield from _groups(old, new)


def plan_changes(old: Rulebook, new: Rulebook) -> Iterator[str]:
    """Reminder plans that come, go or change."""
    before, after = ({plan.name: plan for plan in book.plans} for book in (old, new))
    yield from (f"＋ {plan_words(plan)}" for name, plan in after.items() if name not in before)
    yield from (f"－ {plan_words(plan)}" for name, plan in before.items() if name not in after)
    for name, plan in after.items():
        if name in before and before[name] != plan:
            yield f"～ {plan_words(before[name])} → {plan_words(plan)}"


def admin_changes(old: Rulebook, new: Rulebook) -> Iterator[str]:
    """Admins that come or go."""
    yield from (f"＋ {_admin(admin)}" for admin in new.admins if admin not in old.admins)
    yield from (f"－ {_admin(admin)}" for admin in old.admins if admin not in new.admins)


def calendar_changes(old: Rulebook, new: Rulebook, day: date) -> Iterator[str]:
    """Years whose holidays are arranged, taken back or arranged otherwise."""
    if old.calendar is new.calendar:
        return
    for year in range(FIRST_YEAR, day.year + YEARS_AHEAD):
        before, after = old.calendar.notice(year), new.calendar.notice(year)
        if before == after:
            continue
        if not old.calendar.is_published(year) and new.calendar.is_published(year):
            yield f"＋ {year}年放假安排"
        elif old.calendar.is_published(year) and not new.calendar.is_published(year):
            yield f"－ {year}年放假安排（{year}年的日期又成为暂定）"
        else:
            yield f"～ {year}年放假安排"


def _unit(old: Unit, new: Unit) -> Iterator[str]:
    before, after = ({contact.post: contact for contact in unit.contacts} for unit in (old, new))
    yield from (f"增加联络员 {post}" for post in after if post not in before)
    yield from (f"减少联络员 {post}" for post in before if post not in after)
    for post, contact in after.items():
        if post in before:
            yield from _contact(post, before[post], contact)
    if old.robot != new.robot:
        yield f"机器人 {old.robot or '（没有）'} → {new.robot or '（没有）'}"
    if old.leader != new.leader:
        yield "分管领导有变化"
    if old.aliases != new.aliases:
        yield "别名有变化"


def _contact(post: str, old: Contact, new: Contact) -> Iterator[str]:
    if old.email != new.email:
        yield f"{post}的邮箱 {old.email or '（没有）'} → {new.email or '（没有）'}"
    if (old.wecom, old.mobile) != (new.wecom, new.mobile):
        yield f"{post}的企业微信或手机有变化"


def _groups(old: Rulebook, new: Rulebook) -> Iterator[str]:
    before, after = ({(group.folder, group.name): group for group in book.groups} for book in (old, new))
    yield from (f"＋ 单位组 {group.name}" for key, group in after.items() if key not in before)
    yield from (f"－ 单位组 {group.name}" for key, group in before.items() if key not in after)
    for key, group in after.items():
        if key in before and set(before[key].members) != set(group.members):
            come = [name for name in group.members if name not in before[key].members]
            gone = [name for name in before[key].members if name not in group.members]
            parts = [f"加{'、'.join(come)}" if come else "", f"减{'、'.join(gone)}" if gone else ""]
            yield f"～ 单位组 {group.name}：{'，'.join(filter(None, parts))}"


def _admin(admin: Admin) -> str:
    return " ".join(part for part in ("管理员", admin.post, admin.email) if part)
