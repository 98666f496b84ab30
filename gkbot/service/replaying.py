"""The whole bot over past days: a scratch ledger, the outbox folder, and no real channel whatever is configured."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from gkbot.clock import FixedClock
from gkbot.delivery import work_outbox
from gkbot.errors import RulesBroken, UsageError
from gkbot.ledger import Ledger
from gkbot.rulebook import Rulebook, load
from gkbot.service.daily import Planner
from gkbot.service.fallback import Fallback
from gkbot.service.last_look import LastLook
from gkbot.service.office import rules_folder
from gkbot.service.rules import InForce
from gkbot.service.sending import renderer, templates_of, transports_of
from gkbot.settings import BrakeSettings, Settings

ONE_DAY = timedelta(days=1)
Progress = Callable[[date], None]


@dataclass(slots=True, kw_only=True)
class Replayed:
    """What the days came to.

    Attributes:
        months: (year, month) → counts: sent, drafts, failed, and the kinds of notices.
        units: Messages by unit.
        folder: Where the messages lie; None where they were thrown away.
    """

    first: date
    last: date
    months: dict[tuple[int, int], Counter[str]] = field(default_factory=dict)
    units: Counter[str] = field(default_factory=Counter)
    folder: Path | None = None

    def count(self, day: date) -> Counter[str]:
        """The counts of a day's month."""
        return self.months.setdefault((day.year, day.month), Counter())


def replay(settings: Settings, first: date, last: date, *, into: Path | None, progress: Progress) -> Replayed:
    """Check every day from `first` to `last`, both inclusive.

    Args:
        into: An empty or missing folder for messages and ledger; None throws them away at the end.
        progress: Called after each day.

    Raises:
        RulesBroken: The rule files hold errors.
        UsageError: The folder holds something already.
    """
    result = load(rules_folder(settings), first)
    if result.book is None:
        raise RulesBroken(result.errors)
    with _folder(into) as folder:
        apart = _apart(settings, folder)
        replayed = Replayed(first=first, last=last, folder=into)
        clock = FixedClock(datetime.combine(first, settings.daily_at, settings.zone), settings.zone)
        with Ledger.open(apart.database_url, clock=clock) as ledger:
            _run(apart, ledger, clock, result.book, replayed, progress)
            _count_notices(ledger, replayed)
    return replayed


def _apart(settings: Settings, folder: Path) -> Settings:
    """The same office without any way out but a folder."""
    return replace(
        settings,
        database_url=f"sqlite:///{folder / 'gkbot.db'}",
        outbox_dir=folder / "outbox",
        smtp=None,
        robots={},
        brakes=BrakeSettings(factor=0, per_group=0),  # nothing leaves, so nothing needs holding
    )


def _run(
    settings: Settings, ledger: Ledger, clock: FixedClock, book: Rulebook, replayed: Replayed, progress: Progress
) -> None:
    templates = templates_of(settings)
    transports = transports_of(settings, clock)
    planner = Planner(settings=settings, clock=clock, ledger=ledger, at_once=True)
    look = LastLook(book=lambda: book, ledger=ledger, clock=clock)
    with ledger.outbox.activate("replay") as instance:
        day = replayed.first
        while day <= replayed.last:
            clock.moment = datetime.combine(day, settings.daily_at, settings.zone)
            planner.write(InForce(book=book), day)
            if book.calendar.is_workday(day):
                tally = work_outbox(
                    ledger,
                    transports,
                    renderer(templates),
                    clock,
                    instance=instance,
                    look_again=look,
                    fallback=Fallback(),
                )
                replayed.count(day).update(sent=tally.sent, failed=tally.failed)
            progress(day)
            day += ONE_DAY
    for transport in transports:
        transport.close()


def _count_notices(ledger: Ledger, replayed: Replayed) -> None:
    for entry in ledger.outbox.entries():
        counts = replayed.count(entry.day)
        counts["drafts" if entry.draft else entry.kind] += 1
        if not entry.draft:
            replayed.units[entry.unit or "管理员"] += 1


@contextmanager
def _folder(into: Path | None) -> Iterator[Path]:
    if into is None:
        with TemporaryDirectory(prefix="gkbot-replay-") as made:
            yield Path(made)
        return
    if into.exists() and (not into.is_dir() or any(into.iterdir())):
        raise UsageError(f"{into} 已经有内容。请写一个空文件夹，或者还没有的文件夹。")
    into.mkdir(parents=True, exist_ok=True)
    yield into
