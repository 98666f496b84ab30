"""Who is meant by a name in a folder: the contact books of all files, groups expanded."""

from collections.abc import Iterable, Set
from dataclasses import dataclass

from gkbot.rulebook.contacts import RawGroup
from gkbot.rulebook.names import NameBook, split_names, upward
from gkbot.rulebook.nodes import Scalar, place_within
from gkbot.rulebook.source import Source
from gkbot.rulebook.values import Group, Place, Problem, Severity, Unit

_OTHER_SEPARATORS = "，,；;"


@dataclass(frozen=True, slots=True)
class Named:
    """One name in a string of units.

    Attributes:
        offset: Of the name in the string.
        units: What it stands for, groups expanded; empty where it is unknown or ambiguous.
        code, message, fix: What is wrong with it, if anything.
    """

    name: str
    offset: int
    units: tuple[Unit, ...] = ()
    code: str | None = None
    message: str = ""
    fix: str | None = None


class Directory:
    """Units and groups of all files, by folder.

    Attributes:
        names: Units and expanded groups by every spelling.
        problems: What is wrong with the contact books as a whole.
    """

    def __init__(
        self,
        units: Iterable[Unit],
        groups: Iterable[RawGroup],
        sources: dict[str, Source],
        patchy: Set[str] = frozenset(),
    ) -> None:
        """Put contact books together; `patchy` are folders in which part of one could not be read."""
        self.units = tuple(units)
        self.problems: list[Problem] = []
        self._sources = sources
        self._patchy = patchy
        self._raw: dict[tuple[str, str], RawGroup] = {}
        self._members: dict[tuple[str, str], tuple[Unit, ...]] = {}
        self._texts: dict[tuple[str, str], tuple[Named, ...]] = {}
        self._known: NameBook[Unit | RawGroup] = NameBook()
        self._register([*self.units, *groups])
        self.groups = self._expanded_groups()
        ready = {(group.folder, group.name): group for group in self.groups}
        self.names: NameBook[Unit | Group] = self._known.replaced(
            lambda entry: ready[entry.folder, entry.name] if isinstance(entry, RawGroup) else entry
        )

    def is_patchy(self, folder: str) -> bool:
        """Names may be unknown in `folder` only because part of a contact book could not be read."""
        return any(place in self._patchy for place in upward(folder))

    def read(self, text: str, folder: str) -> tuple[Named, ...]:
        """The names in a string of units, looked up in `folder` and above."""
        if (key := (folder, text)) not in self._texts:
            self._texts[key] = tuple(self._read(text, folder))
        return self._texts[key]

    def _register(self, entries: list[Unit | RawGroup]) -> None:
        """Make names known, then aliases; the second of two twins stays unknown."""
        first: dict[tuple[str, str], Unit | RawGroup] = {}
        for entry in entries:
            if twin := self._twin(entry):
                self._report_twin(entry, twin)
                continue
            self._known.add(entry.folder, entry.name, entry)
            first[entry.folder, entry.name] = entry
            if isinstance(entry, RawGroup):
                self._raw[entry.folder, entry.name] = entry
        for entry in first.values():
            for alias in entry.aliases:
                self._known.add(entry.folder, alias, entry)

    def _twin(self, entry: Unit | RawGroup) -> Unit | RawGroup | None:
        found = self._known.find(entry.name, entry.folder)
        return next((other for other in found if other.folder == entry.folder), None)

    def _report_twin(self, entry: Unit | RawGroup, twin: Unit | RawGroup) -> None:
        place, first = entry.place, twin.place
        if place is None or first is None:
            return
        where = f"第{first.line}行" if first.file == place.file else f"{first.file}第{first.line}行"
        source = self._sources[place.file]
        self._report(source, place, "GK133", f"“{entry.name}”重名，第一次在{where}", "删掉一处，或者改成不同的名称")

    def _report(self, source: Source, place: Place, code: str, message: str, fix: str | None) -> None:
        self.problems.append(
            Problem(
                place=place,
                severity=Severity.ERROR,
                code=code,
                message=message,
                fix=fix,
                source=source.shown(place.line),
            )
        )

    def _expanded_groups(self) -> tuple[Group, ...]:
        for raw in self._raw.values():
            self._expand(raw, ())
        return tuple(
            Group(
                name=raw.name,
                aliases=raw.aliases,
                members=tuple(unit.name for unit in self._members[key]),
                note=raw.note,
                folder=raw.folder,
                place=raw.place,
            )
            for key, raw in self._raw.items()
        )

    def _expand(self, raw: RawGroup, above: tuple[RawGroup, ...]) -> tuple[Unit, ...]:
        key = (raw.folder, raw.name)
        if key in self._members:
            return self._members[key]
        units: dict[tuple[str, str], Unit] = {}
        for scalar in raw.members:
            for name, offset in split_names(scalar.value, lambda text: bool(self._known.find(text, raw.folder))):
                for unit in self._member(raw, scalar, (name, offset), (*above, raw)):
                    units.setdefault((unit.folder, unit.name), unit)
        self._members[key] = tuple(units.values())
        return self._members[key]

    def _member(
        self, raw: RawGroup, scalar: Scalar, named: tuple[str, int], above: tuple[RawGroup, ...]
    ) -> tuple[Unit, ...]:
        name, offset = named
        found = self._known.find(name, raw.folder)
        if len(found) == 1 and isinstance(found[0], Unit):
            return (found[0],)
        if len(found) == 1 and isinstance(found[0], RawGroup) and found[0] not in above:
            return self._expand(found[0], above)
        if not found and self.is_patchy(raw.folder):
            return ()
        place = place_within(raw.source, scalar, offset, offset + len(name))
        if not found:
            near = self._known.near(name, raw.folder)
            fix = f"是不是“{near[0]}”？" if near else "在“单位”里加上它，或者把这个写法加到某个单位的“别名”里"
            message = f"单位组“{raw.name}”的成员“{name}”不在通讯录里"
        elif len(found) > 1:
            message, fix = f"“{name}”对应{len(found)}个单位：{_list(found)}", "写全称，或者删掉重复的别名"
        else:
            message, fix = f"单位组“{raw.name}”绕了一圈又包括自己", "删掉这个成员"
        self._report(raw.source, place, "GK134", message, fix)
        return ()

    def _read(self, text: str, folder: str) -> Iterable[Named]:
        for name, offset in split_names(text, lambda part: bool(self.names.find(part, folder))):
            yield from self._named(name, offset, folder)

    def _named(self, name: str, offset: int, folder: str) -> Iterable[Named]:
        found = self.names.find(name, folder)
        if len(found) == 1:
            yield Named(name, offset, self._units_of(found[0]))
        elif found:
            message = f"“{name}”对应{len(found)}个单位：{_list(found)}"
            yield Named(name, offset, (), "GK132", message, "写全称，或者删掉重复的别名")
        elif (cut := _first_separator(name)) is not None:
            message = f"单位之间用了“{name[cut]}”，应为顿号“、”"
            yield Named(name[cut], offset + cut, (), "GK124", message, "改成“、”，或者一行一个单位")
            yield from self._rest(name, offset, 0, cut, folder)
            yield from self._rest(name, offset, cut + 1, len(name), folder)
        elif self.is_patchy(folder):
            yield Named(name, offset)
        else:
            near = self.names.near(name, folder)
            fix = f"是不是“{near[0]}”？" if near else "在units.yaml里加上这个单位，或者把这个写法加到“别名”里"
            yield Named(name, offset, (), "GK130", f"通讯录里没有“{name}”", fix)

    def _rest(self, name: str, offset: int, start: int, end: int, folder: str) -> Iterable[Named]:
        part = name[start:end]
        if part.strip():
            yield from self._named(part.strip(), offset + start + len(part) - len(part.lstrip()), folder)

    def _units_of(self, thing: Unit | Group) -> tuple[Unit, ...]:
        return (thing,) if isinstance(thing, Unit) else self._members[thing.folder, thing.name]


def _first_separator(name: str) -> int | None:
    return next((at for at, char in enumerate(name) if char in _OTHER_SEPARATORS), None)


def _list(found: Iterable[Unit | Group | RawGroup]) -> str:
    return "、".join(f"“{thing.name}”" for thing in found)
