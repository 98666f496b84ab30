"""“已知” notes: a comment that names a code and a reason lets doubts about the lines it stands with be.

    # 已知 GK113：李某 2026-01-22 核对过
    - 编号: A-1                             # the whole task, for the note stands above its first line

A note never covers an error, and one that covers nothing any more is told, so that notes do not gather dust.
"""

import re
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from gkbot.rulebook.codes import CODES, full_code, near_codes
from gkbot.rulebook.source import Source
from gkbot.rulebook.structure import structural
from gkbot.rulebook.values import Place, Problem, Severity

_WORD = "已知"
_NOTE = re.compile(rf"(?:^|(?<=\s))#+\s*{_WORD}(?=[\s:]|[A-Za-z]{{2}}\s?\d)[\s:]*(?P<rest>.*)")
_CODE = r"(?:[A-Za-z]+\s?\d\w*|[A-Za-z]+|\d{3}(?![\w-]))"
_CODES = re.compile(rf"{_CODE}(?:\s*[、,\s]\s*{_CODE})*", re.ASCII)
_HALF_WIDTH = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}  # one for one: columns stay
_EXAMPLE = "写成“# 已知 {code}：谁、哪一天、为什么”"


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownNote:
    """One code of one note.

    Attributes:
        place: Of the note itself.
        source: The line it stands on.
        first, last: The lines it speaks of, counted from 1, both inclusive; last < first where nothing follows.
    """

    code: str
    reason: str
    place: Place
    source: str
    first: int
    last: int

    def covers(self, problem: Problem) -> bool:
        """Whether the note names this problem's code and lines."""
        return problem.code == self.code and self.first <= problem.place.line <= self.last


def read_notes(source: Source) -> tuple[KnownNote, ...]:
    """The notes of a file; what is wrong with a note is a warning of `source`."""
    if not any(_WORD in line for line in source.lines):
        return ()
    return tuple(note for number in structural(source.lines) for note in _notes_on(source, number))


def set_apart(
    problems: Iterable[Problem], notes: Mapping[str, tuple[KnownNote, ...]], archived: Container[str]
) -> tuple[list[Problem], list[Problem]]:
    """The problems that stay, remarks on useless notes among them, and those that notes accept.

    Args:
        problems: Of all files.
        notes: Of each file, by the path that problems show.
        archived: Files whose doubts are left out anyway, so that their notes seem useless without being so.
    """
    found = list(problems)
    if not notes:
        return found, []
    open_ones: list[Problem] = []
    accepted: list[Problem] = []
    used: set[KnownNote] = set()
    for problem in found:
        fitting = [note for note in notes.get(problem.place.file, ()) if note.covers(problem)]
        used.update(fitting)
        if fitting and problem.severity is not Severity.ERROR:
            accepted.append(replace(problem, accepted=fitting[-1].reason))
        else:
            open_ones += [problem, *map(_powerless, fitting)]
    if not any(problem.severity is Severity.ERROR for problem in found):  # else tasks and their doubts may be missing
        live = (note for file, known in notes.items() if file not in archived for note in known)
        open_ones += [_useless(note) for note in live if note not in used]
    return open_ones, accepted


def _notes_on(source: Source, number: int) -> Iterator[KnownNote]:
    line = source.lines[number]
    found = _NOTE.search(line.translate(_HALF_WIDTH)) if _WORD in line else None
    if found is None or line[found.start()] != "#" or _is_within_quotes(line[: found.start()]):
        return
    place = source.place(number, found.start(), number, len(line.rstrip()))
    codes = _CODES.match(found["rest"])
    reason = line[found.start("rest") + (codes.end() if codes else 0) :].strip(" \t\u3000:：,，;；")
    if codes is None:
        source.report(place, Severity.WARNING, "GK181", f"“{_WORD}”后面没有写代码", _EXAMPLE.format(code="GK113"))
        return
    if not reason:
        fix = _EXAMPLE.format(code=full_code(re.findall(_CODE, codes[0], re.ASCII)[0]))
        source.report(place, Severity.WARNING, "GK180", f"“{_WORD}”没有写理由，不起作用", fix)
    first, last = _lines_meant(source.lines, number, is_alone=not line[: found.start()].strip())
    for written in re.findall(_CODE, codes[0], re.ASCII):
        code = full_code(written)
        if code not in CODES:
            near = "、".join(near_codes(code))
            fix = f"是不是{near}？" if near else "代码写在每条问题的位置后面"
            source.report(place, Severity.WARNING, "GK181", f"“{_WORD}”后面的代码“{written}”不认识", fix)
        elif reason:
            shown = source.shown(place.line)
            yield KnownNote(code=code, reason=reason, place=place, source=shown, first=first + 1, last=last + 1)


def _is_within_quotes(before: str) -> bool:
    """A "#" after an opened quote is text."""
    return before.count('"') % 2 == 1 or before.count("'") % 2 == 1


def _lines_meant(lines: list[str], number: int, *, is_alone: bool) -> tuple[int, int]:
    """First and last line, from 0, of what stands on the note's line, or below a note that has its line to itself."""
    first = number
    while is_alone and first < len(lines) and _is_bare(lines[first]):
        first += 1
    if first == len(lines):
        return first, first - 1
    indent, has_mark = _indent(lines[first]), lines[first].lstrip().startswith("- ")
    last = first
    for later in range(first + 1, len(lines)):
        if _is_bare(lines[later]):
            continue
        inner = _indent(lines[later])
        # the items of a list may stand right below their key
        if inner < indent or (inner == indent and (has_mark or not lines[later].lstrip().startswith("- "))):
            break
        last = later
    return first, last


def _is_bare(line: str) -> bool:
    return not line.strip() or line.lstrip().startswith("#")


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _powerless(note: KnownNote) -> Problem:
    return _remark(note, "GK183", f"{note.code}在这里是错误，不能用“{_WORD}”接受", "改正这个错误，删掉这条注释")


def _useless(note: KnownNote) -> Problem:
    fix = "删掉这条注释；位置不对的，移到那一行的行尾或者上一行"
    return _remark(note, "GK182", f"这里已经没有{note.code}，这条“{_WORD}”用不上了", fix)


def _remark(note: KnownNote, code: str, message: str, fix: str) -> Problem:
    return Problem(place=note.place, severity=Severity.HINT, code=code, message=message, fix=fix, source=note.source)
