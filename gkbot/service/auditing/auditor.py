"""The auditor: looks every five minutes, and feeds the heartbeat outside only where all is well.

It has a thread of its own, so that a planner or a sender that hangs is noticed; if it hangs
itself, the heartbeat stops as well.
"""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Self

from gkbot.clock import Clock
from gkbot.ledger import Ledger
from gkbot.service.auditing.gathering import Gatherer
from gkbot.service.auditing.judging import SILENCE_SECONDS, judge
from gkbot.service.auditing.systemd import Systemd
from gkbot.service.auditing.values import Audit, Finding, Severity
from gkbot.service.auditing.vitals import Role, Vitals
from gkbot.service.auditing.watchdog import Feed, feed_of
from gkbot.service.rules import InForce
from gkbot.settings import Settings

log = logging.getLogger("gkbot.audit")

AUDIT_SECONDS = 300.0  # facts/delivery.md 4
FRESH_SECONDS = 5.0
"""How long an answer may be given again: a monitor that asks in a loop must not keep the database busy."""
WAIT_SECONDS = 10.0
START_SECONDS = 1.0
ROLE_WORDS = {Role.STARTING: "正在启动", Role.ACTIVE: "运行中", Role.PASSIVE: "备用，等另一个实例结束"}
HANGS = Finding(
    code="audit-hangs",
    severity=Severity.FAIL,
    what="自查没有结果，多半是数据库没有答复",
    cure="检查数据库和磁盘；不见好的，重新启动后台服务",
)


@dataclass(slots=True, kw_only=True)
class Auditor:
    """Looks at everything and remembers what it found.

    Attributes:
        feed: Feeds the heartbeat outside; None where there is none.
        last: What was found last; None before the first look.
        clean_at: When all was well last.
    """

    gatherer: Gatherer
    clock: Clock
    feed: Feed | None = None
    last: Audit | None = None
    clean_at: datetime | None = None
    _looked: float | None = None
    _logged: frozenset[str] = frozenset()
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @classmethod
    def of(
        cls,
        settings: Settings,
        clock: Clock,
        ledger: Ledger,
        in_force: Callable[[], InForce],
        *,
        vitals: Vitals | None = None,
        most_silent_seconds: float = SILENCE_SECONDS,
    ) -> Self:
        """The auditor of an office; with the vital signs of its service, where it runs in this process."""
        gatherer = Gatherer(
            settings=settings,
            clock=clock,
            ledger=ledger,
            in_force=in_force,
            vitals=vitals,
            most_silent_seconds=most_silent_seconds,
        )
        return cls(gatherer=gatherer, clock=clock, feed=feed_of(settings.watchdog))

    def look(self) -> Audit:
        """What is so now, or was a few seconds ago; from any thread."""
        if not self._lock.acquire(timeout=WAIT_SECONDS):
            return Audit(at=self.clock.now(), findings=(HANGS,))
        try:
            known, looked = self.last, self._looked
            if known is not None and looked is not None and 0 <= self.clock.monotonic() - looked < FRESH_SECONDS:
                return known
            return self._look()
        finally:
            self._lock.release()

    def audit(self) -> Audit:
        """Look anew, tell the log what changed, and feed the heartbeat where all is well."""
        with self._lock:
            found = self._look()
        codes = frozenset(finding.code for finding in found.findings)
        _log_changes(self._logged, found)
        self._logged = codes
        if found.is_clean and self.feed is not None and self._may_feed():
            self._feed(found.at)
        return found

    def _look(self) -> Audit:
        found = judge(self.gatherer.facts())
        self.last, self._looked = found, self.clock.monotonic()
        if found.is_clean:
            self.clean_at = found.at
        return found

    def _may_feed(self) -> bool:
        """Whether this process answers for the sending: one that waits for its turn must not."""
        vitals = self.gatherer.vitals
        return vitals is None or vitals.role is Role.ACTIVE

    def _feed(self, now: datetime) -> None:
        trouble = None if self.feed is None else self.feed(now)
        if trouble is None:
            self.gatherer.unfed_since = None
            return
        self.gatherer.unfed_since = self.gatherer.unfed_since or now
        log.warning("watchdog not reached", extra={"cause": trouble})


@dataclass(slots=True, kw_only=True)
class Watchman:
    """The thread that audits and tells systemd that the others beat."""

    auditor: Auditor
    vitals: Vitals
    systemd: Systemd
    clock: Clock
    every_seconds: float = AUDIT_SECONDS

    def watch(self, is_stopping: Callable[[], bool], wait: Callable[[float], None]) -> None:
        """Go the rounds until told to stop; whatever one round runs into, the next comes."""
        due = self.clock.monotonic()
        asked_for = self.systemd.watchdog_seconds
        pause = self.every_seconds if asked_for is None else min(self.every_seconds, asked_for / 2)
        while not is_stopping():
            if self.vitals.all_beat():
                self.systemd.alive()
            is_starting = self.vitals.role is Role.STARTING
            if self.clock.monotonic() >= due and not is_starting:
                due = self.clock.monotonic() + self.every_seconds
                self._round()
            wait(min(pause, START_SECONDS) if is_starting else pause)

    def _round(self) -> None:
        try:
            found = self.auditor.audit()
        except Exception:  # the service outlives whatever one round runs into; the heartbeat has stopped meanwhile
            log.exception("audit failed")
            return
        self.systemd.status(summary(found, self.vitals.role))


def summary(found: Audit, role: Role) -> str:
    """One line on how all is."""
    who = ROLE_WORDS[role]
    serious = [finding.what for finding in found.findings if finding.severity is not Severity.NOTE]
    return f"{who}，一切正常" if not serious else f"{who}，{len(serious)}处要处理：{serious[0]}"


def _log_changes(known: frozenset[str], found: Audit) -> None:
    for finding in found.findings:
        if finding.code not in known:
            log.warning("audit finding", extra={"code": finding.code, "what": finding.what})
    for code in sorted(known - {finding.code for finding in found.findings}):
        log.info("audit finding over", extra={"code": code})
