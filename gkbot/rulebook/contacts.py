"""The contact book of a file: units, groups, reminder plans and admins, before names are looked up."""

import re
from dataclasses import dataclass

from gkbot.rulebook.fields import Fields
from gkbot.rulebook.keys import ADMIN, CONTACT, ESCALATION, GROUP, LEADER, OVERDUE, PLAN, UNIT
from gkbot.rulebook.names import fold
from gkbot.rulebook.nodes import Scalar
from gkbot.rulebook.source import Source
from gkbot.rulebook.values import DEFAULT_PLAN, Admin, Contact, Place, ReminderPlan, Severity, Unit

_MAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9](?:[A-Za-z0-9-]*\.)+[A-Za-z]{2,}")
_ROBOT = re.compile(r"[A-Z0-9_]+")
_MOBILE = re.compile(r"1\d{10}")
_MOST_ADVANCES = 30
_MOST_DAYS = 366


@dataclass(frozen=True, slots=True, kw_only=True)
class RawGroup:
    """A group whose members are not looked up yet."""

    name: str
    aliases: tuple[str, ...]
    members: tuple[Scalar, ...]
    note: str | None
    folder: str
    source: Source
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedPlan:
    """A reminder plan and where it stands."""

    plan: ReminderPlan
    folder: str
    source: Source
    place: Place


def read_units(root: Fields, folder: str) -> tuple[Unit, ...]:
    """The units under 单位; one without a name is left out."""
    units = []
    for node in root.items("单位"):
        fields = Fields(root.source, node, UNIT)
        contacts = [
            contact for item in fields.items("联络员") if (contact := _read_contact(Fields(root.source, item, CONTACT)))
        ]
        leader = fields.fields("分管领导", LEADER)
        unit = Unit(
            name=fields.text("名称") or "",
            aliases=_aliases(fields),
            contacts=tuple(contacts),
            robot=_robot(fields),
            leader=_read_contact(leader) if leader else None,
            note=fields.text("备注"),
            folder=folder,
            place=fields.place_of("名称"),
        )
        _hint_missing_account(fields, unit)
        if unit.name:
            units.append(unit)
    return tuple(units)


def read_groups(root: Fields, folder: str) -> tuple[RawGroup, ...]:
    """The groups under 单位组."""
    groups = []
    for node in root.items("单位组"):
        fields = Fields(root.source, node, GROUP)
        members = tuple(fields.scalars("成员"))
        if name := fields.text("名称"):
            groups.append(
                RawGroup(
                    name=name,
                    aliases=_aliases(fields),
                    members=members,
                    note=fields.text("备注"),
                    folder=folder,
                    source=root.source,
                    place=fields.place_of("名称"),
                )
            )
    return tuple(groups)


def read_plans(root: Fields, folder: str) -> tuple[PlacedPlan, ...]:
    """The plans under 提醒方案; what is not written stands as in 常规."""
    plans = []
    for node in root.items("提醒方案"):
        fields = Fields(root.source, node, PLAN)
        overdue = fields.fields("逾期", OVERDUE)
        escalation = fields.fields("升级", ESCALATION)
        plan = ReminderPlan(
            name=fields.text("名称") or "",
            advances=_advances(fields),
            workdays=fields.choice("计日") == "工作日",
            overdue_first=_number(overdue, "首次", DEFAULT_PLAN.overdue_first, 1),
            overdue_every=_number(overdue, "间隔", DEFAULT_PLAN.overdue_every, 1),
            overdue_most=_number(overdue, "最多", DEFAULT_PLAN.overdue_most, 0),
            escalate_after=_number(escalation, "逾期", 3, 1)
            if escalation
            else (None if "逾期" in fields else DEFAULT_PLAN.escalate_after),
        )
        if plan.name:
            plans.append(PlacedPlan(plan=plan, folder=folder, source=root.source, place=fields.place_of("名称")))
    return tuple(plans)


def read_admins(root: Fields, folder: str) -> tuple[Admin, ...]:
    """The posts under 管理员."""
    admins = []
    for node in root.items("管理员"):
        fields = Fields(root.source, node, ADMIN)
        contact = _read_contact(fields)
        robot = _robot(fields)
        if contact:
            admins.append(
                Admin(
                    post=contact.post,
                    email=contact.email,
                    robot=robot,
                    wecom=contact.wecom,
                    mobile=contact.mobile,
                    folder=folder,
                )
            )
            if contact.email is None and robot is None:
                message = f"管理员“{contact.post}”没有邮箱也没有机器人，收不到通知"
                root.source.report(fields.place_of("岗位"), Severity.WARNING, "GK138", message, "补上“邮箱”或“机器人”")
    return tuple(admins)


def _aliases(fields: Fields) -> tuple[str, ...]:
    """Further names, less those that count as the name itself."""
    own = fold(fields.text("名称") or "")
    split = [part.strip() for text in fields.texts("别名") for part in _alias_parts(text)]
    return tuple(dict.fromkeys(alias for alias in split if alias and fold(alias) != own))


def _alias_parts(text: str) -> list[str]:
    """Aliases may stand in one string with "、", but not inside brackets (各县（市、区）)."""
    return re.split(r"、(?![^（(]*[）)])", text)


def _read_contact(fields: Fields) -> Contact | None:
    post = fields.text("岗位")
    contact = Contact(
        post=post or "",
        email=_matching(fields, "邮箱", _MAIL, "GK135", "写成 名称@域名，例如 a@example.gov.cn"),
        wecom=fields.text("企业微信"),
        mobile=_matching(fields, "手机", _MOBILE, "GK137", '写11位数字，例如 手机: "13800000000"'),
    )
    return contact if post else None


def _robot(fields: Fields) -> str | None:
    fix = "只用大写英文字母、数字和下划线，例如 COUNTIES；机器人的地址放在环境变量里，不写在这里"
    return _matching(fields, "机器人", _ROBOT, "GK136", fix)


def _matching(fields: Fields, key: str, pattern: re.Pattern[str], code: str, fix: str) -> str | None:
    """The text of a key, wrong or not: the error alone keeps the rule book from coming into force."""
    text = fields.text(key)
    if text is None or pattern.fullmatch(text) or fields.is_quoted(key, text):
        return text
    shown = "" if key == "机器人" and "://" in text else f"“{text}”"  # a webhook's address is a password
    fields.error(key, code, f"{key}{shown}写法不对", fix)
    return text


def _hint_missing_account(fields: Fields, unit: Unit) -> None:
    named = any(contact.wecom or contact.mobile for contact in unit.contacts)
    if unit.robot and _ROBOT.fullmatch(unit.robot) and unit.contacts and not named:
        message = f"“{unit.name}”有机器人，但联络员都没有企业微信账号，群里不能提醒到人"
        fields.source.report(fields.place_of("名称"), Severity.HINT, "GK131", message, "补上“企业微信”或“手机”")


def _advances(fields: Fields) -> tuple[int, ...]:
    text = fields.text("到期前")
    if text is None:
        return DEFAULT_PLAN.advances
    parts = [part.strip() for part in re.split(r"[、，,\s]+", text) if part.strip()]
    days = [int(part) for part in parts if re.fullmatch(r"\d{1,3}", part)]
    if len(days) != len(parts) or len(days) > _MOST_ADVANCES or any(day > _MOST_DAYS for day in days):
        fix = f"写成用“、”隔开的天数，例如 15、7、3、1、0；最多{_MOST_ADVANCES}个，每个不超过{_MOST_DAYS}"
        fields.error("到期前", "GK146", f"看不懂的“到期前: {text}”", fix)
        return DEFAULT_PLAN.advances
    return tuple(sorted(set(days), reverse=True))


def _number(fields: Fields | None, key: str, default: int, least: int) -> int:
    if fields is None or key not in fields:
        return default
    number = fields.number(key, least, _MOST_DAYS)
    return default if number is None else number
