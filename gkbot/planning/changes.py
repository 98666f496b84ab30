"""What changes between two versions of the rule book: tasks, units, due days, and which of it is dangerous."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import zip_longest

from gkbot.planning.duties import duties
from gkbot.planning.occurrences import fixed_occurrences, opened_occurrences, recurring_occurrences
from gkbot.planning.past import Past
from gkbot.planning.task_words import differences, same_words
from gkbot.planning.values import CLOSED, History
from gkbot.rulebook.values import Rulebook, Task

MOST_GONE = 0.3  # more than this part of the duties at once is more often a slip than meant
DutyName = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A due day that moved; None where there was none, or is none any more.

    Attributes:
        by_calendar: The words stayed the same, so the holidays moved it.
    """

    old: date | None
    new: date | None
    by_calendar: bool = False

    @property
    def is_earlier(self) -> bool:
        """Whether less time is left than before."""
        return self.old is not None and self.new is not None and self.new < self.old

    def __str__(self) -> str:
        if self.old is None or self.new is None:
            return f"新增截止日 {self.new}" if self.new else f"不再有截止日 {self.old}"
        why = "，放假安排变化" if self.by_calendar else ""
        return f"截止 {self.old} → {self.new}（{'提前' if self.is_earlier else '推后'}{why}）"


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskChange:
    """A task that was changed, added (no `old`) or removed (no `new`).

    Attributes:
        what: What differs, a sentence each.
        settled: Days that were provisional and are sure now, though they stayed.
        open_duties: Duties of the old task that somebody still has to do.
    """

    old: Task | None
    new: Task | None
    what: tuple[str, ...] = ()
    moves: tuple[Move, ...] = ()
    settled: int = 0
    open_duties: int = 0

    @property
    def task(self) -> Task:
        """The task as it is now; the old one where it is gone."""
        found = self.new or self.old
        assert found is not None  # noqa: S101 - one of them is always there
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """Everything that differs in the tasks of two rule books.

    Attributes:
        before, gone, come: Duties (task and unit) of live documents: how many there were, how many go and come.
    """

    tasks: tuple[TaskChange, ...]
    before: int
    gone: int
    come: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Danger:
    """A change that a person should have meant.

    Attributes:
        text: One Chinese sentence.
        folder: Of the office it concerns.
    """

    text: str
    folder: str


def touched(old: Rulebook, new: Rulebook) -> frozenset[str]:
    """Ids of the tasks that are not the same in both."""
    ids = old.tasks_by_id.keys() | new.tasks_by_id.keys()
    return frozenset(task_id for task_id in ids if not _is_same(old.task(task_id), new.task(task_id)))


def compare(old: Rulebook, new: Rulebook, history: History, day: date) -> Changes:
    """Compare the tasks of two rule books as of `day`.

    Args:
        history: Of the tasks that `touched` names, at least.
    """
    ids = touched(old, new) if old.calendar is new.calendar else old.tasks_by_id.keys() | new.tasks_by_id.keys()
    order = [*new.tasks, *(task for task in old.tasks if task.id not in new.tasks_by_id)]
    past = Past.of(history)
    days = _Days(old, new, past, history, day)
    found = (days.change(old.task(task.id), new.task(task.id)) for task in order if task.id in ids)
    before, after = _live(old, day), _live(new, day)
    kept = _duties(task for task in new.tasks if task.id in ids)
    gone = len(_duties(task for task in before if task.id in ids) - kept)
    counts = [sum(len(task.assignments) for task in some) for some in (before, after)]
    return Changes(
        tasks=tuple(each for each in found if each.what or each.moves or each.settled),
        before=counts[0],
        gone=gone,
        come=max(0, counts[1] - counts[0] + gone),
    )


def dangers(changes: Changes) -> tuple[Danger, ...]:
    """What must not come into force unless a person says so; in document order."""
    found = [danger for change in changes.tasks for danger in _dangers_of(change)]
    if changes.before and changes.gone > MOST_GONE * changes.before:
        share = round(100 * changes.gone / changes.before)
        text = f"{changes.before}项责任中有{changes.gone}项（{share}%）不见了"
        folders = dict.fromkeys(change.task.document.folder for change in changes.tasks if change.open_duties)
        found += [Danger(text=text, folder=folder) for folder in folders or {"": None}]
    return tuple(found)


def _dangers_of(change: TaskChange) -> Iterator[Danger]:
    folder, name = change.task.document.folder, f"{change.task.id}（{change.task.title}）"
    if not change.open_duties:
        return
    if change.new is None:
        yield Danger(text=f"{name}被删除，还有{change.open_duties}项责任没有办结", folder=folder)
    for move in change.moves:
        if move.is_earlier:
            why = "（放假安排变化）" if move.by_calendar else ""
            yield Danger(text=f"{name}的截止日提前：{move.old} → {move.new}{why}", folder=folder)
        elif move.new is None and change.new is not None:
            yield Danger(text=f"{name}不再有截止日{move.old}", folder=folder)


class _Days:
    """Compares single tasks, with the calendars and the past at hand."""

    def __init__(self, old: Rulebook, new: Rulebook, past: Past, history: History, day: date) -> None:
        self.old = old
        self.new = new
        self.past = past
        self.history = history
        self.day = day

    def change(self, old: Task | None, new: Task | None) -> TaskChange:
        """What differs; for a task that is new or gone, its due days."""
        if old is None and new is not None:
            days = [Move(old=None, new=due) for due, _ in self._dues(new, self.new)]
            return TaskChange(old=None, new=new, what=("新增任务",), moves=tuple(days))
        assert old is not None  # noqa: S101 - one of them is always there
        if new is None:
            return TaskChange(old=old, new=None, what=("删除任务",), open_duties=self._open(old))
        before, after = self._dues(old, self.old), self._dues(new, self.new)
        by_calendar = same_words(old, new)
        pairs = list(zip_longest(before, after, fillvalue=(None, False)))
        moves = tuple(
            Move(old=a, new=b, by_calendar=by_calendar)
            for (a, _), (b, _) in pairs
            if a != b and max(filter(None, (a, b))) >= self.day
        )
        settled = sum(a == b and was and not still for (a, was), (b, still) in pairs)
        what = tuple(differences(old, new))
        open_duties = self._open(old) if moves else 0
        return TaskChange(old=old, new=new, what=what, moves=moves, settled=settled, open_duties=open_duties)

    def _open(self, task: Task) -> int:
        found = duties(self.old, self.history, self.day, tasks=[task])
        return sum(duty.status not in CLOSED for duty in found)

    def _dues(self, task: Task, book: Rulebook) -> list[tuple[date | None, bool]]:
        """Due days in the order of the words, of this year and the next where they recur; each with 暂定."""
        if task.document.is_archived(self.day):
            return []
        first, last = date(self.day.year, 1, 1), date(self.day.year + 2, 1, 1)
        found = [
            *fixed_occurrences(task, book.calendar),
            *opened_occurrences(task, book.calendar, self.past.events_of(task), self.history.zone),
            *recurring_occurrences(task, book.calendar, first, last),
        ]
        return [(each.due, each.provisional) for each in found]


def _live(book: Rulebook, day: date) -> list[Task]:
    return [task for task in book.tasks if not task.document.is_archived(day)]


def _duties(tasks: Iterable[Task]) -> set[DutyName]:
    return {(task.id, assignment.unit.name) for task in tasks for assignment in task.assignments}


def _is_same(old: Task | None, new: Task | None) -> bool:
    return old is new or old == new
