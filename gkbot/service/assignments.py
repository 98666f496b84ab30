"""Units added to tasks that are in force already: each is told of the task once, like of a new one."""

from datetime import datetime

from gkbot.ledger import Ledger
from gkbot.planning import EventKind, NewEvent
from gkbot.planning.changes import touched
from gkbot.rulebook import Rulebook
from gkbot.rulebook.values import Task, Unit

ACTOR = "规则文件"


def record_assignments(before: Rulebook, after: Rulebook, ledger: Ledger, now: datetime) -> int:
    """Note in the ledger which units `after` adds to tasks of `before`.

    A unit that only changed its name, and keeps the old one as 别名, is no new one.

    Returns:
        How many were added.
    """
    count = 0
    for task_id in sorted(touched(before, after)):
        old, new = before.task(task_id), after.task(task_id)
        if old is None or new is None:
            continue
        for unit in _added(old, new):
            event = NewEvent(kind=EventKind.ASSIGNED, task=task_id, unit=unit.name, at=now, actor=ACTOR)
            ledger.record(event)
            count += 1
    return count


def _added(old: Task, new: Task) -> list[Unit]:
    known = {assignment.unit.name for assignment in old.assignments}
    units = [assignment.unit for assignment in new.assignments]
    return [unit for unit in units if unit.name not in known and not known.intersection(unit.aliases)]
