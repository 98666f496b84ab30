"""What may follow a key's colon: one JSON Schema for each form of keys.py.

Editors read scalars as numbers or truths where the loader sees text only (编号: 007), so the types are wide.
"""

from typing import Any

from gkbot.rulebook.keys import FORMAT_VERSION, Form, Key, Section

Schema = dict[str, Any]

SCALAR = ["string", "number", "boolean"]
_DAY_OF_YEAR = (
    "(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|[12][0-9]))"
)
_DATE = f"[0-9]{{4}}-{_DAY_OF_YEAR}"
_ADVANCE = "(?:0*(?:[0-9]{1,2}|[12][0-9]{2}|3[0-5][0-9]|36[0-6]))"  # days, up to 366
_BETWEEN = "[、，,\\s]+"


def _whole(least: int, most: int, pattern: str, message: str) -> Schema:
    """A whole number within limits, or a string; asked in this order, every mistake gets our own message."""
    return {
        "if": {"type": "integer", "minimum": least, "maximum": most},
        "else": {"type": "string", "pattern": f"^{pattern}$", "errorMessage": message},
    }


# The limits and patterns of contents.py, contacts.py and calendars.py; a test holds the two sides together.
LIMITS = {
    ("文件", "年度"): (1949, 2100),
    ("规则文件", "年份"): (2004, 2100),
    ("规则文件", "格式版本"): (FORMAT_VERSION, FORMAT_VERSION),
    ("逾期", "首次"): (1, 366),
    ("逾期", "间隔"): (1, 366),
    ("逾期", "最多"): (0, 366),
    ("升级", "逾期"): (1, 366),
}
SHAPES: dict[str, Schema] = {
    "邮箱": {
        "type": "string",
        "pattern": "^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9](?:[A-Za-z0-9-]*\\.)+[A-Za-z]{2,}$",
        "errorMessage": "邮箱写成 名称@域名，例如 a@example.gov.cn",
    },
    "手机": _whole(10_000_000_000, 19_999_999_999, "1[0-9]{10}", '手机写11位数字，例如 手机: "13800000000"'),
    "机器人": {
        "type": SCALAR,
        "pattern": "^[A-Z0-9_]+$",
        "errorMessage": "机器人只写名称，用大写英文字母、数字和下划线，例如 COUNTIES；地址放在环境变量里",
    },
}


def value(section: Section, key: Key) -> Schema:
    """The schema of a key's value where it is neither a section nor a list of them."""
    if key.name in SHAPES:
        return SHAPES[key.name]
    match key.form:
        case Form.TEXTS | Form.UNITS:
            return _texts(key)
        case Form.DATE:
            return {"type": "string", "pattern": f"^{_DATE}$", "errorMessage": _DATE_MESSAGE}
        case Form.NUMBER:
            return _number(section, key)
        case Form.CHOICE:
            known = "、".join(key.choices)
            return {"enum": list(key.choices), "errorMessage": f"“{key.name}”只能写：{known}"}
        case Form.DAYS:
            return _days(key)
        case Form.SPANS:
            return _spans()
        case Form.DATES:
            return _dates()
        case Form.CLOSURES:
            return _closures()
        case _:
            return {"type": SCALAR, "errorMessage": f"“{key.name}”这里写文字，不能写列表，也不能写下一层的键"}


_DATE_MESSAGE = "日期写成 年-月-日，例如 2026-03-31，而且要确有这一天"
_CLOSURE_MESSAGE = "停止办公的每一项写成“起 至 止”，例如“- 2026-08-03 至 2026-08-07”，前面可以加“名称: ”"
_STRETCH = f"^{_DATE}(?:\\s*(?:至|到|—+|－|~|～|-(?=\\s)|–)\\s*{_DATE})?$"
_SPAN_MESSAGE = "放假的每一项写成“名称: 起 至 止”，例如“- 元旦: 2027-01-01 至 2027-01-03”"


def _texts(key: Key) -> Schema:
    message = f"“{key.name}”写{key.form}"
    return {
        "type": [*SCALAR, "array"],
        "items": {"type": SCALAR, "minLength": 1, "errorMessage": f"{message}；列表的每一项是一段文字，不能是空的"},
        "errorMessage": message,
    }


def _number(section: Section, key: Key) -> Schema:
    least, most = LIMITS.get((section.name, key.name), (0, 9999))
    wanted = str(least) if least == most else f"{least}到{most}之间的整数"
    return _whole(least, most, "[0-9]{1,6}", f"“{key.name}”写{wanted}，用阿拉伯数字")


def _days(key: Key) -> Schema:
    message = f"“{key.name}”写用“、”隔开的天数，例如 15、7、3、1、0；最多30个，每个不超过366"
    return _whole(0, 366, f"{_ADVANCE}(?:{_BETWEEN}{_ADVANCE}){{0,29}}", message)


def _spans() -> Schema:
    holidays: Schema = {
        "type": "object",
        "additionalProperties": {"type": "string", "pattern": _STRETCH, "errorMessage": _SPAN_MESSAGE},
        "errorMessage": _SPAN_MESSAGE,
    }
    return {**holidays, "type": ["array", "object"], "items": holidays}


def _closures() -> Schema:
    days = {"type": "string", "pattern": _STRETCH, "errorMessage": _CLOSURE_MESSAGE}
    item = {**days, "type": ["string", "object"], "additionalProperties": days}
    return {**item, "type": ["array", "object", "string"], "items": item}


def _dates() -> Schema:
    days = {"type": "string", "pattern": f"^{_DATE}(?:{_BETWEEN}{_DATE})*$", "errorMessage": _DATE_MESSAGE}
    return {**days, "type": ["array", "string"], "items": days}
