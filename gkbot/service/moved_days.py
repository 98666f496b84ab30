"""Due days that a new holiday notice has moved are recorded as moved, so that planning says so once."""

from dataclasses import dataclass, field, replace
from datetime import date

from gkbot.clock import Clock
from gkbot.ledger import Ledger
from gkbot.planning import EventKind, History, NewEvent
from gkbot.planning.rescheduling import LONGEST_MOVE, Rescheduled, depends_on_holidays, rescheduled
from gkbot.rulebook import Rulebook

ACTOR = "放假安排"


@dataclass(slots=True)
class MovedDays:
    """Looks once for each rule book: as long as it stays in force, its days stay, too."""

    _looked_at: str = field(default="")

    def record(self, book: Rulebook, ledger: Ledger, history: History, clock: Clock, day: date) -> History:
        """The history with what has moved since people were told of it."""
        if book.digest == self._looked_at:
            return history
        tasks = [task.id for task in book.tasks if depends_on_holidays(task)]
        told = ledger.days_told(tasks, day - LONGEST_MOVE) if tasks else ()
        found = rescheduled(book, history, day, told)
        if found:
            ledger.record_all([_event(each, clock) for each in found])
            history = replace(history, events=ledger.history(book).events)
        self._looked_at = book.digest
        return history


def _event(found: Rescheduled, clock: Clock) -> NewEvent:
    task, unit, period = found.duty.key
    return NewEvent(
        kind=EventKind.RESCHEDULED,
        task=task,
        unit=unit,
        period=period,
        at=clock.now(),
        actor=ACTOR,
        until=found.duty.due,
        occurred_on=found.told,
    )
