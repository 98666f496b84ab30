"""The structure of a file before YAML reads it: which lines can hold keys, where values start."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from gkbot.rulebook.keys import all_names

KEYS = "|".join(sorted(map(re.escape, all_names()), key=len, reverse=True))
WRONG_COLONS = "：﹕∶︰ː꞉"
WIDE_SPACES = "\u3000\u00a0\u2002\u2003\u2009"
DASHES = "－—–―−﹣•·●▪"
KNOWN_KEY = re.compile(rf"(?P<key>{KEYS})[ \t{WIDE_SPACES}]*(?P<colon>[:{WRONG_COLONS}])")
ANY_KEY = re.compile(r"""(?P<key>[^\s"'\[\]{}#&*!|>%@`,\-][^\[\]{}"']*?)[ ]*(?P<colon>:)(?=\s|$)""")
KEYISH = re.compile(rf"\s*(?:- |(?:- *)?(?:{KEYS})\s*[:{WRONG_COLONS}]|#)")
QUOTED = {'"': re.compile(r'"(?:[^"\\]|\\.)*"'), "'": re.compile(r"'(?:[^']|'')*'")}
_MARKS = re.compile(r"[ \t]*(?:- +)*")
BLOCK_HEADER = re.compile(r"[|>][-+\d]*\s*(?:#.*)?$")


@dataclass(frozen=True, slots=True)
class Above:
    """The nearest key above a line: the column it starts in, and whether a value follows it."""

    column: int
    has_value: bool


def structural(lines: list[str]) -> Iterator[int]:
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
    if BLOCK_HEADER.match(value):
        return _after_block(lines, number)
    if value[:1] in QUOTED and value and not QUOTED[value[0]].match(value):
        return _after_quote(lines, number, value[0])
    return number + 1


def _value_start(line: str) -> int | None:
    body = _MARKS.match(line)
    start = body.end() if body else 0
    key = ANY_KEY.match(line, start) or KNOWN_KEY.match(line, start)
    if key:
        return key.end()
    return start if start and line[:start].strip() else None


def _after_block(lines: list[str], number: int) -> int:
    marks = _MARKS.match(lines[number])
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
        if KEYISH.match(lines[later]):
            return number + 1
        if quote in lines[later]:
            return later + 1
    return number + 1


def key_above(lines: list[str], number: int) -> Above | None:
    for line in reversed(lines[max(number - 50, 0) : number]):
        value_at = _value_start(line)
        if value_at is not None and not line.lstrip().startswith("#"):
            marks = re.match(r" *(?:- +)*", line)
            rest = line[value_at:].strip()
            return Above(marks.end() if marks else 0, bool(rest) and not rest.startswith("#"))
    return None
