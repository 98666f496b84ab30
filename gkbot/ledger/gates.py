"""Rate gate and circuit of a channel, shared by all instances through its row.

The gate is a sliding window: the moments of the last messages are kept, and no window of the
given length ever holds more than the channel takes. Some places are kept for what is urgent.
"""

from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, Connection, RowMapping, or_, select, update

from gkbot.ledger.database import Database
from gkbot.ledger.tables import CHANNEL_STATE, NOTICE
from gkbot.ledger.values import DisabledChannel, Rate, Receipt

URGENT_PRIORITY = 0
_MARGIN_SECONDS = 1.0
"""A message may take a moment to arrive, so the receiver's window is not ours."""


def is_open(now: datetime) -> ColumnElement[bool]:
    """Whether the gate of a notice's channel lets it pass now, as a condition on `notice`."""
    state = CHANNEL_STATE.c
    shut = or_(
        state.disabled_reason.is_not(None),
        state.blocked_until > now,
        state.urgent_free_at > now,
        (state.free_at > now) & (NOTICE.c.priority > URGENT_PRIORITY),
    )
    return ~select(state.channel_id).where(state.channel_id == NOTICE.c.channel_id, shut).exists()


def take_place(
    database: Database, connection: Connection, channel_id: str, rate: Rate, *, urgent: bool, now: datetime
) -> bool:
    """Take one place in the window; False where there is none any more.

    The row stays locked until the transaction ends, so two instances never take the same place.
    """
    row = _locked(database, connection, channel_id)
    if row["disabled_reason"] or (row["blocked_until"] and row["blocked_until"] > now):
        return False
    since = now.timestamp() - rate.seconds - _MARGIN_SECONDS
    recent = sorted(moment for moment in row["recent"] if moment > since)
    most = rate.most if urgent else rate.most - rate.reserve
    taken = len(recent) < most
    if taken:
        recent.append(now.timestamp())
    _write(connection, channel_id, recent, rate)
    return taken


def learn(database: Database, connection: Connection, channel_id: str, receipt: Receipt, now: datetime) -> None:
    """Take what an answer says of the whole channel: closed for a while, of no use, or well again."""
    if receipt.close_gate is None and not receipt.disable:
        return
    _locked(database, connection, channel_id)
    values: dict[str, object] = {}
    if receipt.close_gate is not None:
        values["blocked_until"] = now + timedelta(seconds=receipt.close_gate)
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
    moments = [row[name] for name in ("blocked_until", "free_at") if row[name] and row[name] > now]
    return max(moments, default=None)


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


def _write(connection: Connection, channel_id: str, recent: list[float], rate: Rate) -> None:
    mine = CHANNEL_STATE.c.channel_id == channel_id
    values = {
        "recent": recent,
        "free_at": _free_at(recent, rate.most - rate.reserve, rate),
        "urgent_free_at": _free_at(recent, rate.most, rate),
    }
    connection.execute(update(CHANNEL_STATE).where(mine).values(values))


def _free_at(recent: list[float], most: int, rate: Rate) -> datetime | None:
    """When fewer than `most` messages will lie in the window; None for now."""
    if len(recent) < most:
        return None
    return datetime.fromtimestamp(recent[len(recent) - most] + rate.seconds + _MARGIN_SECONDS, UTC)
