"""Recording what people say: checked against the rule book first, then added to the ledger."""

from dataclasses import dataclass, replace
from datetime import date

from gkbot.errors import PeriodNotFound, UsageError
from gkbot.planning import Duty, Event, EventKind, NewEvent, Status, duties
from gkbot.rulebook.values import Task
from gkbot.service.office import Office

WORDS = {
    EventKind.DONE: "已登记办结，不再提醒",
    EventKind.REPORTED: "已登记“单位报完成”，不再提醒，待核实",
    EventKind.ACKNOWLEDGED: "已登记签收，提醒照常",
    EventKind.REOPENED: "已退回补办，重新提醒",
    EventKind.EXTENDED: "已登记延期",
    EventKind.OCCURRED: "已登记起算事件",
    EventKind.ADOPTED: "已接管，开始正常催办",
}
NEEDS_PERIOD = frozenset(
    {EventKind.DONE, EventKind.REPORTED, EventKind.ACKNOWLEDGED, EventKind.REOPENED, EventKind.EXTENDED}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """An event as it now stands, with the duties it concerns after it."""

    event: Event
    duties: tuple[Duty, ...]

    def as_json(self) -> dict[str, object]:
        """For `--json`."""
        event = self.event
        return {
            "id": event.id,
            "kind": str(event.kind),
            "task": event.task,
            "unit": event.unit,
            "period": event.period,
            "at": event.at.isoformat(),
            "duties": [
                {"unit": d.unit.name, "period": d.period, "due": _iso(d.due), "status": str(d.status)}
                for d in self.duties
            ],
        }

    def sentence(self) -> str:
        """One Chinese line for the person who recorded it."""
        event = self.event
        who = event.unit or "全部责任单位"
        head = f"{event.task}（{who}）：{WORDS[event.kind]}"
        if event.kind is EventKind.EXTENDED and event.until is not None:
            return f"{head}至{event.until}（批准人：{event.approver}，依据：{event.basis}）。"
        days = sorted({duty.due for duty in self.duties if duty.due is not None})
        if event.kind is EventKind.OCCURRED and days:
            return f"{head}（{event.occurred_on}），截止日：{'、'.join(map(str, days))}。"
        return f"{head}。"


def record(office: Office, event: NewEvent) -> Recorded:
    """Add the event to the ledger.

    Raises:
        TaskNotFound, UnitNotFound, PeriodNotFound: What it speaks of is not there.
        UsageError: It makes no sense for this task; the text says why.
    """
    assert office.ledger is not None  # noqa: S101 - commands that record open the office for writing
    task = office.task(event.task)
    if event.unit is not None:
        event = replace(event, unit=office.unit_of(task, event.unit).name)
    if event.kind is EventKind.OCCURRED and task.trigger is None and not _counts_from_event(task):
        raise UsageError(f"任务 {task.id} 的期限（{'、'.join(task.words)}）不从事件起算，不用登记。")
    day = office.clock.today()
    if event.kind in NEEDS_PERIOD:
        event = replace(event, period=_period(office, task, event, day))
    recorded = office.ledger.record(event)
    after = duties(office.book, office.history(), day, tasks=[task])
    return Recorded(event=recorded, duties=tuple(d for d in after if event.unit in {None, d.unit.name}))


def _counts_from_event(task: Task) -> bool:
    return any(deadline.kind == "after_event" for deadline in task.deadlines)


def _period(office: Office, task: Task, event: NewEvent, day: date) -> str | None:
    """The period meant: the one named, else the only one that it can be.

    Without a name it is the earliest period still open (for a reopening, the latest one closed).
    """
    mine = [d for d in duties(office.book, office.history(), day, tasks=[task]) if d.unit.name == event.unit]
    known = [duty.period for duty in mine if duty.period is not None]
    if event.period is not None:
        if event.period not in known:
            raise PeriodNotFound(task.id, event.period, known)
        return event.period
    closed = {Status.DONE, Status.REPORTED, Status.CANCELLED}
    if event.kind is EventKind.REOPENED:
        fitting = [duty for duty in reversed(mine) if duty.status in closed]
    else:
        fitting = [duty for duty in mine if duty.status not in closed and duty.status is not Status.WAITING]
    if fitting:
        return fitting[0].period
    if all(duty.status is Status.WAITING for duty in mine):
        raise PeriodNotFound(task.id, None, known)
    return (mine[-1] if mine else mine[0]).period


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
