"""Records of rule files as lines of the sheets: what stood there at export, and what stands there now."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from gkbot.rulebook.editing import Kind, Record, records_of
from gkbot.service.workbook.columns import CATEGORY, GROUPS, PEOPLE, SHEETS, TASKS, Cells, Column, SheetForm


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a sheet.

    Attributes:
        record: The task, group or unit.
        person: The contact or 分管领导; None on other sheets and for a unit without any.
        texts: By header, lists one item a line.
    """

    form: SheetForm
    record: Record
    person: Record | None
    texts: Mapping[str, str]

    @property
    def identity(self) -> str:
        """What names the line, unchanged by sorting and filtering."""
        return "|".join((self.person or self.record).key)

    def source(self, column: Column) -> Record | None:
        """The record that a column speaks of."""
        return self.record if self.person is None or column.of_unit else self.person

    def text(self, header: str) -> str:
        """What stands under a header."""
        return self.texts.get(header, "")


@dataclass(frozen=True, slots=True)
class Listing:
    """All lines of some rule files, by sheet."""

    lines: Mapping[str, tuple[Line, ...]]

    def of(self, form: SheetForm) -> tuple[Line, ...]:
        """The lines of one sheet."""
        return self.lines[form.name]


def listing(files: Mapping[str, str]) -> Listing:
    """The lines of rule files: path within the rules folder → text.

    Raises:
        CannotEdit: A file is no single YAML document without mistakes.
    """
    records = [record for file, text in sorted(files.items()) for record in records_of(file, text)]
    return Listing(
        {
            TASKS.name: tuple(_simple(TASKS, records)),
            PEOPLE.name: tuple(_people(records)),
            GROUPS.name: tuple(_simple(GROUPS, records)),
        }
    )


def text_in(record: Record, column: Column) -> str:
    """What a record says under a column, as its cell shows it."""
    words = record.words(column.field)
    return ("\n" if column.cells in {Cells.LINES, Cells.UNITS} else " ").join(words)


def form_named(name: str) -> SheetForm | None:
    """The form of the sheet of this name."""
    return next((form for form in SHEETS if form.name == name), None)


def _simple(form: SheetForm, records: Iterable[Record]) -> Iterator[Line]:
    for record in records:
        if record.kind in form.kinds:
            texts = {column.header: text_in(record, column) for column in form.fields}
            yield Line(form=form, record=record, person=None, texts=texts)


def _people(records: Iterable[Record]) -> Iterator[Line]:
    unit: Record | None = None
    alone = False
    for record in records:
        if unit is not None and alone and record.kind not in {Kind.CONTACT, Kind.LEADER}:
            yield _person(unit, None)
            alone = False
        if record.kind is Kind.UNIT:
            unit, alone = record, True
        elif record.kind in {Kind.CONTACT, Kind.LEADER} and unit is not None:
            yield _person(unit, record)
            alone = False
    if unit is not None and alone:
        yield _person(unit, None)


def _person(unit: Record, person: Record | None) -> Line:
    texts = {column.header: text_in(unit, column) for column in PEOPLE.fields if column.of_unit}
    texts[CATEGORY] = str(person.kind) if person else ""
    for column in PEOPLE.fields:
        if not column.of_unit:
            texts[column.header] = text_in(person, column) if person else ""
    return Line(form=PEOPLE, record=unit, person=person, texts=texts)
