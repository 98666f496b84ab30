"""A look at the raw text before YAML: full-width punctuation and other slips, explained where they stand.

Each slip is reported and repaired in memory, so that YAML reads on and the rest of the file is checked as well.
What cannot be a slip (free text, block scalars, quoted text over several lines) is left alone.
"""

import re
from collections.abc import Iterator

from gkbot.rulebook.keys import all_names
from gkbot.rulebook.source import Edits, Source
from gkbot.rulebook.values import Severity

_KEYS = "|".join(sorted(map(re.escape, all_names()), key=len, reverse=True))
_WRONG_COLONS = "：﹕∶︰ː꞉"
_WIDE_SPACES = "\u3000\u00a0\u2002\u2003\u2009"
_DASHES = "－—–―−﹣•·●▪"
_SAFE = r"""[^\s:#"'\[\]{}&*!|>%@`,?\-][^:#\t"""  # how a value without surprises starts; the class goes on below
_CLEAN = re.compile(rf" *(?:- )*(?:(?:{_KEYS}):(?: {_SAFE}{_WIDE_SPACES}]*)?|(?<=- ){_SAFE}：{_WIDE_SPACES}]*)$| *#|$")
_KNOWN_KEY = re.compile(rf"(?P<key>{_KEYS})[ \t{_WIDE_SPACES}]*(?P<colon>[:{_WRONG_COLONS}])")
_ANY_KEY = re.compile(r"""(?P<key>[^\s"'\[\]{}#&*!|>%@`,\-][^\[\]{}"']*?)[ ]*(?P<colon>:)(?=\s|$)""")
_KEYISH = re.compile(rf"\s*(?:- |(?:- *)?(?:{_KEYS})\s*[:{_WRONG_COLONS}]|#)")
_QUOTED = {'"': re.compile(r'"(?:[^"\\]|\\.)*"'), "'": re.compile(r"'(?:[^']|'')*'")}
_BLOCK_HEADER = re.compile(r"[|>][-+\d]*\s*(?:#.*)?$")
_COMMENT = re.compile(r"(?:^|(?<=\s))#")
_INVISIBLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff\ufffe\uffff]")


class _Draft:
    """One line under repair: `text` changes, reports speak of the author's columns."""

    def __init__(self, source: Source, number: int) -> None:
        self.source = source
        self.number = number
        self.text = source.lines[number]
        self.edits = source.edits.get(number) or Edits()

    def replace(self, column: int, length: int, new: str) -> None:
        """Put `new` in place of `length` characters; repairs go from left to right."""
        if self.text[column : column + length] == new:
            return
        self.text = self.text[:column] + new + self.text[column + length :]
        self.edits.changes.append((column, len(new), length))
        self.source.edits[self.number] = self.edits

    def report(self, column: int, length: int, code: str, message: str, fix: str, *, warning: bool = False) -> None:
        """Note a problem over `length` characters of the line as it is now."""
        first = self.edits.original(column)
        last = self.edits.original(column + length - 1) + 1 if length else first
        place = self.source.place(self.number, first, self.number, last)
        self.source.report(place, Severity.WARNING if warning else Severity.ERROR, code, message, fix)


def repaired(source: Source) -> str:
    """The text with every slip reported and mended; the author's text where there is none."""
    lines = list(source.lines)
    for number in _lines_with_invisible(source):
        lines[number] = _without_invisible(source, number)
    if not any(line.strip() for line in lines):
        source.report_at(0, 0, 0, "GK103", "文件是空的", "补上内容，或者删除这个文件")
        return ""
    started = False
    for number in _structural(lines):
        if not _CLEAN.match(lines[number]):
            lines[number] = _mended(source, number, lines[number], started=started)
        started = started or not lines[number].lstrip().startswith(("#", "---"))
    return "\n".join(lines)


def _lines_with_invisible(source: Source) -> list[int]:
    if not _INVISIBLE.search("\n".join(source.lines)):
        return []
    return [number for number, line in enumerate(source.lines) if _INVISIBLE.search(line)]


def _without_invisible(source: Source, number: int) -> str:
    draft = _Draft(source, number)
    found = _INVISIBLE.search(draft.text)
    first = True
    while found:
        code = f"U+{ord(found[0]):04X}"
        if first:
            message = f"这里有看不见的字符（{code}），多半是从网页或Word复制来的"
            draft.report(found.start(), 1, "GK173", message, "删掉这个字符，或者把这一段重新输入一遍")
        first = False
        draft.replace(found.start(), 1, "")
        found = _INVISIBLE.search(draft.text, found.start())
    return draft.text


def _structural(lines: list[str]) -> Iterator[int]:
    """Numbers of the lines that are neither inside a block scalar nor inside quoted text begun earlier."""
    number = 0
    while number < len(lines):
        yield number
        number = _next_structural(lines, number)


def _next_structural(lines: list[str], number: int) -> int:
    line = lines[number]
    value_at = _value_start(line)
    if value_at is None:
        return number + 1
    value = line[value_at:].lstrip()
    if _BLOCK_HEADER.match(value):
        return _after_block(lines, number)
    if value[:1] in _QUOTED and value and not _QUOTED[value[0]].match(value):
        return _after_quote(lines, number, value[0])
    return number + 1


def _value_start(line: str) -> int | None:
    body = re.match(r"[ \t]*(?:- +)*", line)
    start = body.end() if body else 0
    key = _ANY_KEY.match(line, start) or _KNOWN_KEY.match(line, start)
    if key:
        return key.end()
    return start if start and line[:start].strip() else None


def _after_block(lines: list[str], number: int) -> int:
    marks = re.match(r"[ \t]*(?:- +)*", lines[number])
    indent = marks.end() if marks else 0
    number += 1
    while number < len(lines):
        text = lines[number]
        if text.strip() and len(text) - len(text.lstrip(" ")) <= indent - (1 if indent else 0):
            break
        number += 1
    return number


def _after_quote(lines: list[str], number: int, quote: str) -> int:
    """The line after the closing quote; the next line where the quote was simply forgotten."""
    for later in range(number + 1, min(number + 50, len(lines))):
        if _KEYISH.match(lines[later]):
            return number + 1
        if quote in lines[later]:
            return later + 1
    return number + 1


def _mended(source: Source, number: int, text: str, *, started: bool) -> str:
    draft = _Draft(source, number)
    draft.text = text
    if not text.strip():
        return ""
    if _is_document_mark(draft, started=started):
        return ""
    start = _mend_marks(draft, _mend_indent(draft))
    if start is None:
        return draft.text
    value_at = _mend_colon(draft, start)
    if value_at is None and not draft.text[:start].strip():
        return draft.text  # the text of the line before goes on here
    _mend_value(draft, start if value_at is None else value_at)
    return draft.text


def _is_document_mark(draft: _Draft, *, started: bool) -> bool:
    if not re.match(r"(?:---|\.\.\.)(?:\s|$)", draft.text):
        return False
    if started:
        message = f"文件中间不能有“{draft.text[:3]}”，一个规则文件只能有一份内容"
        draft.report(0, 3, "GK128", message, "删掉这一行，或者把下面的内容另存为一个文件")
    return started


def _mend_indent(draft: _Draft) -> int:
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
    for at in range(indent - 1, -1, -1):  # from the right, then noted once for the whole indent
        white = white[:at] + ("  " if white[at] in _WIDE_SPACES + "\t" else white[at]) + white[at + 1 :]
    draft.replace(0, indent, white)
    return len(white)


def _mend_marks(draft: _Draft, start: int) -> int | None:
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


def _list_mark(draft: _Draft, start: int) -> int:
    """Length of a list mark at `start`, mended; 0 where there is none."""
    text, char = draft.text, draft.text[start]
    follows = text[start + 1 : start + 2]
    if char == "-" and (not follows or follows == " "):
        return len(text[start:]) - len(text[start + 1 :].lstrip(" "))
    if char == "-" and follows and (follows in _WIDE_SPACES + "\t" or _is_han(follows)):
        draft.report(start, 1, "GK171", "“-”后面缺少一个半角空格", "写成“- ”加内容")
        draft.replace(start + 1, 1 if follows in _WIDE_SPACES + "\t" else 0, " ")
        return 2
    if char in _DASHES and (follows in f" {_WIDE_SPACES}" or _KNOWN_KEY.match(text, start + 1)):
        draft.report(start, 1, "GK171", f"列表的短横用了“{char}”，应为英文短横“-”加空格", "改成“- ”")
        draft.replace(start, 1, "-")
        if not follows or follows == " ":
            return 2
        draft.replace(start + 1, 1 if follows in _WIDE_SPACES else 0, " ")
        return 2
    return 0


def _is_han(char: str) -> bool:
    return "\u4e00" <= char <= "\u9fff"


def _mend_colon(draft: _Draft, start: int) -> int | None:
    """Mend what follows a key; the column of its value, None where there is no key."""
    known = _KNOWN_KEY.match(draft.text, start)
    if known is None:
        found = _ANY_KEY.match(draft.text, start)
        return found.end() if found else None
    key, at = known["key"], known.start("colon")
    rest = draft.text[at + 1 :]
    value = rest.lstrip(" \t" + _WIDE_SPACES)
    if known["colon"] != ":":
        message = f"“{key}”后面用了中文冒号“{known['colon']}”，应为英文冒号加空格"
        draft.report(at, 1, "GK120", message, f"改成“{key}: {_short(value)}”")
    elif value and not rest.startswith((" ", "\t")):
        message = f"“{key}:”后面缺少一个半角空格"
        draft.report(at, 1, "GK121", message, f"改成“{key}: {_short(value)}”")
    draft.replace(at, len(draft.text) - at - len(value), ": " if value else ":")
    return at + 2


def _short(value: str) -> str:
    return value if len(value) <= 20 else value[:20] + "…"


def _mend_value(draft: _Draft, column: int) -> None:
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
    elif not _BLOCK_HEADER.match(text, column):
        _mend_plain(draft, column)


def _mend_quoted(draft: _Draft, column: int) -> None:
    quote = draft.text[column]
    found = _QUOTED[quote].match(draft.text, column)
    if found is None:
        following = draft.source.lines[draft.number + 1 : draft.number + 2]
        if not following or not following[0].strip() or _KEYISH.match(following[0]):
            draft.report(column, 1, "GK175", f"引号{quote}没有配对", f"在这一行末尾补上{quote}")
            _requote(draft, column, len(draft.text.rstrip()))
        return
    rest = draft.text[found.end() :]
    if rest.strip() and not re.match(r"\s+#|\s*:(?:\s|$)", rest):
        message = f"引号{quote}后面还有文字，YAML在第二个引号处就认为内容结束了"
        draft.report(found.end(), len(rest.strip()), "GK175", message, "用单引号把整段文字括起来，或者改用中文引号")
        _requote(draft, column, _plain_end(draft.text, column))


def _mend_flow_list(draft: _Draft, column: int) -> None:
    close = draft.text.find("]", column)
    if close < 0:
        return
    rest = draft.text[close + 1 :].strip()
    if rest and not rest.startswith("#"):
        key = "文号" if draft.text[:column].strip().startswith("文号") else ""
        inside = draft.text[column + 1 : close]
        message = f"以“[”开头的是列表，“]”后面不能再有文字“{_short(rest)}”"
        fix = f"文号用六角括号：〔{inside}〕{rest}" if key else "用单引号把整段文字括起来"
        draft.report(column, close + 1 - column, "GK125", message, fix)
        _requote(draft, column, _plain_end(draft.text, column))
        return
    _mend_flow_commas(draft, column, close, r"[，；]", "列表里用了中文标点“{}”，会被当成一个名称")


def _mend_flow_mapping(draft: _Draft, column: int) -> None:
    close = draft.text.find("}", column)
    if close < 0:
        return
    at = column
    while found := re.compile(rf"(?<=[{{,，\s])(?:{_KNOWN_KEY.pattern})").search(draft.text, at):
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
    _mend_flow_commas(draft, column, close, rf"[，；、](?=\s*(?:{_KEYS})\s*:)", message)


def _mend_flow_commas(draft: _Draft, column: int, close: int, commas: str, message: str) -> None:
    found = re.compile(commas).search(draft.text, column, close)
    if found:
        draft.report(found.start(), 1, "GK124", message.format(found[0]), "改成英文逗号加空格“, ”")
    while found:
        draft.text = draft.text[: found.start()] + "," + draft.text[found.end() :]  # same length
        found = re.compile(commas).search(draft.text, found.end(), close)


def _mend_plain(draft: _Draft, column: int) -> None:
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


def _requote(draft: _Draft, column: int, end: int) -> None:
    """Put single quotes around the text between two columns."""
    draft.replace(column, 0, "'")
    at, end = column + 1, end + 1
    while (at := draft.text.find("'", at, end)) >= 0:
        draft.replace(at, 0, "'")
        at, end = at + 2, end + 1
    draft.replace(end, 0, "'")
