"""An office at work: its settings, the rule book in force, the ledger and the channels."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from gkbot.clock import Clock
from gkbot.errors import RulesBroken, SettingsError, TaskNotFound, UnitNotFound
from gkbot.ledger import Ledger
from gkbot.planning import Channels, History
from gkbot.rulebook import Problem, Rulebook, load, load_files
from gkbot.rulebook.values import SourceFile, Task, Unit
from gkbot.service.groups import channels_of
from gkbot.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """What a command or the service works with.

    Attributes:
        ledger: None for a command that only reads, before anything was ever recorded.
        problems: Warnings and hints of the rule files in force.
        files: The rule files as they were read.
    """

    settings: Settings
    clock: Clock
    book: Rulebook
    ledger: Ledger | None
    problems: tuple[Problem, ...] = ()
    files: tuple[SourceFile, ...] = ()

    @property
    def channels(self) -> Channels:
        """The real channels that are configured."""
        return channels_of(self.settings)

    def history(self) -> History:
        """What has happened so far; nothing before the first check."""
        if self.ledger is None:
            return History()
        return replace(self.ledger.history(), withdrawals=self.ledger.withdrawals())

    def task(self, task_id: str) -> Task:
        """The task of this id.

        Raises:
            TaskNotFound: There is none; near ids are named.
        """
        task = self.book.task(task_id)
        if task is None:
            raise TaskNotFound(task_id, self.book.near_tasks(task_id))
        return task

    def unit_of(self, task: Task, name: str) -> Unit:
        """The unit of this name or alias, which must have a part in the task.

        Raises:
            UnitNotFound: No unit is called so, or the task is none of its business.
        """
        unit = self.book.resolve_unit(name, folder=task.document.folder)
        if unit is None:
            raise UnitNotFound(name, self.book.near_units(name))
        if unit.name not in {assignment.unit.name for assignment in task.assignments}:
            parts = [assignment.unit.name for assignment in task.assignments]
            raise UnitNotFound(name, parts[:5], task_id=task.id)
        return unit


def rules_folder(settings: Settings) -> Path:
    """The folder of the rule files.

    Raises:
        SettingsError: It is missing or cannot be read.
    """
    root = settings.rules
    if not root.is_dir() or not os.access(root, os.R_OK | os.X_OK):
        cure = "请建立这个文件夹，或用 GKBOT_RULES 指定规则文件所在的文件夹。"
        raise SettingsError("GKBOT_RULES", f"没有可读的文件夹 {root}", cure)
    return root


@contextmanager
def open_office(settings: Settings, clock: Clock, *, writes: bool) -> Iterator[Office]:
    """The office as its files stand now.

    Args:
        writes: Create the ledger if need be, and go on with the last good rules where the files are
            broken. A command that only reads leaves no trace, and shows the files as they are.

    Raises:
        RulesBroken: The rule files hold errors.
        SettingsError: A folder or the database cannot be used.
    """
    result = load(rules_folder(settings), clock.today())
    ledger = None
    if writes or _has_ledger(settings.database_url):
        ledger = Ledger.open(settings.database_url, clock=clock)
    try:
        book = result.book or (_last_good(ledger, settings, clock) if writes and ledger else None)
        if book is None:
            raise RulesBroken(result.errors)
        problems, files = result.problems, result.files
        yield Office(settings=settings, clock=clock, book=book, ledger=ledger, problems=problems, files=files)
    finally:
        if ledger is not None:
            ledger.close()


def _last_good(ledger: Ledger, settings: Settings, clock: Clock) -> Rulebook | None:
    """The rule book in force: what people report must not wait until somebody has mended a file."""
    kept = ledger.active_rulebook()
    return None if kept is None else load_files(kept, clock.today(), shown_root=str(settings.rules)).book


def _has_ledger(url: str) -> bool:
    """Whether something was ever recorded; a server's database is taken to be there."""
    scheme, _, path = url.partition(":///")
    return scheme != "sqlite" or Path(path.partition("?")[0]).is_file()
