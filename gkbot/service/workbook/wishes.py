"""What a workbook asks for: lines to change, to add, to take out, each with its row and the edits behind it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from gkbot.rulebook.editing import Change, Record, Value
from gkbot.rulebook.names import NameBook, split_names
from gkbot.rulebook.values import Group, Unit
from gkbot.service.workbook.columns import Cells, Column, SheetForm
from gkbot.service.workbook.lines import Line, Listing
from gkbot.service.workbook.reading import Mistake, Returned, Row, Sheet


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldWish:
    """One field: what stood there, what shall stand there; empty for nothing."""

    header: str
    old: str
    new: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """One line of the workbook that differs from the rule files.

    Attributes:
        sign: ~ changed, + added, - taken out.
        name: As people know it: 编号 and 事项, unit and 岗位.
        file: Path within the rules folder.
        row: Row in the sheet; None for what is no longer there.
        task: 编号, for tasks.
    """

    sign: str
    form: SheetForm
    name: str
    file: str
    row: int | None
    fields: tuple[FieldWish, ...]
    changes: tuple[Change, ...]
    task: str = ""


@dataclass(slots=True, kw_only=True)
class Wishes:
    """Everything a workbook asks for, and why it cannot be had."""

    wishes: list[Wish] = field(default_factory=list)
    mistakes: list[Mistake] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


class Compared:
    """A sheet beside what stood there at export and what stands in the files now."""

    def __init__(self, sheet: Sheet, returned: Returned, now: Listing, names: NameBook[Unit | Group]) -> None:
        self.sheet = sheet
        self.form = sheet.form
        self.names = names
        self.now = {line.identity: line for line in now.of(sheet.form)}
        kept = (returned.baseline or {}).get(sheet.form.name)
        self.has_baseline = kept is not None
        self.base: Mapping[str, Mapping[str, str]] = (
            kept if kept is not None else {identity: line.texts for identity, line in self.now.items()}
        )
        self.result = Wishes()

    def wrong(self, row: int | None, header: str, message: str, cure: str = "") -> None:
        """Note a mistake."""
        self.result.mistakes.append(Mistake(spot=self.sheet.spot(row, header), message=message, cure=cure))

    def conflict(self, row: int | None, header: str, line: Line) -> None:
        """Note that the file was edited, too, since the export."""
        where = f"{line.record.file}第{(line.person or line.record).first}行"
        cure = "用 gkbot export 重新导出，把改动抄过去"
        self.wrong(row, header, f"导出以后规则文件里也改了（{where}）", cure)

    def differs(self, identity: str) -> bool:
        """Whether the file says something else now than at export."""
        line, base = self.now[identity], self.base.get(identity, {})
        return any(line.text(column.header) != base.get(column.header, "") for column in self.form.kept)

    def field_wish(self, row: Row, line: Line, column: Column) -> FieldWish | None:
        """What a row asks for in a column; nothing where it stands so already."""
        if column.header not in self.sheet.letters:
            return None
        new, now = row.texts[column.header], line.text(column.header)
        old = self.base.get(row.identity, line.texts).get(column.header, "")
        if new in {old, now}:
            return None
        if now != old:
            self.conflict(row.number, column.header, line)
            return None
        if not new and column.needed:
            self.wrong(row.number, column.header, "不能空着", "填上内容；要删除，删掉整行")
            return None
        return FieldWish(header=column.header, old=now, new=new)

    def change(self, line: Line, column: Column, new: str) -> Change | None:
        """The edit that puts `new` into a field."""
        record = line.source(column)
        if record is None:
            return None
        path = (*record.path, *column.field)
        return Change(path=path, value=self.value(column, new, record) if new else None)

    def value(self, column: Column, new: str, record: Record | None = None, folder: str = "") -> Value:
        """A cell's words in the form in which the file has them, or would."""
        if column.cells not in {Cells.LINES, Cells.UNITS}:
            return new
        lines = tuple(new.split("\n"))
        found = record.fields.get(column.field) if record else None
        is_list = found.is_list if found else column.field in {("别名",), ("成员",)}
        if column.cells is Cells.UNITS:
            if not is_list:
                return "、".join(lines)
            known = set(found.words) if found else set()
            folder = record.file.rpartition("/")[0] if record else folder
            return tuple(name for line in lines for name in self._names(line, known, folder))
        return lines if is_list or len(lines) > 1 else lines[0]

    def file_of_new(self, row: Row, previous: str | None, known: set[str]) -> str | None:
        """The file a new row goes to: the one it names, or that of the row above, or the only one."""
        named = row.texts.get("规则文件", "")
        if named:
            if named in known:
                return named
            self.wrong(row.number, "规则文件", f"没有文件“{named}”", f"可以写：{'、'.join(sorted(known)[:5])}")
            return None
        if previous or len(known) == 1:
            return previous or next(iter(known))
        self.wrong(row.number, "规则文件", "不知道写进哪个文件", f"在“规则文件”列写上：{'、'.join(sorted(known)[:5])}")
        return None

    def _names(self, line: str, known: set[str], folder: str) -> list[str]:
        if line in known:
            return [line]
        return [name for name, _ in split_names(line, lambda text: bool(self.names.find(text, folder)))]


def nested(fields: Mapping[tuple[str, ...], Value]) -> dict[str, Value]:
    """Fields by path as a mapping of mappings."""
    result: dict[str, Value] = {}
    for path, value in fields.items():
        if len(path) == 1:
            result[path[0]] = value
        else:
            inner = result.setdefault(path[0], {})
            assert isinstance(inner, dict)  # noqa: S101 - paths are our own
            inner[path[1]] = value
    return result
