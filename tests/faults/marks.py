"""Which faults a test file plays, read without running it: `@pytest.mark.fault("F17", except_for={…})`."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path


@cache
def files_of(tests: Path, fault: str) -> frozenset[str]:
    """The files that play a fault, as pytest names them."""
    found = (path for path in tests.rglob("test_*.py") if fault in played_in(path))
    return frozenset(path.relative_to(tests.parent).as_posix() for path in found)


@cache
def played_in(path: Path) -> frozenset[str]:
    """The numbers that tests of a file are marked with, by themselves, their class or their module."""
    return frozenset(ast.literal_eval(each) for mark in marks_in(path) for each in mark.args)


@cache
def exceptions_in(path: Path) -> tuple[dict[str, str], ...]:
    """What tests of a file break on purpose, and why."""
    asked = (each for mark in marks_in(path) for each in mark.keywords)
    return tuple(ast.literal_eval(each.value) for each in asked if each.arg == "except_for")


def marks_in(path: Path) -> Iterator[ast.Call]:
    """Every `pytest.mark.fault(…)` on a test, a class of tests or the module."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    if not any(is_test(node) for node in ast.walk(tree)):
        return
    for node in tree.body:
        if isinstance(node, ast.Assign) and any(named(target) == "pytestmark" for target in node.targets):
            yield from marks_of(node.value)
    for node in ast.walk(tree):
        if is_test(node):
            for mark in node.decorator_list:  # type: ignore[attr-defined]  # functions and classes have it
                yield from marks_of(mark)


def marks_of(expression: ast.expr) -> Iterator[ast.Call]:
    """Every `pytest.mark.fault(…)` in an expression."""
    for node in ast.walk(expression):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "fault":
            yield node


def is_test(node: ast.AST) -> bool:
    """A function or class that pytest collects."""
    if isinstance(node, ast.ClassDef):
        return node.name.startswith("Test")
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_")


def named(target: ast.expr) -> str | None:
    return target.id if isinstance(target, ast.Name) else None
