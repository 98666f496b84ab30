"""One check: plan the day, write the outbox, deliver what is due (CONTRACTS.md, `gkbot daily`).

It may run any number of times on one day, be killed anywhere and run again: what was decided
and what went out stands in the ledger.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from gkbot.clock import Clock
from gkbot.ledger import Enqueued, Ledger
from gkbot.planning import Notice, plan_day
from gkbot.rulebook import Problem, Rulebook
from gkbot.service.facts import FactsMaker
from gkbot.service.hours import leaves_at
from gkbot.service.office import channels_of
from gkbot.service.rules import InForce
from gkbot.settings import Settings

log = logging.getLogger("gkbot.daily")


@dataclass(frozen=True, slots=True, kw_only=True)
class DailyResult:
    """What one check came to; counts are messages.

    Attributes:
        planned: Newly decided, drafts included.
        failed: Given up for good, or held for a person after trouble.
        deferred: To be sent later (retry, gate, working time).
        skipped: Decided before, or no longer wanted.
        problems: Errors of the rule files where an older version is in force.
        remarks: What else a person should know: troubles of sending, one sentence each.
    """

    day: date
    planned: int = 0
    sent: int = 0
    failed: int = 0
    deferred: int = 0
    skipped: int = 0
    drafts: int = 0
    problems: tuple[Problem, ...] = ()
    remarks: tuple[str, ...] = ()

    def as_json(self) -> dict[str, object]:
        """The object of `gkbot daily --json`."""
        return {
            "date": self.day.isoformat(),
            "planned": self.planned,
            "sent": self.sent,
            "failed": self.failed,
            "deferred": self.deferred,
            "skipped": self.skipped,
            "drafts": self.drafts,
            "problems": [problem.as_json() for problem in self.problems],
            "remarks": list(self.remarks),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Planner:
    """Turns a day into rows of the outbox.

    Attributes:
        at_once: Messages may leave now, as for a command that a person called; the service
            spreads them over the minutes after the daily time and keeps to working hours.
    """

    settings: Settings
    clock: Clock
    ledger: Ledger
    at_once: bool

    def write(self, in_force: InForce, day: date) -> Enqueued:
        """Decide the day and write it down, in one transaction of the ledger."""
        plan = plan_day(
            in_force.book,
            self.ledger.history(in_force.book),
            day,
            channels=channels_of(self.settings),
            remarks=broken_lines(in_force.broken),
        )
        facts = FactsMaker(self.settings, in_force.book)
        result = self.ledger.enqueue(
            plan,
            facts.of,
            rules_digest=in_force.book.digest,
            book=in_force.book,
            not_before=self._not_before(in_force.book),
        )
        counts = {"day": day, "planned": result.planned, "existing": result.existing}
        log.info("day planned", extra=counts)
        return result

    def _not_before(self, book: Rulebook) -> Callable[[Notice], datetime | None]:
        if self.at_once:
            return lambda _notice: None
        now = self.clock.now()

        def moment(notice: Notice) -> datetime | None:
            last_day = min((item.due for item in notice.items if item.due is not None), default=None)
            return leaves_at(
                now,
                notice.recipient.address,
                last_day=last_day,
                daily_at=self.settings.daily_at,
                calendar=book.calendar,
                zone=self.settings.zone,
            )

        return moment


def broken_lines(problems: tuple[Problem, ...]) -> tuple[str, ...]:
    """What admins are told while the rule files are broken: places and cures, as `gkbot check` has them."""
    if not problems:
        return ()
    head = f"规则文件有 {len(problems)} 处错误，改好之前继续按上一个正确的版本提醒："
    shown = [
        f"{p.place.file}:{p.place.line}:{p.place.column}: {p.code} {p.message}" + (f" {p.fix}" if p.fix else "")
        for p in problems[:20]
    ]
    rest = [f"……另有 {len(problems) - 20} 处，用 gkbot check 查看。"] if len(problems) > 20 else []
    return (head, *shown, *rest)
