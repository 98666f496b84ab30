"""The language an office's templates are written in: they arrange words, and cannot run away.

What a template does not need is refused when it is read, with its line: arithmetic, methods, lists.
What is left can only repeat what it is given, and every repetition is charged to the budget of the
message: turns of loops, calls, characters made, seconds. So no trace and no other process is needed.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from types import NoneType
from typing import Any

from jinja2 import TemplateAssertionError, Undefined, nodes, pass_context
from jinja2.exceptions import SecurityError
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.visitor import NodeTransformer

MOST_STEPS = 200_000  # turns of loops and calls; a digest of 500 tasks takes some 10,000
MOST_CHARACTERS = 4_000_000  # made on the way, whether they are printed or not
MOST_SECONDS = 5.0
FILTERS = ("abs", "capitalize", "count", "d", "default", "e", "escape", "first", "last", "length", "lower")
MORE_FILTERS = ("string", "title", "trim", "truncate", "upper")
METHODS = frozenset(
    {"cycle", "changed", "items", "keys", "values", "startswith", "endswith", "strip", "upper", "lower"}
)
REFUSED: dict[type[nodes.Node], str] = {
    nodes.List: "列表",
    nodes.EvalContextModifier: "autoescape",
    nodes.ScopedEvalContextModifier: "autoescape",
}
Finalizer = Callable[[object], str]
_PRINTABLE = (str, int, float, Undefined, NoneType)


@dataclass(slots=True)
class Budget:
    """What one rendering may still use."""

    steps: int = MOST_STEPS
    characters: int = MOST_CHARACTERS
    until: float = 0.0

    def step(self, characters: int = 0) -> None:
        """Charge one turn or call.

        Raises:
            SecurityError: The budget is used up.
        """
        self.steps -= 1
        if self.steps < 0 or time.monotonic() > self.until:
            raise SecurityError("运行太久，多半是循环套得太多")
        self.make(characters)

    def make(self, characters: int) -> None:
        """Charge characters made.

        Raises:
            SecurityError: The budget is used up.
        """
        self.characters -= characters
        if self.characters < 0:
            raise SecurityError("生成的文字太多")


_OF_EVERY_DICT = frozenset(dir(dict))
_BUDGET: ContextVar[Budget | None] = ContextVar("budget", default=None)


@contextmanager
def budget() -> Iterator[Budget]:
    """A budget for what is rendered inside."""
    fresh = Budget(until=time.monotonic() + MOST_SECONDS)
    token = _BUDGET.set(fresh)
    try:
        yield fresh
    finally:
        _BUDGET.reset(token)


class Sandbox(ImmutableSandboxedEnvironment):
    """Reads and runs templates of that language."""

    def __init__(self, *, finalizer: Finalizer | None, sizes: dict[str, int], **settings: Any) -> None:
        """Take how values are printed, and the sizes of the files, for those that include others."""
        super().__init__(finalize=_charging(finalizer), **settings)
        self._sizes = sizes
        self.globals = {}
        self.filters = {name: self.filters[name] for name in (*FILTERS, *MORE_FILTERS)}
        self.filters |= {"join": _joined, "_ticked": _ticked, "_charged": _charged}

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        for node in tree.find_all(nodes.Node):
            words = _refused(node)
            if isinstance(node, nodes.Filter) and node.name not in self.filters:
                words = f"过滤器“{node.name}”"
            if words is not None:
                raise TemplateAssertionError(f"模板里不能用{words}", node.lineno, name, filename)
        charged: nodes.Template = _Charging(self._sizes).visit(tree)
        return charged

    def getattr(self, obj: Any, attribute: str) -> Any:
        """A value of a row at once; everything else as the sandbox sees fit."""
        if type(obj) is dict and attribute in obj and attribute not in _OF_EVERY_DICT:
            return obj[attribute]
        return super().getattr(obj, attribute)

    def call(__self, __context: Context, __obj: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: N805 - Jinja's own shape
        """Charge every call."""
        if (left := _BUDGET.get()) is not None:
            left.step()
        return super().call(__context, __obj, *args, **kwargs)


class _Charging(NodeTransformer):
    """Puts a charge on every loop, and on texts put together."""

    def __init__(self, sizes: dict[str, int]) -> None:
        self._sizes = sizes

    def visit_For(self, node: nodes.For) -> nodes.For:  # noqa: N802 - Jinja's own shape
        cost = nodes.Const(self._size_of(node.body))
        self.generic_visit(node)
        node.iter = nodes.Filter(node.iter, "_ticked", [cost], [], None, None).set_lineno(node.lineno)
        return node

    def visit_Concat(self, node: nodes.Concat) -> nodes.Filter:  # noqa: N802 - Jinja's own shape
        self.generic_visit(node)
        charged = nodes.Filter(node, "_charged", [], [], None, None)
        charged.set_lineno(node.lineno)
        return charged

    def _size_of(self, body: list[nodes.Node]) -> int:
        """Characters that a turn prints of its own, those of included files with it."""
        found = [each for part in body for each in (part, *part.find_all((nodes.TemplateData, nodes.Include)))]
        texts = sum(len(each.data) for each in found if isinstance(each, nodes.TemplateData))
        names = [each.template.value for each in found if _is_plain_include(each)]  # type: ignore[attr-defined]
        return texts + sum(self._sizes.get(name, 0) for name in names)


class _Ticked:
    """Values of a loop, each of which is charged when it is taken."""

    def __init__(self, values: Any, cost: int) -> None:
        self._values = values
        self._cost = cost

    def __len__(self) -> int:
        return len(self._values)

    def __iter__(self) -> Iterator[Any]:
        left = _BUDGET.get()
        for value in self._values:
            if left is not None:
                left.step(self._cost)
            yield value


def _refused(node: nodes.Node) -> str | None:
    """What could make a text of any length, or is hidden, in words; None for all that templates need."""
    words = REFUSED.get(type(node))
    if isinstance(node, nodes.BinExpr) and not isinstance(node, nodes.And | nodes.Or):
        words = f"“{node.operator}”"
    elif isinstance(node, nodes.Tuple) and node.ctx == "load":
        words = "元组"
    elif isinstance(node, nodes.Dict) and not all(isinstance(pair.value, nodes.Const) for pair in node.items):
        words = "嵌套的字典"
    elif isinstance(node, nodes.Include) and not _is_plain_include(node):
        words = "名称会变的 include"
    elif isinstance(node, nodes.Call) and not _is_plain_call(node):
        words = "这个方法"
    return words


def _is_plain_include(node: nodes.Node) -> bool:
    return isinstance(node, nodes.Include) and isinstance(node.template, nodes.Const)


def _is_plain_call(node: nodes.Call) -> bool:
    if node.dyn_args is not None or node.dyn_kwargs is not None:
        return False
    called = node.node
    return isinstance(called, nodes.Name) or (isinstance(called, nodes.Getattr) and called.attr in METHODS)


def _charging(finalizer: Finalizer | None) -> Callable[[object], object]:
    """Print a value as this form does, and charge it."""

    def printed(value: object) -> object:
        if not isinstance(value, _PRINTABLE):
            raise SecurityError("不能直接输出列表或一组值，用 for 逐个输出")
        text = value if finalizer is None else finalizer(value)
        if (left := _BUDGET.get()) is not None and isinstance(text, str):
            left.make(len(text))
        return text

    return printed


@pass_context
def _ticked(_context: Context, values: Any, cost: int) -> Any:
    return values if isinstance(values, Undefined) else _Ticked(values, cost)


@pass_context
def _charged(_context: Context, text: Any) -> Any:
    if (left := _BUDGET.get()) is not None:
        left.step(len(text))
    return text


def _joined(values: Iterable[str], between: str = "") -> str:
    """Texts in one, charged before they are put together."""
    texts = list(values)
    if not all(isinstance(text, str) for text in texts):
        raise SecurityError("join 只能连接文字")
    if (left := _BUDGET.get()) is not None:
        left.make(sum(map(len, texts)) + len(between) * len(texts))
    return between.join(texts)
