"""The rule book in force: re-read when files change, the last good one kept when they break.

A broken or half-saved edit never changes what is sent: every reading is all or nothing, a
folder that changes while it is read is read again later, and the last good files stand in
the ledger, so that even a start with broken files goes on with them (facts/rule-files.md 7).
"""

import logging
import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from gkbot.clock import Clock
from gkbot.errors import RulesBroken
from gkbot.ledger import Ledger
from gkbot.rulebook import Loader, LoadResult, Problem, Rulebook

log = logging.getLogger("gkbot.rules")

Stamp = Mapping[str, tuple[int, int, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class InForce:
    """The rule book that counts now.

    Attributes:
        book: What is planned from.
        broken: Errors of the files as they lie in the folder, when `book` is an older version; else empty.
    """

    book: Rulebook
    broken: tuple[Problem, ...] = ()


class RuleKeeper:
    """Keeps one rule book in force through edits, good and bad."""

    def __init__(self, root: Path, ledger: Ledger, clock: Clock) -> None:
        self._root = root
        self._ledger = ledger
        self._clock = clock
        self._loader = Loader()
        self._stamp: Stamp | None = None
        self._in_force: InForce | None = None
        self._day: date | None = None
        self._lock = threading.Lock()

    @property
    def current(self) -> InForce:
        """What is in force, without looking at the files; `refresh` must have been called."""
        if self._in_force is None:
            return self.refresh()
        return self._in_force

    def refresh(self) -> InForce:
        """Read the files if they changed (or the day did) and say what is in force.

        Raises:
            RulesBroken: The files hold errors and there never was a good version.
        """
        with self._lock:
            stamp, today = _stamp(self._root), self._clock.today()
            if self._in_force is None or stamp != self._stamp or today != self._day:
                self._in_force = self._read(today)
                # Files that changed while they were read are read again at the next look.
                self._stamp = stamp if stamp == _stamp(self._root) else None
                self._day = today
            return self._in_force

    def _read(self, today: date) -> InForce:
        result = self._loader.load(self._root, today)
        if result.book is not None:
            return self._adopt(result, result.book)
        errors = result.errors
        log.error("rules broken", extra={"errors": len(errors), "first": _where(errors[0]) if errors else ""})
        if self._in_force is not None:
            return InForce(book=self._in_force.book, broken=errors)
        return InForce(book=self._last_good(errors, today), broken=errors)

    def _adopt(self, result: LoadResult, book: Rulebook) -> InForce:
        if self._in_force is None or book.digest != self._in_force.book.digest:
            files = {file.path: file.data for file in result.files}
            self._ledger.keep_rulebook(files, book.digest, self._clock.now())
            log.info(
                "rules in force", extra={"tasks": len(book.tasks), "files": len(files), "digest": book.digest[:12]}
            )
        return InForce(book=book)

    def _last_good(self, errors: tuple[Problem, ...], today: date) -> Rulebook:
        kept = self._ledger.active_rulebook()
        result = None if kept is None else self._loader.load_files(kept, today, shown_root=str(self._root))
        if result is None or result.book is None:
            raise RulesBroken(errors)
        log.warning("last good rules stay in force", extra={"digest": result.book.digest[:12]})
        return result.book


def _where(problem: Problem) -> str:
    return f"{problem.place.file}:{problem.place.line}:{problem.place.column}:{problem.code}"


def _stamp(root: Path) -> Stamp:
    """Size, time and inode of every rule file: cheap to take, different after any save."""
    found: dict[str, tuple[int, int, int]] = {}
    for folder, _, names in os.walk(root):
        for name in names:
            if name.endswith((".yaml", ".yml")):
                path = Path(folder, name)
                try:
                    info = path.stat()
                except OSError:
                    continue
                found[str(path)] = (info.st_size, info.st_mtime_ns, info.st_ino)
    return found
