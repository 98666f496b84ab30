"""Recording what people say: checked against the rule book first, then added to the ledger."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from gkbot.errors import PeriodNotFound, UsageError
from gkbot.iso import iso
from gkbot.planning import CLOSED, Duty, Event, EventKind, NewEvent, Status, duties
from gkbot.rulebook.values import Task
from gkbot.service.drafts import withdraw_drafts
from gkbot.service.office import Office
from gkbot.service.views import status_word

WORDS = {
    EventKind.DONE: "已登记办结，不再提醒",
    EventKind.REPORTED: "已登记“单位报完成”，不再提醒，待核实",
    EventKind.ACKNOWLEDGED: "已登记签收，提醒照常",
    EventKind.REOPENED: "已退回补办，重新提醒",
    EventKind.EXTENDED: "已登记延期",
    EventKind.OCCURRED: "已登记起算事件",
    EventKind.ADOPTED: "已接管，开始正常催办",
    EventKind.PAUSED: "已暂停，不再提醒",
    EventKind.RESUMED: "已恢复提醒",
}
NEEDS_PERIOD = frozenset(
    {
        EventKind.DONE,
        EventKind.REPORTED,
        EventKind.ACKNOWLEDGED,
        EventKind.REOPENED,
        EventKind.EXTENDED,
        EventKind.PAUSED,
        EventKind.RESUMED,
    }
)
REOPENABLE = frozenset({Status.DONE, Status.REPORTED, Status.CANCELLED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """An event as it now stands, with the duties it concerns after it.

    Attributes:
        day: Day of recording.
        repeated: The same day was already recorded as the start of a period; it opens no other one.
    """

    event: Event
    duties: tuple[Duty, ...]
    day: date
    repeated: bool = False

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
                {"unit": d.unit.name, "period": d.period, "due": iso(d.due), "status": str(d.status)}
                for d in self.duties
            ],
        }

    def sentence(self) -> str:
        """One Chinese line for the person who recorded it."""
        event = self.event
        who = event.unit or "全部责任单位"
        head = f"{event.task}（{who}）：{WORDS[event.kind]}"
        if event.kind is EventKind.EXTENDED and event.until is not None:
            late = "这一天已经过去，仍算逾期。" if event.until < self.day else ""
            return f"{head}至{event.until}（批准人：{event.approver}，依据：{event.basis}）。{late}"
        if event.kind is EventKind.PAUSED:
            until = f"，到{event.until}为止（含当日）" if event.until else "；用 gkbot resume 恢复"
            return f"{head}{until}。"
        days = sorted({duty.due for duty in self.duties if duty.due is not None})
        if event.kind is EventKind.OCCURRED and days:
            again = "同一天此前已登记过，按一件计，以先登记的为准。" if self.repeated else ""
            return f"{head}（{event.occurred_on}），截止日：{'、'.join(map(str, days))}。{again}"
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
        duty = _duty(office, task, event, day)
        _refuse_senseless(event, duty, day)
        event = replace(event, period=duty.period)
    repeated = event.kind is EventKind.OCCURRED and _is_repeated(office.history().events, event)
    recorded = office.ledger.record(event)
    history = office.history()
    withdraw_drafts(office.ledger, office.book, history, day, only=[task.id])
    after = duties(office.book, history, day, tasks=[task])
    mine = tuple(d for d in after if event.unit in {None, d.unit.name})
    return Recorded(event=recorded, duties=mine, day=day, repeated=repeated)


def _counts_from_event(task: Task) -> bool:
    return any(deadline.kind == "after_event" for deadline in task.deadlines)


def _refuse_senseless(event: NewEvent, duty: Duty, day: date) -> None:
    """Refuse an extension that gives no more time, and to undo what was never done."""
    who = f"{duty.task.id}（{duty.unit.name}）"
    if event.kind is EventKind.PAUSED:
        _refuse_senseless_pause(event, duty, who, day)
    if event.kind is EventKind.RESUMED and not duty.paused:
        raise UsageError(f"{who}没有暂停，不用恢复。")
    if event.kind is EventKind.REOPENED and duty.status not in REOPENABLE:
        raise UsageError(f"{who}现在是“{status_word(duty, day)}”，没有办结，不用退回。")
    until = event.until
    if event.kind is EventKind.EXTENDED and until is not None and duty.due is not None and until <= duty.due:
        raise UsageError(f"{who}现在的截止日是{duty.due}，{until}不比它晚，不是延期。请写更晚的日期。")


def _refuse_senseless_pause(event: NewEvent, duty: Duty, who: str, day: date) -> None:
    if duty.status in CLOSED:
        raise UsageError(f"{who}现在是“{status_word(duty, day)}”，本来就不提醒，不用暂停。")
    if duty.paused:
        raise UsageError(f"{who}已经暂停。要改暂停的期限，先用 gkbot resume 恢复，再重新暂停。")
    if event.until is not None and event.until < day:
        raise UsageError(f"暂停的最后一天{event.until}已经过去。")


def _is_repeated(known: Iterable[Event], event: NewEvent) -> bool:
    """Whether the day was recorded before, for the same unit or for all: a day opens one period only."""
    return any(
        (old.kind, old.task, old.occurred_on) == (event.kind, event.task, event.occurred_on)
        and old.unit in {None, event.unit}
        for old in known
    )


def _duty(office: Office, task: Task, event: NewEvent, day: date) -> Duty:
    """The duty meant: that of the period named, else the only one that it can be.

    Without a period it is the earliest one still open (for a reopening, the latest one closed).
    """
    mine = [d for d in duties(office.book, office.history(), day, tasks=[task]) if d.unit.name == event.unit]
    known = [duty.period for duty in mine if duty.period is not None]
    if event.period is not None:
        if event.period not in known:
            raise PeriodNotFound(task.id, event.period, known)
        return next(duty for duty in mine if duty.period == event.period)
    if event.kind is EventKind.REOPENED:
        fitting = [duty for duty in reversed(mine) if duty.status in REOPENABLE]
    else:
        fitting = [duty for duty in mine if duty.status not in {*REOPENABLE, Status.WAITING}]
    if fitting:
        return fitting[0]
    if all(duty.status is Status.WAITING for duty in mine):
        raise PeriodNotFound(task.id, None, known)
    return mine[-1]
