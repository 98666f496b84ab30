"""A rule file's text beside its tree: where each thing begins and ends, as offsets of the text."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from gkbot.errors import CannotEdit
from gkbot.rulebook.nodes import Mapping, Node, Scalar, Sequence, parse
from gkbot.rulebook.source import Source

_LINE_END = re.compile(r"\r\n|\r|\n")
_OTHER_LINE_ENDS = re.compile("[\x85\u2028\u2029]")  # line ends for YAML, but not for editors
_COMMENT = re.compile(r"[ \t]*#")


@dataclass(frozen=True, slots=True)
class Edit:
    """Characters `start <= i < end` of a text give way to `put`."""

    start: int
    end: int
    put: str


@dataclass(frozen=True, slots=True)
class Layout:
    """A text and its tree.

    Attributes:
        text: As it stands, with its own line ends.
        lines: Without line ends.
        starts: Offset at which each line starts.
        newline: The line end of new lines.
    """

    text: str
    root: Node
    lines: tuple[str, ...]
    starts: tuple[int, ...]
    newline: str

    def offset(self, line: int, column: int) -> int:
        """The offset of a place; both count from 0."""
        return self.starts[line] + column

    def after(self, line: int) -> int:
        """Where the next line starts; the end of the text after the last."""
        return self.starts[line + 1] if line + 1 < len(self.starts) else len(self.text)

    def start(self, node: Node) -> int:
        """Where a node begins."""
        return self.offset(node.line, node.column)

    def mark(self, node: Node) -> str:
        """The first character of a node: tells quotes, blocks and flow collections."""
        return self.lines[node.line][node.column : node.column + 1] if node.line < len(self.lines) else ""

    def is_flow(self, node: Node) -> bool:
        """Whether a list or mapping is written with brackets."""
        return not isinstance(node, Scalar) and self.mark(node) in {"[", "{"}

    def end(self, node: Node) -> tuple[int, int]:
        """Line and column after the last character written for a node; comments after it do not count."""
        if isinstance(node, Scalar) and node.value and self.mark(node) in {"|", ">"}:
            return self._block_end(node)
        if isinstance(node, Scalar) or self.is_flow(node):
            return node.end_line, node.end_column
        children = node.items if isinstance(node, Sequence) else [value for _, value in node.pairs]
        return self.end(children[-1]) if children else (node.end_line, node.end_column)

    def end_offset(self, node: Node) -> int:
        """The same as an offset."""
        return self.offset(*self.end(node))

    def last_line(self, node: Node) -> int:
        """The last line that holds something of a node."""
        return self.end(node)[0]

    def is_comment(self, line: int) -> bool:
        """Whether a line is nothing but a comment."""
        return line < len(self.lines) and bool(_COMMENT.match(self.lines[line]))

    def is_blank(self, line: int) -> bool:
        """Whether a line is empty; beyond the last one, yes."""
        return not 0 <= line < len(self.lines) or not self.lines[line].strip()

    def indent(self, line: int) -> int:
        """The column of the first character of a line."""
        return len(self.lines[line]) - len(self.lines[line].lstrip(" "))

    def inserted(self, line: int, new: Iterable[str]) -> Edit:
        """New lines after `line`; -1 puts them at the beginning."""
        at = self.after(line) if line >= 0 else 0
        ends_open = at == len(self.text) and at > 0 and not self.text.endswith(("\n", "\r"))
        body = [f"{self.newline}{each}" for each in new] if ends_open else [f"{each}{self.newline}" for each in new]
        return Edit(at, at, "".join(body))

    def without_lines(self, first: int, last: int) -> Edit:
        """Whole lines taken out, both inclusive."""
        return Edit(self.starts[first], self.after(last), "")

    def _block_end(self, node: Scalar) -> tuple[int, int]:
        last = min(node.end_line - (1 if node.end_column == 0 else 0), len(self.lines) - 1)
        while last > node.line and self.is_blank(last):
            last -= 1
        return last, len(self.lines[last])


def laid_out(text: str) -> Layout:
    """The text with its tree.

    Raises:
        CannotEdit: It is no single YAML document without mistakes.
    """
    source = Source("", text)
    if _OTHER_LINE_ENDS.search(text):
        raise CannotEdit("文件里有少见的换行符")
    documents = parse(source, "\n".join(source.lines))
    if source.problems or source.lost or len(documents) != 1:
        raise CannotEdit("文件里还有错误，先用 gkbot check 改正")
    starts = (0, *(found.end() for found in _LINE_END.finditer(text)))
    ends = _LINE_END.search(text)
    return Layout(text, documents[0], tuple(source.lines), starts, ends[0] if ends else "\n")


def applied(text: str, edits: Iterable[Edit]) -> str:
    """The text after edits that do not overlap; those at one place keep their order."""
    parts: list[str] = []
    at = 0
    for edit in sorted(edits, key=lambda each: (each.start, each.end)):
        parts += [text[at : edit.start], edit.put]
        at = edit.end
    return "".join([*parts, text[at:]])


def value_of(mapping: Mapping, key: str) -> tuple[int, Scalar, Node] | None:
    """Position, key and value of a key in a mapping."""
    for position, (name, value) in enumerate(mapping.pairs):
        if isinstance(name, Scalar) and name.value == key:
            return position, name, value
    return None
