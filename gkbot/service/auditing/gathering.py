"""The facts of an audit, gathered from ledger, rule book, disks and the running threads."""

import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from gkbot.clock import Clock
from gkbot.deadline import Calendar, missing_notice_year
from gkbot.errors import GkbotError, LedgerError
from gkbot.ledger import Brake, Ledger
from gkbot.service.auditing.judging import SILENCE_SECONDS, Disk, Facts
from gkbot.service.auditing.values import Finding, Severity
from gkbot.service.auditing.vitals import Role, Vitals
from gkbot.service.doctor.folders import nearest
from gkbot.service.lateness import GRACE, expected_check
from gkbot.service.mail_remarks import tls_findings
from gkbot.service.rules import InForce
from gkbot.service.standing import lines_of_standing
from gkbot.settings import Settings

Further = Callable[[], Iterable[Finding]]


def _nothing() -> Iterable[Finding]:
    return ()


@dataclass(slots=True, kw_only=True)
class Gatherer:
    """Knows where to look.

    Attributes:
        ledger: None where there is none to be read; `trouble` then says why.
        in_force: The rule book that counts now, cheaply; may raise.
        vitals: Of the service in this process; None where another process looks.
        further: What others find, such as a brake.
        unfed_since: Since when the heartbeat outside cannot be fed; the watchman keeps it.
    """

    settings: Settings
    clock: Clock
    ledger: Ledger | None
    in_force: Callable[[], InForce]
    vitals: Vitals | None = None
    most_silent_seconds: float = SILENCE_SECONDS
    further: Further = _nothing
    trouble: str = ""
    unfed_since: datetime | None = field(default=None)

    def facts(self) -> Facts:
        """Everything an audit judges by, as it is now.

        A ledger that cannot be read is a fact, too.
        """
        now, today = self.clock.now(), self.clock.today()
        seen, trouble = None, self.trouble
        try:
            seen = None if self.ledger is None else self.ledger.watching.seen(today)
        except LedgerError as error:
            trouble = str(error)
        in_force = self._in_force()
        calendar = Calendar.builtin() if in_force is None else in_force.book.calendar
        expected = expected_check(self.settings, self.clock, calendar)
        is_passive = self.vitals is not None and self.vitals.role is Role.PASSIVE
        return Facts(
            now=now,
            zone=self.settings.zone,
            seen=seen,
            trouble=trouble,
            expected=(expected, datetime.combine(expected, self.settings.daily_at, self.settings.zone) + GRACE),
            missing_year=missing_notice_year(today, calendar),
            no_rules=in_force is None,
            broken=0 if in_force is None else len(in_force.broken),
            held=0 if in_force is None else len(in_force.held),
            digest=None if in_force is None or is_passive or self.vitals is None else in_force.book.digest,
            disks=disks(self.settings),
            signs=() if self.vitals is None else self.vitals.signs(),
            most_silent_seconds=self.most_silent_seconds,
            unfed_since=self.unfed_since,
            further=(*self.further(), *(() if seen is None else self._found())),
        )

    def _found(self) -> Iterator[Finding]:
        """The brakes because of which nothing is planned or sent, and a mail server that cannot be trusted."""
        assert self.ledger is not None  # noqa: S101 - it was read just now
        yield from tls_findings(self.ledger)
        for brake in (Brake.CLOCK, Brake.RESTORED):
            standing = self.ledger.braking.standing(brake)
            if standing is not None:
                what, *_, cure = lines_of_standing(standing, 0, self.clock)
                yield Finding(
                    code=f"brake-{brake}",
                    severity=Severity.FAIL,
                    what=what.rstrip("。"),
                    cure=cure.removeprefix("处理：").rstrip("。"),
                    since=standing.since,
                )

    def _in_force(self) -> InForce | None:
        try:
            return self.in_force()
        except GkbotError:
            return None


def disks(settings: Settings) -> tuple[Disk, ...]:
    """The disks that are written to, each once."""
    places = [settings.outbox_dir, settings.state_dir]
    url = settings.database_url
    if url.startswith("sqlite:"):
        places.insert(0, Path(url.partition(":///")[2].partition("?")[0] or ".").parent)
    found: dict[int, Disk] = {}
    for place in places:
        where = nearest(place)
        try:
            usage = shutil.disk_usage(where)
            found.setdefault(where.stat().st_dev, Disk(place=str(place), free_bytes=usage.free, size_bytes=usage.total))
        except OSError:
            continue  # the ledger's own complaint says more
    return tuple(found.values())
