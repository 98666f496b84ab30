"""The rule files as they lie in the folder beside the version in force: for `gkbot diff` and `gkbot accept`."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from gkbot.clock import Clock
from gkbot.errors import RulesBroken
from gkbot.ledger import Ledger, ledger_exists
from gkbot.planning.book_changes import admin_changes, calendar_changes, plan_changes, unit_changes
from gkbot.planning.changes import Changes, Danger, TaskChange, compare, dangers
from gkbot.planning.forecast import Difference, Forecast, forecast, only_in
from gkbot.rulebook import Loader, LoadResult, Rulebook
from gkbot.service.assignments import news_of
from gkbot.service.groups import channels_of
from gkbot.service.office import Office, rules_folder
from gkbot.service.rules import files_of
from gkbot.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Everything `gkbot diff` tells.

    Attributes:
        since: Since when the version in force is.
        units, plans, admins, calendar: Changes beside the tasks, a line each.
        before, after: The coming days with the version in force and with the files.
    """

    day: date
    last: date
    since: datetime | None
    is_same: bool
    changes: Changes
    dangers: tuple[Danger, ...]
    units: tuple[str, ...]
    plans: tuple[str, ...]
    admins: tuple[str, ...]
    calendar: tuple[str, ...]
    before: Forecast
    after: Forecast

    @property
    def appearing(self) -> tuple[Difference, ...]:
        """What is told with the files only."""
        return only_in(self.after, self.before)

    @property
    def vanishing(self) -> tuple[Difference, ...]:
        """What is told with the version in force only."""
        return only_in(self.before, self.after)


def read_files(settings: Settings, clock: Clock, loader: Loader) -> tuple[LoadResult, Rulebook]:
    """The files of the rules folder.

    Raises:
        RulesBroken: They hold errors.
    """
    result = loader.load(rules_folder(settings), clock.today())
    if result.book is None:
        raise RulesBroken(result.errors)
    return result, result.book


def book_in_force(settings: Settings, ledger: Ledger, today: date, loader: Loader) -> Rulebook | None:
    """The version in force; None before the first, or where this program cannot read it any more."""
    kept = ledger.active_rulebook()
    return None if kept is None else loader.load_files(kept, today, shown_root=str(settings.rules)).book


def compare_files(settings: Settings, clock: Clock, *, days: int) -> Comparison | None:
    """Compare the files with the version in force; None where there is none yet.

    Raises:
        RulesBroken: The files hold errors.
    """
    loader = Loader()
    _, files = read_files(settings, clock, loader)
    if not ledger_exists(settings.database_url):
        return None
    with Ledger.open(settings.database_url, clock=clock) as ledger:
        today = clock.today()
        active = book_in_force(settings, ledger, today, loader)
        if active is None:
            return None
        return _comparison(settings, ledger, active, files, today, days)


def moved_days(office: Office) -> tuple[TaskChange, ...]:
    """The tasks whose due days would move with the files as they lie, such as by a new holiday notice."""
    if office.ledger is None:
        return ()
    today = office.clock.today()
    active = book_in_force(office.settings, office.ledger, today, Loader())
    if active is None or active.digest == office.book.digest:
        return ()
    changes = compare(active, office.book, office.history(), today)
    return tuple(change for change in changes.tasks if change.old and change.new and change.moves)


def _comparison(
    settings: Settings, ledger: Ledger, active: Rulebook, files: Rulebook, today: date, days: int
) -> Comparison:
    history, channels, last = ledger.history(), channels_of(settings), today + timedelta(days=days)
    changes = compare(active, files, history, today)
    return Comparison(
        day=today,
        last=last,
        since=ledger.rulebook_since(),
        is_same=active.digest == files.digest,
        changes=changes,
        dangers=dangers(changes),
        units=tuple(unit_changes(active, files)),
        plans=tuple(plan_changes(active, files)),
        admins=tuple(admin_changes(active, files)),
        calendar=tuple(calendar_changes(active, files, today)),
        before=forecast(active, history, today, last, channels),
        after=forecast(files, history, today, last, channels),
    )


def waiting_dangers(settings: Settings, clock: Clock) -> tuple[Danger, ...]:
    """What the files hold that a person must say yes to; empty where nothing waits."""
    loader = Loader()
    _, files = read_files(settings, clock, loader)
    if not ledger_exists(settings.database_url):
        return ()
    with Ledger.open(settings.database_url, clock=clock) as ledger:
        active = book_in_force(settings, ledger, clock.today(), loader)
        if active is None or active.digest == files.digest:
            return ()
        return dangers(compare(active, files, ledger.history(), clock.today()))


def accept_files(settings: Settings, clock: Clock, *, who: str, why: str) -> Rulebook:
    """Bring the files into force, whatever they do; who said so and why is audited.

    Raises:
        RulesBroken: They hold errors.
    """
    loader = Loader()
    result, book = read_files(settings, clock, loader)
    with Ledger.open(settings.database_url, clock=clock) as ledger:
        active = book_in_force(settings, ledger, clock.today(), loader)
        news = [] if active is None else news_of(active, book, ledger, clock)
        ledger.accept_rulebook(files_of(result), book.digest, clock.now(), who=who, why=why, news=news)
    return book
