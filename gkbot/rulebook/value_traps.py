"""Slips in what follows a key or a list mark: quotes, brackets, colons, comments, symbols of YAML's own."""

import re

from gkbot.rulebook.draft import Draft, short
from gkbot.rulebook.structure import BLOCK_HEADER, KEYISH, KEYS, KNOWN_KEY, QUOTED

_COMMENT = re.compile(r"(?:^|(?<=\s))#")


def mend_value(draft: Draft, column: int) -> None:
    text = draft.text
    column += len(text[column:]) - len(text[column:].lstrip(" \t"))
    char = text[column : column + 1]
    if not char:
        return
    if char in "\"'":
        _mend_quoted(draft, column)
    elif char == "[":
        _mend_flow_list(draft, column)
    elif char == "{":
        _mend_flow_mapping(draft, column)
    elif not BLOCK_HEADER.match(text, column):
        _mend_plain(draft, column)


def _mend_quoted(draft: Draft, column: int) -> None:
    quote = draft.text[column]
    found = QUOTED[quote].match(draft.text, column)
    if found is None:
        following = draft.source.lines[draft.number + 1 : draft.number + 2]
        if not following or not following[0].strip() or KEYISH.match(following[0]):
            draft.report(column, 1, "GK175", f"引号{quote}没有配对", f"在这一行末尾补上{quote}")
            _requote(draft, column, len(draft.text.rstrip()))
        return
    rest = draft.text[found.end() :]
    if rest.strip() and not re.match(r"\s+#|\s*:(?:\s|$)", rest):
        message = f"引号{quote}后面还有文字，YAML在第二个引号处就认为内容结束了"
        draft.report(found.end(), len(rest.strip()), "GK175", message, "用单引号把整段文字括起来，或者改用中文引号")
        _requote(draft, column, _plain_end(draft.text, column))


def _mend_flow_list(draft: Draft, column: int) -> None:
    close = _closing(draft.text, column)
    if close < 0:
        return
    rest = draft.text[close + 1 :].strip()
    if rest and not rest.startswith("#"):
        key = "文号" if draft.text[:column].strip().startswith("文号") else ""
        inside = draft.text[column + 1 : close]
        message = f"以“[”开头的是列表，“]”后面不能再有文字“{short(rest)}”"
        fix = f"文号用六角括号：〔{inside}〕{rest}" if key else "用单引号把整段文字括起来"
        draft.report(column, close + 1 - column, "GK125", message, fix)
        _requote(draft, column, _plain_end(draft.text, column))
        return
    _mend_flow_commas(draft, column, close, r"[，；]", "列表里用了中文标点“{}”，会被当成一个名称")


def _closing(text: str, column: int) -> int:
    """Where the bracket that opens at `column` is closed; -1 where it is not on this line."""
    depth = 0
    for at in range(column, len(text)):
        depth += (text[at] == "[") - (text[at] == "]")
        if depth == 0:
            return at
    return -1


def _mend_flow_mapping(draft: Draft, column: int) -> None:
    close = draft.text.find("}", column)
    if close < 0:
        return
    at = column
    while found := re.compile(rf"(?<=[{{,，\s])(?:{KNOWN_KEY.pattern})").search(draft.text, at):
        colon = found.start("colon")
        spaced = draft.text[colon + 1 : colon + 2] in {" ", ""}
        if found["colon"] != ":":
            message = f"“{found['key']}”后面用了中文冒号“{found['colon']}”，应为英文冒号加空格"
            draft.report(colon, 1, "GK120", message, f"改成“{found['key']}: ”")
        elif not spaced:
            draft.report(colon, 1, "GK121", f"“{found['key']}:”后面缺少一个半角空格", f"改成“{found['key']}: ”")
        draft.replace(colon, 1, ":" if spaced else ": ")
        at = colon + 1
    close = draft.text.find("}", column)
    message = "花括号里用了中文标点“{}”，应为英文逗号加空格"
    _mend_flow_commas(draft, column, close, rf"[，；、](?=\s*(?:{KEYS})\s*:)", message)


def _mend_flow_commas(draft: Draft, column: int, close: int, commas: str, message: str) -> None:
    found = re.compile(commas).search(draft.text, column, close)
    if found:
        draft.report(found.start(), 1, "GK124", message.format(found[0]), "改成英文逗号加空格“, ”")
    while found:
        draft.text = draft.text[: found.start()] + "," + draft.text[found.end() :]  # same length
        found = re.compile(commas).search(draft.text, found.end(), close)


def _mend_plain(draft: Draft, column: int) -> None:
    text = draft.text
    end = _plain_end(text, column)
    comment = _COMMENT.search(text, column)
    if comment and text[comment.end() : comment.end() + 1] not in {"", " ", "#", "\t"}:
        message = "空格加“#”之后的文字会被当作注释，不起作用"
        fix = "注释写成“  # 说明”；要保留这些文字，用单引号把整段括起来"
        draft.report(comment.start(), len(text.rstrip()) - comment.start(), "GK126", message, fix, warning=True)
    if end <= column:
        return
    if special := re.match(r"[&*!]", text[column]):
        message = f"规则文件不支持以“{special[0]}”开头的写法（YAML的锚点、引用或标签）"
        draft.report(column, 1, "GK129", message, "把内容写全；文字本身以它开头的，用单引号把整段括起来")
    elif special := re.compile(r"[%@`,\]}|>]|[-?](?=\s|$)").match(text, column):
        message = f"以“{special[0]}”开头的文字在YAML里另有含义"
        draft.report(column, 1, "GK176", message, "用单引号把整段文字括起来")
    elif special := re.compile(r":(?=\s|$)").search(text, column, end):
        message = "这一行有两个英文冒号，后面的会被当成又一个键"
        draft.report(special.start(), 1, "GK127", message, "用单引号把冒号两边的整段文字括起来，或者改用中文冒号“：”")
    if special:
        _requote(draft, column, end)


def _plain_end(text: str, column: int) -> int:
    """Where a value without quotes ends: before a comment and the spaces in front of it."""
    comment = _COMMENT.search(text, column)
    return len(text[: comment.start() if comment else len(text)].rstrip())


def _requote(draft: Draft, column: int, end: int) -> None:
    """Put single quotes around the text between two columns."""
    draft.replace(column, 0, "'")
    at, end = column + 1, end + 1
    while (at := draft.text.find("'", at, end)) >= 0:
        draft.replace(at, 0, "'")
        at, end = at + 2, end + 1
    draft.replace(end, 0, "'")
