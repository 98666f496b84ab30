"""Since when a task is in force, and each of its fixed periods: written once, never changed."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import Connection, select

from gkbot.ledger.database import Database
from gkbot.ledger.tables import SEEN
from gkbot.planning import fixed_periods
from gkbot.rulebook.values import Rulebook

Tasks = Rulebook | Collection[str]


def mark_seen(database: Database, connection: Connection, tasks: Tasks, day: date) -> None:
    """Note `day` as the first day of the tasks and fixed periods that were never seen."""
    known = {(task, period) for task, period in connection.execute(select(SEEN.c.task, SEEN.c.period))}
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
