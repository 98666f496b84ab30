"""What new rule files hand out and take back: units added to tasks in force, duties ended, duties that return."""

from collections.abc import Iterator
from datetime import datetime

from gkbot.clock import Clock
from gkbot.ledger import Ledger
from gkbot.planning import Duty, EventKind, NewEvent
from gkbot.planning.changes import touched
from gkbot.planning.vanishing import ended, returned
from gkbot.rulebook import Rulebook
from gkbot.rulebook.values import Task, Unit

ACTOR = "规则文件"


def news_of(before: Rulebook, after: Rulebook, ledger: Ledger, clock: Clock) -> list[NewEvent]:
    """What is to be recorded together with `after` taking the place of `before`.

    A unit added is told of the task once, like of a new one; one that only changed its name, and keeps
    the old one as 别名, is not. Who was told of a duty that is none any more hears that, once.
    """
    ids = touched(before, after)
    if not ids:
        return []
    now, today, history = clock.now(), clock.today(), ledger.history(ids)
    gone = [_event(EventKind.WITHDRAWN, each.duty, now, each.why) for each in ended(before, after, history, today)]
    back = returned(before, after, history, today)
    again = {(duty.task.id, duty.unit.name) for duty in back}
    added = [
        NewEvent(kind=EventKind.ASSIGNED, task=task_id, unit=unit.name, at=now, actor=ACTOR)
        for task_id in sorted(ids)
        for unit in _added(before.task(task_id), after.task(task_id))
        if (task_id, unit.name) not in again
    ]
    return [*gone, *added, *(_event(EventKind.ASSIGNED, duty, now) for duty in back)]


def _event(kind: EventKind, duty: Duty, now: datetime, note: str | None = None) -> NewEvent:
    task, unit, period = duty.key
    return NewEvent(kind=kind, task=task, unit=unit, period=period, at=now, actor=ACTOR, note=note)


def _added(old: Task | None, new: Task | None) -> Iterator[Unit]:
    if old is None or new is None:
        return
    known = {assignment.unit.name for assignment in old.assignments}
    for assignment in new.assignments:
        unit = assignment.unit
        if unit.name not in known and not known.intersection(unit.aliases):
            yield unit
