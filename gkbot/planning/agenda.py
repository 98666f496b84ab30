"""An index of working days to the due days spoken of on them, so that a day costs what is due on it.

A rule book's timetables follow from the rule files alone, except for the few tasks whose days were
shifted by events. So the timetable of each (reminder plan, due day) is worked out once and hung on its
days; which units are spared, and which days were shifted, is looked up on a hit only.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Self

from gkbot.planning.occurrences import Occurrence, fixed_occurrences, recurring_occurrences
from gkbot.planning.open_days import OpenDays
from gkbot.planning.stages import Timetables, days_ahead, days_behind
from gkbot.rulebook.values import ReminderPlan, Rulebook, Task

CATCH_UP_DAYS = timedelta(days=7)  # what lies further back than this before the last scan is not made up for
Group = tuple[ReminderPlan, date, str]  # the folder counts only where some office is closed on some day


@dataclass(slots=True)
class Agenda:
    """The due days of a rule book that are spoken of between two days.

    Attributes:
        first, last: Days for which the agenda holds, both inclusive.
        order: Place of each task in the documents.
        live: Tasks of the documents that are not archived before `first`.
        fixed: All due days that come once, with the keys of their periods.
    """

    book: Rulebook
    first: date
    last: date
    timetables: Timetables
    order: dict[str, int]
    live: dict[str, Task] = field(default_factory=dict)
    fixed: dict[tuple[str, str], Occurrence] = field(default_factory=dict)
    groups: dict[Group, list[Occurrence]] = field(default_factory=dict)
    by_day: dict[date, list[Group]] = field(default_factory=dict)

    @classmethod
    def of(cls, book: Rulebook, first: date, last: date) -> Self:
        """Index a rule book for the days `first` to `last`; documents archived before them are left out."""
        agenda = cls(
            book=book,
            first=first,
            last=last,
            timetables=Timetables(OpenDays.of(book)),
            order={task.id: place for place, task in enumerate(book.tasks)},
        )
        for task in book.tasks:
            if not task.document.is_archived(first):
                agenda._take(task)
        agenda._hang()
        return agenda

    @property
    def open_days(self) -> OpenDays:
        """On which days the offices may send."""
        return self.timetables.open_days

    def holds(self, first: date, last: date) -> bool:
        """Whether the agenda can be asked for these days."""
        return self.first <= first and last <= self.last

    def spoken_of(self, days: Iterable[date]) -> Iterator[Occurrence]:
        """The occurrences that have a stage on one of the days, each once."""
        groups = {group: None for day in days for group in self.by_day.get(day, ())}
        for group in groups:
            yield from self.groups[group]

    def past_due(self, day: date) -> Iterator[Occurrence]:
        """The fixed due days before `day`."""
        return (occurrence for occurrence in self.fixed.values() if occurrence.due < day)

    def periods_of(self, task: Task) -> tuple[str, ...]:
        """The fixed periods of a task."""
        return tuple(found.period for found in fixed_occurrences(task, self.book.calendar))

    def _take(self, task: Task) -> None:
        calendar = self.book.calendar
        self.live[task.id] = task
        for occurrence in fixed_occurrences(task, calendar):
            self.fixed[task.id, occurrence.period] = occurrence
            self._group(task, occurrence)
        first = self.first - timedelta(days=days_behind(task.plan)) - self.open_days.slack
        last = self.last + timedelta(days=days_ahead(task.plan)) + self.open_days.slack
        for occurrence in recurring_occurrences(task, calendar, first, last):
            self._group(task, occurrence)

    def _group(self, task: Task, occurrence: Occurrence) -> None:
        folder = task.document.folder if self.open_days.closures else ""
        self.groups.setdefault((task.plan, occurrence.due, folder), []).append(occurrence)

    def _hang(self) -> None:
        """Hang each group on the days of its timetable that lie within the agenda."""
        for group in self.groups:
            plan, due, folder = group
            nearest = self.first - timedelta(days=days_behind(plan)) - self.open_days.slack
            if nearest <= due <= self.last + timedelta(days=days_ahead(plan)) + self.open_days.slack:
                for day in self.timetables.of(plan, due, due, folder).days():
                    self.by_day.setdefault(day, []).append(group)
