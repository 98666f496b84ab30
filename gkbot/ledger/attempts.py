"""An attempt's beginning, and the point from where it is at risk (facts/delivery.md 3.4, step 4).

Each is committed before the wire goes that far, and each may be written again after a commit whose
end nobody knows: what is there is read back by notice and token, never assumed.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from gkbot.ledger import gates
from gkbot.ledger.database import Database
from gkbot.ledger.events import EVENTS_LOCK, has_event_since, last_event
from gkbot.ledger.parts import replace_later_parts
from gkbot.ledger.tables import ATTEMPT, NOTICE
from gkbot.ledger.values import AT_RISK, Beginning, Claimed, Instance, NoticeState

_MINE = (
    NOTICE.c.id == bindparam("b_id"),
    NOTICE.c.lease_token == bindparam("b_token"),
    NOTICE.c.state == NoticeState.LEASED.value,
)
_IS_OURS = select(NOTICE.c.id).where(*_MINE)
_IS_OURS_LOCKING = _IS_OURS.with_for_update()
_FREEZE = (
    update(NOTICE)
    .where(*_MINE)
    .values(
        body=bindparam("b_body"),
        message_id=bindparam("b_message_id"),
        parts=bindparam("b_parts"),
        template_hash=bindparam("b_template_hash"),
    )
)
_NAME = update(NOTICE).where(*_MINE).values(message_id=bindparam("b_message_id"))
"""Of a substitute, whose body was there before its first attempt."""
_FORGET = delete(ATTEMPT).where(ATTEMPT.c.notice_id == bindparam("b_id"), ATTEMPT.c.token == bindparam("b_token"))
_GIVE_BACK = (
    update(NOTICE)
    .where(*_MINE)
    .values(
        state=NoticeState.PENDING.value, next_at=bindparam("b_now"), lease_owner=None, crashes=bindparam("b_crashes")
    )
)
"""Of a claim whose place was lost: others sent so much since."""
_RENEW = update(NOTICE).where(*_MINE).values(lease_until=bindparam("b_until"), next_at=bindparam("b_until"))
_PUT_AT_RISK = (
    update(ATTEMPT)
    .where(
        ATTEMPT.c.notice_id == bindparam("b_id"),
        ATTEMPT.c.token == bindparam("b_token"),
        ATTEMPT.c.outcome.is_(None),
        select(NOTICE.c.id).where(*_MINE).exists(),
    )
    .values(phase=AT_RISK)
)
_INSERT = {
    is_postgresql: dialect.insert(ATTEMPT)
    .on_conflict_do_nothing(index_elements=["notice_id", "token"])
    .returning(ATTEMPT.c.token)
    for is_postgresql, dialect in ((True, postgresql), (False, sqlite))
}


def begin_attempt(database: Database, instance: Instance, beginning: Beginning) -> bool:
    """Freeze the body and commit that an attempt begins; only then may the wire be touched.

    Returns:
        False where something happened to one of its tasks since the claim: look again. Also
        where the notice is no longer ours, as when its place in a window was lost.
    """
    with database.writing() as connection:
        database.lock(connection, EVENTS_LOCK, shared=True)
        return begin(database, connection, instance, beginning, last=last_event(connection))


def begin(database: Database, connection: Connection, instance: Instance, beginning: Beginning, *, last: int) -> bool:
    """`begin_attempt`, inside a transaction that lets nobody record an event until it ends.

    Args:
        last: The last event recorded.
    """
    claimed = beginning.claimed
    if _is_stale(connection, claimed, last) or not _lock_frozen(connection, beginning):
        return False
    row = {
        "notice_id": claimed.id,
        "token": claimed.token,
        "instance": instance.epoch,
        "started_at": database.now(connection),
        "phase": beginning.phase,
        "provider_code": "",
        "reply": "",
    }
    is_new = connection.execute(_INSERT[database.is_postgresql], row).first() is not None
    if is_new and not _has_place(database, connection, beginning):
        connection.execute(_FORGET, _names(claimed))
        connection.execute(_GIVE_BACK, {**_names(claimed), "b_now": row["started_at"], "b_crashes": claimed.crashes})
        return False
    if is_new and not claimed.is_frozen:
        replace_later_parts(connection, claimed, beginning.bodies[1:])
    return True


def _has_place(database: Database, connection: Connection, beginning: Beginning) -> bool:
    """Take the place in the channel's windows along from the claim to the moment of sending."""
    claimed = beginning.claimed
    if claimed.booked_at is None or not beginning.rates:
        return True
    now = database.now(connection)
    return gates.move_place(
        database, connection, claimed.channel_id, beginning.rates, booked_at=claimed.booked_at, now=now
    )


def risk(connection: Connection, claimed: Claimed, *, last: int) -> bool:
    """Write that from here on the attempt may arrive, inside a transaction that lets nobody record an event.

    Args:
        last: The last event recorded.

    Returns:
        False where something happened to one of its tasks since it was claimed, or where the claim
        is no longer ours: go no further.
    """
    return not _is_stale(connection, claimed, last) and connection.execute(_PUT_AT_RISK, _names(claimed)).rowcount > 0


def is_still_ours(database: Database, claimed: Claimed) -> bool:
    """Whether the lease is still this one's."""
    with database.reading() as connection:
        return connection.execute(_IS_OURS, _names(claimed)).first() is not None


def renew(database: Database, claims: Sequence[Claimed], lease_seconds: float) -> tuple[Claimed, ...]:
    """Make leases last so long from now; gives back those that are still ours."""
    with database.writing() as connection:
        until = database.now(connection) + timedelta(seconds=lease_seconds)
        return tuple(claimed for claimed in claims if _renewed(connection, claimed, until))


def _renewed(connection: Connection, claimed: Claimed, until: datetime) -> bool:
    return connection.execute(_RENEW, {**_names(claimed), "b_until": until}).rowcount > 0


def _lock_frozen(connection: Connection, beginning: Beginning) -> bool:
    """Keep the body that this attempt sends; False where the notice is no longer ours. The row is locked after it."""
    names = _names(beginning.claimed)
    if beginning.claimed.is_frozen and beginning.claimed.message_id is None:
        return connection.execute(_NAME, {**names, "b_message_id": beginning.message_id}).rowcount > 0
    if beginning.claimed.is_frozen:
        return connection.execute(_IS_OURS_LOCKING, names).first() is not None
    frozen: dict[str, Any] = {
        "b_body": beginning.bodies[0],
        "b_message_id": beginning.message_id,
        "b_parts": len(beginning.bodies),
        "b_template_hash": beginning.template_hash,
    }
    return connection.execute(_FREEZE, {**names, **frozen}).rowcount > 0


def _names(claimed: Claimed) -> dict[str, Any]:
    return {"b_id": claimed.id, "b_token": claimed.token}


def _is_stale(connection: Connection, claimed: Claimed, last: int) -> bool:
    if last <= claimed.events_seen:
        return False
    tasks = {item.task for item in claimed.items}
    return bool(tasks) and has_event_since(connection, tasks, claimed.events_seen)
