"""A value put, taken out or added in a rule file: text in, text out, every other character as it was."""

from collections.abc import Iterable, Mapping
from difflib import SequenceMatcher

from gkbot.errors import CannotEdit
from gkbot.rulebook.editing import writing
from gkbot.rulebook.editing.layout import Edit, Layout, applied, laid_out, value_of
from gkbot.rulebook.editing.removing import item_lines, removal
from gkbot.rulebook.editing.writing import Value
from gkbot.rulebook.keys import FILE, Section
from gkbot.rulebook.nodes import Mapping as MappingNode
from gkbot.rulebook.nodes import Node, Scalar, Sequence

Path = tuple[str | int, ...]


def put(text: str, path: Path, value: Value, section: Section = FILE) -> str:
    """The text with `value` at `path`; keys on the way that are missing are added in the usual order.

    Args:
        path: Keys and positions in lists; ends with a key.
        value: A text, several texts, or a mapping where there was none.
        section: What the top of the text is.

    Raises:
        CannotEdit: The place is written in a way that only a person can edit.
    """
    layout = laid_out(text)
    node, here, way = layout.root, section, list(path)
    while way:
        step = way.pop(0)
        if isinstance(step, int):
            node = _item(node, step)
            continue
        if not isinstance(node, MappingNode):
            raise CannotEdit("这里不是键和内容", node.line)
        found = value_of(node, step)
        if found is None:
            return applied(text, _added(layout, node, here, step, _nested(way, value)))
        if way and _is_empty(found[2]):
            return put(take_out(text, path[: len(path) - len(way)]), path, value, section)
        if not way:
            return applied(text, _replaced(layout, found[1], found[2], value, in_flow=layout.is_flow(node)))
        spec = here.key(step)
        node, here = found[2], spec.section if spec and spec.section else here
    raise CannotEdit("没有指明位置")


def take_out(text: str, path: Path) -> str:
    """The text without the key or item at `path`; what becomes empty by that goes, too.

    An item takes the comments inside it along, and those above it unless they are a heading over more items.
    """
    return applied(text, removal(laid_out(text), path))


def add_item(text: str, path: Path, value: Mapping[str, Value], section: Section = FILE) -> str:
    """The text with one more item at the end of the list at `path`, indented as the others are."""
    layout = laid_out(text)
    node, here = layout.root, section
    for position, step in enumerate(path):
        if isinstance(step, int):
            node = _item(node, step)
            continue
        found = value_of(node, step) if isinstance(node, MappingNode) else None
        if found is None or _is_empty(found[2]):
            return put(text, path[: position + 1], (value,), section)
        spec = here.key(step)
        node, here = found[2], spec.section if spec and spec.section else here
    if not isinstance(node, Sequence) or layout.is_flow(node):
        raise CannotEdit("这里的列表写在方括号里，程序不会往里加内容", node.line)
    style = writing.style_of(layout.root)
    lines = writing.item(value, node.column, style, here)
    _, last = item_lines(layout, node, len(node.items) - 1)
    blank = [""] if _are_apart(layout, node) else []
    return applied(text, [layout.inserted(last, [*blank, *lines])])


def _nested(way: Iterable[str | int], value: Value) -> Value:
    for step in reversed(list(way)):
        value = {str(step): value}
    return value


def _item(node: Node, position: int) -> Node:
    if not isinstance(node, Sequence) or not 0 <= position < len(node.items):
        raise CannotEdit("列表里没有这一项", node.line)
    return node.items[position]


def _is_empty(node: Node) -> bool:
    return isinstance(node, Scalar) and not node.value


def _added(layout: Layout, node: MappingNode, section: Section, key: str, value: Value) -> list[Edit]:
    """A new key after the one that usually comes before it."""
    names = section.names()
    earlier = names[: names.index(key)] if key in names else names
    before = [each for name, each in node.pairs if isinstance(name, Scalar) and name.value in earlier]
    last = before[-1] if before else node.pairs[-1][1]
    if layout.is_flow(node):
        at = layout.end_offset(last)
        return [Edit(at, at, f", {key}: {writing.in_brackets(value)}")]
    style = writing.style_of(layout.root)
    return [layout.inserted(layout.last_line(last), writing.pair(key, value, node.column, style, section))]


def _replaced(layout: Layout, key: Scalar, old: Node, new: Value, *, in_flow: bool) -> list[Edit]:
    if isinstance(old, MappingNode) or isinstance(new, Mapping):
        raise CannotEdit("这里是下一层的键，不能整段替换", old.line)
    texts = (new,) if isinstance(new, str) else tuple(str(each) for each in new)
    if isinstance(old, Sequence):
        return _list_changed(layout, old, texts)
    if len(texts) == 1:
        return [_rewritten(layout, old, texts[0], flow=in_flow)]
    if in_flow:
        return [Edit(layout.start(old), layout.end_offset(old), writing.in_brackets(texts))]
    colon = layout.text.index(":", layout.end_offset(key)) + 1
    lines = writing.items(texts, key.column + writing.style_of(layout.root).dash, writing.Style())
    return [Edit(colon, layout.end_offset(old), ""), layout.inserted(layout.last_line(old), lines)]


def _rewritten(layout: Layout, old: Scalar, text: str, *, flow: bool) -> Edit:
    """Another text in the place of an old one, in the same quotes."""
    start, end = layout.start(old), layout.end_offset(old)
    mark = layout.mark(old) if end > start else ""
    space = "" if start == 0 or layout.text[start - 1] in " \t\r\n[{," else " "
    return Edit(start, end, space + writing.scalar(text, quote=mark if mark in {'"', "'"} else "", flow=flow))


def _list_changed(layout: Layout, node: Sequence, texts: tuple[str, ...]) -> list[Edit]:
    """A list of texts turned into another: only the items that differ are touched."""
    scalars = [item for item in node.items if isinstance(item, Scalar)]
    if len(scalars) != len(node.items):
        raise CannotEdit("这里的列表不全是文字", node.line)
    if layout.is_flow(node):
        return [_brackets_changed(layout, node, texts)]
    edits: list[Edit] = []
    old = [" ".join(item.value.split()) for item in scalars]
    for what, first, last, start, end in SequenceMatcher(None, old, texts, autojunk=False).get_opcodes():
        if what == "equal":
            continue
        both = min(last - first, end - start)
        pairs = zip(scalars[first : first + both], texts[start : start + both], strict=True)
        edits += [_rewritten(layout, scalar, text, flow=False) for scalar, text in pairs]
        edits += [layout.without_lines(*item_lines(layout, node, position)) for position in range(first + both, last)]
        if new := texts[start + both : end]:
            before = first + both - 1
            line = layout.last_line(scalars[before]) if before >= 0 else item_lines(layout, node, 0)[0] - 1
            edits.append(layout.inserted(line, [f"{' ' * node.column}- {writing.scalar(text)}" for text in new]))
    return edits


def _brackets_changed(layout: Layout, node: Sequence, texts: tuple[str, ...]) -> Edit:
    start, end = layout.start(node), layout.end_offset(node)
    if node.end_line != node.line:
        raise CannotEdit("方括号里的列表写了几行，请直接在文件里改", node.line)
    return Edit(start, end, writing.in_brackets(texts))


def _are_apart(layout: Layout, node: Sequence) -> bool:
    """Whether the author leaves an empty line between most items."""
    gaps = [layout.is_blank(item_lines(layout, node, index)[0] - 1) for index in range(1, len(node.items))]
    return sum(gaps) * 2 > len(gaps)
