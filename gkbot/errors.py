"""The tree of exceptions that a caller may want to tell apart.

    GkbotError
    ├── SettingsError        an environment variable is missing, unknown or unreadable
    ├── UsageError           a command was asked for something that is not there
    │   ├── TaskNotFound
    │   ├── UnitNotFound
    │   └── PeriodNotFound
    ├── RulesBroken          the rule files hold errors; carries the problems
    ├── CannotEdit           a rule file is written in a way that no command can edit
    ├── WorkbookRefused      a workbook cannot be read at all
    ├── LedgerError          the database cannot be used as it is
    │   ├── LedgerBusy
    │   │   └── LedgerConflict
    │   └── LedgerOutdated
    └── TemplateError        a template cannot be used

Mistakes in a user's rule file are no exceptions but values (`gkbot.rulebook.Problem`).
Constructors take facts and make the Chinese text that users read.
"""

from collections.abc import Sequence


class GkbotError(Exception):
    """Root of everything gkbot raises on purpose; its text is for users."""


class SettingsError(GkbotError):
    """A setting is missing, unknown or unreadable."""

    def __init__(self, name: str, problem: str, cure: str) -> None:
        super().__init__(f"设置 {name}：{problem}。{cure}")
        self.name = name


class UsageError(GkbotError):
    """A command was asked for something that is not there."""


class TaskNotFound(UsageError):
    """No task has this id."""

    def __init__(self, task_id: str, near: Sequence[str] = ()) -> None:
        hint = f"是不是：{'、'.join(near)}？" if near else "用 gkbot tasks 查看全部编号。"
        super().__init__(f"没有编号为“{task_id}”的任务。{hint}")


class UnitNotFound(UsageError):
    """No unit has this name, or the task is none of its business."""

    def __init__(self, name: str, near: Sequence[str] = (), *, task_id: str | None = None) -> None:
        what = f"任务 {task_id} 不涉及单位“{name}”。" if task_id else f"没有名为“{name}”的单位。"
        hint = f"是不是：{'、'.join(near)}？" if near else "单位写在 units.yaml 里。"
        super().__init__(what + hint)


class PeriodNotFound(UsageError):
    """The task has no such period, or the period must be named."""

    def __init__(self, task_id: str, period: str | None, known: Sequence[str]) -> None:
        what = f"任务 {task_id} 没有周期“{period}”。" if period else f"任务 {task_id} 有多个周期，请用 --period 指明。"
        super().__init__(what + (f"可选：{'、'.join(known)}" if known else "目前没有任何周期（事件尚未发生）。"))


class RulesBroken(GkbotError):
    """The rule files hold errors, so no rule book can be made of them."""

    def __init__(self, problems: Sequence[object]) -> None:
        super().__init__(f"规则文件有 {len(problems)} 处问题，请用 gkbot check 逐条查看并改正。")
        self.problems = tuple(problems)


class CannotEdit(GkbotError):
    """A rule file is written in a way that no command can edit; a person must. Lines count from 0."""

    def __init__(self, reason: str, line: int | None = None) -> None:
        where = "" if line is None else f"第{line + 1}行"
        super().__init__(f"{where}{reason}")
        self.reason = reason
        self.line = line


class WorkbookRefused(GkbotError):
    """A workbook cannot be read at all; the text says what to do."""

    def __init__(self, name: str, reason: str, cure: str) -> None:
        super().__init__(f"{name}：{reason}。{cure}。")


class LedgerError(GkbotError):
    """The database cannot be used as it is."""


class LedgerBusy(LedgerError):
    """Another instance holds the ledger."""


class LedgerConflict(LedgerBusy):
    """Another transaction came in between; nothing was written, and the same may be done again at once."""


class LedgerOutdated(LedgerError):
    """The schema is newer or older than this program can handle."""


class TemplateError(GkbotError):
    """A template cannot be used; the text names file, line and cause."""
