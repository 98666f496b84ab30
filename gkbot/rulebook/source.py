"""The text of a rule file: decoded, cut into lines, with places in it as users count them."""

import re
from dataclasses import dataclass, field

from gkbot.rulebook.values import Place, Problem, Severity

_KEY = re.compile(r"(?<=key=)[^\s&]+")
_ADDRESS = re.compile(r"(?<=://)\S+")
FILE_BYTES = 2 * 1024 * 1024  # ten times what an office with 2,000 tasks writes


@dataclass(slots=True)
class Edits:
    """Repairs of one line, made so that YAML can read on; remembers where the author's characters were.

    Attributes:
        changes: (column at the time, characters put there, characters taken away), in the order of repairs.
    """

    changes: list[tuple[int, int, int]] = field(default_factory=list)

    def original(self, column: int) -> int:
        """Where the character at `column` of the repaired line stands in the author's line."""
        for at, put, taken in reversed(self.changes):
            if column >= at + put:
                column += taken - put
            elif column > at:
                column = at + min(column - at, taken)
        return column


class Source:
    """A file's lines as the author wrote them, and the problems found in them so far.

    Attributes:
        path: As users see it.
        lines: Without line ends.
        edits: Line number (from 0) → repairs made there.
        lost: Lines that had to be left out so that the rest could be read.
        broken_off: Reading ended before the end of the file.
    """

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        self.edits: dict[int, Edits] = {}
        self.problems: list[Problem] = []
        self.lost: set[int] = set()
        self.broken_off = False

    def shown(self, line: int) -> str:
        """A line, counted from 1, as problems may show it: a webhook's key is a password."""
        text = self.lines[line - 1]
        secret = _ADDRESS if "机器人" in text else _KEY
        return secret.sub(lambda found: "*" * len(found[0]), text)

    def place(self, line: int, column: int, end_line: int, end_column: int) -> Place:
        """A place from lines and columns of the author's text, all counted from 0."""
        line = min(max(line, 0), len(self.lines) - 1)
        end_line = min(max(end_line, line), len(self.lines) - 1)
        column = min(max(column, 0), len(self.lines[line]))
        end_column = min(max(end_column, 0), len(self.lines[end_line]))
        if end_line == line:
            end_column = max(end_column, column)
        return Place(
            file=self.path,
            line=line + 1,
            column=column + 1,
            end_line=end_line + 1,
            end_column=end_column + 1,
        )

    def repaired_place(self, line: int, column: int, end_line: int, end_column: int) -> Place:
        """The same from lines and columns of the repaired text, which YAML speaks of."""
        return self.place(line, self.original(line, column), end_line, self.original(end_line, end_column))

    def original(self, line: int, column: int) -> int:
        """The author's column for one of the repaired text."""
        edits = self.edits.get(line)
        return edits.original(column) if edits else column

    def has_lost(self, first: int, last: int) -> bool:
        """A line between two, both inclusive, was left out: what seems to be missing there may stand in it."""
        return any(first <= line <= last for line in self.lost)

    def report(self, place: Place, severity: Severity, code: str, message: str, fix: str | None = None) -> None:
        """Note a problem at `place`."""
        self.problems.append(
            Problem(
                place=place,
                severity=severity,
                code=code,
                message=message,
                fix=fix,
                source=self.shown(place.line),
            )
        )

    def error(self, place: Place, code: str, message: str, fix: str | None = None) -> None:
        """Note an error at `place`."""
        self.report(place, Severity.ERROR, code, message, fix)

    def report_at(self, line: int, column: int, length: int, code: str, message: str, fix: str) -> None:
        """Note an error on one line of the author's text; line and column count from 0."""
        self.error(self.place(line, column, line, column + length), code, message, fix)


def decode(path: str, data: bytes) -> Source:
    """The text of a file; what is not UTF-8 is a problem, GB18030 is read all the same."""
    if len(data) > FILE_BYTES:
        source = Source(path, "")
        source.broken_off = True
        size = len(data) / 1024 / 1024
        source.report_at(0, 0, 0, "GK105", f"文件有{size:.1f}MB，超过2MB的上限", "拆成几个文件")
        return source
    try:
        return Source(path, data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        return _decode_other(path, data, error)


def _decode_other(path: str, data: bytes, error: UnicodeDecodeError) -> Source:
    for encoding, name, marks in _OTHER_ENCODINGS:
        if data.startswith(marks):
            try:
                source = Source(path, data.decode(encoding))
            except UnicodeDecodeError:
                continue
            line, length = _first_foreign_line(source)
            message = f"文件是{name}编码，不是UTF-8"
            source.report_at(line, 0, length, "GK102", message, "用记事本或WPS打开，另存为UTF-8编码")
            return source
    source = Source(path, data.decode("utf-8", errors="replace"))
    source.broken_off = True
    before = data[: error.start].decode("utf-8-sig", errors="replace")
    before = before.replace("\r\n", "\n").replace("\r", "\n")
    line = before.count("\n")
    column = len(before) - before.rfind("\n") - 1
    source.report_at(
        line,
        column,
        1,
        "GK102",
        "从这里起既不是UTF-8编码，也不是GBK编码，文件可能已经损坏",
        "用记事本或WPS打开核对内容，另存为UTF-8编码",
    )
    return source


_OTHER_ENCODINGS = (
    ("utf-16", "UTF-16", (b"\xff\xfe", b"\xfe\xff")),
    ("gb18030", "GBK（GB18030）", (b"",)),
)


def _first_foreign_line(source: Source) -> tuple[int, int]:
    for number, line in enumerate(source.lines):
        if not line.isascii():
            return number, len(line)
    return 0, len(source.lines[0])
