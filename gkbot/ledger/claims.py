"""Taking one notice to send, and beginning the attempt (facts/delivery.md 3.4, steps 1 to 4).

Always one row, never a batch: the tail of a batch outlives its lease. The claim is one
transaction, the attempt's beginning another; no transaction is open while the network is used.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, RowMapping, func, insert, select, update

from gkbot.ledger import gates
from gkbot.ledger.crash_points import crash_point
from gkbot.ledger.database import Database
from gkbot.ledger.events import EVENTS_LOCK, has_event_since, last_event
from gkbot.ledger.parts import cancel_later_parts, insert_later_parts
from gkbot.ledger.tables import ATTEMPT, NOTICE, TOLD
from gkbot.ledger.telling import told_of
from gkbot.ledger.values import (
    Claimed,
    Instance,
    NoticeState,
    Outcome,
    Payload,
    Rate,
    UnclearPolicy,
)
from gkbot.planning.values import Told

MOST_CRASHES = 5
CRASHED = "crashed"
NoteClosed = Callable[[str, str, str, NoticeState, str], None]
_READY = (NoticeState.PENDING, NoticeState.LEASED)


def claim(
    database: Database,
    instance: Instance,
    *,
    channel: str,
    rate: Rate | None,
    lease_seconds: float,
    policy: UnclearPolicy,
    note_closed: NoteClosed = lambda *_closed: None,
) -> Claimed | None:
    """Take the most urgent notice of a channel that is due; None where there is none or the gate is closed.

    On the way notices are closed that are past their time, that killed us too often, or whose
    second attempt was unclear as well.

    Args:
        channel: Kind of channel: email, wecom, file.
        rate: What the channel takes; a place is taken in the same transaction.
        lease_seconds: Longer than any attempt can take.
        policy: What to do after an unclear attempt where the notice says nothing.
        note_closed: Told number, channel, contact, state and reason of every notice closed on the way.
    """
    while True:
        with database.writing() as connection:
            now = database.now(connection)
            row = _candidate(connection, channel, now)
            if row is None:
                return None
            closed = _closed(connection, row, UnclearPolicy(row["policy"] or policy), now)
            if closed:
                _settle(connection, row["id"], *closed, now)
                note_closed(row["number"], row["channel_id"], row["contact"], *closed)
                continue
            urgent = row["priority"] <= gates.URGENT_PRIORITY
            if rate and not gates.take_place(database, connection, row["channel_id"], rate, urgent=urgent, now=now):
                continue
            claimed = _leased(connection, row, instance, now + timedelta(seconds=lease_seconds))
        crash_point("CP2")
        return claimed


def begin_attempt(
    database: Database, instance: Instance, claimed: Claimed, bodies: Sequence[Payload], message_id: str
) -> bool:
    """Freeze the body and commit that an attempt begins; only then may the wire be touched.

    Args:
        bodies: The payloads of all parts; the first is this notice's own, the others become rows
            that each wait for the one before. For a frozen notice its own body.

    Returns:
        False where something happened to one of its tasks since the claim: look again. Also
        where the notice is no longer ours.
    """
    with database.writing() as connection:
        database.lock(connection, EVENTS_LOCK, shared=True)
        now = database.now(connection)
        if _is_stale(connection, claimed) or not _is_ours(connection, claimed, locking=True):
            return False
        if claimed.body is None:
            _freeze(connection, claimed, bodies, message_id)
        row = {
            "notice_id": claimed.id,
            "token": claimed.token,
            "instance": instance.epoch,
            "started_at": now,
            "phase": "begun",
            "provider_code": "",
            "reply": "",
        }
        connection.execute(insert(ATTEMPT).values(row))
    crash_point("CP3")
    return True


def is_still_ours(database: Database, claimed: Claimed) -> bool:
    """Whether the lease is still this one's."""
    with database.reading() as connection:
        return _is_ours(connection, claimed, locking=False)


def events_now(database: Database) -> int:
    """Id of the latest event, to look again against."""
    with database.reading() as connection:
        return last_event(connection)


def _candidate(connection: Connection, channel: str, now: datetime) -> RowMapping | None:
    """The row to take: an abandoned lease before anything new, the most urgent first."""
    for state in (NoticeState.LEASED, NoticeState.PENDING):
        query = (
            select(NOTICE)
            .where(NOTICE.c.state == state, NOTICE.c.channel == channel, NOTICE.c.next_at <= now)
            .where(gates.is_open(now))
            .order_by(NOTICE.c.priority, NOTICE.c.next_at, NOTICE.c.id)
            .limit(1)
            .with_for_update(skip_locked=True, of=NOTICE)
        )
        row = connection.execute(query).mappings().first()
        if row is not None:
            return row
    return None


def _closed(
    connection: Connection, row: RowMapping, policy: UnclearPolicy, now: datetime
) -> tuple[NoticeState, str] | None:
    """Why the notice must not be sent: its state and reason; None where it may."""
    _mark_abandoned(connection, row["id"], now)
    unclear = _unclear_attempts(connection, row["id"], since=row["judged_token"])
    if unclear > 1:
        return NoticeState.HELD, "unclear twice"
    if unclear and policy is not UnclearPolicy.RESEND_ONCE:
        held = policy is UnclearPolicy.HOLD
        return (NoticeState.HELD, "unclear") if held else (NoticeState.DEAD, "unclear, dropped")
    if row["crashes"] >= MOST_CRASHES:
        return NoticeState.DEAD, "poison"
    if row["expires_at"] is not None and row["expires_at"] <= now:
        return NoticeState.EXPIRED, "expired"
    return None


def _mark_abandoned(connection: Connection, notice_id: int, now: datetime) -> None:
    """An attempt without outcome whose lease has run out may or may not have arrived."""
    open_ones = (ATTEMPT.c.notice_id == notice_id, ATTEMPT.c.outcome.is_(None))
    values = {"outcome": Outcome.UNCLEAR, "provider_code": CRASHED, "ended_at": now}
    connection.execute(update(ATTEMPT).where(*open_ones).values(values))


def _unclear_attempts(connection: Connection, notice_id: int, *, since: int = 0) -> int:
    query = select(func.count()).select_from(ATTEMPT)
    unclear = (ATTEMPT.c.notice_id == notice_id, ATTEMPT.c.outcome == Outcome.UNCLEAR, ATTEMPT.c.token > since)
    count: int = connection.execute(query.where(*unclear)).scalar_one()
    return count


def _settle(connection: Connection, notice_id: int, state: NoticeState, reason: str, now: datetime) -> None:
    mine = (NOTICE.c.id == notice_id, NOTICE.c.state.in_(_READY))
    values = {"state": state, "reason": reason, "settled_at": now, "next_at": None, "lease_owner": None}
    connection.execute(update(NOTICE).where(*mine).values(values))
    if state is not NoticeState.HELD:
        cancel_later_parts(connection, notice_id, now)


def _leased(connection: Connection, row: RowMapping, instance: Instance, until: datetime) -> Claimed:
    token = row["lease_token"] + 1
    values = {
        "state": NoticeState.LEASED,
        "lease_owner": instance.epoch,
        "lease_token": token,
        "lease_until": until,
        "next_at": until,
        "crashes": row["crashes"] + 1,
    }
    connection.execute(update(NOTICE).where(NOTICE.c.id == row["id"]).values(values))
    unclear = _unclear_attempts(connection, row["id"])
    return _claimed(row, token, _items(connection, row["id"]), unclear > 0, last_event(connection))


def _claimed(row: RowMapping, token: int, items: tuple[Told, ...], maybe_twice: bool, events_seen: int) -> Claimed:
    taken: Mapping[str, Any] = {
        name: row[name] for name in Claimed.__dataclass_fields__ if name in row and name not in {"mentions", "mobiles"}
    }
    return Claimed(
        **taken,
        token=token,
        key=row["dedupe_key"],
        mentions=tuple(row["mentions"]),
        mobiles=tuple(row["mobiles"]),
        items=items,
        maybe_twice=maybe_twice,
        events_seen=events_seen,
    )


def _items(connection: Connection, notice_id: int) -> tuple[Told, ...]:
    columns = [TOLD.c[name] for name in Told.__dataclass_fields__]
    query = select(*columns).where(TOLD.c.notice_id == notice_id).order_by(TOLD.c.id)
    rows = connection.execute(query).mappings()
    return tuple(told_of(row) for row in rows)


def _is_stale(connection: Connection, claimed: Claimed) -> bool:
    tasks = {item.task for item in claimed.items}
    return bool(tasks) and has_event_since(connection, tasks, claimed.events_seen)


def _is_ours(connection: Connection, claimed: Claimed, *, locking: bool) -> bool:
    mine = (NOTICE.c.id == claimed.id, NOTICE.c.lease_token == claimed.token)
    query = select(NOTICE.c.id).where(*mine, NOTICE.c.state == NoticeState.LEASED)
    return connection.execute(query.with_for_update() if locking else query).first() is not None


def _freeze(connection: Connection, claimed: Claimed, bodies: Sequence[Payload], message_id: str) -> None:
    frozen = {"body": bodies[0], "message_id": message_id, "parts": len(bodies)}
    connection.execute(update(NOTICE).where(NOTICE.c.id == claimed.id).values(frozen))
    if len(bodies) > 1:
        insert_later_parts(connection, claimed.id, bodies[1:])
