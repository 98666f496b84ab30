"""What rule files say, as values: documents, tasks, units, reminder plans and the mistakes in them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from gkbot.deadline import Calendar, Deadline, Roll
from gkbot.rulebook.names import NameBook, nearest, upward


class Severity(StrEnum):
    """How bad a problem is: only errors keep a rule book from coming into force."""

    ERROR = "error"
    WARNING = "warning"
    HINT = "hint"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where something stands in a file; lines and columns count from 1, the end is exclusive."""

    file: str
    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One mistake or doubt in a rule file.

    Attributes:
        code: Stable code such as GK104.
        message: What is wrong, one Chinese sentence in the author's words.
        fix: The way out, or None.
        source: The text of the line, for the caret; None where there is none.
        accepted: The reason why a “已知” note beside it lets it stand; None while nobody has.
    """

    place: Place
    severity: Severity
    code: str
    message: str
    fix: str | None = None
    source: str | None = None
    accepted: str | None = None

    def as_json(self) -> dict[str, object]:
        """The object of `gkbot check --json`."""
        known = {} if self.accepted is None else {"accepted": self.accepted}
        return {
            "file": self.place.file,
            "line": self.place.line,
            "column": self.place.column,
            "end_line": self.place.end_line,
            "end_column": self.place.end_column,
            "severity": str(self.severity),
            "code": self.code,
            "message": self.message,
            "fix": self.fix,
            **known,
        }


class Role(StrEnum):
    """What a unit has to do with a task; the earlier one wins where a unit holds several."""

    LEAD = "lead"
    RESPONSIBLE = "responsible"
    SUPPORT = "support"


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """A post that receives notices (联络员, 分管领导); the person behind it may change."""

    post: str
    email: str | None = None
    wecom: str | None = None
    mobile: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """An office, department or county.

    Attributes:
        robot: Name of its group's robot (GKBOT_WECOM_ROBOT_<name>), never the address.
        folder: Folder of the file that names it, relative to the rules folder; "" is the root.
    """

    name: str
    aliases: tuple[str, ...] = ()
    contacts: tuple[Contact, ...] = ()
    robot: str | None = None
    leader: Contact | None = None
    note: str | None = None
    folder: str = ""
    place: Place | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Units that documents name together (各县（区）); members are names of units in document order."""

    name: str
    aliases: tuple[str, ...] = ()
    members: tuple[str, ...] = ()
    note: str | None = None
    folder: str = ""
    place: Place | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReminderPlan:
    """When a duty's unit hears of it (提醒方案).

    Attributes:
        advances: Days before due, largest first; 0 is the due day itself.
        workdays: Advances are counted in working days (计日: 工作日).
        overdue_first: Working day after due of the first overdue notice.
        overdue_every: Working days between overdue notices.
        overdue_most: Overdue notices at most; 0 for none.
        escalate_after: Working days after due on which a draft to 分管领导 is prepared; None for never.
    """

    name: str
    advances: tuple[int, ...] = (15, 7, 3, 1, 0)
    workdays: bool = False
    overdue_first: int = 1
    overdue_every: int = 3
    overdue_most: int = 5
    escalate_after: int | None = 3


DEFAULT_PLAN = ReminderPlan(name="常规")


@dataclass(frozen=True, slots=True, kw_only=True)
class Admin:
    """A post of the office that runs gkbot (管理员)."""

    post: str
    email: str | None = None
    robot: str | None = None
    wecom: str | None = None
    mobile: str | None = None
    folder: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Closure:
    """Days on which an office is closed (停止办公), `first <= day < end`; holds for its folder and those below."""

    name: str
    first: date
    end: date
    folder: str = ""

    def days(self) -> Iterator[date]:
        """Each of the days."""
        return (self.first + timedelta(days=count) for count in range((self.end - self.first).days))


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """The source document of a file's tasks (文件).

    Attributes:
        id: Stable: the file's path within the rules folder.
        file: Path as users see it.
        archived_on: From this day on the document is history; None while it is live.
    """

    id: str
    title: str
    issued: date
    year: int
    file: str
    number: str | None = None
    issuer: str | None = None
    archived_on: date | None = None
    folder: str = ""

    def is_archived(self, day: date) -> bool:
        """Whether the document is history on `day`."""
        return self.archived_on is not None and day >= self.archived_on


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    """The event a period is counted from (起算); without a day the duty waits for it."""

    event: str
    on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmation:
    """A person's decision on an ambiguous phrase (确认)."""

    due: date
    by: str
    on: date
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """A unit and its part in a task, after groups are expanded; one per unit."""

    unit: Unit
    role: Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A line of a document.

    Attributes:
        words: The 期限 entries as they stand in the file.
        deadlines: What they say, one or more in the order of the words; never empty.
        lead, support, responsible: Names as the document says them.
        check_in: The rhythm of 默认.持续推进, only for tasks without a day.
        roll: 遇休息日 of the rule or file; None leaves it to the kind of deadline.
        inclusive: 含当日; False makes the day before the named one the last in time. `deadlines` of a
            fixed day say so already; due days of a rhythm are moved one by one in planning.
    """

    id: str
    title: str
    document: Document
    words: tuple[str, ...]
    deadlines: tuple[Deadline, ...]
    assignments: tuple[Assignment, ...]
    clause: str | None = None
    lead: tuple[str, ...] = ()
    support: tuple[str, ...] = ()
    responsible: tuple[str, ...] = ()
    plan: ReminderPlan = DEFAULT_PLAN
    roll: Roll | None = None
    inclusive: bool = True
    trigger: Trigger | None = None
    confirmation: Confirmation | None = None
    check_in: Deadline | None = None
    basis: str | None = None
    requirement: str | None = None
    metric: str | None = None
    note: str | None = None
    sensitive: bool = False
    place: Place | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rulebook:
    """Everything the rule files say, consistent and complete.

    Attributes:
        tasks: In document order: files by path, tasks as they stand.
        plans: The 提醒方案 of all files; 常规 may be missing, DEFAULT_PLAN holds then.
        digest: SHA-256 over all files; two rule books with the same digest say the same.
        names: Units and groups by every spelling, by folder.
    """

    documents: tuple[Document, ...]
    tasks: tuple[Task, ...]
    units: tuple[Unit, ...]
    groups: tuple[Group, ...]
    admins: tuple[Admin, ...]
    calendar: Calendar = field(compare=False)
    digest: str
    plans: tuple[ReminderPlan, ...] = ()
    closures: tuple[Closure, ...] = ()
    tasks_by_id: Mapping[str, Task] = field(default_factory=dict, compare=False, repr=False)
    names: NameBook[Unit | Group] = field(default_factory=NameBook, compare=False, repr=False)

    def task(self, task_id: str) -> Task | None:
        """The task of this id."""
        return self.tasks_by_id.get(task_id)

    def named(self, name: str, folder: str | None = None) -> tuple[Unit | Group, ...]:
        """Units and groups of this name: as seen from `folder`, or in any folder; brackets, script, width ignored."""
        return self.names.anywhere(name) if folder is None else self.names.find(name, folder)

    def resolve_unit(self, name: str, folder: str | None = None) -> Unit | None:
        """The unit of this name, or None where there is none or more than one."""
        units = [thing for thing in self.named(name, folder) if isinstance(thing, Unit)]
        return units[0] if len(units) == 1 else None

    def members(self, group: Group) -> tuple[Unit, ...]:
        """The units of a group, in document order."""
        found = (self.resolve_unit(name, group.folder) for name in group.members)
        return tuple(unit for unit in found if unit)

    def near_units(self, name: str, folder: str | None = None) -> list[str]:
        """Known names that look like `name`, best first."""
        return self.names.near(name, folder, 3)

    def near_tasks(self, task_id: str) -> list[str]:
        """Known 编号 that look like `task_id`, best first."""
        return nearest(task_id, list(self.tasks_by_id), 3)

    def admins_for(self, folder: str) -> tuple[Admin, ...]:
        """The admins of the nearest folder upward that has any; else of the whole rule book."""
        for place in upward(folder):
            if found := tuple(admin for admin in self.admins if admin.folder == place):
                return found
        return self.admins


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFile:
    """A rule file as it was read: path within the rules folder, with "/", and its bytes."""

    path: str
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadResult:
    """What came of reading the rule files.

    Attributes:
        book: None where an error is among the problems.
        problems: By file, line and column; without the accepted ones.
        files: What was read, so that the last good version can be kept.
        accepted: Doubts that a “已知” note in the file lets stand, in the same order.
    """

    book: Rulebook | None
    problems: tuple[Problem, ...]
    files: tuple[SourceFile, ...]
    accepted: tuple[Problem, ...] = ()

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that keep the rule book from coming into force."""
        return tuple(problem for problem in self.problems if problem.severity is Severity.ERROR)
