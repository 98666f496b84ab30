"""The sheets 任务台账 and 单位组 compared with the rule files: a line is one item of a list."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping

from gkbot.rulebook.editing import Change, Value
from gkbot.service.workbook.columns import FILE, TASKS
from gkbot.service.workbook.lines import Line
from gkbot.service.workbook.reading import Row
from gkbot.service.workbook.wishes import Compared, FieldWish, Wish, Wishes, nested


def listed_wishes(compared: Compared, files: Iterable[str], titles: dict[str, str]) -> Wishes:
    """What the sheet asks for.

    Args:
        files: Files that new lines may go to.
        titles: 来源文件, as exported → file.
    """
    return _Listed(compared, set(files), titles).wishes()


class _Listed:
    def __init__(self, compared: Compared, files: set[str], titles: dict[str, str]) -> None:
        self.compared = compared
        self.sheet = compared.sheet
        self.form = compared.form
        self.files = files
        self.titles = titles
        self.name_column = next(column for column in self.form.columns if column.needed)
        self.used = {line.record.name: line for line in compared.now.values()}
        self.seen: dict[str, Row] = {}
        self.new: dict[str, int] = {}
        self.times = Counter(row.identity for row in self.sheet.rows)

    def wishes(self) -> Wishes:
        """Rows from top to bottom, then what is missing."""
        for row in self.sheet.rows:
            if self._is_original(row):
                self.seen.setdefault(row.identity, row)
        previous: str | None = None
        for row in self.sheet.rows:
            if self.seen.get(row.identity) is row:
                self._existing(row)
                line = self.compared.now.get(row.identity)
                previous = line.record.file if line else previous
            else:
                previous = self._added(row, previous) or previous
        if self.compared.has_baseline:
            self._gone()
        return self.compared.result

    def _name(self, row: Row) -> str:
        """The name a row bears; Excel makes 7 of 007."""
        text = row.texts.get(self.name_column.header, "")
        old = self.compared.base.get(row.identity, {}).get(self.name_column.header, "")
        same = text.isdigit() and old.isdigit() and int(text) == int(old)
        return old if same else text

    def _is_original(self, row: Row) -> bool:
        """Not a copy: of several rows with one hidden name, the one that kept its visible name."""
        old = self.compared.base.get(row.identity, {}).get(self.name_column.header)
        return bool(row.identity) and (self.times[row.identity] == 1 or self._name(row) == old)

    def _existing(self, row: Row) -> None:
        base = self.compared.base.get(row.identity)
        if base is None:
            self.compared.wrong(row.number, "", "隐藏的标识对不上任何一项", "删掉这一行，另起一行重新填写")
            return
        if not any(row.texts[column.header] for column in self.form.kept if column.header in row.texts):
            self.compared.wrong(row.number, "", "内容清空了，整行还在", "要删除，删掉整行；不删除，恢复内容")
            return
        if not self._has_right_name(row, base[self.name_column.header]):
            return
        line = self.compared.now.get(row.identity)
        if line is None:
            self._vanished(row, base)
            return
        found: list[tuple[FieldWish, Change]] = []
        for column in self.form.fields:
            is_settled = column is self.name_column and self.form is TASKS
            wish = None if is_settled else self.compared.field_wish(row, line, column)
            change = self.compared.change(line, column, wish.new) if wish else None
            if wish and change:
                found.append((wish, change))
        self._check_file(row, line)
        if found:
            self._note("~", line, row.number, found)

    def _has_right_name(self, row: Row, old: str) -> bool:
        name = self._name(row)
        if name == old:
            return True
        header = self.name_column.header
        if name in {base.get(header) for base in self.compared.base.values()}:
            cure = "多半是只排序了一部分列；撤销排序，选中整张表再排"
            self.compared.wrong(row.number, header, f"“{name}”和这一行隐藏的标识（{old}）对不上", cure)
            return False
        if self.form is TASKS or not name:
            cure = f"改回“{old}”；确实要换编号，删掉这一行，另起一行写新任务"
            self.compared.wrong(row.number, header, f"编号不能改，原来是“{old}”", cure)
            return False
        return True

    def _vanished(self, row: Row, base: Mapping[str, str]) -> None:
        changed = [header for header, text in row.texts.items() if header in base and text != base[header]]
        if changed:
            cure = "不要了就删掉这一行；还要，删掉隐藏的标识，作为新的一行"
            self.compared.wrong(row.number, changed[0], "导出以后，规则文件里已经删掉了这一项", cure)
        else:
            note = f"{self.sheet.spot(row.number)}：“{self._name(row)}”导出以后已经从规则文件里删掉，不再加回"
            self.compared.result.remarks.append(note)

    def _check_file(self, row: Row, line: Line) -> None:
        named = row.texts.get(FILE, line.record.file)
        if named != line.record.file:
            cure = f"改回“{line.record.file}”；要挪到另一个文件，请直接改规则文件"
            self.compared.wrong(row.number, FILE, "已有的行不能换文件", cure)

    def _note(self, sign: str, line: Line, row: int | None, found: list[tuple[FieldWish, Change]]) -> None:
        record = line.record
        title = line.text("工作任务（事项）")
        self.compared.result.wishes.append(
            Wish(
                sign=sign,
                form=self.form,
                name=f"{record.name}  {title}".strip(),
                file=record.file,
                row=row,
                fields=tuple(wish for wish, _ in found if wish.header),
                changes=tuple(change for _, change in found),
                task=record.name if self.form is TASKS else "",
            )
        )

    # new rows

    def _added(self, row: Row, previous: str | None) -> str | None:
        name, header = row.texts.get(self.name_column.header, ""), self.name_column.header
        if not name:
            cure = f"写上没有用过的{header}{self._proposal(previous)}；不是任务的行（合计、说明）请删掉"
            self.compared.wrong(row.number, header, f"没有写{header}", cure)
            return None
        if name in self.new:
            self.compared.wrong(row.number, header, f"“{name}”和第{self.new[name]}行重复", f"换一个没有用过的{header}")
            return None
        self.new[name] = row.number
        file = self._file(row, previous)
        if file is None or self._is_there_already(row, name, file):
            return file
        fields = {column: row.texts[column.header] for column in self.form.fields if row.texts.get(column.header)}
        for column in self.form.columns:
            if column.needed and column.field and column not in fields:
                self.compared.wrong(row.number, column.header, "不能空着", "填上内容")
        folder = file.rpartition("/")[0]
        values: dict[tuple[str, ...], Value] = {
            column.field: self.compared.value(column, text, folder=folder) for column, text in fields.items()
        }
        change = Change(path=(str(self.form.kinds[0]),), value=nested(values), adds=True)
        title = row.texts.get("工作任务（事项）", "")
        self.compared.result.wishes.append(
            Wish(
                sign="+",
                form=self.form,
                name=f"{name}  {title}".strip(),
                file=file,
                row=row.number,
                fields=tuple(FieldWish(header=column.header, old="", new=text) for column, text in fields.items()),
                changes=(change,),
                task=name if self.form is TASKS else "",
            )
        )
        return file

    def _file(self, row: Row, previous: str | None) -> str | None:
        source = row.texts.get("来源文件", "")
        if not row.texts.get(FILE) and source in self.titles:
            return self.titles[source]
        return self.compared.file_of_new(row, previous, self.files)

    def _is_there_already(self, row: Row, name: str, file: str) -> bool:
        """Whether the line stands in the files; as it is here when the workbook was read back before."""
        line = self.used.get(name)
        if line is None or (self.form is not TASKS and line.record.file != file):
            return False
        same = all(
            row.texts.get(column.header, "").replace("、", "\n") == line.text(column.header).replace("、", "\n")
            for column in self.form.fields
            if column.header in self.sheet.letters
        )
        if same and line.identity not in self.compared.base:
            note = f"{self.sheet.spot(row.number)}：“{name}”规则文件里已经有了，内容一样"
            self.compared.result.remarks.append(note)
        else:
            header = self.name_column.header
            where = f"{line.record.file}第{line.record.first}行"
            cure = f"换一个没有用过的{header}{self._proposal(file)}"
            self.compared.wrong(row.number, header, f"“{name}”已经有了（{where}）", cure)
        return True

    def _proposal(self, file: str | None) -> str:
        """The 编号 after the last one of a file."""
        names = [line.record.name for line in self.used.values() if line.record.file == file]
        found = [match for name in names if (match := re.fullmatch(r"(.*?)(\d+)", name))]
        if self.form is not TASKS or not found:
            return ""
        last = max(found, key=lambda match: int(match[2]))
        return f"，例如“{last[1]}{int(last[2]) + 1:0{len(last[2])}d}”"

    # rows that are gone

    def _gone(self) -> None:
        for identity in self.compared.base:
            line = self.compared.now.get(identity)
            if identity in self.seen or line is None:
                continue
            if self.compared.differs(identity):
                self.compared.conflict(None, "", line)
                continue
            change = Change(path=line.record.path)
            self._note("-", line, None, [(FieldWish(header="", old="", new=""), change)])
