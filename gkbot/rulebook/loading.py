"""From rule files to a rule book: every file read once, then put together; all mistakes found in one go."""

import gc
import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from gkbot.deadline import Calendar
from gkbot.os_words import in_words
from gkbot.rulebook.accepting import set_apart
from gkbot.rulebook.calendars import with_notices
from gkbot.rulebook.checks import across_files, problem_without_text
from gkbot.rulebook.contents import Content, read_content
from gkbot.rulebook.directory import Directory
from gkbot.rulebook.names import NameBook, upward
from gkbot.rulebook.phrases import PhraseReader
from gkbot.rulebook.tasks import TaskMaker
from gkbot.rulebook.values import LoadResult, Problem, ReminderPlan, Rulebook, Severity, SourceFile, Task

_SUFFIX = ".yaml"
_TESTS = ".test.yaml"
_ALMOST = (".yml", ".yaml.txt", ".yml.txt")

Made = tuple[tuple[Task, ...], tuple[Problem, ...]]


@dataclass(frozen=True, slots=True, eq=False)
class _Scope:
    """What all contact books together say, and the makers that look names up there."""

    contents: tuple[Content, ...]
    directory: Directory
    plans: NameBook[ReminderPlan]
    problems: tuple[Problem, ...]


class Loader:
    """Reads rule files again and again; a file that did not change, and whose names did not, costs nothing."""

    def __init__(self) -> None:
        self._contents: dict[tuple[str, str, bytes], Content] = {}
        self._scope: _Scope | None = None
        self._made: dict[tuple[object, ...], Made] = {}
        self._calendars: dict[tuple[object, ...], tuple[Calendar, PhraseReader]] = {}

    def load(self, root: Path, today: date | None = None) -> LoadResult:
        """Read every rule file under `root`, or the one file that `root` is."""
        files: dict[str, bytes] = {}
        problems: list[Problem] = []
        base = root.parent if root.is_file() else root
        if not root.exists():
            message = f"找不到“{root}”"
            problems.append(problem_without_text(str(root), "GK100", message, "检查路径，或者设置 GKBOT_RULES"))
        for path in [root] if root.is_file() else _candidates(root):
            try:
                files[path.relative_to(base).as_posix()] = path.read_bytes()
            except OSError as error:
                message = f"读不出来：{in_words(error)}"
                problems.append(problem_without_text(str(path), "GK100", message, "检查文件的权限"))
        return self.load_files(files, today, shown_root=str(base), problems=problems)

    def load_files(
        self,
        files: Mapping[str, bytes],
        today: date | None = None,
        *,
        shown_root: str = "",
        problems: Iterable[Problem] = (),
    ) -> LoadResult:
        """Read files given as path within the rules folder → bytes.

        Args:
            files: Paths with "/".
            today: Tells which documents are archived; None treats all as live.
            shown_root: Put before the paths in problems, as users know them.
            problems: Found already while the files were fetched.
        """
        with _collector_at_rest():
            return self._put_together(files, today, shown_root, problems)

    def _put_together(
        self, files: Mapping[str, bytes], today: date | None, shown_root: str, problems: Iterable[Problem]
    ) -> LoadResult:
        prefix = "" if shown_root in {"", "."} else f"{shown_root.rstrip('/')}/"
        found = [*problems, *_misnamed(files, prefix)]
        rules = {path: data for path, data in sorted(files.items()) if _is_rule_file(path)}
        if not rules and not found:
            message = "文件夹里没有规则文件（.yaml）"
            found.append(problem_without_text(shown_root or ".", "GK100", message, "检查路径，或者用 gkbot init 新建"))
        contents = self._read_all(rules, prefix)
        scope = self._scope_of(contents)
        calendar, phrases, calendar_problems = self._calendar_of(contents)
        maker = TaskMaker(scope.directory, scope.plans, phrases)
        tasks: list[Task] = []
        found += [*scope.problems, *calendar_problems]
        for content, (made, doubts) in self._make_all(contents, maker, scope, today):
            tasks += made
            found += [*content.problems, *doubts]
        found += across_files(contents, tasks, calendar, today, prefix)
        notes = {content.source.path: content.known for content in contents if content.known}
        archived = {content.source.path for content in contents if _is_archived(content, today)}
        found, accepted = set_apart(found, notes, archived)
        return replace(_result(contents, scope, tasks, calendar, found, rules), accepted=_ordered(accepted))

    def _read_all(self, rules: Mapping[str, bytes], prefix: str) -> list[Content]:
        keys = [(path, prefix, hashlib.sha256(data).digest()) for path, data in rules.items()]
        known = self._contents
        self._contents = {key: known.get(key) or read_content(key[0], prefix + key[0], rules[key[0]]) for key in keys}
        return list(self._contents.values())

    def _scope_of(self, contents: list[Content]) -> _Scope:
        books = tuple(content for content in contents if content.has_contacts or content.is_patchy)
        if self._scope is None or self._scope.contents != books:
            self._scope = _scope(books)
        return self._scope

    def _calendar_of(self, contents: list[Content]) -> tuple[Calendar, PhraseReader, list[Problem]]:
        notices = [content.notice for content in contents if content.notice]
        key = tuple(placed.notice for placed in notices)
        calendar, twins = with_notices(notices, Calendar.builtin())
        problems = [
            Problem(
                place=second.place,
                severity=Severity.ERROR,
                code="GK162",
                message=f"{second.notice.year}年的放假安排写了两次，第一次在{first.place.file}第{first.place.line}行",
                fix="删掉一处",
                source=second.source.shown(second.place.line),
            )
            for first, second in twins
        ]
        if key not in self._calendars:
            self._calendars = {key: (calendar, PhraseReader(calendar))}
        return (*self._calendars[key], problems)

    def _make_all(
        self, contents: list[Content], maker: TaskMaker, scope: _Scope, today: date | None
    ) -> Iterator[tuple[Content, Made]]:
        by_folder: dict[str, list[Content]] = {}
        for book in scope.contents:
            by_folder.setdefault(book.folder, []).append(book)
        kept: dict[tuple[object, ...], Made] = {}
        for content in contents:
            seen = tuple(book for place in upward(content.folder) for book in by_folder.get(place, ()))
            archived = _is_archived(content, today)
            key = (content, seen, id(maker.phrases), archived)
            kept[key] = self._made.get(key) or maker.make(content, archived=archived)
            yield content, kept[key]
        self._made = kept


@contextmanager
def _collector_at_rest() -> Iterator[None]:
    """Values without cycles are made here by the hundred thousand; to look for garbage among them doubles the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _scope(books: tuple[Content, ...]) -> _Scope:
    directory = Directory(
        (unit for book in books for unit in book.units),
        (group for book in books for group in book.groups),
        {book.source.path: book.source for book in books},
        frozenset(book.folder for book in books if book.is_patchy),
    )
    plans: NameBook[ReminderPlan] = NameBook()
    problems = list(directory.problems)
    for placed in (plan for book in books for plan in book.plans):
        if any(place == placed.folder for place in plans.folders(placed.plan.name)):
            problems.append(
                Problem(
                    place=placed.place,
                    severity=Severity.ERROR,
                    code="GK157",
                    message=f"提醒方案“{placed.plan.name}”重名",
                    fix="删掉一个，或者改名",
                    source=placed.source.shown(placed.place.line),
                )
            )
            continue
        plans.add(placed.folder, placed.plan.name, placed.plan)
    return _Scope(books, directory, plans, tuple(problems))


def _is_archived(content: Content, today: date | None) -> bool:
    return today is not None and content.document is not None and content.document.is_archived(today)


def _result(
    contents: list[Content],
    scope: _Scope,
    tasks: list[Task],
    calendar: Calendar,
    problems: Iterable[Problem],
    rules: Mapping[str, bytes],
) -> LoadResult:
    ordered = _ordered(problems)
    files = tuple(SourceFile(path=path, data=data) for path, data in rules.items())
    if any(problem.severity is Severity.ERROR for problem in ordered):
        return LoadResult(book=None, problems=ordered, files=files)
    book = Rulebook(
        documents=tuple(content.document for content in contents if content.document),
        tasks=tuple(tasks),
        units=scope.directory.units,
        groups=scope.directory.groups,
        admins=tuple(admin for content in contents for admin in content.admins),
        calendar=calendar,
        digest=digest(rules),
        plans=tuple(placed.plan for content in contents for placed in content.plans),
        closures=tuple(closure for content in contents for closure in content.closures),
        tasks_by_id={task.id: task for task in tasks},
        names=scope.directory.names,
    )
    return LoadResult(book=book, problems=ordered, files=files)


def _ordered(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Each once, by file, line and column."""
    once = dict.fromkeys(problems)
    return tuple(sorted(once, key=lambda each: (each.place.file, each.place.line, each.place.column, each.code)))


def digest(files: Mapping[str, bytes]) -> str:
    """SHA-256 over paths and bytes; the same for the same files in any order."""
    total = hashlib.sha256()
    for path, data in sorted(files.items()):
        name = path.encode("utf-8", errors="surrogateescape")
        for part in (name, data):
            total.update(len(part).to_bytes(8, "big"))
            total.update(part)
    return total.hexdigest()


def _candidates(root: Path) -> Iterator[Path]:
    """Files that are rule files or were meant to be, hidden ones left out."""
    for folder, inner, names in os.walk(root):
        inner[:] = sorted(name for name in inner if not name.startswith("."))
        for name in sorted(names):
            lowered = name.lower()
            if not name.startswith(".") and lowered.endswith((_SUFFIX, *_ALMOST)):
                yield Path(folder) / name


def _is_rule_file(path: str) -> bool:
    name = path.rpartition("/")[2]
    hidden = any(part.startswith(".") for part in path.split("/"))
    return name.endswith(_SUFFIX) and not name.endswith(_TESTS) and not hidden


def _misnamed(files: Mapping[str, bytes], prefix: str) -> Iterator[Problem]:
    for path in sorted(files):
        name = path.rpartition("/")[2]
        if name.endswith(_SUFFIX):
            continue
        stem = name
        for suffix in (".txt", ".yml", _SUFFIX):
            stem = stem[: -len(suffix)] if stem.lower().endswith(suffix) else stem
        message = f"文件名“{name}”不是以“.yaml”结尾，里面的规则不会被读取"
        yield problem_without_text(
            prefix + path, "GK106", message, f"改名为“{stem}.yaml”；不用的文件改名为“{stem}.sample”"
        )
