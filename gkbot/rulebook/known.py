"""“已知” notes: a comment that names a code and a reason lets doubts about the lines it stands with be.

# 已知 GK113：李某 2026-01-22 核对过
- 编号: A-1                             # the whole task, for the note stands above its first line
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from gkbot.rulebook.codes import CODES, full_code, near_codes
from gkbot.rulebook.source import Source
from gkbot.rulebook.structure import structural
from gkbot.rulebook.values import Place, Severity

WORD = "已知"
_NOTE = re.compile(rf"(?:^|(?<=\s))#+\s*{WORD}(?=[\s:]|[A-Za-z]{{2}}\s?\d)[\s:]*(?P<rest>.*)")
_CODE = r"(?:[A-Za-z]+\s?\d\w*|[A-Za-z]+|\d{3}(?![\w-]))"
_CODES = re.compile(rf"{_CODE}(?:(?:\s?[、,]\s?|\s(?=[Gg][Kk]\s?\d)){_CODE})*", re.ASCII)
_EACH_CODE = re.compile(_CODE, re.ASCII)
_MOST_CODES = 20  # of one note; whoever writes more did not look at them
_HALF_WIDTH = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}  # one for one: columns stay


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownNote:
    """One code of one note.

    Attributes:
        place: Of the note itself.
        source: The line it stands on.
        first, last: The lines it speaks of, counted from 1, both inclusive; last < first where nothing follows.
            Notes with the same `first` have the same `last`, and no two stretches overlap in part.
    """

    code: str
    reason: str
    place: Place
    source: str
    first: int
    last: int


def read_notes(source: Source) -> tuple[KnownNote, ...]:
    """The notes of a file; what is wrong with a note is a warning of `source`."""
    if not any(WORD in line for line in source.lines):
        return ()
    layout = _Layout(source.lines)
    return tuple(note for number in structural(source.lines) for note in _notes_on(source, number, layout))


def _notes_on(source: Source, number: int, layout: "_Layout") -> Iterator[KnownNote]:
    line = source.lines[number]
    found = _NOTE.search(line.translate(_HALF_WIDTH)) if WORD in line else None
    if found is None or line[found.start()] != "#" or _is_within_quotes(line[: found.start()]):
        return
    place = source.place(number, found.start(), number, len(line.rstrip()))
    codes = _CODES.match(found["rest"])
    reason = line[found.start("rest") + (codes.end() if codes else 0) :].strip(" \t\u3000:：,，;；")
    first, last = layout.meant(number, is_alone=not line[: found.start()].strip())
    for code in _known_codes(source, place, codes[0] if codes else "", has_reason=bool(reason)):
        shown = source.shown(place.line)
        yield KnownNote(code=code, reason=reason, place=place, source=shown, first=first + 1, last=last + 1)


def _known_codes(source: Source, place: Place, written: str, *, has_reason: bool) -> Iterator[str]:
    """The codes that a note accepts; none without a reason."""
    if not written:
        source.report(place, Severity.WARNING, "GK181", f"“{WORD}”后面没有写代码", _example("GK113"))
    for each in list(dict.fromkeys(_EACH_CODE.findall(written)))[:_MOST_CODES]:
        code = full_code(each)
        if code not in CODES:
            near = "、".join(near_codes(code))
            fix = f"是不是{near}？" if near else "代码写在每条问题的位置后面"
            source.report(place, Severity.WARNING, "GK181", f"“{WORD}”后面的代码“{each}”不认识", fix)
        elif has_reason:
            yield code
        else:
            source.report(place, Severity.WARNING, "GK180", f"“{WORD}”没有写理由，不起作用", _example(code))


def _example(code: str) -> str:
    return f"写成“# {WORD} {code}：谁、哪一天、为什么”"


def _is_within_quotes(before: str) -> bool:
    """A "#" after an opened quote is text."""
    return before.count('"') % 2 == 1 or before.count("'") % 2 == 1


class _Layout:
    """Which lines belong together, by their indentation; built once, for a file may be full of notes."""

    def __init__(self, lines: list[str]) -> None:
        self._texts = [
            (at, line) for at, line in enumerate(lines) if line.strip() and not line.lstrip().startswith("#")
        ]
        self._following = list(_first_texts(lines, [at for at, _ in self._texts]))
        self._ends: dict[int, int] = {}

    def meant(self, number: int, *, is_alone: bool) -> tuple[int, int]:
        """First and last line, from 0, of what stands on a line, or below a note that has the line to itself."""
        index = self._following[number]
        if index == len(self._texts):
            return number + 1, number
        first = self._texts[index][0] if is_alone else number
        if index not in self._ends:
            self._ends[index] = self._end(index)
        return first, self._ends[index]

    def _end(self, index: int) -> int:
        """The last line that belongs to the text that begins with this one."""
        last, line = self._texts[index]
        indent, has_mark = _indent(line), _has_mark(line)
        for at, below in islice(self._texts, index + 1, None):
            inner = _indent(below)
            # the items of a list may stand right below their key
            if inner < indent or (inner == indent and (has_mark or not _has_mark(below))):
                break
            last = at
        return last


def _first_texts(lines: list[str], texts: list[int]) -> Iterator[int]:
    """For each line the index of the first text that stands there or below."""
    index = 0
    for number in range(len(lines)):
        while index < len(texts) and texts[index] < number:
            index += 1
        yield index


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _has_mark(line: str) -> bool:
    return line.lstrip().startswith("- ")
