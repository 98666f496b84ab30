"""The rule book in force: re-read when files change, the last good one kept when they break.

A broken or half-saved edit never changes what is sent: every reading is all or nothing, a
folder that changes while it is read is read again later, and the last good files stand in
the ledger, so that even a start with broken files goes on with them (facts/rule-files.md 7).
Good files that do something dangerous (a date moves earlier, a task with open duties vanishes)
are held back until a person says `gkbot accept`.
"""

import logging
import os
import threading
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from gkbot.clock import Clock
from gkbot.errors import RulesBroken
from gkbot.ledger import Ledger
from gkbot.ledger.crash_points import crash_point
from gkbot.planning.changes import Danger, compare, dangers, touched
from gkbot.rulebook import Loader, LoadResult, Problem, Rulebook, digest, load_files
from gkbot.service.assignments import news_of
from gkbot.service.office import Office
from gkbot.service.stamps import Stamp, stamp_of

log = logging.getLogger("gkbot.rules")


@dataclass(frozen=True, slots=True, kw_only=True)
class InForce:
    """The rule book that counts now.

    Attributes:
        book: What is planned from.
        broken: Errors of the files as they lie in the folder, when `book` is an older version; else empty.
        held: What the files would do if they came into force, when they wait for a person; else empty.
    """

    book: Rulebook
    broken: tuple[Problem, ...] = ()
    held: tuple[Danger, ...] = ()


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
            if self._in_force is None or stamp != self._stamp or today != self._day or self._was_accepted():
                self._in_force = self._read(today)
                # Files that changed while they were read are read again at the next look.
                self._stamp = stamp if stamp == _stamp(self._root) else None
                self._day = today
            return self._in_force

    def _read(self, today: date) -> InForce:
        result = self._loader.load(self._root, today)
        crash_point("CP12")
        if result.book is not None:
            return self._adopt(result, result.book, today)
        errors = result.errors
        log.error("rules broken", extra={"errors": len(errors), "first": _where(errors[0]) if errors else ""})
        if self._in_force is not None:
            return InForce(book=self._in_force.book, broken=errors)
        return InForce(book=self._last_good(errors, today), broken=errors)

    def _was_accepted(self) -> bool:
        """Whether files that wait for a person have been accepted by another process."""
        current = self._in_force
        return current is not None and bool(current.held) and self._ledger.active_digest() != current.book.digest

    def _adopt(self, result: LoadResult, book: Rulebook, today: date) -> InForce:
        active = self._ledger.active_digest()
        if active != book.digest:
            before = self._before(active, today)
            found = () if before is None else dangers_between(before, book, self._ledger, today)
            if before is not None and found:
                if self._in_force is None or not self._in_force.held:
                    log.warning("rules held", extra={"dangers": len(found), "first": found[0].text})
                return InForce(book=before, held=found)
            news = [] if before is None else news_of(before, book, self._ledger, self._clock)
            self._ledger.keep_rulebook(files_of(result), book.digest, self._clock.now(), news)
        if self._in_force is None or self._in_force.book.digest != book.digest:
            count = len(result.files)
            log.info("rules in force", extra={"tasks": len(book.tasks), "files": count, "digest": book.digest[:12]})
        return InForce(book=book)

    def _before(self, active: str | None, today: date) -> Rulebook | None:
        """The rule book in force so far; None before the first, and where this program cannot read it any more."""
        if self._in_force is not None and self._in_force.book.digest == active:
            return self._in_force.book
        kept = None if active is None else self._ledger.active_rulebook()
        return None if kept is None else self._loader.load_files(kept, today, shown_root=str(self._root)).book

    def _last_good(self, errors: tuple[Problem, ...], today: date) -> Rulebook:
        kept = self._ledger.active_rulebook()
        result = None if kept is None else self._loader.load_files(kept, today, shown_root=str(self._root))
        if result is None or result.book is None:
            raise RulesBroken(errors)
        log.warning("last good rules stay in force", extra={"digest": result.book.digest[:12]})
        return result.book


def files_of(result: LoadResult) -> dict[str, bytes]:
    """The files that were read, as the ledger keeps them."""
    return {file.path: file.data for file in result.files}


def dangers_between(before: Rulebook, after: Rulebook, ledger: Ledger, today: date) -> tuple[Danger, ...]:
    """What a person must say yes to before `after` takes the place of `before`."""
    ids = touched(before, after) if before.calendar is after.calendar else before.tasks_by_id.keys()
    return dangers(compare(before, after, ledger.history(ids), today)) if ids else ()


def would_be_in_force(office: Office, today: date) -> InForce:
    """What a check would plan from: the files as they are, or the version in force where they would be held."""
    kept = None if office.ledger is None else office.ledger.active_rulebook()
    if kept is None or office.ledger is None or digest(kept) == office.book.digest:
        return InForce(book=office.book)
    before = load_files(kept, today, shown_root=str(office.settings.rules)).book
    held = () if before is None else dangers_between(before, office.book, office.ledger, today)
    return InForce(book=office.book) if before is None or not held else InForce(book=before, held=held)


def _where(problem: Problem) -> str:
    return f"{problem.place.file}:{problem.place.line}:{problem.place.column}:{problem.code}"


def _stamp(root: Path) -> Stamp:
    return stamp_of(
        Path(folder, name) for folder, _, names in os.walk(root) for name in names if name.endswith((".yaml", ".yml"))
    )
