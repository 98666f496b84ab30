"""What `gkbot check` found, for people, for GitHub, for programs."""

from collections.abc import Iterator, Mapping, Sequence

from gkbot.rulebook import Problem, Severity, format_problem

SEVERITY_WORDS = {Severity.ERROR: "错误", Severity.WARNING: "警告", Severity.HINT: "提示"}
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.HINT: "notice"}
# GitHub, Workflow commands: "%" is the escape; in properties ":" and "," end a value, too
_IN_MESSAGE = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_IN_PROPERTY = _IN_MESSAGE | {":": "%3A", ",": "%2C"}


def as_text(problems: Sequence[Problem]) -> str:
    """Problem after problem, an empty line between files."""
    parts: list[str] = []
    for at, problem in enumerate(problems):
        if at and problem.place.file != problems[at - 1].place.file:
            parts.append("")
        parts.append(format_problem(problem))
    return "\n".join(parts)


def as_annotations(problems: Sequence[Problem]) -> str:
    """One GitHub workflow command a line: the problems show up beside the lines of a pull request."""
    return "\n".join(map(_annotation, problems))


def summary(problems: Sequence[Problem], listed: Sequence[Problem], accepted: int, files: int) -> str:
    """How many files were read, how many of them are in the list, and what is wrong in all."""
    counts = [f"{sum(p.severity is s for p in problems)} 个{word}" for s, word in SEVERITY_WORDS.items()]
    named = len({problem.place.file for problem in listed})
    where = f"，列出 {named} 个" if named > 1 else ""
    known = f"；另有 {accepted} 个已知（--all 列出）" if accepted else ""
    return f"检查了 {files} 个文件{where}：{'、'.join(counts)}{known}。"


def _annotation(problem: Problem) -> str:
    is_known = problem.accepted is not None
    level = "notice" if is_known else _LEVELS[problem.severity]
    properties = {
        **dict(_position(problem)),
        "title": f"{problem.code} 已知" if is_known else problem.code,
    }
    told = ",".join(f"{name}={_escaped(str(value), _IN_PROPERTY)}" for name, value in properties.items())
    more = f"已接受：{problem.accepted}" if is_known else problem.fix
    message = f"{problem.message}\n{more}" if more else problem.message
    return f"::{level} {told}::{_escaped(message, _IN_MESSAGE)}"


def _position(problem: Problem) -> Iterator[tuple[str, str | int]]:
    """Columns are left out where the lines differ: GitHub would not take them. Its last column is inclusive."""
    place = problem.place
    yield "file", place.file
    yield "line", place.line
    if place.line == place.end_line:
        yield "col", place.column
    yield "endLine", place.end_line
    if place.line == place.end_line:
        yield "endColumn", max(place.end_column - 1, place.column)


def _escaped(text: str, escapes: Mapping[str, str]) -> str:
    return "".join(escapes.get(char, char) for char in text)
