"""The keys of rule files: which stand where, what they hold, what they mean."""

from dataclasses import dataclass
from enum import StrEnum


class Form(StrEnum):
    """What a key's value looks like; the text is what users are told."""

    TEXT = "文字"
    TEXTS = "文字或文字的列表"
    UNITS = "单位的列表，或者用“、”隔开的一串单位"
    DATE = "日期"
    NUMBER = "整数"
    CHOICE = "几个值之一"
    DAYS = "用“、”隔开的天数"
    MAPPING = "下一层的键"
    LIST = "一项一项的列表（每项以“- ”开头）"
    SPANS = "“名称: 起 至 止”的列表"
    DATES = "日期的列表"
    CLOSURES = "“起 至 止”的列表，前面可以加“名称: ”"


@dataclass(frozen=True, slots=True)
class Key:
    """One key: its name, the form of its value, what it is for.

    Attributes:
        section: For MAPPING and LIST, the section that the value or each item is.
        choices: For CHOICE.
    """

    name: str
    form: Form
    meaning: str
    required: bool = False
    section: "Section | None" = None
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A mapping: its name as users know it, and its keys in the usual order."""

    name: str
    keys: tuple[Key, ...]

    def names(self) -> list[str]:
        """The names of all keys."""
        return [key.name for key in self.keys]

    def key(self, name: str) -> Key | None:
        """The key of this name."""
        return next((key for key in self.keys if key.name == name), None)


YES_NO = ("是", "否")
ROLLS = ("不顺延", "顺延", "提前")
SENSITIVITY = ("普通", "内部")

_NOTE = Key("备注", Form.TEXT, "给管理员看的说明")
_ROLL = Key("遇休息日", Form.CHOICE, "截止日是休息日时怎么办", choices=ROLLS)
_PLAN = Key("提醒", Form.TEXT, "提醒方案的名称")
_CHECK_IN = Key("持续推进", Form.TEXT, "没有具体日子的任务多久报一次进展，例如“每季度末月25日前”")
_INCLUSIVE = Key("含当日", Form.CHOICE, "“某日前”是否包括当天，默认是", choices=YES_NO)

DOCUMENT = Section(
    "文件",
    (
        Key("标题", Form.TEXT, "文件的全称", required=True),
        Key("文号", Form.TEXT, "发文字号，年份用六角括号〔〕"),
        Key("印发日期", Form.DATE, "期限里没有写年份时从这里推算", required=True),
        Key("年度", Form.NUMBER, "任务所属的年度，默认是印发日期的年份"),
        Key("发文单位", Form.TEXT, "印发文件的单位"),
        Key("归档日期", Form.DATE, "从这一天起只列出，不再提醒"),
        _NOTE,
    ),
)
DEFAULTS = Section("默认", (_PLAN, _ROLL, _CHECK_IN, _INCLUSIVE))
TRIGGER = Section(
    "起算",
    (
        Key("事件", Form.TEXT, "期限从什么事情算起", required=True),
        Key("日期", Form.DATE, "事情发生的日子，当日不计入；没有发生就不写"),
    ),
)
CONFIRMATION = Section(
    "确认",
    (
        Key("截止", Form.DATE, "确定下来的截止日期，含当日", required=True),
        Key("确认人", Form.TEXT, "谁作的决定", required=True),
        Key("日期", Form.DATE, "哪一天作的决定", required=True),
        Key("理由", Form.TEXT, "为什么这样理解", required=True),
    ),
)
TASK = Section(
    "任务",
    (
        Key("编号", Form.TEXT, "不重复、不改变的编号", required=True),
        Key("事项", Form.TEXT, "做什么，一句话", required=True),
        Key("条款", Form.TEXT, "在文件中的位置"),
        Key("期限", Form.TEXTS, "照抄原文里的期限；没有期限的写“持续推进”", required=True),
        Key("牵头单位", Form.UNITS, "牵头的单位"),
        Key("配合单位", Form.UNITS, "配合的单位"),
        Key("责任单位", Form.UNITS, "负责的单位"),
        Key("分别负责", Form.CHOICE, "几个牵头单位各自负责各自的部分", choices=YES_NO),
        Key("依据", Form.TEXT, "法律法规或者文件依据"),
        Key("办理要求", Form.TEXT, "怎样算办完"),
        Key("要求", Form.TEXT, "同“办理要求”"),
        Key("量化指标", Form.TEXT, "数量要求"),
        _NOTE,
        Key("起算", Form.MAPPING, "期限从哪件事算起", section=TRIGGER),
        _PLAN,
        _ROLL,
        _INCLUSIVE,
        _CHECK_IN,
        Key("确认", Form.MAPPING, "对有疑问的期限的决定", section=CONFIRMATION),
        Key("敏感程度", Form.CHOICE, "“内部”的任务只发编号，不发内容", choices=SENSITIVITY),
        Key("会议", Form.TEXT, "议定任务的会议"),
    ),
)
_CONTACT_KEYS = (
    Key("岗位", Form.TEXT, "岗位名称，换人不用改", required=True),
    Key("邮箱", Form.TEXT, "收提醒的邮箱"),
    Key("企业微信", Form.TEXT, "企业微信账号，用来在群里提醒到人"),
    Key("手机", Form.TEXT, '手机号，写成 "13800000000"'),
    _NOTE,
)
CONTACT = Section("联络员", _CONTACT_KEYS)
LEADER = Section("分管领导", _CONTACT_KEYS)
UNIT = Section(
    "单位",
    (
        Key("名称", Form.TEXT, "单位的名称", required=True),
        Key("别名", Form.TEXTS, "其他写法，简称或者全称"),
        Key("联络员", Form.LIST, "收提醒的岗位", section=CONTACT),
        Key("机器人", Form.TEXT, "企业微信群机器人的名称，地址放在环境变量GKBOT_WECOM_ROBOT_名称里"),
        Key("分管领导", Form.MAPPING, "逾期以后催办函草稿写给谁", section=LEADER),
        _NOTE,
    ),
)
GROUP = Section(
    "单位组",
    (
        Key("名称", Form.TEXT, "文件里的统称，例如“各县（区）”", required=True),
        Key("别名", Form.TEXTS, "其他写法"),
        Key("成员", Form.UNITS, "包括哪些单位", required=True),
        _NOTE,
    ),
)
OVERDUE = Section(
    "逾期",
    (
        Key("首次", Form.NUMBER, "逾期后第几个工作日第一次提醒"),
        Key("间隔", Form.NUMBER, "之后每几个工作日提醒一次"),
        Key("最多", Form.NUMBER, "最多提醒几次"),
    ),
)
ESCALATION = Section("升级", (Key("逾期", Form.NUMBER, "逾期几个工作日后起草给分管领导的催办函", required=True),))
PLAN = Section(
    "提醒方案",
    (
        Key("名称", Form.TEXT, "方案的名称", required=True),
        Key("到期前", Form.DAYS, "到期前几天提醒，0是当天"),
        Key("计日", Form.CHOICE, "到期前按自然日还是工作日", choices=("自然日", "工作日")),
        Key("逾期", Form.MAPPING, "逾期以后的提醒", section=OVERDUE),
        Key("升级", Form.MAPPING, "催办函草稿", section=ESCALATION),
        _NOTE,
    ),
)
ADMIN = Section("管理员", (*_CONTACT_KEYS, Key("机器人", Form.TEXT, "管理员所在群的机器人")))
FILE = Section(
    "规则文件",
    (
        Key("文件", Form.MAPPING, "任务所在的文件", section=DOCUMENT),
        Key("格式版本", Form.NUMBER, "规则文件格式的版本，目前是1"),
        Key("默认", Form.MAPPING, "这个文件里各项任务的默认值", section=DEFAULTS),
        Key("任务", Form.LIST, "文件里的任务", section=TASK),
        Key("单位", Form.LIST, "通讯录", section=UNIT),
        Key("单位组", Form.LIST, "文件里的统称包括哪些单位", section=GROUP),
        Key("提醒方案", Form.LIST, "什么时候提醒", section=PLAN),
        Key("管理员", Form.LIST, "管规则文件的岗位", section=ADMIN),
        Key("停止办公", Form.CLOSURES, "机关停止办公的日子：这些天不发通知，期限照常计算"),
        Key("年份", Form.NUMBER, "日历文件：哪一年的放假安排"),
        Key("依据", Form.TEXT, "日历文件：放假通知的标题"),
        Key("发布日期", Form.DATE, "日历文件：通知的日期"),
        Key("放假", Form.SPANS, "日历文件：放假的日子"),
        Key("上班", Form.DATES, "日历文件：调休上班的日子"),
    ),
)
CALENDAR_KEYS = ("年份", "依据", "发布日期", "放假", "上班")
FORMAT_VERSION = 1


def all_names() -> frozenset[str]:
    """Every key of every section: what the look at the raw text recognises as a key."""
    found: set[str] = set()
    waiting = [FILE]
    while waiting:
        section = waiting.pop()
        found.update(section.names())
        waiting.extend(key.section for key in section.keys if key.section)
    return frozenset(found)
