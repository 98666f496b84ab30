"""Slips in front of a value: indent, list marks, comment marks, the colon after a key."""

import re

from gkbot.rulebook.draft import Draft, short
from gkbot.rulebook.source import Source
from gkbot.rulebook.structure import ANY_KEY, DASHES, KEYS, KNOWN_KEY, WIDE_SPACES, WRONG_COLONS, Above


def mend_indent(draft: Draft, above: Above | None) -> int:
    """Make the indent plain spaces; the column where the text begins."""
    indent = len(draft.text) - len(draft.text.lstrip())
    white = draft.text[:indent]
    column = next((at for at, char in enumerate(white) if char != " "), None)
    if column is None:
        return indent
    if white[column] == "\t":
        draft.report(column, 1, "GK123", "缩进用了制表符（Tab键），YAML只认半角空格", "把制表符改成两个半角空格")
    else:
        message = "缩进用了全角空格，会被当成键的一部分"
        draft.report(column, indent - column, "GK122", message, "把全角空格改成半角空格，一个改成两个")
    width = sum(1 if char == " " else 2 for char in white)
    if above and not _is_list_item(draft.text[indent:]):
        deeper = (above.column + 2,) if not above.has_value else (above.column,)
        width = min((*deeper, *(range(0, above.column, 2))), key=lambda level: abs(level - width))
    draft.replace(0, indent, " " * width)
    return width


def _is_list_item(text: str) -> bool:
    return text.startswith("-") or text[:1] in DASHES


def mend_marks(draft: Draft, start: int) -> int | None:
    """Mend comment and list marks; the column where key or value begins, None where there is neither."""
    text = draft.text
    if text[start] == "#":
        return None
    if text[start] == "＃":
        draft.report(start, 1, "GK172", "注释用了中文井号“＃”", "改成英文的“#”")
        draft.replace(start, 1, "#")
        return None
    while start < len(draft.text) and (mark := _list_mark(draft, start)):
        start += mark
    return start if start < len(draft.text) else None


def _list_mark(draft: Draft, start: int) -> int:
    """Length of a list mark at `start`, mended; 0 where there is none."""
    text, char = draft.text, draft.text[start]
    follows = text[start + 1 : start + 2]
    if char == "-" and (not follows or follows == " "):
        return len(text[start:]) - len(text[start + 1 :].lstrip(" "))
    if char == "-" and follows and (follows in WIDE_SPACES + "\t" or _is_han(follows)):
        draft.report(start, 1, "GK171", "“-”后面缺少一个半角空格", "写成“- ”加内容")
        draft.replace(start + 1, 1 if follows in WIDE_SPACES + "\t" else 0, " ")
        return 2
    if char in DASHES and (follows in f" {WIDE_SPACES}" or KNOWN_KEY.match(text, start + 1)):
        draft.report(start, 1, "GK171", f"列表的短横用了“{char}”，应为英文短横“-”加空格", "改成“- ”")
        draft.replace(start, 1, "-")
        if not follows or follows == " ":
            return 2
        draft.replace(start + 1, 1 if follows in WIDE_SPACES else 0, " ")
        return 2
    return 0


def _is_han(char: str) -> bool:
    return "\u4e00" <= char <= "\u9fff"


def mend_colon(draft: Draft, start: int) -> int | None:
    """Mend what follows a key; the column of its value, None where there is no key."""
    known = KNOWN_KEY.match(draft.text, start)
    if known is None:
        found = ANY_KEY.match(draft.text, start)
        return found.end() if found else None
    key, at = known["key"], known.start("colon")
    rest = draft.text[at + 1 :]
    value = rest.lstrip(" \t" + WIDE_SPACES)
    if known["colon"] != ":":
        message = f"“{key}”后面用了中文冒号“{known['colon']}”，应为英文冒号加空格"
        draft.report(at, 1, "GK120", message, f"改成“{key}: {short(value)}”")
    elif value and not rest.startswith((" ", "\t")):
        message = f"“{key}:”后面缺少一个半角空格"
        draft.report(at, 1, "GK121", message, f"改成“{key}: {short(value)}”")
    draft.replace(at, len(draft.text) - at - len(value), ": " if value else ":")
    return at + 2


def mend_missing_colon(draft: Draft, start: int) -> int | None:
    """A line at the level of the keys above that is none: its colon was forgotten, or it belongs elsewhere."""
    text = draft.text[start:]
    if wide := re.match(rf"(?P<key>[^{WRONG_COLONS}\s]{{1,12}})\s*(?P<colon>[{WRONG_COLONS}])", text):
        at = start + wide.start("colon")
        message = f"“{wide['key']}”后面用了中文冒号“{wide['colon']}”，应为英文冒号加空格"
        draft.report(at, 1, "GK120", message, f"改成“{wide['key']}: ”")
        draft.replace(at, 1, ": ")
        return at + 2
    fix = "键和内容之间写成“键: 内容”；上一行的续行要比上一行的键缩进更多"
    draft.report(start, len(text.rstrip()), "GK121", f"“{short(text.strip())}”缺少英文冒号加空格", fix)
    found = re.match(rf"(?P<key>{KEYS})(?=\s|$)", text)
    if found is None:
        draft.source.lost.add(draft.number)
        return None
    draft.replace(start + found.end(), 0, ":")
    return start + found.end() + 1


def mend_missing_dash(source: Source, number: int, lines: list[str], head: str) -> None:
    """The first item of a list is written as a mapping: a contact book with one entry, mostly."""
    text = lines[number]
    indent = len(text) - len(text.lstrip(" "))
    known = KNOWN_KEY.match(text, indent)
    marks = re.match(r" *(?:- +)*", head)
    if known is None or indent <= (marks.end() if marks else 0) or indent < 2:
        return
    draft = Draft(source, number)
    draft.text = text
    key = head.strip(" -:")
    message = f"“{key}”是列表，每一项要以“- ”开头"
    draft.report(indent, len(known["key"]), "GK171", message, f"改成“- {short(text.strip())}”")
    following = next((line for line in lines[number + 1 : number + 20] if line.strip()), "")
    if len(following) - len(following.lstrip(" ")) > indent:
        draft.replace(indent, 0, "- ")
    else:
        draft.replace(indent - 2, 2, "- ")
    lines[number] = draft.text
