"""What was told already, arranged for asking; it grows as days are planned one after another."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Self

from gkbot.planning.agenda import CATCH_UP_DAYS
from gkbot.planning.recipients import Address, normal_address
from gkbot.planning.stages import LETTERS
from gkbot.planning.values import Duty, Told

ONE_DAY = timedelta(days=1)
NEW = "new"  # told once for each task and unit, whatever the period
ALIVE = "alive-"  # a sign of life; it serves nobody: what else the day brings is said all the same
FADING = (
    NEW,
    ALIVE,
    "before-",
    "due",
    "overdue-",
    *LETTERS,
    "office-",
)  # forgotten once no catch-up can reach them; announcements stay

Mark = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """The stage days that may be told today: `after < day <= until`.

    Attributes:
        last_scan: Last day looked at before; None for the first time.
    """

    after: date
    until: date
    last_scan: date | None

    @classmethod
    def of(cls, last_scan: date | None, day: date) -> Self:
        """From a week before the last scan to `day`; a scan on or after `day` counts as the day before."""
        if last_scan is not None:
            last_scan = min(last_scan, day - ONE_DAY)
        return cls(after=(last_scan or day - ONE_DAY) - CATCH_UP_DAYS, until=day, last_scan=last_scan)

    def holds(self, day: date) -> bool:
        """Whether a stage of `day` may be told today."""
        return self.after < day <= self.until

    def days(self) -> Iterable[date]:
        """Every day of the window."""
        return (self.after + timedelta(days=count) for count in range(1, (self.until - self.after).days + 1))

    def off(self) -> tuple[date, date] | None:
        """First and last day that nobody looked at; None when there is none."""
        if self.last_scan is None or self.until - self.last_scan <= ONE_DAY:
            return None
        return self.last_scan + ONE_DAY, self.until - ONE_DAY


@dataclass(slots=True)
class Memory:
    """The marks of what was told, and who was told something on the day at hand.

    Attributes:
        said: What admins were told that is about no task, such as broken rule files.
    """

    marks: set[Mark] = field(default_factory=set)
    served: set[tuple[Address, str]] = field(default_factory=set)
    said: dict[Address, set[str]] = field(default_factory=dict)
    _fading: deque[tuple[date, Mark]] = field(default_factory=deque)

    @classmethod
    def of(cls, told: Iterable[Told], day: date) -> Self:
        """Arrange what the ledger knows, for planning `day`."""
        memory = cls()
        for entry in told:
            memory.note(entry, day)
        return memory

    def note(self, told: Told, day: date) -> None:
        """Remember that something was told."""
        address = normal_address(told.channel, told.address)
        mark = _mark(address, told.task, told.unit, told.period or "", told.revision, told.stage)
        if mark not in self.marks:
            self.marks.add(mark)
            if told.stage.startswith(FADING):
                self._fading.append((told.day or day, mark))
        if not told.task:
            self.said.setdefault(address, set()).add(told.stage)
        if told.day == day and not told.stage.startswith(ALIVE):
            self.served.add((address, told.stage if told.stage in LETTERS else ""))

    def knows(self, address: Address, duty: Duty, stage: str) -> bool:
        """Whether a recipient was told a stage of a duty."""
        return _mark(address, duty.task.id, duty.unit.name, duty.period or "", duty.revision, stage) in self.marks

    def is_served(self, address: Address, *, letter: str = "") -> bool:
        """Whether the recipient was told something on the day at hand already, or a draft to it written."""
        return (address, letter) in self.served

    def next_day(self, oldest: date) -> None:
        """Go on to another day, and forget what was told before `oldest`, which no catch-up can reach any more."""
        self.served.clear()
        while self._fading and self._fading[0][0] < oldest - ONE_DAY:
            self.marks.discard(self._fading.popleft()[1])


def _mark(address: Address, task: str, unit: str, period: str, revision: int, stage: str) -> Mark:
    if stage == NEW:
        return (*address, task, unit, stage)
    return (*address, task, unit, period, str(revision), stage)
