"""The sheet 单位通讯录 compared with the rule files: a line is a person of a unit, units are what their lines say."""

from collections import defaultdict
from collections.abc import Iterable

from gkbot.rulebook.editing import Change, Kind, Record, Value
from gkbot.service.workbook.columns import CATEGORIES, CATEGORY, FILE, PEOPLE
from gkbot.service.workbook.lines import Line
from gkbot.service.workbook.reading import Row
from gkbot.service.workbook.wishes import Compared, FieldWish, Wish, Wishes

UNIT = "单位"
POST = "岗位"
Said = list[tuple[int, str]]
UnitKey = tuple[str, str]


def people_wishes(compared: Compared, files: Iterable[str]) -> Wishes:
    """What the sheet asks for; `files` are those that new units may go to."""
    return _People(compared, set(files)).wishes()


class _People:
    def __init__(self, compared: Compared, files: set[str]) -> None:
        self.compared = compared
        self.sheet = compared.sheet
        self.files = files
        self.own = [column for column in PEOPLE.fields if not column.of_unit]
        self.shared = [column for column in PEOPLE.fields if column.of_unit]
        self.units: dict[UnitKey, list[Line]] = defaultdict(list)
        for line in compared.now.values():
            self.units[line.record.file, line.record.name].append(line)
        self.said: dict[tuple[UnitKey, str], Said] = defaultdict(list)
        self.rows_of: dict[UnitKey, list[Row]] = defaultdict(list)
        self.seen: set[str] = set()
        self.fresh: dict[UnitKey, list[Row]] = {}
        self.leaders: set[UnitKey] = set()

    def wishes(self) -> Wishes:
        """Rows from top to bottom, then what units say of themselves, new units, and what is missing."""
        previous: str | None = None
        for row in self.sheet.rows:
            if row.identity and row.identity not in self.seen:
                self.seen.add(row.identity)
                previous = self._existing(row) or previous
            else:
                previous = self._added(row, previous) or previous
        for key in list(self.rows_of):
            self._unit_changed(key)
        for key, rows in self.fresh.items():
            self._new_unit(key, rows)
        if self.compared.has_baseline:
            self._gone()
        return self.compared.result

    def _existing(self, row: Row) -> str | None:
        base = self.compared.base.get(row.identity)
        line = self.compared.now.get(row.identity)
        if base is None:
            self.compared.wrong(row.number, "", "隐藏的标识对不上任何一行", "删掉这一行，另起一行重新填写")
            return None
        if not any(row.texts[column.header] for column in PEOPLE.kept if column.header in row.texts):
            self.compared.wrong(row.number, "", "内容清空了，整行还在", "要删除，删掉整行；不删除，恢复内容")
            return None
        if line is None:
            if any(row.texts.get(header, text) != text for header, text in base.items()):
                self.compared.wrong(
                    row.number, POST, "导出以后，规则文件里已经删掉了这一行", "删掉这一行，另起一行填写"
                )
            return None
        key = (line.record.file, line.record.name)
        self.rows_of[key].append(row)
        self._say(key, row, line)
        if line.person is None:
            self._person_for_empty_unit(row, line)
        elif row.texts.get(CATEGORY, line.text(CATEGORY)) != line.text(CATEGORY):
            cure = f"改回“{line.text(CATEGORY)}”；要换，删掉这一行，另起一行填写"
            self.compared.wrong(row.number, CATEGORY, "已有的行不能改类别", cure)
        else:
            self._person_changed(row, line)
        if row.texts.get(FILE, line.record.file) != line.record.file:
            self.compared.wrong(row.number, FILE, "已有的行不能换文件", f"改回“{line.record.file}”")
        return line.record.file

    def _say(self, key: UnitKey, row: Row, line: Line) -> None:
        """Note what a row says of its unit that was not so at export."""
        for column in self.shared:
            wish = self.compared.field_wish(row, line, column)
            if wish:
                self.said[key, column.header].append((row.number, wish.new))

    def _person_changed(self, row: Row, line: Line) -> None:
        found: list[tuple[FieldWish, Change]] = []
        for column in self.own:
            wish = self.compared.field_wish(row, line, column)
            change = self.compared.change(line, column, wish.new) if wish else None
            if wish and change:
                found.append((wish, change))
        if found:
            name = f"{line.record.name}  {line.text(POST)}"
            self._note("~", name, line.record.file, row.number, found)

    def _person_for_empty_unit(self, row: Row, line: Line) -> None:
        if any(row.texts.get(column.header) for column in self.own):
            self._person_added(row, line.record)

    # new rows

    def _added(self, row: Row, previous: str | None) -> str | None:
        name = row.texts.get(UNIT, "")
        if not name:
            self.compared.wrong(row.number, UNIT, "没有写单位", "写上单位的名称；不是联络员的行请删掉")
            return None
        unit = self._known(name, row.texts.get(FILE) or previous)
        if unit is not None:
            key = (unit.file, unit.name)
            line = self.units[key][0]
            for column in self.shared[1:]:
                text = row.texts.get(column.header, "")
                if text and text != line.text(column.header):
                    self.said[key, column.header].append((row.number, text))
            self._person_added(row, unit)
            return unit.file
        file = self.compared.file_of_new(row, previous, self.files)
        if file is not None:
            self.fresh.setdefault((file, name), []).append(row)
        return file

    def _known(self, name: str, file: str | None) -> Record | None:
        found = [lines[0].record for (_, unit), lines in self.units.items() if unit == name]
        near = [record for record in found if record.file == file]
        return near[0] if near else found[0] if len(found) == 1 and not file else None

    def _person_added(self, row: Row, unit: Record) -> None:
        person = self._person(row)
        key = (unit.file, unit.name)
        if person is None or self._is_there_already(row, key):
            return
        changes = [Change(path=(*unit.path, "联络员"), value=person, adds=True)]
        if row.texts.get(CATEGORY) == CATEGORIES[1]:
            if key in self.leaders or any(line.person and line.person.kind is Kind.LEADER for line in self.units[key]):
                cure = "改原来那一行，或者类别写“联络员”"
                self.compared.wrong(row.number, CATEGORY, f"“{unit.name}”已经有分管领导", cure)
                return
            self.leaders.add(key)
            changes = [Change(path=(*unit.path, "分管领导", field), value=value) for field, value in person.items()]
        wishes = [FieldWish(header=column.header, old="", new=row.texts.get(column.header, "")) for column in self.own]
        self.compared.result.wishes.append(
            Wish(
                sign="+",
                form=PEOPLE,
                name=f"{unit.name}  {person[POST]}",
                file=unit.file,
                row=row.number,
                fields=tuple(wish for wish in wishes if wish.new),
                changes=tuple(changes),
            )
        )

    def _is_there_already(self, row: Row, key: UnitKey) -> bool:
        """Whether the person stands in the file as the row says: the workbook was read back before."""
        texts = {column.header: row.texts.get(column.header, "") for column in self.own}
        for line in self.units[key]:
            is_new = line.identity not in self.compared.base
            if line.person and is_new and all(line.text(header) == text for header, text in texts.items()):
                note = f"{self.sheet.spot(row.number)}：“{texts[POST]}”规则文件里已经有了，内容一样"
                self.compared.result.remarks.append(note)
                return True
        return False

    def _person(self, row: Row) -> dict[str, Value] | None:
        category = row.texts.get(CATEGORY, "")
        if category not in {"", *CATEGORIES}:
            self.compared.wrong(row.number, CATEGORY, f"不能是“{category}”", f"可以写：{'、'.join(CATEGORIES)}")
            return None
        if not row.texts.get(POST):
            self.compared.wrong(row.number, POST, "不能空着", "写上岗位；岗位固定，换人不用改")
            return None
        return {column.field[0]: row.texts[column.header] for column in self.own if row.texts.get(column.header)}

    def _new_unit(self, key: UnitKey, rows: list[Row]) -> None:
        file, name = key
        value: dict[str, Value] = {"名称": name}
        people: list[Value] = []
        for row in rows:
            for column in self.shared[1:]:
                if text := row.texts.get(column.header):
                    value[column.field[0]] = self.compared.value(column, text)
            if not any(row.texts.get(column.header) for column in self.own):
                continue
            person = self._person(row)
            if person is not None and row.texts.get(CATEGORY) == CATEGORIES[1]:
                value["分管领导"] = person
            elif person is not None:
                people.append(person)
        if people:
            value["联络员"] = tuple(people)
        shown = [*self.shared[1:], *self.own]
        found = [
            FieldWish(header=column.header, old="", new=text)
            for row in rows
            for column in shown
            if (text := row.texts.get(column.header, ""))
        ]
        change = Change(path=("单位",), value=value, adds=True)
        self.compared.result.wishes.append(
            Wish(
                sign="+",
                form=PEOPLE,
                name=name,
                file=file,
                row=rows[0].number,
                fields=tuple(found),
                changes=(change,),
            )
        )

    # units as wholes

    def _unit_changed(self, key: UnitKey) -> None:
        line = self.units[key][0]
        found: list[tuple[FieldWish, Change]] = []
        row = self.rows_of[key][0].number
        for column in self.shared:
            said = self.said.get((key, column.header), [])
            if not said or not self._agree(key, column.header, said):
                continue
            row, new = said[0]
            change = self.compared.change(line, column, new)
            if change:
                found.append((FieldWish(header=column.header, old=line.text(column.header), new=new), change))
        if found:
            self._note("~", line.record.name, line.record.file, row, found)

    def _agree(self, key: UnitKey, header: str, said: Said) -> bool:
        if len({new for _, new in said}) > 1:
            rows = "、".join(f"第{number}行" for number, _ in said)
            self.compared.wrong(said[-1][0], header, f"“{key[1]}”的几行写得不一样（{rows}）", "改成一样的")
            return False
        if header == UNIT and len(said) != len(self.rows_of[key]):
            cure = f"单位改名，“{key[1]}”的每一行都要改；人换了单位，删掉原来的行，另起一行填写"
            self.compared.wrong(said[0][0], header, "单位名称只改了一部分行", cure)
            return False
        return True

    def _gone(self) -> None:
        added_to = {wish.name.partition("  ")[0] for wish in self.compared.result.wishes if wish.sign == "+"}
        for (file, name), lines in self.units.items():
            known = [line for line in lines if line.identity in self.compared.base]
            gone = [line for line in known if line.identity not in self.seen]
            for line in gone:
                if self.compared.differs(line.identity):
                    self.compared.conflict(None, "", line)
            if gone and len(gone) == len(lines) and name not in added_to:
                nothing = FieldWish(header="", old="", new="")
                self._note("-", name, file, None, [(nothing, Change(path=lines[0].record.path))])
                continue
            for line in gone:
                if line.person:
                    nothing = FieldWish(header="", old="", new="")
                    change = Change(path=line.person.path)
                    self._note("-", f"{name}  {line.text(POST)}", file, None, [(nothing, change)])

    def _note(self, sign: str, name: str, file: str, row: int | None, found: list[tuple[FieldWish, Change]]) -> None:
        self.compared.result.wishes.append(
            Wish(
                sign=sign,
                form=PEOPLE,
                name=name,
                file=file,
                row=row,
                fields=tuple(wish for wish, _ in found if wish.header),
                changes=tuple(change for _, change in found),
            )
        )
