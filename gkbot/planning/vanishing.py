"""Which duties a new rule book ends, and which it brings back; what is ended is told by `withdrawing`."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date

from gkbot.planning.changes import touched
from gkbot.planning.duties import duties
from gkbot.planning.values import CLOSED, Duty, EventKind, History
from gkbot.rulebook.values import Rulebook, Task

DELETED, TAKEN_OUT, DROPPED = "事项已撤销", "本单位不再承担此事项", "此项期限已撤销"
_LIFE = frozenset({EventKind.ASSIGNED, EventKind.WITHDRAWN})


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """An open duty that the new rule book does not hold any more, and what is said of the reason."""

    duty: Duty
    why: str


def ended(before: Rulebook, after: Rulebook, history: History, day: date) -> list[Ended]:
    """The open duties of `before` that are none in `after`.

    A day that moved is told as moved; a unit that only changed its name and keeps the old one as 别名 goes on.

    Args:
        history: Of the tasks that `touched` names, at least.
    """
    found: list[Ended] = []
    for task_id in sorted(touched(before, after)):
        old, new = before.task(task_id), after.task(task_id)
        if old is not None:
            found += _ended(old, _of(before, old, history, day), new, _of(after, new, history, day), day)
    return found


def returned(before: Rulebook, after: Rulebook, history: History, day: date) -> list[Duty]:
    """The open duties of `after` that are none in `before` and of which the unit was told that they had ended."""
    gone = _withdrawn_units(history)
    tasks = sorted({task for task, _ in gone} & touched(before, after))
    found: list[Duty] = []
    for task_id in tasks:
        known = {duty.key for duty in _of(before, before.task(task_id), history, day)}
        fresh = _of(after, after.task(task_id), history, day)
        found += [duty for duty in fresh if duty.key not in known and (task_id, duty.unit.name) in gone]
    return [duty for duty in found if duty.status not in CLOSED]


def _withdrawn_units(history: History) -> frozenset[tuple[str, str]]:
    """Tasks and units of which the last thing recorded about coming and going is that a duty went."""
    last: dict[tuple[str, str], EventKind] = {}
    for event in sorted(history.events, key=lambda event: event.id):
        if event.kind in _LIFE and event.unit is not None:
            last[event.task, event.unit] = event.kind
    return frozenset(name for name, kind in last.items() if kind is EventKind.WITHDRAWN)


def _of(book: Rulebook, task: Task | None, history: History, day: date) -> list[Duty]:
    return [] if task is None else duties(book, history, day, tasks=[task])


def _ended(
    old: Task, before: Collection[Duty], new: Task | None, after: Collection[Duty], day: date
) -> Iterator[Ended]:
    known, still = {duty.key for duty in before}, {duty.key: duty for duty in after}
    units = {name for each in new.assignments for name in (each.unit.name, *each.unit.aliases)} if new else set()
    fresh = (duty.unit for key, duty in still.items() if key not in known)
    moved = {name for unit in fresh for name in (unit.name, *unit.aliases)}  # other days took the place of theirs
    for duty in before:
        is_past = duty.closes is not None and duty.closes <= day  # a later period took its place
        if duty.key in still or duty.status in CLOSED or is_past or old.document.issued > day:
            continue
        if duty.unit.name not in units:
            yield Ended(duty=duty, why=TAKEN_OUT if new else DELETED)
        elif duty.unit.name not in moved:
            yield Ended(duty=duty, why=DROPPED)
