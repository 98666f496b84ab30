"""The outbox as the sender and the people who look after it see it."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from pathlib import Path

from gkbot.ledger import attempts, claims, decisions, gates, looking, outcomes, turns, unserved
from gkbot.ledger.again import again
from gkbot.ledger.closing import FindInstead, find_nothing
from gkbot.ledger.database import Database
from gkbot.ledger.events import last_event
from gkbot.ledger.instances import Activation
from gkbot.ledger.values import (
    Attempt,
    Beginning,
    Claimed,
    Closed,
    DisabledChannel,
    Ended,
    Entry,
    Instance,
    NoticeState,
    Pace,
    Substitute,
    Turned,
    Wanted,
)


class Outbox:
    """What must still go out, and what became of what went."""

    def __init__(self, database: Database) -> None:
        """Stand on an open database."""
        self._database = database

    def activate(self, name: str, *, state_dir: Path | None = None) -> Activation:
        """Take the right to send; a context manager that gives the `Instance`.

        Raises:
            LedgerBusy: On SQLite, another process has it.
            LedgerError: The lock file or the state file cannot be used.
        """
        return Activation(self._database, name, state_dir=state_dir)

    # The sender's steps

    def claim(
        self, instance: Instance, wanted: Wanted, *, find: FindInstead = find_nothing
    ) -> tuple[Claimed | None, tuple[Closed, ...]]:
        """Take the most urgent notice of a channel that is due, and tell what was closed; see `gkbot.ledger.claims`."""
        return again(lambda: claims.claim(self._database, instance, wanted, find=find))

    def begin_attempt(self, instance: Instance, beginning: Beginning) -> bool:
        """Freeze the body and commit that an attempt begins; False: look again, or no longer ours."""
        return again(lambda: attempts.begin_attempt(self._database, instance, beginning))

    def is_still_ours(self, claimed: Claimed) -> bool:
        """Whether the lease is still this one's."""
        return attempts.is_still_ours(self._database, claimed)

    def renew(self, claimed: Sequence[Claimed], lease_seconds: float) -> tuple[Claimed, ...]:
        """Make leases last so long from now; gives back those that are still ours."""
        return again(lambda: attempts.renew(self._database, claimed, lease_seconds))

    def events_now(self) -> int:
        """Id of the latest event, to look again against."""
        with self._database.reading() as connection:
            return last_event(connection)

    def finish(self, ended: Ended) -> NoticeState | None:
        """Commit what an attempt came to; None where the claim was no longer ours."""
        return again(lambda: outcomes.finish(self._database, ended))

    def turn(
        self,
        instance: Instance,
        *,
        ended: Ended | None = None,
        at_risk: Claimed | None = None,
        beginning: Beginning | None = None,
        wanted: Wanted | None = None,
    ) -> Turned:
        """End an attempt, put the next at risk, begin the one after it, claim one more; see `gkbot.ledger.turns`."""
        return again(
            lambda: turns.turn(
                self._database, instance, ended=ended, at_risk=at_risk, beginning=beginning, wanted=wanted
            )
        )

    def give_back(self, claimed: Claimed, *, until: datetime | None = None) -> None:
        """Give up a claim of which nothing was done; `until` is when it may be taken again."""
        outcomes.give_back(self._database, claimed, until=until)

    def put_back(self, claimed: Claimed, *, reason: str, seconds: float) -> None:
        """Give up a claim before any attempt began: something of ours failed."""
        outcomes.put_back(self._database, claimed, reason=reason, seconds=seconds)

    def drop(self, claimed: Claimed, state: NoticeState, reason: str) -> None:
        """Close a claimed notice unsent."""
        outcomes.drop(self._database, claimed, state, reason)

    def divert(self, entry: Entry, reason: str, substitute: Substitute) -> bool:
        """Send something else instead of a pending notice whose channel is of no use."""
        return outcomes.divert(self._database, entry.id, reason, substitute)

    def close_unserved(self, served: Collection[str], find: FindInstead) -> tuple[Closed, ...]:
        """Send another way what is due on a kind of channel that nobody serves; see `gkbot.ledger.unserved`."""
        return unserved.close_unserved(self._database, served, find)

    # What is there

    def entries(
        self,
        *,
        state: NoticeState | None = None,
        day: date | None = None,
        number: str | None = None,
        address: str | None = None,
        limit: int | None = None,
    ) -> tuple[Entry, ...]:
        """The notices in this state, of this day, with this number, to this address; newest day first."""
        with self._database.reading() as connection:
            return looking.entries(connection, state=state, day=day, number=number, address=address, limit=limit)

    def attempts(self, number: str, part: int = 1) -> tuple[Attempt, ...]:
        """Every try to send this part of a notice, in order."""
        with self._database.reading() as connection:
            return looking.attempts(connection, number, part)

    def waiting(self, channel: str) -> int:
        """How many notices of a channel are decided but not settled."""
        with self._database.reading() as connection:
            return looking.waiting(connection, channel)

    def next_moment(self, channel: str) -> datetime | None:
        """When there may be something to do for a channel again; None where nothing waits."""
        with self._database.reading() as connection:
            return looking.next_moment(connection, channel, self._database.now(connection))

    def paced(self, channel: str) -> Pace | None:
        """What waits on a kind of channel for nothing but its pace; None where nothing does."""
        with self._database.reading() as connection:
            return gates.paced(connection, channel, self._database.now(connection))

    def stranded(self, channel: str) -> tuple[Entry, ...]:
        """Pending notices whose channel is of no use until a person mends it."""
        with self._database.reading() as connection:
            return looking.stranded(connection, channel)

    def overdue_to_send(self, before: datetime) -> tuple[Entry, ...]:
        """Notices that should have gone out before this moment and are not settled."""
        with self._database.reading() as connection:
            return looking.overdue_to_send(connection, before)

    def undelivered(self, since: datetime) -> tuple[Entry, ...]:
        """Notices given up since then, or held after trouble, of which no person has disposed."""
        with self._database.reading() as connection:
            return looking.undelivered(connection, since)

    def undelivered_count(self) -> int:
        """How many were given up or held after trouble, ever: a cheap sign that there are new ones."""
        with self._database.reading() as connection:
            return looking.undelivered_count(connection)

    def disabled_channels(self) -> tuple[DisabledChannel, ...]:
        """The channels that are of no use until a person mends them."""
        with self._database.reading() as connection:
            return gates.disabled(connection)

    # What people decide

    def release(self, number: str, *, who: str, why: str) -> int:
        """Send a held, dead or expired notice after all."""
        return decisions.release(self._database, number, who=who, why=why)

    def resend(self, number: str, *, who: str, why: str) -> int:
        """The same, as the audit tells it of what was given up."""
        return decisions.release(self._database, number, who=who, why=why, deed="resend")

    def hurry(self, *, who: str, why: str) -> tuple[str, ...]:
        """Try again now what waits for another try; gives the disabled channels that are used again for it."""
        return decisions.hurry(self._database, who=who, why=why)

    def cancel(self, number: str, *, who: str, why: str) -> int:
        """Never send this notice."""
        return decisions.cancel(self._database, number, who=who, why=why)

    def enable_channel(self, channel_id: str, *, who: str, why: str) -> None:
        """Let a disabled channel be used again."""
        with self._database.writing() as connection:
            gates.enable(connection, channel_id)
        decisions.audit(self._database, who=who, what=f"enable {channel_id}", why=why)
