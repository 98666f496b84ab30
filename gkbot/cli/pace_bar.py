"""A progress bar while messages wait for their channel's pace, on standard error where that is a terminal."""

import sys
from typing import TYPE_CHECKING, Any

from gkbot.cli.output import say

if TYPE_CHECKING:
    from gkbot.ledger import Pace


class PaceBar:
    """Shown from the first wait on; says so once where there is no terminal."""

    def __init__(self) -> None:
        self._bar: Any = None
        self._task: Any = None
        self._total = 0

    def __enter__(self) -> "PaceBar":
        """Nothing is shown yet."""
        return self

    def __exit__(self, *_exception: object) -> None:
        """Take the bar away."""
        if self._bar is not None:
            self._bar.stop()

    def __call__(self, pace: "Pace") -> None:
        """Tell how many still wait."""
        first = not self._total
        self._total = max(self._total, pace.waiting)
        if not sys.stderr.isatty():
            if first:
                say(f"渠道限速，还有 {pace.waiting} 条陆续发送，请稍候。")
            return
        if self._bar is None:
            self._start()
        self._bar.update(self._task, total=self._total, completed=self._total - pace.waiting)

    def _start(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        columns = (TextColumn("渠道限速，陆续发送"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        self._bar = Progress(*columns, console=Console(stderr=True), transient=True)
        self._task = self._bar.add_task("")
        self._bar.start()
