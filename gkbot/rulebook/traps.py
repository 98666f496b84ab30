"""A look at the raw text before YAML: full-width punctuation and other slips, explained where they stand.

Each slip is reported and repaired in memory, so that YAML reads on and the rest of the file is checked as well.
What cannot be a slip (free text, block scalars, quoted text over several lines) is left alone.
"""

import re

from gkbot.rulebook.draft import Draft
from gkbot.rulebook.key_traps import mend_colon, mend_indent, mend_marks, mend_missing_colon, mend_missing_dash
from gkbot.rulebook.source import Source
from gkbot.rulebook.structure import KEYS, WIDE_SPACES, key_above, structural
from gkbot.rulebook.value_traps import mend_value

_SAFE = r"""[^\s:#"'\[\]{}&*!|>%@`,?\-][^:#\t"""  # how a value without surprises starts; the class goes on below
_CLEAN = re.compile(rf" *(?:- )*(?:(?:{KEYS}):(?: {_SAFE}{WIDE_SPACES}]*)?|(?<=- ){_SAFE}：{WIDE_SPACES}]*)$| *#|$")
_LISTS = "任务|单位|单位组|提醒方案|管理员|联络员|放假"
_LIST_HEAD = re.compile(rf" *(?:- +)*(?:{_LISTS}):")
_INVISIBLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff\ufffe\uffff]")


def repaired(source: Source) -> str:
    """The text with every slip reported and mended; the author's text where there is none."""
    lines = list(source.lines)
    for number in _lines_with_invisible(source):
        lines[number] = _without_invisible(source, number)
    if not any(line.strip() for line in lines):
        if not source.problems:
            source.report_at(0, 0, 0, "GK103", "文件是空的", "补上内容，或者删除这个文件")
        return ""
    started = False
    head: str | None = None
    for number in structural(lines):
        if head and lines[number].strip() and not lines[number].lstrip().startswith("#"):
            mend_missing_dash(source, number, lines, head)
            head = None
        if not _CLEAN.match(lines[number]):
            lines[number] = _mended(source, number, lines, started=started)
        if lines[number].endswith(":") and _LIST_HEAD.fullmatch(lines[number]):
            head = lines[number]
        started = started or not lines[number].lstrip().startswith(("#", "---", "%"))
    return "\n".join(lines)


def _lines_with_invisible(source: Source) -> list[int]:
    if not _INVISIBLE.search("\n".join(source.lines)):
        return []
    return [number for number, line in enumerate(source.lines) if _INVISIBLE.search(line)]


def _without_invisible(source: Source, number: int) -> str:
    draft = Draft(source, number)
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


def _mended(source: Source, number: int, lines: list[str], *, started: bool) -> str:
    draft = Draft(source, number)
    draft.text = lines[number]
    if not draft.text.strip() or _is_document_mark(draft, started=started):
        return ""
    above = key_above(lines, number)
    start = mend_marks(draft, mend_indent(draft, above))
    if start is None:
        return draft.text
    value_at = mend_colon(draft, start)
    if value_at is None and not draft.text[:start].strip():
        if above is None or start > above.column or draft.text[start] in "[]{}\"'":
            return draft.text  # the text of the line before goes on here
        value_at = mend_missing_colon(draft, start)
        if value_at is None:
            return ""
    mend_value(draft, start if value_at is None else value_at)
    return draft.text


def _is_document_mark(draft: Draft, *, started: bool) -> bool:
    if not re.match(r"(?:---|\.\.\.)(?:\s|$)", draft.text):
        return False
    if started:
        message = f"文件中间不能有“{draft.text[:3]}”，一个规则文件只能有一份内容"
        draft.report(0, 3, "GK128", message, "删掉这一行，或者把下面的内容另存为一个文件")
    return started
