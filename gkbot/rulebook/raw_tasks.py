"""The tasks of a file as they stand, before units and phrases are looked up."""

import re
from dataclasses import dataclass

from gkbot.deadline import Roll
from gkbot.rulebook.fields import Fields
from gkbot.rulebook.keys import CONFIRMATION, TASK, TRIGGER
from gkbot.rulebook.nodes import Scalar
from gkbot.rulebook.values import Confirmation, Place, Role, Severity, Trigger

ROLE_KEYS = {Role.LEAD: "牵头单位", Role.RESPONSIBLE: "责任单位", Role.SUPPORT: "配合单位"}
_SECRET = re.compile(r"绝密|机密|(?<!商业)(?<!国家)(?<!工作)秘密|内部(?:文件|资料|材料|事项|使用|传阅|掌握|明电|电报)")
_SENT_OUT = ("事项", "办理要求", "要求", "量化指标")
_ODD_ID = re.compile(r"[\s,，、;；:：\"'“”/\\|]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Common:
    """What a file's 默认 says for its tasks; None where it is silent."""

    plan: Scalar | None = None
    roll: Roll | None = None
    check_in: Scalar | None = None
    inclusive: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RawTask:
    """A task as it stands in its file.

    Attributes:
        words: The entries of 期限.
        units: The strings of units, by role.
        apart: Each lead answers for its own part (分别负责).
        places: Where the value of a key stands, for 编号, 确认 and 起算.
    """

    id: str
    title: str
    clause: str | None
    words: tuple[Scalar, ...]
    units: dict[Role, tuple[Scalar, ...]]
    apart: bool
    own: Common
    trigger: Trigger | None
    confirmation: Confirmation | None
    basis: str | None
    requirement: str | None
    metric: str | None
    note: str | None
    sensitive: bool
    place: Place
    places: dict[str, Place]


def read_common(fields: Fields) -> Common:
    """提醒, 遇休息日, 持续推进, 含当日: of 默认 or of one task."""
    roll = fields.choice("遇休息日")
    inclusive = fields.choice("含当日")
    return Common(
        plan=_scalar(fields, "提醒"),
        roll=Roll(roll) if roll else None,
        check_in=_scalar(fields, "持续推进"),
        inclusive=None if inclusive is None else inclusive == "是",
    )


def read_tasks(root: Fields) -> tuple[RawTask, ...]:
    """The tasks under 任务."""
    return tuple(_read_task(Fields(root.source, node, TASK)) for node in root.items("任务"))


def _read_task(fields: Fields) -> RawTask:
    task = RawTask(
        id=_read_id(fields),
        title=fields.text("事项") or "",
        clause=fields.text("条款"),
        words=tuple(fields.scalars("期限")),
        units={role: tuple(fields.scalars(key)) for role, key in ROLE_KEYS.items()},
        apart=fields.choice("分别负责") == "是",
        own=read_common(fields),
        trigger=_read_trigger(fields),
        confirmation=_read_confirmation(fields),
        basis=fields.text("依据"),
        requirement=_joined(fields, "办理要求", "要求"),
        metric=fields.text("量化指标"),
        note=fields.text("备注"),
        sensitive=fields.choice("敏感程度") == "内部",
        place=fields.place,
        places={key: fields.place_of(key) for key in ("编号", "事项", "确认", "起算", "含当日") if key in fields},
    )
    _check_units(fields, task)
    _check_secrets(fields, task)
    return task


def _read_id(fields: Fields) -> str:
    text = fields.text("编号") or ""
    if not fields.is_quoted("编号", text) and _ODD_ID.search(text):
        fields.warn("编号", "GK158", f"编号“{text}”里有空格或标点，在命令里不好输入", "用字母、数字、汉字和短横")
    return text


def _read_trigger(fields: Fields) -> Trigger | None:
    inner = fields.fields("起算", TRIGGER)
    if inner is None:
        return None
    event = inner.text("事件")
    on = inner.date("日期")
    return Trigger(event=event, on=on) if event else None


def _read_confirmation(fields: Fields) -> Confirmation | None:
    inner = fields.fields("确认", CONFIRMATION)
    if inner is None:
        return None
    due, by, on, reason = inner.date("截止"), inner.text("确认人"), inner.date("日期"), inner.text("理由")
    if due and by and on and reason:
        return Confirmation(due=due, by=by, on=on, reason=reason)
    return None


def _scalar(fields: Fields, key: str) -> Scalar | None:
    value = fields.values.get(key)
    if fields.text(key) is None or not isinstance(value, Scalar):
        return None
    return value


def _joined(fields: Fields, *keys: str) -> str | None:
    found = [text for key in keys if (text := fields.text(key))]
    return "；".join(found) or None


def _check_units(fields: Fields, task: RawTask) -> None:
    if not fields.keys or fields.is_patchy():
        return
    if not task.units[Role.LEAD] and not task.units[Role.RESPONSIBLE]:
        message = f"任务“{task.id or task.title}”没有牵头单位，也没有责任单位"
        fields.source.error(fields.place, "GK151", message, "补上“牵头单位”或“责任单位”")


def _check_secrets(fields: Fields, task: RawTask) -> None:
    for key in _SENT_OUT:
        found = _SECRET.search(fields.text(key) or "") if not task.sensitive and key in fields else None
        if found:
            message = f"“{key}”里有“{found[0]}”，这些文字会随通知发出"
            fields.source.report(
                fields.place_of(key),
                Severity.WARNING,
                "GK155",
                message,
                "确认可以发出；否则改写，或者加上“敏感程度: 内部”",
            )
