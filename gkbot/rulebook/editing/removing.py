"""What goes when a key or an item is taken out of a rule file: its lines, its own comments, nothing else."""

from gkbot.errors import CannotEdit
from gkbot.rulebook.editing.layout import Edit, Layout, value_of
from gkbot.rulebook.nodes import Mapping, Node, Scalar, Sequence

Path = tuple[str | int, ...]


def removal(layout: Layout, path: Path) -> list[Edit]:
    """The edits that take out the key or item at `path`, and what becomes empty by that."""
    parent = _reached(layout, path[:-1])
    step = path[-1]
    count = len(parent.items) if isinstance(parent, Sequence) else len(getattr(parent, "pairs", ()))
    if count == 1 and len(path) > 1:
        return removal(layout, path[:-1])
    if isinstance(parent, Sequence) and isinstance(step, int):
        return _item_removed(layout, parent, step)
    if isinstance(parent, Mapping) and isinstance(step, str):
        return [_pair_removed(layout, parent, step)]
    raise CannotEdit("这里没有可以删的内容", parent.line)


def item_lines(layout: Layout, node: Sequence, position: int) -> tuple[int, int]:
    """First and last line of an item, with the comments that are indented as its inside is."""
    item = node.items[position]
    first = item.line
    while first >= node.line and layout.lines[first][node.column : node.column + 1] != "-":
        first -= 1
    if first < node.line or layout.lines[first][: node.column].strip(" "):
        raise CannotEdit("这里的列表写法少见，请直接在文件里改", node.line)
    last = layout.last_line(item)
    while layout.is_comment(last + 1) and layout.indent(last + 1) > node.column:
        last += 1
    return first, last


def _reached(layout: Layout, path: Path) -> Node:
    node = layout.root
    for step in path:
        if isinstance(step, int) and isinstance(node, Sequence) and 0 <= step < len(node.items):
            node = node.items[step]
        elif isinstance(step, str) and isinstance(node, Mapping) and (found := value_of(node, step)):
            node = found[2]
        else:
            raise CannotEdit(f"找不到“{step}”", node.line)
    return node


def _item_removed(layout: Layout, node: Sequence, position: int) -> list[Edit]:
    if layout.is_flow(node):
        start = layout.start(node.items[position])
        return [_between_commas(layout, start, layout.end_offset(node.items[position]), is_first=position == 0)]
    first, last = item_lines(layout, node, position)
    above = first
    while layout.is_comment(above - 1) and above - 1 > 0 and layout.indent(above - 1) <= node.column:
        above -= 1
    if above < first and not _is_heading(layout, node, position, above, last):
        first = above
    if layout.is_blank(first - 1) and layout.is_blank(last + 1) and last + 1 < len(layout.lines) - 1:
        last += 1
    return [layout.without_lines(first, last)]


def _is_heading(layout: Layout, node: Sequence, position: int, above: int, last: int) -> bool:
    """Whether the comments from line `above` on speak of more items than the one that goes."""
    if position + 1 >= len(node.items) or _names_it(layout, node.items[position], above):
        return False
    follows_at_once = item_lines(layout, node, position + 1)[0] == last + 1
    return follows_at_once and (position == 0 or layout.is_blank(above - 1))


def _names_it(layout: Layout, item: Node, above: int) -> bool:
    """Whether the comments from line `above` on speak of the item by its name (编号, 名称)."""
    first = item.pairs[0][1] if isinstance(item, Mapping) and item.pairs else item
    if not isinstance(first, Scalar) or not first.value:
        return False
    return any(first.value in line for line in layout.lines[above : item.line])


def _pair_removed(layout: Layout, node: Mapping, key: str) -> Edit:
    found = value_of(node, key)
    if found is None:
        raise CannotEdit(f"找不到“{key}”", node.line)
    position, name, value = found
    if layout.is_flow(node):
        end = layout.end_offset(value)
        return _between_commas(layout, layout.start(name), end, is_first=position == 0)
    if layout.lines[name.line][: name.column].strip():  # beside the dash: the next key moves up
        if position + 1 >= len(node.pairs):
            raise CannotEdit("这里的写法少见，请直接在文件里改", name.line)
        return Edit(layout.start(name), layout.start(node.pairs[position + 1][0]), "")
    last = layout.last_line(value)
    if isinstance(value, Scalar) and not value.value:
        last = max(last, name.line)
    return layout.without_lines(name.line, last)


def _between_commas(layout: Layout, start: int, end: int, *, is_first: bool) -> Edit:
    """A thing inside brackets and one of the commas around it."""
    text = layout.text
    if is_first:
        after = end + len(text[end:]) - len(text[end:].lstrip())
        after += 1 if text[after : after + 1] == "," else 0
        return Edit(start, after + len(text[after:]) - len(text[after:].lstrip(" ")), "")
    return Edit(text.rindex(",", 0, start), end, "")
