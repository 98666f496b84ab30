"""The message templates in force: read again when they change, the last good ones kept when they break.

Whoever looks after them hears of it: of files that cannot be used each day until they are mended, and
of a template that failed on a real message, for which plain text went out instead.
"""

import logging
import threading
from datetime import date
from pathlib import Path

from gkbot.ledger import Facts
from gkbot.notices import Message, Templates
from gkbot.planning import Condition
from gkbot.service.sending import renderer
from gkbot.service.stamps import Stamp, stamp_of
from gkbot.settings import Settings
from gkbot.shipped import chosen_or_shipped

log = logging.getLogger("gkbot.templates")

BROKEN, FAILED = "templates-broken", "templates-failed"
MOST_TOLD = 10
MENDED = "套用失败的消息模板已经改过，现在用新的；再有失败会另行告知。"


class TemplateKeeper:
    """Keeps one set of templates in force through edits, good and bad; renders with it."""

    def __init__(self, settings: Settings) -> None:
        """Stand on the office's folder, or the shipped one where it has none; reads at once."""
        self._settings = settings
        self._stamp: Stamp | None = None
        self._templates: Templates | None = None
        self._broken: tuple[str, ...] = ()
        self._failed: dict[str, None] = {}
        self._is_mended = False
        self._lock = threading.Lock()
        self.refresh()

    def refresh(self) -> None:
        """Read the files if they changed; broken ones do not take the place of good ones."""
        folder = chosen_or_shipped(self._settings.templates, "templates")
        stamp = stamp_of(_files(folder))
        if stamp == self._stamp:
            return
        read = Templates.load(folder)
        # Files that changed while they were read are read again at the next look.
        self._stamp = stamp if stamp == stamp_of(_files(folder)) else None
        self._broken = tuple(str(problem) for problem in read.problems)
        if self._broken:
            log.error("templates broken", extra={"errors": len(self._broken), "first": self._broken[0]})
        if self._templates is None or not self._broken:
            self._adopt(read)

    @property
    def signs(self) -> tuple[object, ...]:
        """What has to be told of, to compare: other than before means that there is something to tell."""
        with self._lock:
            return self._broken, tuple(self._failed)

    def render(self, facts: Facts, *, channel: str, today: date, maybe_twice: bool) -> Message:
        """The message of a notice; where its template fails, plain text, which is noted."""
        assert self._templates is not None  # noqa: S101 - read when this was made
        message = renderer(self._templates)(facts, channel=channel, today=today, maybe_twice=maybe_twice)
        if message.problem is not None:
            self._note(message.problem)
        return message

    def conditions(self) -> tuple[Condition, ...]:
        """What the admins are to hear of."""
        kept = "改好之前用上一个正确的版本" if self._templates and not self._templates.problems else "暂用内置的文字"
        broken = Condition(
            name=BROKEN,
            lines=tuple(_lines(f"消息模板有{len(self._broken)}处错误，{kept}。", self._broken)),
            over="消息模板里的错误已经改好。",
        )
        with self._lock:
            failed = tuple(each for each in self._failed if each not in self._broken)
        if not failed and not self._is_mended:
            return (broken,)  # nothing failed here, but it may have in a process before this one
        head = f"消息模板有{len(failed)}处套用失败，消息已改用内置的文字发出，请改正模板。"
        return broken, Condition(name=FAILED, lines=tuple(_lines(head, failed)), over=MENDED)

    def _adopt(self, read: Templates) -> None:
        if self._templates is not None:
            log.info("templates in force", extra={"digest": read.digest})
        with self._lock:
            self._is_mended = self._is_mended or bool(self._failed)
            self._templates, self._failed = read, {}

    def _note(self, problem: str) -> None:
        with self._lock:
            is_new = problem not in self._failed and len(self._failed) < MOST_TOLD
            if is_new:
                self._failed[problem] = None
        if is_new:
            log.error("template failed", extra={"problem": problem})


def _lines(head: str, problems: tuple[str, ...]) -> list[tuple[str, str]]:
    if not problems:
        return []
    more = [f"另有{len(problems) - MOST_TOLD}处，用 gkbot doctor 查看。"] if len(problems) > MOST_TOLD else []
    return [("", line) for line in (head, *problems[:MOST_TOLD], *more)]


def _files(folder: Path) -> list[Path]:
    return sorted((folder / "notices").glob("*"))
