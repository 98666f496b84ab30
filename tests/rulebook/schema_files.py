"""Small rule files for the tests of the schema: one that is right, and the same with one key written differently."""

from functools import cache
from typing import Any

import yaml
from jsonschema import Draft7Validator

from gkbot.rulebook import Severity, load_files
from gkbot.rulebook.schema import rules_schema

# What the schema answers for; that a phrase is understood and a unit known is for check alone.
SHAPE_CODES = {f"GK{number}" for number in (135, 136, 137, 140, 142, 143, 144, 145, 146, 147, 148, 151)}

RIGHT: dict[str, Any] = {
    "文件": {"标题": "要点", "印发日期": "2023-05-17"},
    "默认": {"提醒": "常规"},
    "任务": [
        {
            "编号": "A-1",
            "事项": "公开预算",
            "期限": "2023年7月底前",
            "责任单位": "县财政局",
            "起算": {"事件": "批复"},
            "确认": {"截止": "2023-07-31", "确认人": "李某", "日期": "2023-06-01", "理由": "原文如此"},
        }
    ],
    "单位": [
        {
            "名称": "县财政局",
            "联络员": [{"岗位": "办公室", "邮箱": "a@example.gov.cn"}],
            "分管领导": {"岗位": "副局长"},
        }
    ],
    "单位组": [{"名称": "各部门", "成员": "县财政局"}],
    "提醒方案": [{"名称": "短", "逾期": {"首次": "1"}, "升级": {"逾期": "3"}}],
    "管理员": [{"岗位": "政务公开科", "邮箱": "b@example.gov.cn"}],
}


def file_with(path: str, value: str | None) -> str:
    """The right file with another value at `path` (文件.标题); None takes the key away."""
    return "\n".join(_lines(_changed(RIGHT, path.split("."), value))) + "\n"


def as_editors_read(text: str) -> Any:
    """Numbers and truths as YAML 1.1 has them, dates as strings as in JSON."""
    return yaml.load(text, Loader=_EditorLoader)  # noqa: S506 - a SafeLoader


def schema_mistakes(text: str) -> list[tuple[str, str]]:
    """Path and message of every mistake that the schema finds."""
    found = _validator().iter_errors(as_editors_read(text))
    return sorted((".".join(map(str, error.absolute_path)), error.message) for error in found)


def check_mistakes(text: str) -> list[str]:
    """Codes of the errors that check finds in the shape of a file."""
    problems = load_files({"rules.yaml": text.encode()}).problems
    return [each.code for each in problems if each.severity is Severity.ERROR and each.code in SHAPE_CODES]


@cache
def _validator() -> Draft7Validator:
    return Draft7Validator(rules_schema())


class _EditorLoader(yaml.SafeLoader):
    yaml_implicit_resolvers = {  # noqa: RUF012 - PyYAML's own attribute
        first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith("timestamp")]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


def _changed(node: Any, path: list[str], value: str | None) -> Any:
    if isinstance(node, list):
        return [_changed(node[0], path, value), *node[1:]]
    key, *rest = path
    if rest:
        return node | {key: _changed(node[key], rest, value)}
    others = {name: each for name, each in node.items() if name != key}
    return others if value is None else others | {key: value}


def _lines(node: Any) -> list[str]:
    if isinstance(node, list):
        return [("- " if at == 0 else "  ") + line for item in node for at, line in enumerate(_lines(item))]
    lines: list[str] = []
    for key, value in node.items():
        if isinstance(value, str):
            lines.append(f"{key}: {value}".rstrip())
        else:
            lines += [f"{key}:", *("  " + line for line in _lines(value))]
    return lines
