"""Values written as YAML: as plain as they can be, in quotes where they must."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from gkbot.rulebook.keys import Section
from gkbot.rulebook.nodes import Mapping as MappingNode
from gkbot.rulebook.nodes import Node, Scalar, Sequence

Value = str | tuple["Value", ...] | Mapping[str, "Value"]

_INDICATORS = frozenset("-?:,[]{}#&*!|>'\"%@`")
_BREAKS_PLAIN = re.compile(r":(?:\s|$)|\s#|^\s|\s$|^(?:---|\.\.\.)")
_BREAKS_FLOW = re.compile(r"[,\[\]{}:?]")
_ALWAYS_QUOTED = frozenset({"手机"})
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}


@dataclass(frozen=True, slots=True)
class Style:
    """How a file indents.

    Attributes:
        step: From a key to the keys below it.
        dash: From a key to the dashes of the list below it.
        item: From a dash to the first key of its item.
    """

    step: int = 2
    dash: int = 2
    item: int = 2


def scalar(text: str, *, quote: str = "", flow: bool = False) -> str:
    """A text as YAML.

    Args:
        quote: The quotes it stood in before; kept where they can hold the new text.
        flow: It stands inside brackets.
    """
    printable = all(char.isprintable() or char == "\u3000" for char in text) and "\ufeff" not in text
    if quote == '"' or not printable:
        return '"' + "".join(_escaped(char) for char in text) + '"'
    if quote == "'" or not _is_plain(text, flow=flow):
        return "'" + text.replace("'", "''") + "'"
    return text


def pair(key: str, value: Value, indent: int, style: Style, section: Section | None = None) -> list[str]:
    """The lines of a key and its value."""
    head = " " * indent + key + ":"
    if isinstance(value, str):
        quote = '"' if key in _ALWAYS_QUOTED else ""
        return [f"{head} {scalar(value, quote=quote)}"]
    if isinstance(value, Mapping):
        spec = section.key(key) if section else None
        return [head, *mapping(value, indent + style.step, style, spec.section if spec else None)]
    return [head, *items(value, indent + style.dash, style, section, key)]


def mapping(value: Mapping[str, Value], indent: int, style: Style, section: Section | None = None) -> list[str]:
    """The lines of a mapping, in the usual order of its keys."""
    names = section.names() if section else []
    keys = sorted(value, key=lambda key: names.index(key) if key in names else len(names))
    return [line for key in keys for line in pair(key, value[key], indent, style, section)]


def items(
    values: tuple[Value, ...], indent: int, style: Style, section: Section | None = None, key: str = ""
) -> list[str]:
    """The lines of a list's items."""
    spec = section.key(key) if section else None
    inner = spec.section if spec else section
    return [line for value in values for line in item(value, indent, style, inner)]


def item(value: Value, indent: int, style: Style, section: Section | None) -> list[str]:
    """The lines of one item, with its dash."""
    dash = " " * indent + "-" + " " * (style.item - 1)
    if isinstance(value, str):
        return [f"{' ' * indent}- {scalar(value)}"]
    if not isinstance(value, Mapping):
        msg = "a list directly in a list has no place in rule files"
        raise TypeError(msg)
    lines = mapping(value, indent + style.item, style, section)
    return [dash + lines[0].lstrip(), *lines[1:]]


def in_brackets(value: Value) -> str:
    """A value in flow style."""
    if isinstance(value, str):
        return scalar(value, flow=True)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {in_brackets(each)}" for key, each in value.items()) + "}"
    return "[" + ", ".join(in_brackets(each) for each in value) + "]"


def style_of(node: Node) -> Style:
    """How the author indents, by the first places that show it."""
    found: dict[str, int] = {}
    waiting: list[Node] = [node]
    while waiting and len(found) < 3:
        each = waiting.pop(0)
        if isinstance(each, Sequence):
            waiting[:0] = each.items[:3]
            if each.items and isinstance(each.items[0], MappingNode) and each.items[0].line == each.line:
                found.setdefault("item", each.items[0].column - each.column)
        elif isinstance(each, MappingNode):
            waiting[:0] = [value for _, value in each.pairs]
            for key, value in each.pairs:
                if not isinstance(value, Scalar) and value.line > key.line:
                    name = "dash" if isinstance(value, Sequence) else "step"
                    found.setdefault(name, value.column - each.column)
    return Style(
        step=max(found.get("step", 2), 1),
        dash=max(found.get("dash", 2), 0),
        item=max(found.get("item", 2), 2),
    )


def _is_plain(text: str, *, flow: bool) -> bool:
    if not text or text[0] in _INDICATORS or _BREAKS_PLAIN.search(text):
        return False
    return not (flow and _BREAKS_FLOW.search(text))


def _escaped(char: str) -> str:
    if char in _ESCAPES:
        return _ESCAPES[char]
    if char.isprintable() or char == "\u3000":
        return char
    return f"\\u{ord(char):04x}" if ord(char) < 0x10000 else f"\\U{ord(char):08x}"
