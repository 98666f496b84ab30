"""From a file's raw tasks to tasks: names looked up, phrases read, defaults applied, doubts noted."""

from collections.abc import Iterable
from typing import TypeVar

from gkbot.deadline import AfterEvent, Deadline, Kind
from gkbot.rulebook.contents import Content
from gkbot.rulebook.directory import Directory, Named
from gkbot.rulebook.names import NameBook, nearest
from gkbot.rulebook.nodes import Scalar, place_of, place_within
from gkbot.rulebook.phrases import (
    PhraseReader,
    Remark,
    exclusive,
    provisional_remark,
    readings,
    statute_counting_workdays,
)
from gkbot.rulebook.raw_tasks import ROLE_KEYS, RawTask
from gkbot.rulebook.values import (
    DEFAULT_PLAN,
    Assignment,
    Document,
    Place,
    Problem,
    ReminderPlan,
    Role,
    Severity,
    Task,
)

_ORDER = (Role.LEAD, Role.RESPONSIBLE, Role.SUPPORT)  # the earlier one wins where a unit holds several
_SETTLED = frozenset({"GK111", "GK112", "GK114", "GK118"})  # what a 确认 answers

T = TypeVar("T")


class TaskMaker:
    """Makes the tasks of files, given what all files together say."""

    def __init__(self, directory: Directory, plans: NameBook[ReminderPlan], phrases: PhraseReader) -> None:
        self.directory = directory
        self.plans = plans
        self.phrases = phrases
        self._assignments: dict[tuple[object, ...], tuple[Assignment, ...]] = {}

    def make(self, content: Content, *, archived: bool) -> tuple[tuple[Task, ...], tuple[Problem, ...]]:
        """The tasks of a file and its problems; doubts about an archived document are left out."""
        work = _FileWork(self, content, archived=archived)
        tasks = tuple(task for raw in content.tasks if (task := work.task(raw)))
        return tasks, tuple(work.problems)

    def assign(self, folder: str, named: dict[Role, tuple[Named, ...]]) -> tuple[Assignment, ...]:
        """One assignment for each unit, shared by all tasks of the folder that name the same."""
        key = (folder, *((role, *(each.name for each in names)) for role, names in named.items()))
        if key not in self._assignments:
            roles: dict[tuple[str, str], Assignment] = {}
            for role in _ORDER:
                for each in named.get(role, ()):
                    for unit in each.units:
                        roles.setdefault((unit.folder, unit.name), Assignment(unit=unit, role=role))
            self._assignments[key] = tuple(roles.values())
        return self._assignments[key]


class _FileWork:
    def __init__(self, maker: TaskMaker, content: Content, *, archived: bool) -> None:
        self.maker = maker
        self.content = content
        self.archived = archived
        self.problems: list[Problem] = []

    def task(self, raw: RawTask) -> Task | None:
        """The task, or None where the file lacks what it hangs on."""
        named = {role: self._names(raw.units[role], role) for role in ROLE_KEYS}
        self._check_leads(raw, named)
        plan = self._plan(raw)
        document = self.content.document
        if document is None:
            return None
        deadlines = self._deadlines(raw, document)
        check_in = self._check_in(raw, document, deadlines)
        common = self.content.common
        inclusive = _first(raw.own.inclusive, common.inclusive)
        if inclusive is False:
            deadlines = self._exclusive(raw, deadlines)
        if not raw.id or not deadlines:
            return None
        return Task(
            id=raw.id,
            title=raw.title,
            document=document,
            words=tuple(" ".join(scalar.value.split()) for scalar in raw.words),
            deadlines=deadlines,
            assignments=self.maker.assign(self.content.folder, named),
            clause=raw.clause,
            lead=_spelled(named[Role.LEAD]),
            support=_spelled(named[Role.SUPPORT]),
            responsible=_spelled(named[Role.RESPONSIBLE]),
            plan=plan,
            roll=_first(raw.own.roll, common.roll),
            inclusive=inclusive is not False,
            trigger=raw.trigger,
            confirmation=raw.confirmation,
            check_in=check_in,
            basis=raw.basis,
            requirement=raw.requirement,
            metric=raw.metric,
            note=raw.note,
            sensitive=raw.sensitive,
            place=raw.places.get("编号", raw.place),
        )

    def _report(self, place: Place, severity: Severity, code: str, message: str, fix: str | None) -> None:
        if self.archived and severity is not Severity.ERROR:
            return
        line = self.content.source.shown(place.line)
        self.problems.append(Problem(place=place, severity=severity, code=code, message=message, fix=fix, source=line))

    # units

    def _names(self, scalars: Iterable[Scalar], role: Role) -> tuple[Named, ...]:
        found: list[Named] = []
        for scalar in scalars:
            for named in self.maker.directory.read(scalar.value, self.content.folder):
                place = self._place(scalar, named.offset, named.offset + len(named.name))
                if named.code:
                    self._report(place, Severity.ERROR, named.code, named.message, named.fix)
                elif any(other.name == named.name for other in found):
                    message = f"“{named.name}”在{ROLE_KEYS[role]}里写了两次"
                    self._report(place, Severity.WARNING, "GK139", message, "删掉一处")
                else:
                    found.append(named)
        return tuple(found)

    def _place(self, scalar: Scalar, start: int, end: int) -> Place:
        return place_within(self.content.source, scalar, start, end)

    def _check_leads(self, raw: RawTask, named: dict[Role, tuple[Named, ...]]) -> None:
        leads = named[Role.LEAD]
        apart = raw.apart or "分别负责" in f"{raw.note}{raw.requirement}"
        if len(leads) > 1 and not apart:
            place = place_of(self.content.source, raw.units[Role.LEAD][0])
            message = f"有{len(leads)}个牵头单位，“{leads[0].name}”作为主要牵头单位"
            self._report(place, Severity.HINT, "GK152", message, "各自负责各自部分的，加上“分别负责: 是”")

    # reminder plan

    def _plan(self, raw: RawTask) -> ReminderPlan:
        scalar = raw.own.plan or self.content.common.plan
        if scalar is None:
            return self._known_plan(DEFAULT_PLAN.name) or DEFAULT_PLAN
        name = " ".join(scalar.value.split())
        plan = self._known_plan(name)
        if plan:
            return plan
        patchy = self.maker.directory.is_patchy(self.content.folder)
        if not patchy and (scalar is raw.own.plan or not self._told_of_default()):
            near = self.maker.plans.near(name, self.content.folder) or nearest(name, [DEFAULT_PLAN.name])
            fix = f"是不是“{near[0]}”？" if near else "在“提醒方案”里加上它，或者写“常规”"
            place = place_of(self.content.source, scalar)
            self._report(place, Severity.ERROR, "GK154", f"没有名为“{name}”的提醒方案", fix)
        return DEFAULT_PLAN

    def _known_plan(self, name: str) -> ReminderPlan | None:
        found = self.maker.plans.find(name, self.content.folder)
        if found:
            return found[0]
        return DEFAULT_PLAN if name == DEFAULT_PLAN.name else None

    def _told_of_default(self) -> bool:
        scalar = self.content.common.plan
        if scalar is None:
            return False
        place = place_of(self.content.source, scalar)
        return any(problem.place == place for problem in self.problems)

    # deadlines

    def _deadlines(self, raw: RawTask, document: Document) -> tuple[Deadline, ...]:
        found: list[Deadline] = []
        missed = False
        for scalar in raw.words:
            phrase = self.maker.phrases.read(scalar.value, document.issued, document.year)
            missed = missed or not phrase.deadlines
            found.extend(phrase.deadlines)
            for remark in phrase.remarks:
                if not (raw.confirmation and remark.code in _SETTLED):
                    self._remark(scalar, remark)
            for deadline in phrase.deadlines:
                self._check_unit(raw, scalar, deadline)
                self._check_event(raw, scalar, deadline)
        self._check_confirmation(raw, found)
        return () if missed else tuple(found)

    def _remark(self, scalar: Scalar, remark: Remark) -> None:
        place = self._place(scalar, *remark.span)
        self._report(place, remark.severity, remark.code, remark.message, remark.fix)

    def _check_unit(self, raw: RawTask, scalar: Scalar, deadline: Deadline) -> None:
        statute = statute_counting_workdays(deadline, raw.basis or "")
        if statute and not raw.confirmation:
            message = f"依据是{statute}，其中的“日”指工作日，这里写的是“{deadline.text}”"
            fix = "核对原文；指工作日的写成“工作日”"
            self._report(self._place(scalar, *deadline.span), Severity.WARNING, "GK117", message, fix)

    def _check_event(self, raw: RawTask, scalar: Scalar, deadline: Deadline) -> None:
        schedule = deadline.schedule
        if not isinstance(schedule, AfterEvent) or schedule.own_document:
            return
        if raw.trigger:
            roll = _first(raw.own.roll, self.content.common.roll)
            if raw.trigger.on and self.maker.phrases.is_provisional(deadline, raw.trigger.on, roll):
                self._remark(scalar, provisional_remark(deadline))
            return
        event = schedule.event or "起算事件"
        message = f"“{deadline.text}”从“{event}”算起，没有写“起算”，事件登记以后才提醒"
        fix = f"加上“起算: {{事件: {event}}}”，发生以后再补日期"
        self._report(self._place(scalar, *deadline.span), Severity.HINT, "GK115", message, fix)

    def _check_confirmation(self, raw: RawTask, deadlines: list[Deadline]) -> None:
        if raw.confirmation is None or not deadlines:
            return
        place = raw.places.get("确认", raw.place)
        days = {day for deadline in deadlines for day in readings(deadline)}
        if days and raw.confirmation.due not in days:
            known = "、".join(str(day) for day in sorted(days))
            message = f"“确认”的截止日期{raw.confirmation.due}不是期限原文的任何一种读法（{known}）"
            self._report(place, Severity.WARNING, "GK113", message, "核对期限原文和确认的日期")

    def _exclusive(self, raw: RawTask, deadlines: tuple[Deadline, ...]) -> tuple[Deadline, ...]:
        changed = tuple(exclusive(deadline) or deadline for deadline in deadlines)
        recurs = any(deadline.kind is Kind.RECURRING for deadline in deadlines)  # moved period by period, in planning
        if changed == deadlines and deadlines and not recurs and raw.own.inclusive is False:
            place = raw.places.get("含当日", raw.place)
            message = "“含当日: 否”只用于“某日前”一类的期限，在这里不起作用"
            self._report(place, Severity.WARNING, "GK119", message, "删去这一行，或者用“确认”写明截止日期")
        return changed

    def _check_in(self, raw: RawTask, document: Document, deadlines: Iterable[Deadline]) -> Deadline | None:
        scalar = raw.own.check_in or self.content.common.check_in
        if scalar is None:
            return None
        phrase = self.maker.phrases.read(scalar.value, document.issued, document.year)
        recurring = [each for each in phrase.deadlines if each.kind is Kind.RECURRING]
        if not recurring:
            place = place_of(self.content.source, scalar)
            if not any(problem.place == place for problem in self.problems):
                message = f"“持续推进: {scalar.value}”不是周期"
                fix = "写多久报一次，例如“每季度末月25日前”“每月25日前”"
                self._report(place, Severity.ERROR, "GK110", message, fix)
            return None
        dateless = all(each.kind in {Kind.ONGOING, Kind.VAGUE} for each in deadlines)
        return recurring[0] if dateless and raw.confirmation is None else None


def _spelled(named: Iterable[Named]) -> tuple[str, ...]:
    return tuple(each.name for each in named)


def _first(*values: T | None) -> T | None:
    return next((value for value in values if value is not None), None)
