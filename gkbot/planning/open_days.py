"""On which days an office may send: days that are worked, less those on which it is closed (停止办公).

Deadlines are reckoned by the calendar alone: a closure moves what is sent, never what is due.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Self

from gkbot.deadline import Calendar
from gkbot.rulebook.names import upward
from gkbot.rulebook.values import Closure, Rulebook, Task


@dataclass(slots=True)
class OpenDays:
    """The days open of every folder, each worked out once; the calendar itself where nothing is closed."""

    calendar: Calendar
    closures: tuple[Closure, ...]
    folders: frozenset[str]
    _known: dict[str, Calendar] = field(default_factory=dict)
    _anywhere: Calendar | None = None

    @classmethod
    def of(cls, book: Rulebook) -> Self:
        """Those of a rule book; the offices are the folders that documents lie in."""
        folders = frozenset(document.folder for document in book.documents) or frozenset({""})
        return cls(book.calendar, book.closures, folders)

    def in_folder(self, folder: str) -> Calendar:
        """The days open of a folder: its own closures count, and those of the folders above."""
        if not self.closures:
            return self.calendar
        known = self._known.get(folder)
        if known is None:
            above = set(upward(folder))
            rest = {day: found.name for found in self.closures if found.folder in above for day in found.days()}
            known = self._known[folder] = self.calendar.with_days(rest=rest) if rest else self.calendar
        return known

    def anywhere(self) -> Calendar:
        """The days on which some office is open; a day on which all are closed is a rest day."""
        if not self.closures:
            return self.calendar
        if self._anywhere is None:
            named = {day: found.name for found in self.closures for day in found.days()}
            closed = {
                day: name
                for day, name in named.items()
                if not any(self.in_folder(folder).is_workday(day) for folder in self.folders)
            }
            self._anywhere = self.calendar.with_days(rest=closed) if closed else self.calendar
        return self._anywhere

    def for_tasks(self, tasks: Iterable[Task | None]) -> Calendar:
        """The days open for a message: those of the first task's office, or of any office where it names none."""
        first = next((task for task in tasks if task is not None), None)
        return self.anywhere() if first is None else self.in_folder(first.document.folder)

    def is_closed(self, folder: str, day: date) -> bool:
        """Whether a working day is none in this folder."""
        return bool(self.closures) and self.calendar.is_workday(day) and not self.in_folder(folder).is_workday(day)

    def shut_before(self, day: date) -> tuple[date, ...]:
        """The days right before `day` on which no office was open, though days are counted; none as a rule."""
        found = []
        before = day - timedelta(days=1)
        while self.closures and not self.anywhere().is_workday(before):
            found.append(before)
            before -= timedelta(days=1)
        return tuple(found)

    @property
    def slack(self) -> timedelta:
        """How far closures can move what is sent, at most."""
        return sum((found.end - found.first for found in self.closures), timedelta())
