"""YAML as a tree of texts with places: no conversion, no anchors, aliases or tags, bounded in depth and number.

Built from PyYAML's events rather than by `yaml.compose`: events still show anchors and tags, an alias's own
place, and where to stop.
"""

import re
from dataclasses import dataclass, field

import yaml

from gkbot.rulebook.source import Source
from gkbot.rulebook.values import Place
from gkbot.rulebook.yaml_errors import report_yaml_error

DEPTH = 12  # rule files need 6
NODES = 200_000  # about 12,000 tasks in one file
_MOST_LOST = 10  # lines of one file that are left out before reading is given up
_REACH = 2  # a second error so near the first is its echo

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(slots=True)
class Scalar:
    """A text. Lines and columns count from 0 in the repaired text, the end is exclusive."""

    value: str
    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(slots=True)
class Sequence:
    """A list."""

    line: int
    column: int
    end_line: int
    end_column: int
    items: list["Node"] = field(default_factory=list)


@dataclass(slots=True)
class Mapping:
    """Keys and values, in order, repeated keys included."""

    line: int
    column: int
    end_line: int
    end_column: int
    pairs: list[tuple["Node", "Node"]] = field(default_factory=list)


Node = Scalar | Sequence | Mapping


class TooMuch(Exception):
    """Depth or number of nodes is beyond what a rule file may have."""


def parse(source: Source, text: str) -> list[Node]:
    """The documents of a file. A line that YAML cannot read is a problem of `source`, and is left out."""
    lines = text.split("\n")
    while True:
        builder = _Builder(source)
        try:
            for event in yaml.parse("\n".join(lines), Loader=_Loader):
                builder.take(event)
        except yaml.MarkedYAMLError as error:
            culprit = report_yaml_error(source, error)
            if len(source.lost) < _MOST_LOST and not source.has_lost(culprit - _REACH, culprit + _REACH):
                source.lost.add(culprit)
                lines[culprit] = _list_marks(lines[culprit])
                continue
            source.broken_off = True
        except (yaml.YAMLError, UnicodeError):  # characters YAML does not allow; the look at the raw text names them
            _report_characters(source)
        except TooMuch as error:
            source.broken_off = True
            source.report_at(builder.line, 0, 0, "GK105", str(error), "拆成几个文件，写成一层一层的普通列表")
            return []
        return builder.documents


def _list_marks(line: str) -> str:
    """A line left out keeps its "- ", so that the items of a list stay apart."""
    marks = re.match(r" *(?:- +)+", line)
    return marks[0] if marks else ""


def _report_characters(source: Source) -> None:
    source.broken_off = True
    if not source.problems:
        message = "文件里有YAML不允许的字符"
        source.report_at(0, 0, 0, "GK101", message, "用UTF-8编码重新保存，删去特殊字符")


class _Builder:
    def __init__(self, source: Source) -> None:
        self.source = source
        self.documents: list[Node] = []
        self.line = 0
        self._open: list[Sequence | Mapping] = []
        self._keys: list[Node | None] = []  # of each open mapping: the key that waits for its value
        self._count = 0

    def take(self, event: yaml.Event) -> None:
        """Grow the tree by one event."""
        if isinstance(event, yaml.ScalarEvent):
            self._refuse_extras(event)
            self._add(Scalar(event.value, *_span(event)))
        elif isinstance(event, yaml.MappingStartEvent):
            self._refuse_extras(event)
            self._start(Mapping(*_span(event)))
        elif isinstance(event, yaml.SequenceStartEvent):
            self._refuse_extras(event)
            self._start(Sequence(*_span(event)))
        elif isinstance(event, yaml.CollectionEndEvent):
            self._end(event)
        elif isinstance(event, yaml.AliasEvent):
            self._refuse(event, f"*{event.anchor}")
            self._add(Scalar(f"*{event.anchor}", *_span(event)))

    def _add(self, node: Node) -> None:
        self.line = node.line
        self._count += 1
        if self._count > NODES:
            raise TooMuch(f"文件里的条目超过{NODES}个")
        if not self._open:
            self.documents.append(node)
            return
        parent = self._open[-1]
        if isinstance(parent, Sequence):
            parent.items.append(node)
        elif self._keys[-1] is None:
            self._keys[-1] = node
        else:
            parent.pairs.append((self._keys[-1], node))
            self._keys[-1] = None

    def _start(self, node: Sequence | Mapping) -> None:
        self._add(node)
        if len(self._open) >= DEPTH:
            raise TooMuch(f"层次超过{DEPTH}层")
        self._open.append(node)
        self._keys.append(None)

    def _end(self, event: yaml.Event) -> None:
        node = self._open.pop()
        self._keys.pop()
        *_, node.end_line, node.end_column = _span(event)

    def _refuse_extras(self, event: yaml.ScalarEvent | yaml.CollectionStartEvent) -> None:
        if event.anchor is not None:
            self._refuse(event, f"&{event.anchor}")
        if event.tag is not None:
            self._refuse(event, event.tag.replace("tag:yaml.org,2002:", "!!"))

    def _refuse(self, event: yaml.Event, what: str) -> None:
        line, column, *_ = _span(event)
        place = self.source.repaired_place(line, column, line, column + len(what))
        message = f"规则文件不支持“{what}”这样的写法（YAML的锚点、引用或标签）"
        self.source.error(place, "GK129", message, "把内容写全；文字本身以它开头的，用单引号把整段括起来")


def _span(event: yaml.Event) -> tuple[int, int, int, int]:
    start, end = event.start_mark, event.end_mark
    if start is None or end is None:  # never with text from a string, but PyYAML's types allow it
        return 0, 0, 0, 0
    return start.line, start.column, end.line, end.column


def place_of(source: Source, node: Node) -> Place:
    """Where a text stands; for lists and mappings, their first line."""
    if isinstance(node, Scalar):
        return source.repaired_place(node.line, node.column, node.end_line, node.end_column)
    last = len(source.lines[node.line]) if node.line < len(source.lines) else 0
    start = source.original(node.line, node.column)
    return source.place(node.line, start, node.line, last)


def place_within(source: Source, node: Scalar, start: int, end: int) -> Place:
    """Where characters `start <= i < end` of a text stand; the whole text where it is folded or escaped."""
    for quote in (0, 1):
        first = source.original(node.line, node.column + quote)
        line = source.lines[node.line] if node.line < len(source.lines) else ""
        if line[first : first + len(node.value)] == node.value:
            return source.place(node.line, first + start, node.line, first + max(end, start + 1))
    return place_of(source, node)
