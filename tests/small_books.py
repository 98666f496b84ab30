"""Rule books of a few tasks, built by hand from values for the tests of planning and notices."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime

from gkbot.deadline import AfterEvent, By, Calendar, Deadline, Freq, Mark, Ongoing, Recurring, Vague
from gkbot.deadline.schedule import Schedule
from gkbot.deadline.schedule import Unit as Counted
from gkbot.planning import Event, EventKind, History, Notice, Plan
from gkbot.rulebook.values import (
    Admin,
    Assignment,
    Contact,
    Document,
    Role,
    Rulebook,
    Task,
    Unit,
)

CALENDAR = Calendar.builtin()
CANGXI = Unit(
    name="苍溪县人民政府",
    aliases=("苍溪县",),
    contacts=(Contact(post="办公室公开岗", email="cangxi@example.gov.cn", wecom="cx", mobile="13800000000"),),
    leader=Contact(post="副县长", email="cangxi-leader@example.gov.cn"),
)
WANGCANG = Unit(
    name="旺苍县人民政府",
    contacts=(Contact(post="办公室公开岗", email="wangcang@example.gov.cn"),),
    leader=Contact(post="副县长"),
)
FINANCE = Unit(name="市财政局", contacts=(Contact(post="办公室", email="finance@example.gov.cn"),))
OFFICE = Admin(post="政务公开科", email="admin@example.gov.cn")
DOCUMENT = Document(
    id="guangyuan/guangyuan-2023.yaml",
    title="广元市2023年政务公开重点工作任务安排",
    number="广府办发〔2023〕15号",
    issued=date(2023, 5, 17),
    year=2023,
    file="rules/guangyuan/guangyuan-2023.yaml",
    issuer="广元市人民政府办公室",
)
LEADS = ((CANGXI, Role.RESPONSIBLE), (WANGCANG, Role.RESPONSIBLE))

MONTHLY = Recurring(freq=Freq.MONTHLY, marks=(Mark(day=25),))
WEEKLY = Recurring(freq=Freq.WEEKLY, marks=(Mark(weekday=5),))
ONGOING = Ongoing(word="持续推进")
VAGUE = Vague(word="及时")
AFTER_APPROVAL = AfterEvent(event="批复", amount=20, unit=Counted.DAYS)


def day(text: str) -> date:
    """A date, written short: 2023-07-24."""
    return date.fromisoformat(text)


def by(text: str) -> By:
    """The schedule of a day."""
    return By(due=day(text))


def deadline(schedule: Schedule, words: str, *, ambiguous: bool = False) -> Deadline:
    """A deadline as the reader gives it."""
    return Deadline(text=words, span=(0, len(words)), schedule=schedule, ambiguous=ambiguous)


def task(
    number: str = "GY-01",
    *schedules: Schedule,
    units: Iterable[tuple[Unit, Role]] = LEADS,
    words: tuple[str, ...] = ("2023年7月底前",),
    **changes: object,
) -> Task:
    """A task with its deadlines, by default for two counties until the end of July 2023."""
    made = Task(
        id=number,
        title="完善县级政府门户网站公开内容",
        document=DOCUMENT,
        words=words,
        deadlines=tuple(deadline(found, words[0]) for found in schedules or (by("2023-07-31"),)),
        assignments=tuple(Assignment(unit=unit, role=role) for unit, role in units),
        clause="三（二）1",
        responsible=("各县（区）",),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def book(*tasks: Task, admins: tuple[Admin, ...] = (OFFICE,)) -> Rulebook:
    """A rule book of these tasks and the units they name."""
    units = {each.unit.name: each.unit for found in tasks for each in found.assignments}
    return Rulebook(
        documents=tuple({found.document.id: found.document for found in tasks}.values()),
        tasks=tasks,
        units=tuple(units.values()),
        groups=(),
        admins=admins,
        calendar=CALENDAR,
        digest="test",
        tasks_by_id={found.id: found for found in tasks},
    )


def known(*tasks: Task, since: str = "2023-05-17", **changes: object) -> History:
    """A history in which the tasks have long been in force and were announced."""
    first_seen = {found.id: day(since) for found in tasks}
    return replace(History(first_seen=first_seen), **changes)  # type: ignore[arg-type]


def event(kind: EventKind, number: int = 1, *, on: str = "2023-07-20", **details: object) -> Event:
    """Something that happened to task GY-01 at ten in the morning in Beijing."""
    year, month, date_ = map(int, on.split("-"))
    made = Event(id=number, kind=kind, task="GY-01", at=datetime(year, month, date_, 2, tzinfo=UTC), actor="测试")
    return replace(made, **details)  # type: ignore[arg-type]


def to_units(plan: Plan) -> list[Notice]:
    """The notices a plan sends to units, without drafts and without those to admins."""
    return [found for found in plan.notices if not found.draft and found.recipient.unit]


def stages(plan: Plan, unit: str = CANGXI.name) -> list[str]:
    """The stages a unit is told."""
    return [
        item.stage
        for notice in to_units(plan)
        for item in notice.items
        if item.unit == unit and not item.stage.startswith("office-")
    ]
