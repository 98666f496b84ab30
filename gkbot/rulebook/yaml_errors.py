"""What YAML could not read, said in Chinese at the line where the cause stands."""

import re

import yaml

from gkbot.rulebook.source import Source

_ALIGN = "和同一层的键左边对齐"
_QUOTE = "文字本身以它开头的，用单引号把整段括起来"
_QUOTE_ALL = "用单引号把整段文字括起来"

# Part of PyYAML's text → code, message, cure. The cause of these stands where the error does,
# or where the construct began (context) for those in _AT_START.
_EXPLANATIONS = (
    ("could not find expected ':'", "GK121", "这一行缺少英文冒号加空格", "键和内容之间写成“键: 内容”"),
    (
        "mapping values are not allowed",
        "GK174",
        "这里不应该有冒号，或者这一行的缩进和上一行对不上",
        _ALIGN + "；内容里的冒号改用中文冒号，或者用单引号把内容括起来",
    ),
    (
        "block sequence entries are not allowed",
        "GK174",
        "这里不应该有“- ”，或者缩进对不上",
        "列表从键的下一行开始，每项一行",
    ),
    ("did not find expected '-' indicator", "GK174", "缩进和列表的其他项对不上", "列表各项的“-”左边对齐"),
    (
        "did not find expected key",
        "GK174",
        "缩进和同一层的其他键对不上，或者内容后面有多余的文字",
        _ALIGN + "；检查引号和括号是否配对",
    ),
    ("found a tab", "GK123", "缩进用了制表符（Tab键），YAML只认半角空格", "把制表符改成半角空格"),
    ("cannot start any token", "GK176", "以“{char}”开头的文字在YAML里另有含义", _QUOTE_ALL),
    ("unexpected end of stream", "GK175", "引号没有配对", "补上引号"),
    ("unexpected document indicator", "GK175", "引号没有配对", "补上引号"),
    (
        "did not find expected ',' or",
        "GK177",
        "方括号或花括号没有配对，或者中间少了逗号",
        "补上括号，中间用英文逗号，或者改成一行一项的写法",
    ),
    ("did not find expected node content", "GK177", "方括号或花括号没有配对", "补上括号，或者改成一行一项的写法"),
    ("unknown escape character", "GK175", "双引号里的“\\”另有含义", "改用单引号"),
    ("block scalar", "GK176", "“|”和“>”后面要换行", _QUOTE),
    ("alias", "GK129", "规则文件不支持“*”开头的写法（YAML的引用）", _QUOTE),
    ("anchor", "GK129", "规则文件不支持“&”开头的写法（YAML的锚点）", _QUOTE),
    ("tag", "GK129", "规则文件不支持“!”开头的写法（YAML的标签）", _QUOTE),
    ("directive", "GK176", "“%”开头的行在YAML里另有含义", "用单引号把整段文字括起来，注释用“#”开头"),
    ("document start", "GK174", "从这一行起读不懂，多半是缩进不对", _ALIGN),
)
_AT_START = {"GK121", "GK175", "GK177"}
_REACH = 2  # lines after an explained slip on which YAML's complaint is its echo


def report_yaml_error(source: Source, error: yaml.MarkedYAMLError) -> int:
    """Note what YAML could not read, unless a slip already explained just before it is the cause.

    Returns:
        The line at fault, from 0.
    """
    mark = error.problem_mark or error.context_mark
    if mark is None:
        source.report_at(0, 0, 0, "GK101", "YAML结构读不懂", "对照手册里的例子改正")
        return 0
    code, message, fix = _explanation(f"{error.context or ''} {error.problem or ''}")
    if code in _AT_START and error.context_mark is not None:
        mark = error.context_mark
    line, column = _last_text(source, mark.line, source.original(mark.line, mark.column))
    if suspect := _suspect(source, line):
        line, column, code, message, fix = suspect
    echoed = {problem.place.line - 1 for problem in source.problems} | source.lost
    if not any(line - _REACH <= slip <= line for slip in echoed):
        char = source.lines[line][column : column + 1]
        source.report_at(line, column, 1, code, message.replace("{char}", char), fix)
    return line


def _explanation(text: str) -> tuple[str, str, str]:
    for part, code, message, fix in _EXPLANATIONS:
        if part in text:
            return code, message, fix
    return "GK101", "从这里起YAML结构读不懂", "对照相邻的正确写法检查缩进、冒号和引号"


def _last_text(source: Source, line: int, column: int) -> tuple[int, int]:
    """The place itself, or the last text before it where YAML points past the end."""
    if line < len(source.lines) and source.lines[line].strip():
        return line, column
    line = min(line, len(source.lines) - 1)
    while line > 0 and not source.lines[line].strip():
        line -= 1
    return line, 0


def _suspect(source: Source, line: int) -> tuple[int, int, str, str, str] | None:
    """A full-width colon in place of a key's colon, on the line or on the one before."""
    for number in (line, line - 1):
        text = source.lines[number] if number >= 0 else ""
        found = re.match(r"\s*(?:- *)?([^\s：:#\"']{1,12})\s*(：)", text)
        if found and ": " not in text:
            message = f"“{found[1]}”后面用了中文冒号“：”，应为英文冒号加空格"
            return number, found.start(2), "GK120", message, f"改成“{found[1]}: ”"
    return None
