"""Running the rule tests of a folder: found, read, rehearsed, compared."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from gkbot.errors import RulesBroken, UsageError
from gkbot.os_words import in_words
from gkbot.planning.expectations import Outcome, outcome
from gkbot.planning.rehearsal import rehearse
from gkbot.rulebook import Place, Problem, Rulebook, Severity, load
from gkbot.rulebook.rule_tests import SUFFIX, read_tests

MISMATCH = "GK210"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileOutcome:
    """What came of one test file.

    Attributes:
        problems: Mistakes in the file itself; cases that hold one were not run.
    """

    file: str
    outcomes: tuple[Outcome, ...]
    problems: tuple[Problem, ...]

    @property
    def failures(self) -> tuple[Outcome, ...]:
        """The cases that were not met."""
        return tuple(each for each in self.outcomes if not each.is_met)

    @property
    def is_good(self) -> bool:
        """Whether every case was run and met."""
        return not self.failures and not any(problem.severity is Severity.ERROR for problem in self.problems)


def run_tests(paths: Sequence[Path], rules: Path) -> Iterator[FileOutcome]:
    """Run the test files among and under `paths` (none: under the rules folder).

    Raises:
        UsageError: A path is not there, or there is not a single test.
        RulesBroken: The rule files hold errors.
    """
    books: dict[Path, Rulebook] = {}
    files = [(path, _root_of(path, start, rules)) for start in paths or [rules] for path in _found(start)]
    if not files:
        raise UsageError(f"没有找到规则测试（{SUFFIX} 结尾的文件）。写法见管理员手册。")
    for path, root in files:
        if root not in books:
            books[root] = _book(root)
        yield run_file(path, root, books[root])


def run_file(path: Path, root: Path, book: Rulebook) -> FileOutcome:
    """Run the cases of one file."""
    try:
        data = path.read_bytes()
    except OSError as error:
        place = Place(file=str(path), line=1, column=1, end_line=1, end_column=1)
        message = f"读不出来（{in_words(error)}）"
        problem = Problem(place=place, severity=Severity.ERROR, code="GK200", message=message, fix="检查文件的权限")
        return FileOutcome(file=str(path), outcomes=(), problems=(problem,))
    inside = path.resolve().relative_to(root.resolve()).as_posix()
    tests = read_tests(inside, str(path), data, book)
    outcomes = tuple(
        outcome(case, rehearse(book, tests.documents, case.day, happened=case.happened, loaded=case.loaded))
        for case in tests.cases
    )
    return FileOutcome(file=str(path), outcomes=outcomes, problems=tests.problems)


def mismatch(found: Outcome) -> Problem:
    """A case that was not met, as a problem with its place."""
    case = found.case
    return Problem(
        place=case.place,
        severity=Severity.ERROR,
        code=MISMATCH,
        message=f"用例“{case.text}”与预期不符（今天 {case.day}）",
        fix="\n    ".join(found.lines()),
    )


def _book(root: Path) -> Rulebook:
    result = load(root)
    if result.book is None:
        raise RulesBroken(result.errors)
    return result.book


def _found(start: Path) -> Iterator[Path]:
    if start.is_dir():
        yield from sorted(start.rglob(f"*{SUFFIX}"))
    elif not start.exists():
        raise UsageError(f"没有这个文件或文件夹：{start}。")
    elif start.name.endswith(SUFFIX):
        yield start
    else:
        raise UsageError(f"{start} 不是规则测试，文件名要以 {SUFFIX} 结尾。")


def _root_of(path: Path, start: Path, rules: Path) -> Path:
    """The rules folder a test belongs to: the set one, or where it lies outside, the folder that was asked for."""
    if rules.is_dir() and path.resolve().is_relative_to(rules.resolve()):
        return rules
    return start if start.is_dir() else path.parent
