"""Tasks, units, contacts and groups of a rule file as records: every field's words, and where it stands."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from gkbot.rulebook.editing.changing import Path
from gkbot.rulebook.editing.layout import Layout, laid_out
from gkbot.rulebook.nodes import Mapping, Node, Scalar, Sequence

FieldPath = tuple[str, ...]
LEADER = "分管领导"
CONTACTS = "联络员"


class Kind(StrEnum):
    """What a record is; the text is the key under which it stands."""

    TASK = "任务"
    UNIT = "单位"
    CONTACT = "联络员"
    LEADER = "分管领导"
    GROUP = "单位组"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """What stands under one key.

    Attributes:
        words: One text, or the items of a list; blanks folded as the reader of rule files does.
        is_list: Written as a list.
        first, last: Lines, counted from 1, both inclusive.
        column: Of the key, counted from 1.
    """

    words: tuple[str, ...]
    is_list: bool
    first: int
    last: int
    column: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One task, unit, contact or group.

    Attributes:
        name: 编号 or 名称; of a contact, the name of its unit.
        file: Path within the rules folder.
        path: Where it stands in the file.
        first, last: Lines, counted from 1, both inclusive.
    """

    kind: Kind
    name: str
    file: str
    path: Path
    first: int
    last: int
    fields: dict[FieldPath, Field] = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What names the record as long as nothing is added or removed before it."""
        place = f"{self.path[-1]}" if self.kind in {Kind.CONTACT, Kind.LEADER} else ""
        return self.kind, self.file, self.name, place

    def words(self, path: FieldPath) -> tuple[str, ...]:
        """The words of a field; nothing where it is missing."""
        found = self.fields.get(path)
        return found.words if found else ()


def records_of(file: str, text: str) -> list[Record]:
    """The records of a file in their order; a unit is followed by its contacts and its 分管领导.

    Raises:
        CannotEdit: The text is no single YAML document without mistakes.
    """
    layout = laid_out(text)
    found: list[Record] = []
    for kind in (Kind.TASK, Kind.UNIT, Kind.GROUP):
        for position, node in enumerate(_items(_under(layout.root, kind))):
            record = _record(layout, node, kind, file, (str(kind), position))
            found.append(record)
            if kind is Kind.UNIT:
                found += _people(layout, node, record)
    return found


def plain(node: Node) -> object:
    """The tree as dictionaries, lists and texts, blanks folded; for comparing two versions of a file."""
    if isinstance(node, Scalar):
        return _folded(node)
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    return {_folded(key) if isinstance(key, Scalar) else "": plain(value) for key, value in node.pairs}


def _people(layout: Layout, node: Node, unit: Record) -> Iterator[Record]:
    for position, item in enumerate(_items(_under(node, CONTACTS))):
        path = (*unit.path, CONTACTS, position)
        yield _record(layout, item, Kind.CONTACT, unit.file, path, unit.name)
    leader = _under(node, LEADER)
    if isinstance(leader, Mapping):
        yield _record(layout, leader, Kind.LEADER, unit.file, (*unit.path, LEADER), unit.name)


def _record(layout: Layout, node: Node, kind: Kind, file: str, path: Path, name: str | None = None) -> Record:
    fields = dict(_fields(layout, node, ()))
    own = ("编号",) if kind is Kind.TASK else ("名称",)
    if name is None:
        name = "".join(fields[own].words) if own in fields else ""
    last = layout.last_line(node) + 1
    return Record(kind=kind, name=name, file=file, path=path, first=node.line + 1, last=last, fields=fields)


def _fields(layout: Layout, node: Node, above: FieldPath) -> Iterator[tuple[FieldPath, Field]]:
    for key, value in node.pairs if isinstance(node, Mapping) else ():
        if not isinstance(key, Scalar) or key.value in {LEADER, CONTACTS}:
            continue
        if isinstance(value, Mapping):
            yield from _fields(layout, value, (*above, key.value))
            continue
        texts = [item for item in (value.items if isinstance(value, Sequence) else [value]) if isinstance(item, Scalar)]
        words = tuple(word for text in texts if (word := _folded(text)))
        yield (
            (*above, key.value),
            Field(
                words=words,
                is_list=isinstance(value, Sequence),
                first=key.line + 1,
                last=max(layout.last_line(value), key.line) + 1,
                column=key.column + 1,
            ),
        )


def _under(node: Node, key: str) -> Node | None:
    if not isinstance(node, Mapping):
        return None
    return next((value for name, value in node.pairs if isinstance(name, Scalar) and name.value == key), None)


def _items(node: Node | None) -> list[Node]:
    return node.items if isinstance(node, Sequence) else []


def _folded(node: Scalar) -> str:
    return " ".join(node.value.split())
