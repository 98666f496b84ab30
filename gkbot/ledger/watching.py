"""What the auditor asks of the ledger: is anything late, lost, stuck or waiting for a person?

Nothing here changes anything. All answers of one look come from one transaction, so that they
speak of one moment; that moment is the ledger's own, which on PostgreSQL is the server's.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select
from sqlalchemy.orm import aliased

from gkbot.ledger import gates
from gkbot.ledger.database import Database
from gkbot.ledger.history import had_been, last_scan
from gkbot.ledger.looking import IS_TOLD_WITH_ITS_NOTICE
from gkbot.ledger.rulebooks import active_digest
from gkbot.ledger.tables import ATTEMPT, CHANNEL_STATE, INSTANCE, NOTICE, SCAN_RUN
from gkbot.ledger.values import LOOK_AGAIN, PLAIN, Brake, DisabledChannel, NoticeState, Outcome, UnclearPolicy

LATE_AFTER = timedelta(minutes=15)  # facts/delivery.md 4 (a)
RETRYING_AFTER = timedelta(minutes=60)
"""Greylisting mail servers refuse for half an hour on purpose; that is no trouble yet."""
ABANDONED_AFTER = timedelta(seconds=60)
MOST_NUMBERS = 5
_UNDECIDED = (NoticeState.PENDING, NoticeState.LEASED)
_GIVEN_UP = (NoticeState.HELD, NoticeState.DEAD, NoticeState.EXPIRED)
_IN_VAIN = (Outcome.RETRY, Outcome.UNCLEAR)


@dataclass(frozen=True, slots=True, kw_only=True)
class Some:
    """So many notices, since when, and the numbers of the first few."""

    count: int = 0
    since: datetime | None = None
    numbers: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Whether there are any."""
        return self.count > 0


NONE = Some()


@dataclass(frozen=True, slots=True, kw_only=True)
class Alive:
    """A process that took the right to send and has not given it back."""

    epoch: int
    name: str
    started_at: datetime
    heartbeat_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What one look at the ledger showed.

    Attributes:
        now: The moment of the look, by the ledger's clock.
        late: Due for a quarter of an hour, free to go, and nothing moved on their channel since.
        retrying: Tried in vain for an hour.
        crashing: Claimed twice in a row without an outcome.
        abandoned: Attempts without outcome whose lease is over.
        held, dead, expired: Of which no person has disposed; drafts are not among them.
        braked: Held by a brake though nothing went wrong with them.
        scanned: Today was looked at to the end.
        last_scan, scan_ahead: The last day looked at, of those that have been; one that is still to come.
        instances: The latest ones, newest first.
    """

    now: datetime
    late: Some = NONE
    retrying: Some = NONE
    crashing: Some = NONE
    abandoned: Some = NONE
    held: Some = NONE
    braked: Some = NONE
    dead: Some = NONE
    expired: Some = NONE
    disabled: tuple[DisabledChannel, ...] = ()
    scanned: bool = False
    last_scan: date | None = None
    scan_ahead: date | None = None
    active_digest: str | None = None
    instances: tuple[Alive, ...] = ()


class Watching:
    """The ledger as it is watched."""

    def __init__(self, database: Database) -> None:
        """Stand on an open database."""
        self._database = database

    def seen(self, today: date) -> Seen:
        """Everything the auditor judges by, of one moment."""
        with self._database.reading() as connection:
            now = self._database.now(connection)
            given_up = _given_up(connection)
            return Seen(
                now=now,
                late=_late(connection, now),
                retrying=_retrying(connection, now),
                crashing=_crashing(connection, now),
                abandoned=_abandoned(connection, now),
                held=given_up[NoticeState.HELD],
                braked=_braked(connection),
                dead=given_up[NoticeState.DEAD],
                expired=given_up[NoticeState.EXPIRED],
                disabled=gates.disabled(connection),
                scanned=_was_scanned(connection, today),
                last_scan=last_scan(connection, today),
                scan_ahead=_ahead(last_scan(connection), today),
                active_digest=active_digest(connection),
                instances=_latest_instances(connection),
            )


def _late(connection: Connection, now: datetime) -> Some:
    """Which notices are due for a quarter of an hour, though their gate is open and nothing moves?

    A channel that works off a queue at its pace is not late, however long the queue is.
    """
    before = now - LATE_AFTER
    due = (NOTICE.c.state.in_(_UNDECIDED), NOTICE.c.next_at < before, ~_is_shut(before, now))
    channels = connection.execute(select(NOTICE.c.channel_id).where(*due).distinct()).scalars().all()
    still = [channel_id for channel_id in channels if not _has_moved(connection, channel_id, before)]
    if not still:
        return NONE
    return _some(connection, and_(*due, NOTICE.c.channel_id.in_(still)), NOTICE.c.next_at)


def _retrying(connection: Connection, now: datetime) -> Some:
    """Which notices were tried for an hour and have not got through?

    The attempts tell, also those that do not count as tries, such as at a robot that is too busy.
    """
    before = now - RETRYING_AFTER
    first = func.coalesce(NOTICE.c.not_before, NOTICE.c.created_at)
    mine = (ATTEMPT.c.notice_id == NOTICE.c.id, ATTEMPT.c.token > NOTICE.c.judged_token)
    said = ATTEMPT.c.provider_code != LOOK_AGAIN
    in_vain = (ATTEMPT.c.outcome.in_(_IN_VAIN), said, ATTEMPT.c.started_at < before)
    tried = select(ATTEMPT.c.token).where(*mine, *in_vain).exists()
    return _some(connection, and_(NOTICE.c.state.in_(_UNDECIDED), first < before, tried, ~_is_disabled()), first)


def _crashing(connection: Connection, now: datetime) -> Some:
    """Which notices were claimed twice in a row without an outcome (the claim that runs not counted)?"""
    running = (NOTICE.c.state == NoticeState.LEASED) & (NOTICE.c.lease_until > now)
    twice = or_(NOTICE.c.crashes > 2, (NOTICE.c.crashes == 2) & ~running)
    return _some(connection, and_(NOTICE.c.state.in_(_UNDECIDED), twice), NOTICE.c.created_at)


def _abandoned(connection: Connection, now: datetime) -> Some:
    """Which attempts have no outcome although their lease is over?"""
    running = and_(
        NOTICE.c.state == NoticeState.LEASED,
        NOTICE.c.lease_token == ATTEMPT.c.token,
        NOTICE.c.lease_until > now - ABANDONED_AFTER,
    )
    query = (
        select(func.count(), func.min(ATTEMPT.c.started_at))
        .join(NOTICE, NOTICE.c.id == ATTEMPT.c.notice_id)
        .where(ATTEMPT.c.outcome.is_(None), ~running)
    )
    count, since = connection.execute(query).one()
    return Some(count=count, since=since)


def _given_up(connection: Connection) -> Mapping[NoticeState, Some]:
    """Which notices were held after trouble, given up or too late, and wait for a person's word?

    Each part of a long message is judged by itself, and the message told once. A part whose plainer
    copy went out is not among them, nor is a fallback told of beside its notice; nor a sign of life
    that may have arrived, or is of yesterday.
    """
    copy = aliased(NOTICE)
    plainer = (copy.c.origin == f"{PLAIN}:" + NOTICE.c.number, copy.c.part_no == NOTICE.c.part_no)
    replaced = select(copy.c.id).where(*plainer).exists()
    unclear = select(ATTEMPT.c.notice_id).where(ATTEMPT.c.notice_id == NOTICE.c.id, ATTEMPT.c.outcome == "unclear")
    of_no_use = unclear.exists() | (NOTICE.c.state == NoticeState.EXPIRED)
    dropped = (NOTICE.c.policy == UnclearPolicy.DROP) & of_no_use
    found = {}
    for state in _GIVEN_UP:
        mine = (NOTICE.c.state == state, NOTICE.c.draft.is_(False), ~replaced)
        is_copy = NOTICE.c.origin.is_not(None) & IS_TOLD_WITH_ITS_NOTICE
        policy = NOTICE.c.policy.is_(None) | ~dropped
        since = func.coalesce(NOTICE.c.settled_at, NOTICE.c.created_at)
        found[state] = _some(connection, and_(*mine, ~is_copy, policy, ~_is_braked()), since)
    return found


def _braked(connection: Connection) -> Some:
    """What does a brake hold?"""
    mine = (NOTICE.c.state == NoticeState.HELD, _is_braked())
    return _some(connection, and_(*mine), NOTICE.c.created_at)


def _is_braked() -> ColumnElement[bool]:
    return func.coalesce(NOTICE.c.reason, "").in_([brake.reason for brake in Brake])


def _was_scanned(connection: Connection, day: date) -> bool:
    """Was this day looked at to the end?"""
    query = select(SCAN_RUN.c.logical_date).where(SCAN_RUN.c.logical_date == day, SCAN_RUN.c.finished_at.is_not(None))
    query = query.where(*had_been(day))
    return connection.execute(query).first() is not None


def _ahead(day: date | None, today: date) -> date | None:
    return day if day is not None and day > today else None


def _latest_instances(connection: Connection) -> tuple[Alive, ...]:
    """Which processes sent lately?"""
    query = select(INSTANCE).order_by(INSTANCE.c.epoch.desc()).limit(10)
    rows = connection.execute(query).mappings()
    return tuple(Alive(**{name: row[name] for name in Alive.__dataclass_fields__}) for row in rows)


def _is_shut(before: datetime, now: datetime) -> ColumnElement[bool]:
    """Whether a notice's channel was closed at `before` or later, or is disabled."""
    state = CHANNEL_STATE.c
    paced = (gates.is_ahead(moment, before, now + gates.FURTHEST) for moment in (state.blocked_until, state.free_at))
    shut = or_(state.disabled_reason.is_not(None), *paced)
    return select(state.channel_id).where(state.channel_id == NOTICE.c.channel_id, shut).exists()


def _is_disabled() -> ColumnElement[bool]:
    state = CHANNEL_STATE.c
    mine = (state.channel_id == NOTICE.c.channel_id, state.disabled_reason.is_not(None))
    return select(state.channel_id).where(*mine).exists()


def _has_moved(connection: Connection, channel_id: str, since: datetime) -> bool:
    """Was anything tried on this channel since then?"""
    query = (
        select(ATTEMPT.c.token)
        .join(NOTICE, NOTICE.c.id == ATTEMPT.c.notice_id)
        .where(NOTICE.c.channel_id == channel_id, ATTEMPT.c.started_at > since)
    )
    return connection.execute(query.limit(1)).first() is not None


def _some(connection: Connection, which: ColumnElement[bool], since: ColumnElement[datetime]) -> Some:
    count, first = connection.execute(
        select(func.count(NOTICE.c.number.distinct()), func.min(since)).where(which)
    ).one()
    if not count:
        return NONE
    numbers = select(NOTICE.c.number).where(which).group_by(NOTICE.c.number).order_by(func.min(NOTICE.c.id))
    found = connection.execute(numbers.limit(MOST_NUMBERS)).scalars()
    return Some(count=count, since=first, numbers=tuple(found))
