"""From the sections of keys.py to JSON Schema: which keys stand where, which are needed, what hovering tells."""

from gkbot.rulebook.keys import CALENDAR_KEYS, Form, Key, Section
from gkbot.rulebook.schema.examples import CHOICES, example
from gkbot.rulebook.schema.snippets import SNIPPETS
from gkbot.rulebook.schema.values import Schema, value

_EMPTY: Schema = {"type": ["null", "string", "array"], "maxLength": 0, "maxItems": 0}


def file_schema(section: Section) -> Schema:
    """The schema of a whole file: any mix of the top-level keys."""
    return {
        "title": section.name,
        "description": "gkbot 的规则文件：一个文件里可以写下列任何几项。",
        **_object(section),
    }


def _object(section: Section) -> Schema:
    schema: Schema = {
        "type": "object",
        "additionalProperties": False,
        "errorMessage": f"“{section.name}”里可以写的键：{'、'.join(section.names())}",
        "properties": {key.name: _property(section, key) for key in section.keys},
    }
    if needs := [*_required(section), *_ACROSS_KEYS.get(section.name, [])]:
        schema["allOf"] = needs
    if section.name in SNIPPETS:
        schema["defaultSnippets"] = SNIPPETS[section.name]
    return schema


def _required(section: Section) -> list[Schema]:
    """One demand for each key, so that each has words of its own."""
    return [
        {
            "required": [key.name],
            "errorMessage": f"“{section.name}”缺少“{key.name}”，加上一行“{key.name}: …”（{key.meaning}）",
        }
        for key in section.keys
        if key.required
    ]


def _with(present: str, needed: str, message: str) -> Schema:
    return {"if": {"required": [present]}, "then": {"required": [needed], "errorMessage": message}}


_NO_UNIT = "任务要有“牵头单位”或“责任单位”，否则没有人收到提醒"
_ACROSS_KEYS: dict[str, list[Schema]] = {
    "规则文件": [
        _with("任务", "文件", "有“任务”没有“文件”，在前面加上“文件:”，写明标题和印发日期"),
        *(
            _with(name, "年份", "日历文件缺少“年份”，加上一行“年份: 2027”")
            for name in CALENDAR_KEYS
            if name not in {"年份", "依据"}
        ),
    ],
    "任务": [
        {
            "if": {"not": {"required": ["牵头单位"]}},
            "then": {"required": ["责任单位"], "errorMessage": _NO_UNIT},
        }
    ],
}


def _property(section: Section, key: Key) -> Schema:
    told: Schema = {"title": key.name, **_description(section, key)}
    if key.section and key.form is Form.MAPPING:
        return told | _object(key.section)
    if key.section and key.form is Form.LIST:
        items = {"title": key.section.name, "description": told["description"], **_object(key.section)}
        message = f"“{key.name}”写一项一项的列表，每一项以“- {key.section.keys[0].name}: …”开头"
        return told | {"type": "array", "minItems": 1, "items": items, "errorMessage": message}
    return told | _plain(section, key) | {"defaultSnippets": _proposals(section, key)}


def _plain(section: Section, key: Key) -> Schema:
    """A value that may be left empty unless the key is needed: check only warns of an empty one.

    A needed text that reads ~ or null passes check and is marked here: JSON cannot tell it from an empty one.
    The value's schema stands in a branch, where yaml-language-server looks for mistakes and for what to show,
    but not for proposals: it would propose true, false and null wherever they are allowed.
    """
    schema: Schema = {"if": _EMPTY, "else": value(section, key)}
    if key.required:
        message = f"“{key.name}”后面没有内容，写上{key.meaning}"
        schema["then"] = {"type": "string", "minLength": 1, "errorMessage": message}
    return schema


def _description(section: Section, key: Key) -> Schema:
    needed = "（必填）" if key.required else ""
    choices = "".join(f"\n\n- {choice}：{CHOICES[choice]}" for choice in key.choices if CHOICES[choice] != choice)
    shown = example(section, key)
    plain = f"{key.meaning}{needed}。"
    if shown is None:
        return {"description": plain, "markdownDescription": plain + choices}
    return {
        "description": f"{plain}例：{shown}" if "\n" not in shown else f"{plain}例：\n{shown}",
        "markdownDescription": f"{plain}{choices}\n\n例：\n\n```yaml\n{shown}\n```",
    }


def _proposals(section: Section, key: Key) -> list[Schema]:
    """What an editor proposes after the colon: the choices, the pattern of a date, or just an example to look at."""
    if key.choices:
        return [{"label": choice, "description": CHOICES[choice], "body": choice} for choice in key.choices]
    if key.form is Form.DATE:
        return [{"label": "年-月-日", "description": key.meaning, "body": "${1:年}-${2:月}-${3:日}"}]
    shown = (example(section, key) or key.meaning).removeprefix(f"{key.name}:").strip()
    return [{"label": f"例：{shown}", "description": key.meaning, "body": "$1"}]
