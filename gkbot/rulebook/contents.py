"""What one rule file says by itself: read once for its bytes, before names and phrases are looked at."""

from dataclasses import dataclass
from datetime import date

from gkbot.rulebook.calendars import PlacedNotice, read_notice
from gkbot.rulebook.closures import read_closures
from gkbot.rulebook.contacts import PlacedPlan, RawGroup, read_admins, read_groups, read_plans, read_units
from gkbot.rulebook.fields import Fields
from gkbot.rulebook.keys import DEFAULTS, DOCUMENT, FILE, FORMAT_VERSION
from gkbot.rulebook.known import KnownNote, read_notes
from gkbot.rulebook.nodes import parse
from gkbot.rulebook.raw_tasks import Common, RawTask, read_common, read_tasks
from gkbot.rulebook.source import Source, decode
from gkbot.rulebook.traps import repaired
from gkbot.rulebook.values import Admin, Closure, Document, Problem, Unit


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Content:
    """One file, read; equal only to itself, so that what follows from it can be kept beside it.

    Attributes:
        path: Within the rules folder.
        known: The “已知” notes in it.
        problems: Mistakes that show without other files.
    """

    path: str
    folder: str
    source: Source
    document: Document | None = None
    common: Common
    tasks: tuple[RawTask, ...] = ()
    units: tuple[Unit, ...] = ()
    groups: tuple[RawGroup, ...] = ()
    plans: tuple[PlacedPlan, ...] = ()
    admins: tuple[Admin, ...] = ()
    closures: tuple[Closure, ...] = ()
    notice: PlacedNotice | None = None
    known: tuple[KnownNote, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def has_contacts(self) -> bool:
        """Other files may depend on this one."""
        return bool(self.units or self.groups or self.plans)

    @property
    def is_patchy(self) -> bool:
        """Part of the contact book may be lost, so that a name may be unknown only for that."""
        return self.source.broken_off or (bool(self.source.lost) and self.has_contacts)


def read_content(path: str, shown: str, data: bytes) -> Content:
    """Read one file. `path` is relative to the rules folder, `shown` as users see it."""
    source = decode(shown, data)
    folder = path.rpartition("/")[0]
    text = "" if source.broken_off else repaired(source)
    roots = [Fields(source, node, FILE) for node in parse(source, text)] if text else []
    _check_emptiness(source, roots, text)
    root = next((each for each in roots if "任务" in each or "文件" in each), roots[0] if roots else None)
    if root is None:
        return Content(path=path, folder=folder, source=source, common=Common(), problems=tuple(source.problems))
    _check_version(root)
    document = _read_document(root, path, folder)
    defaults = root.fields("默认", DEFAULTS)
    content = Content(
        path=path,
        folder=folder,
        source=source,
        document=document,
        common=read_common(defaults) if defaults else Common(),
        tasks=read_tasks(root),
        units=tuple(unit for each in roots for unit in read_units(each, folder)),
        groups=tuple(group for each in roots for group in read_groups(each, folder)),
        plans=tuple(plan for each in roots for plan in read_plans(each, folder)),
        admins=tuple(admin for each in roots for admin in read_admins(each, folder)),
        closures=tuple(closure for each in roots for closure in read_closures(each, folder)),
        notice=read_notice(root),
        known=read_notes(source),
        problems=(),
    )
    object.__setattr__(content, "problems", tuple(source.problems))
    return content


def _check_emptiness(source: Source, roots: list[Fields], text: str) -> None:
    if roots or source.problems:
        return
    if text:
        source.report_at(0, 0, 0, "GK103", "文件里只有注释，没有内容", "补上内容；不用的文件改名为 .sample 结尾")


def _check_version(root: Fields) -> None:
    version = root.number("格式版本")
    if version is not None and version != FORMAT_VERSION:
        root.error("格式版本", "GK145", f"不认识的格式版本{version}", f"这个版本的程序只认识格式版本{FORMAT_VERSION}")


def _read_document(root: Fields, path: str, folder: str) -> Document | None:
    fields = root.fields("文件", DOCUMENT)
    if fields is None:
        if "任务" in root:
            root.source.error(
                root.key_place("任务"),
                "GK148",
                "有“任务”没有“文件”，不知道出自哪里",
                "在前面加上“文件:”，写明标题和印发日期",
            )
        return None
    issued = fields.date("印发日期")
    archived = fields.date("归档日期")
    year = fields.number("年度", 1949, 2100)
    if issued and archived and archived < issued:
        fields.error("归档日期", "GK156", f"归档日期{archived}早于印发日期{issued}", "核对两个日期")
    if issued is None and fields.keys:
        issued = _stand_in(year)
    title = fields.text("标题")
    if issued is None:
        return None
    return Document(
        id=path,
        title=title or "",
        number=fields.text("文号"),
        issued=issued,
        year=year or issued.year,
        issuer=fields.text("发文单位"),
        archived_on=archived,
        file=root.source.path,
        folder=folder,
    )


def _stand_in(year: int | None) -> date | None:
    """A day to check the tasks by where the real one is missing (its problem is noted already)."""
    return date(year, 1, 1) if year else None
