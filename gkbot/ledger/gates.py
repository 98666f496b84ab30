"""Rate gate and circuit of a channel, shared by all instances through its row.

The gate is a sliding window: the moments of the last messages are kept, and no window of any
given length ever holds more than the channel takes. Some places are kept for what is urgent.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, TypeGuard

from sqlalchemy import BindParameter, ColumnElement, Connection, RowMapping, and_, bindparam, func, or_, select, update

from gkbot.ledger.database import Database
from gkbot.ledger.tables import CHANNEL_STATE, NOTICE
from gkbot.ledger.values import DisabledChannel, NoticeState, Pace, Rate, Receipt

URGENT_PRIORITY = 0
_MARGIN_SECONDS, _MARGIN_SHARE = 1.0, 0.05
"""A message may take a moment to arrive, so the receiver's window is not ours."""
FURTHEST = timedelta(hours=12)
"""Nothing is put off for longer by itself; a moment further ahead was written by a clock that was wrong."""

_STATE = CHANNEL_STATE.c
_NOW: BindParameter[datetime] = bindparam("now")
_FAR: BindParameter[datetime] = bindparam("far")


def is_ahead(moment: ColumnElement[Any], after: Any, far: Any) -> ColumnElement[bool]:
    """Whether a gate is shut until some moment after `after` that can be believed, being no later than `far`."""
    return and_(moment > after, moment <= far)


IS_OPEN = ~(
    select(_STATE.channel_id)
    .where(
        _STATE.channel_id == NOTICE.c.channel_id,
        or_(
            _STATE.disabled_reason.is_not(None),
            is_ahead(_STATE.blocked_until, _NOW, _FAR),
            is_ahead(_STATE.urgent_free_at, _NOW, _FAR),
            is_ahead(_STATE.free_at, _NOW, _FAR) & (NOTICE.c.priority > URGENT_PRIORITY),
        ),
    )
    .exists()
)
"""Whether the gate of a notice's channel lets it pass, as a condition on `notice`; wants `asked_at`."""


def asked_at(now: datetime) -> dict[str, datetime]:
    """What `IS_OPEN` has to be given."""
    return {"now": now, "far": now + FURTHEST}


def is_believed(moment: datetime | None, now: datetime) -> TypeGuard[datetime]:
    """Whether a gate is shut until this moment."""
    return moment is not None and now < moment <= now + FURTHEST


def take_place(
    database: Database, connection: Connection, channel_id: str, rates: Sequence[Rate], *, urgent: bool, now: datetime
) -> bool:
    """Take one place in every window; False where one has none any more.

    The row stays locked until the transaction ends, so two instances never take the same place.
    """
    row = _locked(database, connection, channel_id)
    if row["disabled_reason"] or is_believed(row["blocked_until"], now):
        return False
    recent = _recent(row["recent"], rates, now)
    free_at = _free_at(recent, rates, urgent=urgent)
    taken = free_at is None or free_at <= now
    if taken:
        recent.append(now.timestamp())
    _write(connection, channel_id, recent, rates)
    return taken


def move_place(
    database: Database,
    connection: Connection,
    channel_id: str,
    rates: Sequence[Rate],
    *,
    booked_at: float,
    now: datetime,
) -> bool:
    """Let the place taken at `booked_at` count from now, when its message leaves; False where it has become too late.

    That is so where so much was sent meanwhile that the windows which end now are full; the place is free again.
    """
    row = _locked(database, connection, channel_id)
    others = list(row["recent"])
    if booked_at in others:
        others.remove(booked_at)
    recent = _recent(others, rates, now)
    free_at = _free_at(recent, rates, urgent=True)  # none of the places kept for urgent ones: it has its own
    moved = free_at is None or free_at <= now
    _write(connection, channel_id, [*recent, now.timestamp()] if moved else recent, rates)
    return moved


def learn(database: Database, connection: Connection, channel_id: str, receipt: Receipt, now: datetime) -> None:
    """Take what an answer says of the whole channel: closed for a while, of no use, or well again."""
    if receipt.close_gate is None and not receipt.disable:
        return
    known = _locked(database, connection, channel_id)["blocked_until"]
    values: dict[str, object] = {}
    if receipt.close_gate is not None:
        until = now + timedelta(seconds=receipt.close_gate)
        values["blocked_until"] = max(until, known) if is_believed(known, now) else until
    if receipt.disable:
        values |= {"disabled_reason": receipt.code, "disabled_at": now}
    mine = CHANNEL_STATE.c.channel_id == channel_id
    connection.execute(update(CHANNEL_STATE).where(mine).values(values))


def enable(connection: Connection, channel_id: str) -> None:
    """Let the channel be used again."""
    mine = CHANNEL_STATE.c.channel_id == channel_id
    values = {"disabled_reason": None, "disabled_at": None, "blocked_until": None}
    connection.execute(update(CHANNEL_STATE).where(mine).values(values))


def disabled(connection: Connection) -> tuple[DisabledChannel, ...]:
    """The channels that are of no use until a person mends them."""
    state = CHANNEL_STATE.c
    query = select(state.channel_id, state.disabled_reason, state.disabled_at).where(state.disabled_reason.is_not(None))
    rows = connection.execute(query.order_by(state.channel_id))
    return tuple(DisabledChannel(channel_id=name, reason=why, since=since) for name, why, since in rows)


def next_opening(connection: Connection, channel_id: str, now: datetime) -> datetime | None:
    """When a closed gate opens again; None where it is open or only a person can open it."""
    row = connection.execute(
        select(CHANNEL_STATE).where(CHANNEL_STATE.c.channel_id == channel_id)
    ).mappings().first()  # fmt: skip
    if row is None or row["disabled_reason"]:
        return None
    return shut_until(row, now)


def shut_until(row: RowMapping, now: datetime) -> datetime | None:
    """Until when the row of a channel says that its gate is shut; None where it is open."""
    moments = [row[name] for name in ("blocked_until", "free_at") if is_believed(row[name], now)]
    return max(moments, default=None)


def paced(connection: Connection, channel: str, now: datetime) -> Pace | None:
    """What is due on the gates of a kind of channel that only their pace closes, and when the first opens."""
    query = (
        select(_STATE.free_at, _STATE.urgent_free_at, func.count(), func.min(NOTICE.c.priority))
        .join(NOTICE, NOTICE.c.channel_id == _STATE.channel_id)
        .where(NOTICE.c.state == NoticeState.PENDING, NOTICE.c.channel == channel, NOTICE.c.next_at <= now)
        .where(
            _STATE.disabled_reason.is_(None), ~func.coalesce(is_ahead(_STATE.blocked_until, now, now + FURTHEST), False)
        )
        .group_by(_STATE.channel_id, _STATE.free_at, _STATE.urgent_free_at)
    )
    found: list[tuple[int, datetime]] = []
    for free_at, urgent_free_at, waiting, most_urgent in connection.execute(query):
        opens_at = urgent_free_at if most_urgent <= URGENT_PRIORITY else free_at
        if is_believed(opens_at, now):
            found.append((waiting, opens_at))
    if not found:
        return None
    first = min(at for _, at in found)
    return Pace(waiting=sum(count for count, _ in found), opens_at=first, seconds=(first - now).total_seconds())


def _locked(database: Database, connection: Connection, channel_id: str) -> RowMapping:
    blank: dict[str, object] = {
        "channel_id": channel_id,
        "recent": [],
        "free_at": None,
        "urgent_free_at": None,
        "blocked_until": None,
        "fail_streak": 0,
        "disabled_reason": None,
        "disabled_at": None,
    }
    query = select(CHANNEL_STATE).where(CHANNEL_STATE.c.channel_id == channel_id).with_for_update()
    found = connection.execute(query).mappings().first()
    if found is None:
        database.insert_new(connection, CHANNEL_STATE, [blank], ["channel_id"])
        found = connection.execute(query).mappings().one()
    return found


def _recent(moments: Sequence[float], rates: Sequence[Rate], now: datetime) -> list[float]:
    """The moments that still count, in order; what lies ahead, from before the clock was set back, as just now."""
    moment, longest = now.timestamp(), max(rate.seconds + _margin(rate) for rate in rates)
    return sorted(min(each, moment) for each in moments if each > moment - longest)


def _write(connection: Connection, channel_id: str, recent: list[float], rates: Sequence[Rate]) -> None:
    mine = CHANNEL_STATE.c.channel_id == channel_id
    values = {
        "recent": recent,
        "free_at": _free_at(recent, rates, urgent=False),
        "urgent_free_at": _free_at(recent, rates, urgent=True),
    }
    connection.execute(update(CHANNEL_STATE).where(mine).values(values))


def _free_at(recent: list[float], rates: Sequence[Rate], *, urgent: bool) -> datetime | None:
    """When no window is full any more; None where none is."""
    moments = []
    for rate in rates:
        most = rate.most if urgent else rate.most - rate.reserve
        if len(recent) >= most:
            moments.append(recent[len(recent) - most] + rate.seconds + _margin(rate))
    return datetime.fromtimestamp(max(moments), UTC) if moments else None


def _margin(rate: Rate) -> float:
    return min(_MARGIN_SECONDS, rate.seconds * _MARGIN_SHARE)
