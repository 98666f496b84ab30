"""Rule files: tasks, units, reminder plans, calendars; every mistake a value with place, cause and cure."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from gkbot.rulebook.codes import CODES, Code
from gkbot.rulebook.formatting import format_problem
from gkbot.rulebook.loading import Loader, digest
from gkbot.rulebook.values import (
    DEFAULT_PLAN,
    Admin,
    Assignment,
    Closure,
    Confirmation,
    Contact,
    Document,
    Group,
    LoadResult,
    Place,
    Problem,
    ReminderPlan,
    Role,
    Rulebook,
    Severity,
    SourceFile,
    Task,
    Trigger,
    Unit,
)

__all__ = [
    "CODES",
    "DEFAULT_PLAN",
    "Admin",
    "Assignment",
    "Closure",
    "Code",
    "Confirmation",
    "Contact",
    "Document",
    "Group",
    "LoadResult",
    "Loader",
    "Place",
    "Problem",
    "ReminderPlan",
    "Role",
    "Rulebook",
    "Severity",
    "SourceFile",
    "Task",
    "Trigger",
    "Unit",
    "digest",
    "format_problem",
    "load",
    "load_files",
]


def load(root: Path, today: date | None = None) -> LoadResult:
    """Read every rule file under `root`, or the one file that it is.

    Args:
        root: As users name it; problems show paths beginning with it.
        today: Tells which documents are archived: of those only errors are shown. None treats all as live.
    """
    return Loader().load(root, today)


def load_files(files: Mapping[str, bytes], today: date | None = None, *, shown_root: str = "") -> LoadResult:
    """The same for files that are at hand already: path within the rules folder → bytes."""
    return Loader().load_files(files, today, shown_root=shown_root)
