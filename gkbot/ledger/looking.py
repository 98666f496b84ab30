"""What people and the auditor ask of the outbox; nothing here changes anything."""

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import Connection, RowMapping, func, or_, select
from sqlalchemy.orm import aliased

from gkbot.ledger import gates
from gkbot.ledger.tables import ATTEMPT, CHANNEL_STATE, NOTICE, SCAN_RUN
from gkbot.ledger.values import FALLBACK, PLAIN, Attempt, Entry, NoticeState, Outcome, ScanRun

_of = aliased(NOTICE)
_SENT_BEFORE = (_of.c.state == NoticeState.SENT) & (_of.c.settled_at <= NOTICE.c.created_at)
IS_TOLD_WITH_ITS_NOTICE = NOTICE.c.origin.like(f"{FALLBACK}:%") & (
    select(_of.c.id).where(_of.c.number == func.substr(NOTICE.c.origin, len(FALLBACK) + 2), ~_SENT_BEFORE).exists()
)
"""Whether a fallback needs no word of its own: the notice it stands for is told, or a person has dealt with it.

That is not so where a mail was sent and came back: only the fallback can be told of then.
"""
_GIVEN_UP = (
    NOTICE.c.state.in_((NoticeState.DEAD, NoticeState.EXPIRED, NoticeState.HELD)),
    NOTICE.c.draft.is_(False),
    NOTICE.c.reason.is_(None) | NOTICE.c.reason.not_like("brake-%"),  # nothing went wrong with those
    NOTICE.c.origin.is_(None) | ~IS_TOLD_WITH_ITS_NOTICE,
)


def entries(
    connection: Connection,
    *,
    state: NoticeState | None = None,
    day: date | None = None,
    number: str | None = None,
    address: str | None = None,
    limit: int | None = None,
) -> tuple[Entry, ...]:
    """The notices in this state, of this day, with this number, to this address; newest day first, then as decided."""
    query = select(NOTICE).order_by(NOTICE.c.day.desc(), NOTICE.c.id).limit(limit)
    if state is not None:
        query = query.where(NOTICE.c.state == state)
    if day is not None:
        query = query.where(NOTICE.c.day == day)
    if number is not None:
        query = query.where(NOTICE.c.number == number)
    if address is not None:
        query = query.where(NOTICE.c.address == address)
    return tuple(as_entry(row) for row in connection.execute(query).mappings())


def attempts(connection: Connection, number: str, part: int = 1) -> tuple[Attempt, ...]:
    """Every try to send this part of a notice, in order."""
    query = (
        select(ATTEMPT)
        .join(NOTICE, NOTICE.c.id == ATTEMPT.c.notice_id)
        .where(NOTICE.c.number == number, NOTICE.c.part_no == part)
        .order_by(ATTEMPT.c.token)
    )
    return tuple(as_attempt(row) for row in connection.execute(query).mappings())


def counts(connection: Connection, day: date | None = None) -> Mapping[NoticeState, int]:
    """How many notices stand in each state, of one day or of all."""
    query = select(NOTICE.c.state, func.count()).group_by(NOTICE.c.state)
    if day is not None:
        query = query.where(NOTICE.c.day == day)
    found = {NoticeState(state): count for state, count in connection.execute(query)}
    return {state: found.get(state, 0) for state in NoticeState}


def waiting(connection: Connection, channel: str) -> int:
    """How many notices of a channel are decided but not settled; parts are not counted."""
    undecided = NOTICE.c.state.in_((NoticeState.PENDING, NoticeState.LEASED))
    mine = (undecided, NOTICE.c.channel == channel, NOTICE.c.part_no == 1)
    count: int = connection.execute(select(func.count()).select_from(NOTICE).where(*mine)).scalar_one()
    return count


def next_moment(connection: Connection, channel: str, now: datetime) -> datetime | None:
    """When there may be something to do for a channel again; None where nothing waits for its time."""
    undecided = NOTICE.c.state.in_((NoticeState.PENDING, NoticeState.LEASED))
    disabled = select(CHANNEL_STATE.c.channel_id).where(CHANNEL_STATE.c.disabled_reason.is_not(None))
    query = (
        select(NOTICE.c.channel_id, func.min(NOTICE.c.next_at))
        .where(undecided, NOTICE.c.channel == channel, NOTICE.c.next_at.is_not(None))
        .where(NOTICE.c.channel_id.not_in(disabled))
        .group_by(NOTICE.c.channel_id)
    )
    moments = [
        max(due, gates.next_opening(connection, channel_id, now) or due)
        for channel_id, due in connection.execute(query).all()
    ]
    return min(moments, default=None)


def stranded(connection: Connection, channel: str) -> tuple[Entry, ...]:
    """Pending notices whose channel is of no use until a person mends it."""
    query = (
        select(NOTICE)
        .join(CHANNEL_STATE, CHANNEL_STATE.c.channel_id == NOTICE.c.channel_id)
        .where(NOTICE.c.state == NoticeState.PENDING, NOTICE.c.channel == channel)
        .where(CHANNEL_STATE.c.disabled_reason.is_not(None))
        .order_by(NOTICE.c.priority, NOTICE.c.id)
    )
    return tuple(as_entry(row) for row in connection.execute(query).mappings())


def overdue_to_send(connection: Connection, before: datetime) -> tuple[Entry, ...]:
    """Notices that should have gone out before this moment and are not settled: for the auditor."""
    undecided = NOTICE.c.state.in_((NoticeState.PENDING, NoticeState.LEASED))
    late = or_(NOTICE.c.next_at < before, NOTICE.c.next_at.is_(None) & (NOTICE.c.created_at < before))
    query = select(NOTICE).where(undecided, late).order_by(NOTICE.c.next_at, NOTICE.c.id)
    return tuple(as_entry(row) for row in connection.execute(query).mappings())


def undelivered(connection: Connection, since: datetime) -> tuple[Entry, ...]:
    """Notices given up since then, or held after trouble, of which no person has disposed; oldest first.

    One for which a plainer copy went out is not among them, nor is a fallback told of beside its notice.
    """
    query = select(NOTICE).where(*_GIVEN_UP, NOTICE.c.settled_at >= since).order_by(NOTICE.c.id)
    rows = connection.execute(query).mappings().all()
    days = {row["day"] for row in rows}
    copies = select(NOTICE.c.origin, NOTICE.c.part_no).where(NOTICE.c.day.in_(days), NOTICE.c.origin.like(f"{PLAIN}:%"))
    replaced = {tuple(row) for row in connection.execute(copies)} if rows else set()
    left = [row for row in rows if (f"{PLAIN}:{row['number']}", row["part_no"]) not in replaced]
    return tuple(as_entry(row) for row in {row["number"]: row for row in left}.values())


def undelivered_count(connection: Connection) -> int:
    """How many rows were given up or held after trouble, ever: a cheap sign that there are new ones."""
    count: int = connection.execute(select(func.count()).select_from(NOTICE).where(*_GIVEN_UP)).scalar_one()
    return count


def scan_runs(connection: Connection, since: date) -> tuple[ScanRun, ...]:
    """The days looked at from `since` on, in order."""
    query = select(SCAN_RUN).where(SCAN_RUN.c.logical_date >= since).order_by(SCAN_RUN.c.logical_date)
    return tuple(
        ScanRun(
            day=row["logical_date"],
            rules_digest=row["rules_hash"],
            started_at=row["started_at"],
            finished_at=row["finished_at"],
            covered_by=row["covered_by"],
            counts=row["counts"],
        )
        for row in connection.execute(query).mappings()
    )


def as_entry(row: RowMapping) -> Entry:
    """The notice of a row."""
    same = {name: row[name] for name in Entry.__dataclass_fields__ if name in row}
    return Entry(**{**same, "key": row["dedupe_key"], "state": NoticeState(row["state"])})


def as_attempt(row: RowMapping) -> Attempt:
    """The try of a row."""
    return Attempt(
        token=row["token"],
        started_at=row["started_at"],
        ended_at=row["ended_at"],
        outcome=Outcome(row["outcome"]) if row["outcome"] else None,
        code=row["provider_code"],
        phase=row["phase"],
        reply=row["reply"],
        instance=row["instance"],
    )
