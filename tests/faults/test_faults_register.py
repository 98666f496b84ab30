"""Every fault of facts/delivery.md 6 is played by a test that says so: `@pytest.mark.fault("F17")`."""

import ast
from collections.abc import Iterator
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
FAULTS = {f"F{number:02}" for number in range(1, 34)}


def test_every_fault_of_the_list_is_played() -> None:
    played = {number for path in TESTS.rglob("test_*.py") for number in played_in(path)}
    assert played == FAULTS


def played_in(path: Path) -> Iterator[str]:
    """The numbers that tests of a file are marked with, by themselves, their class or their module."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    if not any(is_test(node) for node in ast.walk(tree)):
        return
    for node in tree.body:
        if isinstance(node, ast.Assign) and any(named(target) == "pytestmark" for target in node.targets):
            yield from numbers_in(node.value)
    for node in ast.walk(tree):
        if is_test(node):
            for mark in node.decorator_list:  # type: ignore[attr-defined]  # functions and classes have it
                yield from numbers_in(mark)


def numbers_in(mark: ast.expr) -> Iterator[str]:
    """The arguments of every `pytest.mark.fault(…)` in an expression."""
    for node in ast.walk(mark):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "fault":
            yield from (ast.literal_eval(each) for each in node.args)


def is_test(node: ast.AST) -> bool:
    """A function or class that pytest collects."""
    if isinstance(node, ast.ClassDef):
        return node.name.startswith("Test")
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_")


def named(target: ast.expr) -> str | None:
    return target.id if isinstance(target, ast.Name) else None
