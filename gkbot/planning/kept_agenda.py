"""The agenda of the rule book in force, kept from one day to the next: a service makes it once."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from gkbot.planning.agenda import Agenda
from gkbot.planning.duties import duty_of, is_current, task_duties
from gkbot.planning.folding import Today
from gkbot.planning.past import Past
from gkbot.planning.plan import agenda_for
from gkbot.planning.values import Duty, History
from gkbot.rulebook.values import Rulebook

KEPT_DAYS = timedelta(days=31)


@dataclass(slots=True)
class KeptAgenda:
    """Made anew where the rule book changed, or its days have run out."""

    _agenda: Agenda | None = field(default=None)
    _last: date = date.min

    def of(self, book: Rulebook, history: History, day: date) -> Agenda:
        """The agenda for planning `day`, good for some weeks after it."""
        kept = self._agenda
        if kept is None or kept.book.digest != book.digest or day > self._last:
            kept = self._agenda = agenda_for(book, history, day, day + KEPT_DAYS)
            self._last = day + KEPT_DAYS
        return kept


def due_on(agenda: Agenda, history: History, day: date) -> list[Duty]:
    """The duties that fall due on a day; it costs what falls due then, and what events have shifted."""
    past = Past.of(history)
    today = Today(day=day, zone=history.zone, calendar=agenda.book.calendar)
    shifted = [task for task in agenda.live.values() if task.id in past.shifted]
    found = [duty for task in shifted for duty in task_duties(task, past, today)]
    for (_, due, _), occurrences in agenda.groups.items():
        if due == day:
            found += [
                duty_of(occurrence, assignment, past, today)
                for occurrence in occurrences
                if occurrence.task.id not in past.shifted and is_current(occurrence, past, day)
                for assignment in occurrence.task.assignments
            ]
    return [duty for duty in found if duty.due == day]
