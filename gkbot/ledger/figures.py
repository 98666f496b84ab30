"""How much there is of everything: counts for `gkbot status`, the morning's sign of life, and /metrics."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Connection, case, func, select

from gkbot.ledger import gates
from gkbot.ledger.database import Database
from gkbot.ledger.tables import ATTEMPT, CHANNEL_STATE, NOTICE
from gkbot.ledger.values import NoticeState

_UNDECIDED = (NoticeState.PENDING, NoticeState.LEASED)
_UNWANTED = (NoticeState.SUPERSEDED, NoticeState.CANCELLED)
_UNSETTLED = (*_UNDECIDED, NoticeState.HELD, NoticeState.DEAD)
_IS_SETTLED = NOTICE.c.state.not_in(_UNSETTLED)
_HAS_ENDED = ATTEMPT.c.outcome.is_not(None)
OPEN = "open"  # an attempt without outcome yet
RECENT = timedelta(days=40)
"""Notices of these days are counted at every call; what is settled of older ones, once a day: a copy of an old
notice that a person sends again joins the counts the day after."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """Whether a channel may be used.

    Attributes:
        closed_until: It was told to wait, or has no place left; None where it is open or disabled.
    """

    channel_id: str
    closed_until: datetime | None = None
    disabled_reason: str | None = None
    disabled_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """How the outbox stands at a moment.

    Attributes:
        drafts: Letters that wait for a person to send them.
        waiting_since: When the notice that is due longest fell due; None where none is.
    """

    drafts: int = 0
    waiting_since: datetime | None = None
    gates: tuple[Gate, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """Counts of the whole ledger; a message in several parts is one notice.

    Attributes:
        notices: By channel and state, drafts left out.
        attempts: By channel and outcome; `open` for those without one.
    """

    notices: Mapping[tuple[str, NoticeState], int]
    attempts: Mapping[tuple[str, str], int]


@dataclass(frozen=True, slots=True)
class _Past:
    """What is settled of the days before one."""

    until: date
    notices: Counter[tuple[str, NoticeState]]
    attempts: Counter[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """What became of the notices of some days; what was overtaken or withdrawn does not count."""

    states: Mapping[NoticeState, int] = field(default_factory=dict)

    @property
    def wanted(self) -> int:
        """How many were to go out."""
        return sum(count for state, count in self.states.items() if state not in _UNWANTED)

    def of(self, *states: NoticeState) -> int:
        """How many stand in one of these states."""
        return sum(self.states.get(state, 0) for state in states)


class Counting:
    """The ledger as it is counted."""

    def __init__(self, database: Database) -> None:
        """Stand on an open database."""
        self._database = database
        self._past: _Past | None = None

    def totals(self) -> Totals:
        """Counts of everything since the beginning, at the cost of the last weeks."""
        with self._database.reading() as connection:
            first = self._database.now(connection).date() - RECENT
            past = self._past
            if past is None or past.until != first:
                past = self._past = _past(connection, first)
            is_recent = NOTICE.c.day.in_(_days(connection, first))
            return Totals(
                notices=past.notices
                + _notices(connection, is_recent, _IS_SETTLED)
                + _notices(connection, NOTICE.c.state.in_(_UNSETTLED)),
                attempts=past.attempts
                + _attempts(connection, is_recent, _HAS_ENDED)
                + _attempts(connection, ATTEMPT.c.outcome.is_(None)),
            )

    def figures(self) -> Figures:
        """How the outbox stands."""
        with self._database.reading() as connection:
            now = self._database.now(connection)
            return Figures(
                drafts=_drafts(connection),
                waiting_since=_waiting_since(connection, now),
                gates=_gates(connection, now),
            )

    def days(self, first: date, last: date) -> Day:
        """What became of the notices of these days, both inclusive; drafts and copies do not count."""
        mine = (NOTICE.c.day >= first, NOTICE.c.day <= last, *_MESSAGES, NOTICE.c.origin.is_(None))
        query = select(NOTICE.c.state, func.count()).where(*mine).group_by(NOTICE.c.state)
        with self._database.reading() as connection:
            return Day(states={NoticeState(state): count for state, count in connection.execute(query)})


_MESSAGES = (NOTICE.c.part_no == 1, NOTICE.c.draft.is_(False))


def _days(connection: Connection, first: date) -> list[date]:
    """Which days from this one on have notices? Named one by one, since a database may go through all for a range."""
    return list(connection.execute(select(NOTICE.c.day).where(NOTICE.c.day >= first).distinct()).scalars())


def _past(connection: Connection, until: date) -> _Past:
    is_older = NOTICE.c.day < until
    return _Past(
        until,
        _notices(connection, is_older, _IS_SETTLED),
        _attempts(connection, is_older, _HAS_ENDED),
    )


def _notices(connection: Connection, *of: ColumnElement[bool]) -> Counter[tuple[str, NoticeState]]:
    """How many such notices of each channel stand in each state?"""
    query = select(NOTICE.c.channel, NOTICE.c.state, func.count()).where(*_MESSAGES, *of)
    rows = connection.execute(query.group_by(NOTICE.c.channel, NOTICE.c.state))
    return Counter({(channel, NoticeState(state)): count for channel, state, count in rows})


def _attempts(connection: Connection, *of: ColumnElement[bool]) -> Counter[tuple[str, str]]:
    """How many attempts at such notices came to what on each channel?"""
    outcome = func.coalesce(ATTEMPT.c.outcome, OPEN)
    query = select(NOTICE.c.channel, outcome, func.count()).join(NOTICE, NOTICE.c.id == ATTEMPT.c.notice_id)
    rows = connection.execute(query.where(*of).group_by(NOTICE.c.channel, outcome))
    return Counter({(channel, str(came_to)): count for channel, came_to, count in rows})


def _drafts(connection: Connection) -> int:
    """How many letters wait for a person?"""
    mine = (NOTICE.c.part_no == 1, NOTICE.c.draft.is_(True), NOTICE.c.state == NoticeState.HELD)
    count: int = connection.execute(select(func.count()).select_from(NOTICE).where(*mine)).scalar_one()
    return count


def _waiting_since(connection: Connection, now: datetime) -> datetime | None:
    """Since when might the oldest notice have left that has not? One never tried may leave at its scattered moment."""
    tried = func.coalesce(NOTICE.c.not_before, NOTICE.c.created_at)
    first = case((NOTICE.c.lease_token == 0, NOTICE.c.next_at), else_=tried)
    query = select(func.min(first)).where(NOTICE.c.state.in_(_UNDECIDED), first <= now)
    found: datetime | None = connection.execute(query).scalar()
    return found


def _gates(connection: Connection, now: datetime) -> tuple[Gate, ...]:
    """Which channels were ever used or closed, and how do they stand?"""
    found = []
    for row in connection.execute(select(CHANNEL_STATE).order_by(CHANNEL_STATE.c.channel_id)).mappings():
        is_disabled = row["disabled_reason"] is not None
        found.append(
            Gate(
                channel_id=row["channel_id"],
                closed_until=None if is_disabled else gates.shut_until(row, now),
                disabled_reason=row["disabled_reason"],
                disabled_at=row["disabled_at"],
            )
        )
    return tuple(found)
