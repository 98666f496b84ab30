"""Which tasks fall due on which day of a stretch."""

from datetime import date, timedelta

from gkbot.planning.duties import duties
from gkbot.planning.occurrences import recurring_occurrences
from gkbot.planning.values import CLOSED, History, Status
from gkbot.rulebook.values import Rulebook

ONE_DAY = timedelta(days=1)


def due_days(book: Rulebook, history: History, first: date, last: date) -> dict[date, tuple[str, ...]]:
    """Ids of the tasks due on each day from `first` to `last`, both inclusive, in document order; closed ones not."""
    found: dict[date, dict[str, None]] = {}
    for task in book.tasks:
        if task.document.issued > last or task.document.is_archived(last):
            continue
        rhythm = recurring_occurrences(task, book.calendar, first, last + ONE_DAY)
        standing = duties(book, history, last, tasks=[task])
        closed = {duty.period for duty in standing} - {d.period for d in standing if d.status not in CLOSED}
        days = [duty.due for duty in standing if duty.period not in closed and duty.status is not Status.WAITING]
        days += [occurrence.due for occurrence in rhythm if occurrence.period not in closed]
        for day in days:
            if day is not None and first <= day <= last:
                found.setdefault(day, {})[task.id] = None
    return {day: tuple(tasks) for day, tasks in found.items()}
