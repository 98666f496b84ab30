"""Many changes of one rule file made together, and checked: the new text says just what was asked for."""

import copy
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from gkbot.errors import CannotEdit
from gkbot.rulebook.editing.changing import Path, add_item, put, take_out
from gkbot.rulebook.editing.layout import Layout, laid_out, value_of
from gkbot.rulebook.editing.records import plain
from gkbot.rulebook.editing.removing import item_lines
from gkbot.rulebook.editing.writing import Value
from gkbot.rulebook.keys import FILE, Section
from gkbot.rulebook.nodes import Mapping as MappingNode
from gkbot.rulebook.nodes import Sequence


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change.

    Attributes:
        path: A key, for an item taken out its position, for an item added its list.
        value: What is put or added; None takes out.
        adds: `value` is one more item of the list.
    """

    path: Path
    value: Value | None = None
    adds: bool = False


def changed(text: str, changes: Iterable[Change]) -> str:
    """The text after all changes; positions in paths are those before any of them.

    Raises:
        CannotEdit: A place is written in a way that only a person can edit, or the new text would not read as asked.
    """
    layout = laid_out(text)
    groups: dict[tuple[str | int, ...], list[Change]] = {}
    for change in changes:
        groups.setdefault(change.path[:2], []).append(change)
    expected = copy.deepcopy(plain(layout.root))
    result = text
    for top in sorted(groups, key=lambda path: _line(layout, path), reverse=True):
        ordered = _ordered(groups[top])
        result = _in_item(layout, result, top, ordered) or _one_by_one(result, ordered, FILE)
    for change in _ordered([each for group in groups.values() for each in group]):
        _tell(expected, change)
    if _pruned(plain(laid_out(result).root)) != _pruned(expected):
        raise CannotEdit("改完以后读出来的内容和要改的不一样，没有写入，请直接在文件里改")
    return result


def _line(layout: Layout, top: Path) -> int:
    """Where a group of changes begins: later ones are made first, so that places before them stay; additions last."""
    if len(top) < 2 or not isinstance(top[1], int):
        return -1
    found = value_of(layout.root, str(top[0])) if isinstance(layout.root, MappingNode) else None
    if found is None or not isinstance(found[2], Sequence) or top[1] >= len(found[2].items):
        raise CannotEdit(f"“{top[0]}”里没有要改的那一项")
    return found[2].items[top[1]].line


def _ordered(group: list[Change]) -> list[Change]:
    """What is put comes first, then what goes, the last positions first, then what is added."""
    puts = [each for each in group if each.value is not None and not each.adds]
    gone = [each for each in group if each.value is None]
    gone.sort(key=lambda each: tuple(step if isinstance(step, int) else -1 for step in each.path), reverse=True)
    return [*puts, *gone, *(each for each in group if each.adds)]


def _in_item(layout: Layout, text: str, top: Path, group: list[Change]) -> str | None:
    """The changes of one item made in its own lines: a large file is then not read again for each."""
    if len(top) < 2 or any(len(change.path) <= 2 for change in group) or not isinstance(layout.root, MappingNode):
        return None
    found = value_of(layout.root, str(top[0]))
    spec = FILE.key(str(top[0]))
    if found is None or spec is None or spec.section is None or not isinstance(found[2], Sequence):
        return None
    if layout.is_flow(found[2]) or not isinstance(top[1], int):
        return None
    first, last = item_lines(layout, found[2], top[1])
    start, end = layout.starts[first], layout.after(last)
    inner = [Change(path=(0, *change.path[2:]), value=change.value, adds=change.adds) for change in group]
    try:
        return text[:start] + _one_by_one(text[start:end], inner, spec.section) + text[end:]
    except CannotEdit as error:
        raise CannotEdit(error.reason, None if error.line is None else first + error.line) from error


def _one_by_one(text: str, group: Iterable[Change], section: Section) -> str:
    for change in group:
        if change.value is None:
            text = take_out(text, change.path)
        elif change.adds and isinstance(change.value, Mapping):
            text = add_item(text, change.path, change.value, section)
        else:
            text = put(text, change.path, change.value, section)
    return text


def _tell(data: Any, change: Change) -> None:
    """Make the same change in plain data."""
    way = change.path if change.adds else change.path[:-1]
    for position, step in enumerate(way):
        if isinstance(data, dict) and data.get(step) in (None, ""):
            data[step] = [] if change.adds and position == len(way) - 1 else {}
        data = data[step]
    if change.adds:
        data.append(_as_data(change.value))
    elif change.value is None:
        del data[change.path[-1]]
    else:
        old = data.get(change.path[-1])
        new = _as_data(change.value)
        data[change.path[-1]] = [new] if isinstance(old, list) and isinstance(new, str) else new
        if isinstance(new, list) and len(new) == 1 and not isinstance(old, list) and isinstance(new[0], str):
            data[change.path[-1]] = new[0]


def _as_data(value: Value | None) -> object:
    if value is None or isinstance(value, str):
        return " ".join((value or "").split())
    if isinstance(value, Mapping):
        return {key: _as_data(each) for key, each in value.items()}
    return [_as_data(each) for each in value]


def _pruned(data: Any) -> Any:
    """The data without what became empty: a key that holds nothing goes with its last item."""
    if isinstance(data, dict):
        return {key: _pruned(value) for key, value in data.items() if value not in ({}, [])}
    if isinstance(data, list):
        return [_pruned(value) for value in data if value not in ({}, [])]
    return data
