"""The ledger as the other rooms see it: one object, questions and answers in values."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Self

from gkbot.clock import Clock
from gkbot.ledger import events, history, looking, rulebooks, withdrawing
from gkbot.ledger.addresses import Addresses
from gkbot.ledger.braking import Braking
from gkbot.ledger.database import Database
from gkbot.ledger.days_told import days_told
from gkbot.ledger.drafts import Drafts
from gkbot.ledger.enqueue import Hold, enqueue, hold_nothing, post
from gkbot.ledger.figures import Counting
from gkbot.ledger.outbox import Outbox
from gkbot.ledger.schema import bring_up_to_date
from gkbot.ledger.seeing import Sight, Tasks, ids_of, mark_seen
from gkbot.ledger.suppressions import Suppressions
from gkbot.ledger.trail import Trail
from gkbot.ledger.values import Enqueued, Facts, NoticeState, ScanRun
from gkbot.ledger.watching import Watching
from gkbot.planning.rescheduling import DayTold
from gkbot.planning.values import Event, History, NewEvent, Notice, Plan
from gkbot.planning.withdrawals import Withdrawal

RULES_LOCK = "rules"


class Ledger:
    """What has happened and what must still go out.

    Several processes may have it open; who wants to send asks `outbox` for it.
    """

    def __init__(self, database: Database) -> None:
        """Stand on an open database; `Ledger.open` is the usual way in."""
        self._database = database
        self._sight = Sight()
        self.outbox = Outbox(database)
        self.braking = Braking(database)
        self.suppressions = Suppressions(database)
        self.addresses = Addresses(database)
        self.drafts = Drafts(database)
        self.trail = Trail(database)
        self.watching = Watching(database)
        self.counting = Counting(database)

    @classmethod
    def open(cls, url: str, *, clock: Clock) -> Self:
        """Connect, and bring the schema up to date under a lock.

        Raises:
            LedgerError: The database cannot be used; the text says what to do.
            LedgerOutdated: It was written by a newer gkbot.
        """
        database = Database(url, clock=clock)
        try:
            bring_up_to_date(database)
        except BaseException:
            database.close()
            raise
        return cls(database)

    def close(self) -> None:
        """Give all connections back."""
        self._database.close()

    def __enter__(self) -> Self:
        """Nothing but itself."""
        return self

    def __exit__(self, *_exception: object) -> None:
        """Close."""
        self.close()

    # What happened

    def record(self, event: NewEvent) -> Event:
        """Add an event."""
        return events.record(self._database, event)

    def record_all(self, news: Sequence[NewEvent]) -> None:
        """Add events, all or none."""
        with self._database.writing() as connection:
            events.record_all(self._database, connection, news)

    def events(self, task: str | None = None) -> tuple[Event, ...]:
        """Every event of a task (None: of all), in the order of recording."""
        with self._database.reading() as connection:
            return events.events_of(connection, None if task is None else [task])

    def history(self, book: Tasks | None = None) -> History:
        """What planning has to know of the past of a book's tasks, or of these ids (None: of all)."""
        with self._database.reading() as connection:
            ids = None if book is None else ids_of(book)
            return history.history_of(
                connection,
                ids,
                self._database.clock.zone,
                sight=self._sight,
                until=self._database.latest_day(),
            )

    def withdrawals(self) -> tuple[Withdrawal, ...]:
        """Duties ended lately of which somebody who was told of them must hear."""
        with self._database.reading() as connection:
            return withdrawing.withdrawals_of(connection, self._database.clock.zone, until=self._database.latest_day())

    def days_told(self, tasks: Sequence[str], since: date) -> tuple[DayTold, ...]:
        """The due days from `since` on of these tasks, as people were told of them."""
        with self._database.reading() as connection:
            return days_told(connection, tasks, since)

    # What a day decided

    def enqueue(
        self,
        plan: Plan,
        facts_of: Callable[[Notice], Facts],
        *,
        rules_digest: str,
        book: Tasks = (),
        not_before: Callable[[Notice], datetime | None] = lambda _notice: None,
        hold: Hold = hold_nothing,
    ) -> Enqueued:
        """Write a day's plan into the outbox, in one transaction; see `gkbot.ledger.enqueue`."""
        done = enqueue(
            self._database,
            plan,
            facts_of,
            rules_digest=rules_digest,
            book=book,
            not_before=not_before,
            hold=hold,
            sight=self._sight,
        )
        self._sight.note(book)
        return done

    def post(
        self, notices: Sequence[Notice], facts_of: Callable[[Notice], Facts], *, at: datetime, rules_digest: str
    ) -> int:
        """Write messages that belong to no day's plan; how many were new."""
        return post(self._database, notices, facts_of, at=at, rules_digest=rules_digest)

    def mark_seen(self, book: Tasks, day: date) -> None:
        """Note `day` as the first day in force of the tasks that were never seen."""
        with self._database.writing() as connection:
            mark_seen(self._database, connection, book, day)

    def last_scan(self) -> date | None:
        """The last day that was looked at to the end; None before the first."""
        with self._database.reading() as connection:
            return history.last_scan(connection)

    def scan_runs(self, since: date) -> tuple[ScanRun, ...]:
        """The days looked at from `since` on, in order."""
        with self._database.reading() as connection:
            return looking.scan_runs(connection, since)

    def counts(self, day: date | None = None) -> Mapping[NoticeState, int]:
        """How many notices stand in each state, of one day or of all."""
        with self._database.reading() as connection:
            return looking.counts(connection, day)

    # The rule book in force

    def keep_rulebook(
        self, files: Mapping[str, bytes], digest: str, at: datetime, news: Sequence[NewEvent] = ()
    ) -> bool:
        """Keep these files as the rule book in force, with what that makes happen; False where they are it already."""
        with self._database.writing() as connection:
            self._database.lock(connection, RULES_LOCK)
            is_new = rulebooks.keep_rulebook(connection, files, digest, at)
            if is_new:
                events.record_all(self._database, connection, news)
            return is_new

    def accept_rulebook(
        self,
        files: Mapping[str, bytes],
        digest: str,
        at: datetime,
        *,
        who: str,
        why: str,
        news: Sequence[NewEvent] = (),
    ) -> None:
        """Keep these files as the rule book in force because a person says so; who and why is audited."""
        with self._database.writing() as connection:
            self._database.lock(connection, RULES_LOCK)
            if rulebooks.accept_rulebook(connection, files, digest, at, who=who, why=why):
                events.record_all(self._database, connection, news)

    def active_digest(self) -> str | None:
        """Which rule book is in force; None before the first."""
        with self._database.reading() as connection:
            return rulebooks.active_digest(connection)

    def rulebook_since(self) -> datetime | None:
        """Since when the rule book in force is; None before the first."""
        with self._database.reading() as connection:
            return rulebooks.adopted_at(connection)

    def active_rulebook(self) -> Mapping[str, bytes] | None:
        """The files that came into force last; None before the first."""
        with self._database.reading() as connection:
            return rulebooks.active_rulebook(connection)
