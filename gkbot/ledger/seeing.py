"""Since when a task is in force, and each of its fixed periods: written once.

Only a day to come, for which a person called a check, gives way to the day on which it is really seen.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import Connection, delete, func, select

from gkbot.ledger.database import Database
from gkbot.ledger.tables import SEEN
from gkbot.planning import fixed_periods
from gkbot.rulebook.values import Rulebook

Tasks = Rulebook | Collection[str]
Seen = Mapping[tuple[str, str], date]
"""First day in force by task and period; "" for the task itself."""


@dataclass(slots=True)
class Sight:
    """What was seen, kept in memory: rows are only ever added, or lose a day to come, so number and last day tell."""

    _kept: tuple[tuple[int, date | None], Seen] = field(default=((0, None), {}))
    _noted: str = ""

    def seen(self, connection: Connection) -> Seen:
        """All of it; not to be asked by a transaction that has added some."""
        sign = tuple(connection.execute(select(func.count(), func.max(SEEN.c.day)).select_from(SEEN)).one())
        known, found = self._kept
        if sign != known:
            rows = connection.execute(select(SEEN.c.task, SEEN.c.period, SEEN.c.day))
            found = {(task, period): day for task, period, day in rows}
            self._kept = (len(found), max(found.values(), default=None)), found
        return found

    def is_noted(self, tasks: Tasks, seen: Seen) -> bool:
        """Whether all of a rule book was noted by this process before."""
        if not isinstance(tasks, Rulebook) or tasks.digest != self._noted:
            return False
        return all((task.id, "") in seen for task in tasks.tasks)

    def note(self, tasks: Tasks) -> None:
        """All of a rule book stands in the database now."""
        if isinstance(tasks, Rulebook):
            self._noted = tasks.digest


def mark_seen(
    database: Database, connection: Connection, tasks: Tasks, day: date, *, sight: Sight | None = None
) -> None:
    """Note `day` as the first day of the tasks and fixed periods that were never seen."""
    sight = sight or Sight()
    connection.execute(delete(SEEN).where(SEEN.c.day > max(day, database.latest_day())))
    known = sight.seen(connection)
    if sight.is_noted(tasks, known):
        return
    names: list[tuple[str, str]] = [(task, "") for task in ids_of(tasks)]
    if isinstance(tasks, Rulebook):
        names += fixed_periods(tasks)
    fresh = [
        {"task": task, "period": period, "day": day}
        for task, period in dict.fromkeys(names)
        if (task, period) not in known
    ]
    database.insert_new(connection, SEEN, fresh, ["task", "period"])


def ids_of(tasks: Tasks) -> Collection[str]:
    """The ids of a book's tasks, or the ids themselves."""
    return {task.id for task in tasks.tasks} if isinstance(tasks, Rulebook) else set(tasks)
