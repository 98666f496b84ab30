"""A problem as people read it: place and sentence, the line with carets under it, the cure."""

from gkbot.rulebook.values import Problem, Severity
from gkbot.screen import cells

_LABELS = {Severity.ERROR: "", Severity.WARNING: "警告：", Severity.HINT: "提示："}
_WIDEST_CELLS = 100
_INDENT = " " * 4


def format_problem(problem: Problem) -> str:
    """Place, code and sentence; source line; carets counted in screen cells; the way out, or why it may stand."""
    place = problem.place
    label = _LABELS[problem.severity] if problem.accepted is None else "已知："
    head = f"{place.file}:{place.line}:{place.column}: {problem.code} {label}{problem.message}"
    lines = [head]
    if problem.source is not None and problem.source.strip():
        lines += _marked(problem.source, place.column - 1, _end_column(problem) - 1)
    if problem.accepted is not None:
        lines.append(f"{_INDENT}已接受：{problem.accepted}")
    elif problem.fix:
        lines.append(_INDENT + problem.fix)
    return "\n".join(lines)


def _end_column(problem: Problem) -> int:
    """The exclusive end on the first line of the place."""
    place = problem.place
    if place.end_line == place.line:
        return place.end_column
    return len(problem.source or "") + 1


def _marked(source: str, start: int, end: int) -> list[str]:
    first, last = _window(source, start)
    text = "".join(char if char.isprintable() else " " for char in source[first:last])
    start, end = start - first, min(end, last) - first
    carets = "^" * max(cells(text[start:end]), 1)
    return [_INDENT + text.rstrip(), _INDENT + " " * cells(text[:start]) + carets]


def _window(source: str, start: int) -> tuple[int, int]:
    """The part of a long line that is shown: half its cells before `start`, the rest from there on."""
    if len(source) <= _WIDEST_CELLS and cells(source) <= _WIDEST_CELLS:
        return 0, len(source)
    first, room = start, _WIDEST_CELLS // 2
    while first > 0 and (room := room - cells(source[first - 1])) >= 0:
        first -= 1
    last, room = first, _WIDEST_CELLS
    while last < len(source) and (room := room - cells(source[last])) >= 0:
        last += 1
    return first, last
