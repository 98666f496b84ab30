"""Rule tests: given a day and what has happened, which notices go out; written beside the rules as *.test.yaml."""

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from gkbot.rulebook.fields import Fields
from gkbot.rulebook.names import split_names
from gkbot.rulebook.nodes import Mapping, Node, Scalar, Sequence, parse, place_within
from gkbot.rulebook.rule_test_keys import CASE, EXPECTED, EXTENDED, HAPPENED, TEST_FILE
from gkbot.rulebook.source import Source, decode
from gkbot.rulebook.traps import repaired
from gkbot.rulebook.values import Group, Place, Problem, Rulebook, Unit

SUFFIX = ".test.yaml"
_STAGE = re.compile(r"到期前\d+天|到期当日|逾期第\d+次")


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """Something that happened before the day of a case; `what` is one of HAPPENINGS.

    Attributes:
        units: Empty for every unit of the task.
        recorded: Day it was entered.
    """

    what: str
    task: str
    units: tuple[str, ...]
    on: date
    recorded: date
    period: str | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """A notice that a case wants, or does not want; what is None or empty may be anything.

    Attributes:
        named: The units as the author wrote them.
        units: Names of units after groups are expanded.
        kind: One of KINDS.
        stage: 到期前N天, 到期当日 or 逾期第N次.
    """

    task: str
    named: str = ""
    units: tuple[str, ...] = ()
    kind: str | None = None
    due: date | None = None
    days_left: int | None = None
    stage: str | None = None
    place: Place

    def __str__(self) -> str:
        days = None if self.days_left is None else days_words(self.days_left)
        due = None if self.due is None else f"截止{self.due}"
        return " ".join(part for part in (self.task, self.named, self.kind, self.stage, due, days) if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One day and what is to go out on it.

    Attributes:
        loaded: Day the rules came into force; None for the day each document was issued.
        expected: All that goes out; None where the case does not say.
    """

    text: str
    day: date
    loaded: date | None
    happened: tuple[Happening, ...]
    expected: tuple[Expectation, ...] | None
    forbidden: tuple[Expectation, ...]
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleTests:
    """One test file; cases with mistakes are left out, the mistakes are among the problems.

    Attributes:
        documents: Ids of the documents it speaks of.
    """

    file: str
    documents: frozenset[str]
    cases: tuple[Case, ...]
    problems: tuple[Problem, ...]


def read_tests(path: str, shown: str, data: bytes, book: Rulebook) -> RuleTests:
    """Read a test file. `path` is relative to the rules folder, `shown` as users see it."""
    source = decode(shown, data)
    text = "" if source.broken_off else repaired(source)
    nodes = parse(source, text) if text else []
    if not nodes:
        return RuleTests(file=shown, documents=frozenset(), cases=(), problems=tuple(source.problems))
    root = Fields(source, nodes[0], TEST_FILE)
    reader = _Reader(source, book, path.rpartition("/")[0])
    reader.choose_documents(root)
    cases = tuple(case for node in root.items("用例") if (case := reader.case(node)) is not None)
    return RuleTests(file=shown, documents=reader.documents, cases=cases, problems=tuple(source.problems))


def days_words(days: int) -> str:
    """还剩N天, 今日到期 or 逾期N天."""
    return "今日到期" if days == 0 else f"还剩{days}天" if days > 0 else f"逾期{-days}天"


class _Reader:
    """Reads the cases of one file and looks up what they name."""

    def __init__(self, source: Source, book: Rulebook, folder: str) -> None:
        self.source = source
        self.book = book
        self.folder = folder
        self.documents: frozenset[str] = frozenset()

    def choose_documents(self, root: Fields) -> None:
        """Find the documents meant: those named under 规则, else all of the folder."""
        chosen: set[str] = set()
        for name in root.texts("规则") or (".",):
            path = posixpath.normpath(posixpath.join(self.folder, name)).removeprefix("./")
            found = {doc.id for doc in self.book.documents if _lies_in(doc.id, path)}
            chosen |= found
            if not found and "规则" in root:
                root.error("规则", "GK201", f"“{name}”里没有任务", "路径从测试文件所在的文件夹写起，例如 要点.yaml")
            elif not found:
                self.source.error(root.place, "GK201", "这个文件夹里没有任务", "用“规则”写明检查哪个文件")
        self.documents = frozenset(chosen)

    def case(self, node: Node) -> Case | None:
        """One case; None where a mistake was found in it."""
        before = len(self.source.problems)
        node, is_silent = _without_empty(node, "预期")
        fields = Fields(self.source, node, CASE)
        text, day = fields.text("说明"), fields.date("今天")
        happened = tuple(self._happenings(fields, day))
        expected = tuple(self._expectations(fields, "预期"))
        forbidden = tuple(self._expectations(fields, "不应有"))
        if not (expected or is_silent or forbidden or self._has_complained(before)):
            message = f"用例“{text}”没有写预期"
            self.source.error(fields.place, "GK206", message, "加上“预期:”；当天一条都不发的写“预期: []”")
        if text is None or day is None or self._has_complained(before):
            return None
        return Case(
            text=text,
            day=day,
            loaded=fields.date("首次载入"),
            happened=happened,
            expected=expected if expected or is_silent else None,
            forbidden=forbidden,
            place=fields.place_of("说明"),
        )

    def _has_complained(self, before: int) -> bool:
        return len(self.source.problems) > before

    def _happenings(self, case: Fields, day: date | None) -> Iterator[Happening]:
        for node in case.items("已发生"):
            fields = Fields(self.source, node, HAPPENED)
            what, task, on = fields.choice("情况"), self._task(fields), fields.date("日期")
            until, units = fields.date("延至"), tuple(self._units(fields))
            recorded = fields.date("登记日期") or on
            if what == EXTENDED and until is None and "延至" not in fields:
                self.source.error(fields.place, "GK204", "延期没有写“延至”", "加上一行“延至: 2026-08-15”")
            if day is not None and recorded is not None and recorded > day:
                fields.error("日期", "GK205", f"{recorded}在“今天”（{day}）之后，还没有发生", "核对两个日期")
            if what and task and on and recorded:
                yield Happening(
                    what=what,
                    task=task,
                    units=units,
                    on=on,
                    recorded=recorded,
                    period=fields.text("周期"),
                    until=until,
                )

    def _expectations(self, case: Fields, key: str) -> Iterator[Expectation]:
        for node in case.items(key):
            fields = Fields(self.source, node, EXPECTED)
            task = self._task(fields)
            named = "、".join(fields.texts("单位"))
            found = Expectation(
                task=task or "",
                named=named,
                units=tuple(self._units(fields)),
                kind=fields.choice("类型"),
                due=fields.date("截止"),
                days_left=self._days(fields),
                stage=self._stage(fields),
                place=fields.place,
            )
            if task:
                yield found

    def _task(self, fields: Fields) -> str | None:
        number = fields.text("编号")
        task = None if number is None else self.book.task(number)
        if number is not None and task is None:
            near = self.book.near_tasks(number)
            fix = f"是不是“{'”“'.join(near[:2])}”？" if near else "用 gkbot tasks 查看全部编号"
            fields.error("编号", "GK202", f"没有编号为“{number}”的任务", fix)
        elif task is not None and self.documents and task.document.id not in self.documents:
            message = f"“{number}”在{task.document.file}里，不在这份测试检查的规则里"
            fields.error("编号", "GK202", message, "把它写进“规则”，或者移到那个文件夹的测试里")
        return number if task is not None else None

    def _units(self, fields: Fields) -> Iterator[str]:
        for scalar in fields.scalars("单位"):
            for name, offset in split_names(scalar.value, lambda name: bool(self._named(name))):
                found = self._named(name)
                if not found:
                    near = self.book.near_units(name)
                    fix = f"是不是“{near[0]}”？" if near else "改成通讯录里的名称"
                    place = place_within(self.source, scalar, offset, offset + len(name))
                    self.source.error(place, "GK203", f"不认识的单位“{name}”", fix)
                for thing in found[:1]:
                    yield from self._members(thing)

    def _named(self, name: str) -> tuple[Unit | Group, ...]:
        return self.book.named(name, self.folder) or self.book.named(name)

    def _members(self, thing: Unit | Group) -> Iterator[str]:
        if isinstance(thing, Unit):
            yield thing.name
        else:
            yield from (unit.name for unit in self.book.members(thing))

    def _days(self, fields: Fields) -> int | None:
        text = fields.text("剩余天数")
        if text is None:
            return None
        if re.fullmatch(r"-?\d{1,5}", text):
            return int(text)
        fields.error("剩余天数", "GK146", f"“剩余天数”要写整数，不能是“{text}”", "例如 7；逾期3天写 -3")
        return None

    def _stage(self, fields: Fields) -> str | None:
        text = fields.text("阶段")
        if text is not None and not _STAGE.fullmatch(text):
            fix = "写成 到期前7天、到期当日 或者 逾期第1次"
            fields.error("阶段", "GK145", f"“阶段”不能是“{text}”", fix)
        return text


def _lies_in(document: str, path: str) -> bool:
    return path in {".", document} or document.startswith(f"{path}/")


def _without_empty(node: Node, name: str) -> tuple[Node, bool]:
    """A mapping without its key `name: []`, and whether it had it."""
    if not isinstance(node, Mapping):
        return node, False
    kept = [
        (key, value)
        for key, value in node.pairs
        if not (isinstance(key, Scalar) and key.value == name and isinstance(value, Sequence) and not value.items)
    ]
    if len(kept) == len(node.pairs):
        return node, False
    return Mapping(node.line, node.column, node.end_line, node.end_column, kept), True
