"""The history, arranged for looking things up by task."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Self

from gkbot.planning.values import Event, EventKind, History
from gkbot.rulebook.values import Task

SHIFTING = frozenset(
    {
        EventKind.EXTENDED,
        EventKind.OCCURRED,
        EventKind.ADOPTED,
        EventKind.REOPENED,
        EventKind.ASSIGNED,
        EventKind.WITHDRAWN,
        EventKind.RESCHEDULED,
    }
)  # kinds that bring days of their own; the others only silence


@dataclass(slots=True, kw_only=True)
class Past:
    """What has happened and since when things are known.

    Attributes:
        events: Of each task, in order of recording.
        shifted: Tasks whose days do not follow from the rule file alone.
        tracked: Tasks of which the periods seen are kept.
    """

    first_seen: dict[str, date]
    periods_seen: dict[tuple[str, str], date]
    events: dict[str, list[Event]] = field(default_factory=dict)
    shifted: set[str] = field(default_factory=set)
    tracked: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, history: History) -> Self:
        """Arrange a history."""
        past = cls(
            first_seen=dict(history.first_seen),
            periods_seen=dict(history.periods_seen),
            tracked={task for task, _ in history.periods_seen},
        )
        for event in _in_order(history.events):
            past.events.setdefault(event.task, []).append(event)
            if event.kind in SHIFTING:
                past.shifted.add(event.task)
        return past

    def events_of(self, task: Task) -> list[Event]:
        """What was recorded about a task, in order."""
        return self.events.get(task.id, [])

    def task_since(self, task: Task, day: date) -> date:
        """First day on which the task was in force; `day` for a task never seen before."""
        return max(self.first_seen.get(task.id, day), task.document.issued)

    def period_since(self, task: Task, period: str, day: date) -> date:
        """First day on which a fixed due day of the task was known."""
        since = self.task_since(task, day)
        if task.id in self.tracked:
            return max(since, self.periods_seen.get((task.id, period), day))
        return since


def _in_order(events: Iterable[Event]) -> list[Event]:
    return sorted(events, key=lambda event: event.id)
