"""From an edited workbook to new rule files: compared, edited as text, and read as the service would read them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from gkbot.errors import CannotEdit, RulesBroken
from gkbot.rulebook import LoadResult, Problem, Rulebook, load, load_files
from gkbot.rulebook.editing import Change, Kind, Record, changed, records_of
from gkbot.rulebook.values import Place
from gkbot.service.workbook.columns import GROUPS, PEOPLE, SHEETS, TASKS, SheetForm
from gkbot.service.workbook.exporting import texts_of
from gkbot.service.workbook.lines import Listing, listing
from gkbot.service.workbook.listed import listed_wishes
from gkbot.service.workbook.people import people_wishes
from gkbot.service.workbook.reading import Mistake, Returned, Sheet, Spot, read_workbook
from gkbot.service.workbook.wishes import Compared, Wish

_BOM = b"\xef\xbb\xbf"


@dataclass(slots=True, kw_only=True)
class Import:
    """What an import would do.

    Attributes:
        wishes: What differs, in the order of the sheets.
        mistakes: Why nothing is written; empty when all is well.
        remarks: What people should know.
        problems: Errors of the new files that stand at no row of the workbook.
        old, new: Files that change, by path within the rules folder.
        before, after: The rule books; `after` is None where there are mistakes or nothing changes.
    """

    wishes: list[Wish] = field(default_factory=list)
    mistakes: list[Mistake] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    old: dict[str, bytes] = field(default_factory=dict)
    new: dict[str, bytes] = field(default_factory=dict)
    before: Rulebook | None = None
    after: Rulebook | None = None

    @property
    def is_refused(self) -> bool:
        """Whether mistakes keep it from being written."""
        return bool(self.mistakes or self.problems)


def prepare(file: Path, root: Path, today: date) -> Import:
    """Read the workbook, compare it with the rule files and try the result; writes nothing.

    Raises:
        WorkbookRefused: The workbook cannot be read at all.
        RulesBroken: The rule files hold errors as they are.
        CannotEdit: A rule file is written in a way that no command can edit.
    """
    returned = read_workbook(file)
    before = load(root, today)
    if before.book is None:
        raise RulesBroken(before.errors)
    result = Import(mistakes=list(returned.mistakes), remarks=list(returned.remarks), before=before.book)
    if returned.mistakes:
        return result
    _remark_on_baseline(returned, result)
    _compare(returned, listing(texts_of(before.files)), before.book, result)
    if result.mistakes or not result.wishes:
        return result
    files = {each.path: each.data for each in before.files}
    _edit(files, result)
    if not result.mistakes:
        _try_out(files, root, today, returned, before, result)
    return result


def _remark_on_baseline(returned: Returned, result: Import) -> None:
    if returned.baseline is None:
        note = "隐藏的工作表“_gkbot”不见了，不知道导出时的内容：直接同现在的规则文件比较，表里没有的行不当作删除"
        result.remarks.append(note)


def _compare(returned: Returned, now: Listing, book: Rulebook, result: Import) -> None:
    titles: dict[str, str] = {}
    for document in book.documents:
        titles["".join(filter(None, (document.title, document.number)))] = document.id
    for sheet in sorted(returned.sheets, key=lambda each: SHEETS.index(each.form)):
        compared = Compared(sheet, returned, now, book.names)
        if sheet.form is PEOPLE:
            found = people_wishes(compared, _files_with(now, PEOPLE, book))
        else:
            files = (
                [document.id for document in book.documents] if sheet.form is TASKS else _files_with(now, GROUPS, book)
            )
            found = listed_wishes(compared, files, titles if sheet.form is TASKS else {})
        result.wishes += found.wishes
        result.mistakes += found.mistakes
        result.remarks += found.remarks


def _files_with(now: Listing, form: SheetForm, book: Rulebook) -> list[str]:
    """The files that hold lines of a sheet; those with units where there are none yet."""
    lines = now.of(form) or now.of(PEOPLE)
    return list(dict.fromkeys(line.record.file for line in lines)) or [document.id for document in book.documents]


def _edit(files: Mapping[str, bytes], result: Import) -> None:
    changes: dict[str, list[Change]] = {}
    for wish in result.wishes:
        changes.setdefault(wish.file, []).extend(wish.changes)
    for path, wanted in changes.items():
        data = files[path]
        mark = _BOM if data.startswith(_BOM) else b""
        try:
            text = changed(data.decode("utf-8-sig"), wanted)
        except CannotEdit as error:
            sheets = "、".join(dict.fromkeys(wish.form.name for wish in result.wishes if wish.file == path))
            cure = "这一处请直接改规则文件，然后重新导出"
            result.mistakes.append(Mistake(spot=Spot(sheet=sheets), message=f"{path}：{error}", cure=cure))
            continue
        result.old[path] = data
        result.new[path] = mark + text.encode("utf-8")


def _try_out(
    files: Mapping[str, bytes], root: Path, today: date, returned: Returned, before: LoadResult, result: Import
) -> None:
    shown_root = str(root.parent if root.is_file() else root)
    after = load_files({**files, **result.new}, today, shown_root=shown_root)
    result.after = after.book
    prefix = "" if shown_root == "." else f"{shown_root.rstrip('/')}/"
    finder = _RowFinder(returned.sheets, {prefix + path: data for path, data in result.new.items()})
    known = {(problem.code, problem.message) for problem in before.problems}
    for problem in after.problems:
        spot = finder.spot(problem)
        is_error = problem in after.errors
        if spot and is_error:
            message = f"{problem.code} {problem.message}"
            result.mistakes.append(Mistake(spot=spot, message=message, cure=problem.fix or ""))
        elif is_error:
            result.problems.append(problem)
        elif spot and problem.severity == "warning" and (problem.code, problem.message) not in known:
            result.remarks.append(
                f"{spot}：{problem.code} {problem.message}" + (f"（{problem.fix}）" if problem.fix else "")
            )


class _RowFinder:
    """From a place in a new rule file to the row of the workbook that put it there."""

    def __init__(self, sheets: Iterable[Sheet], new: Mapping[str, bytes]) -> None:
        self.sheets = {sheet.form.name: sheet for sheet in sheets}
        self.records = {path: records_of(path, data.decode("utf-8-sig")) for path, data in new.items()}
        self.rows: dict[tuple[str, ...], int] = {}
        for sheet in self.sheets.values():
            for row in sheet.rows:
                names = [row.texts.get(column.header, "") for column in sheet.form.fields if column.needed]
                self.rows.setdefault((sheet.form.name, names[0]), row.number)
                self.rows.setdefault((sheet.form.name, *names[:2]), row.number)

    def spot(self, problem: Problem) -> Spot | None:
        """The cell of a problem; None where it stands at no row."""
        line = problem.place.line
        inside = [each for each in self.records.get(problem.place.file, ()) if each.first <= line <= each.last]
        if not inside:
            return None
        record = min(inside, key=lambda each: each.last - each.first)
        return self._row(record, problem.place)

    def _row(self, record: Record, place: Place) -> Spot | None:
        form = next(form for form in SHEETS if record.kind in form.kinds)
        sheet = self.sheets.get(form.name)
        is_person = record.kind in {Kind.CONTACT, Kind.LEADER}
        post = " ".join(record.words(("岗位",)))
        row = self.rows.get((form.name, record.name, post)) if is_person else self.rows.get((form.name, record.name))
        if sheet is None or row is None:
            return None
        near: tuple[int, int, str] = (0, 0, "")
        for column in form.fields:
            found = record.fields.get(column.field)
            if not found or (form is PEOPLE and column.of_unit == is_person):
                continue
            if found.first <= place.line <= found.last and (found.first < place.line or found.column <= place.column):
                near = max(near, (found.first, found.column, column.header))
        return sheet.spot(row, near[2])
