"""The days on which an office is closed (停止办公): nothing is sent on them, and no deadline counts them."""

import re
from datetime import timedelta

from gkbot.rulebook.calendars import read_stretch
from gkbot.rulebook.fields import Fields
from gkbot.rulebook.nodes import Mapping, Node, Scalar, Sequence, place_of
from gkbot.rulebook.source import Source
from gkbot.rulebook.values import Closure

KEY = "停止办公"
_LONGEST = 31  # days; longer is a slip of the pen, and reminders would move further than anybody expects
_ADVICE = "例如“- 2026-08-03 至 2026-08-07”，要写原因的写“- 停电: 2026-08-03 至 2026-08-07”，冒号用英文冒号"


def read_closures(root: Fields, folder: str) -> tuple[Closure, ...]:
    """The closures under 停止办公: days, with or without a name."""
    node = root.values.get(KEY)
    if node is None:
        return ()
    items = node.items if isinstance(node, Sequence) else [node]
    return tuple(closure for item in items for closure in _read_item(root.source, item, folder))


def _read_item(source: Source, item: Node, folder: str) -> list[Closure]:
    if isinstance(item, Scalar):
        pairs: list[tuple[Node, Node]] = [(Scalar(KEY, item.line, item.column, item.end_line, item.end_column), item)]
    elif isinstance(item, Mapping):
        pairs = item.pairs
    else:
        source.error(place_of(source, item), "GK143", f"{KEY}的每一项要写成“起 至 止”", _ADVICE)
        return []
    found = (_read_closure(source, name, value, folder) for name, value in pairs)
    return [closure for closure in found if closure is not None]


def _read_closure(source: Source, name: Node, value: Node, folder: str) -> Closure | None:
    if not isinstance(name, Scalar) or not isinstance(value, Scalar) or not re.match(r"\s*\d", value.value):
        source.error(place_of(source, value), "GK143", f"{KEY}的每一项要写成“起 至 止”", _ADVICE)
        return None
    stretch = read_stretch(source, value)
    if stretch is None:
        return None
    first, last = stretch
    place = place_of(source, value)
    if last < first:
        source.error(place, "GK164", f"停止办公的最后一天{last}早于第一天{first}", "核对两个日期")
        return None
    if (last - first).days >= _LONGEST:
        message = f"停止办公长达{(last - first).days + 1}天，起止日期多半写错了"
        source.error(place, "GK164", message, f"核对两个日期；一段最多{_LONGEST}天，确实更长的分成几段")
        return None
    return Closure(name=" ".join(name.value.split()), first=first, end=last + timedelta(days=1), folder=folder)
