"""Taking one notice to send (facts/delivery.md 3.4, steps 1 to 3).

Always one row, never a batch: the tail of a batch outlives its lease. Statements are made once:
making them costs more than running them.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, bindparam, case, func, or_, select, update

from gkbot.ledger import gates
from gkbot.ledger.database import Database
from gkbot.ledger.events import last_event
from gkbot.ledger.parts import cancel_later_parts
from gkbot.ledger.schema import refuse_another_version
from gkbot.ledger.tables import ATTEMPT, NOTICE, TOLD
from gkbot.ledger.telling import told_of
from gkbot.ledger.values import (
    BEFORE_DOT,
    Claimed,
    Closed,
    Instance,
    NoticeState,
    Outcome,
    UnclearPolicy,
    Wanted,
)
from gkbot.planning.values import Told

MOST_CRASHES = 5
CRASHED = "crashed"
_READY = (NoticeState.PENDING, NoticeState.LEASED)


def _first(state: NoticeState, *columns: Any) -> Select[Any]:
    """The most urgent in a state; behind a closed gate only what has expired."""
    return (
        select(*columns)
        .where(NOTICE.c.state == state, NOTICE.c.channel == bindparam("channel"), NOTICE.c.next_at <= bindparam("now"))
        .where(or_(gates.IS_OPEN, NOTICE.c.expires_at <= bindparam("now")))
        .order_by(NOTICE.c.priority, NOTICE.c.next_at, NOTICE.c.id)
        .limit(1)
    )


_ORDER = (NoticeState.LEASED, NoticeState.PENDING)
"""An abandoned lease before anything new."""
_CANDIDATES = [_first(state, NOTICE).with_for_update(skip_locked=True, of=NOTICE) for state in _ORDER]
_FIRST_OF_ALL = func.coalesce(*(_first(state, NOTICE.c.id).correlate(None).scalar_subquery() for state in _ORDER))
_CANDIDATES_OF_ONE_WRITER = [select(NOTICE).where(NOTICE.c.id == _FIRST_OF_ALL)]
"""The same in one statement, for SQLite, which locks no rows."""

_ABANDON = (
    update(ATTEMPT)
    .where(ATTEMPT.c.notice_id == bindparam("b_notice"), ATTEMPT.c.outcome.is_(None))
    .values(
        outcome=case((ATTEMPT.c.phase == BEFORE_DOT, Outcome.RETRY.value), else_=Outcome.UNCLEAR.value),
        provider_code=CRASHED,
        ended_at=bindparam("b_now"),
    )
)
_UNCLEAR = (
    select(func.count())
    .select_from(ATTEMPT)
    .where(
        ATTEMPT.c.notice_id == bindparam("notice"),
        ATTEMPT.c.outcome == Outcome.UNCLEAR,
        ATTEMPT.c.token > bindparam("since"),
    )
)
_LEASE = (
    update(NOTICE)
    .where(NOTICE.c.id == bindparam("b_id"))
    .values(
        state=NoticeState.LEASED.value,
        lease_owner=bindparam("b_owner"),
        lease_token=bindparam("b_token"),
        lease_until=bindparam("b_until"),
        next_at=bindparam("b_until"),
        crashes=bindparam("b_crashes"),
    )
)
_ITEMS = (
    select(*(TOLD.c[name] for name in Told.__dataclass_fields__))
    .where(TOLD.c.notice_id == bindparam("notice"))
    .order_by(TOLD.c.id)
)


def claim(database: Database, instance: Instance, wanted: Wanted) -> tuple[Claimed | None, tuple[Closed, ...]]:
    """Take the most urgent notice that is due; None where there is none or the gate is closed.

    On the way notices are closed that are past their time, that killed us too often, or whose
    second attempt was unclear as well; these are told, too.
    """
    closed: list[Closed] = []
    while True:
        with database.writing() as connection:
            refuse_another_version(connection)
            row = _candidate(database, connection, wanted.channel)
            if row is None:
                return None, tuple(closed)
            taken = _taken(database, connection, instance, wanted, row)
        if isinstance(taken, Claimed):
            return taken, tuple(closed)
        if taken is not None:
            closed.append(taken)


def claim_ahead(
    database: Database, connection: Connection, instance: Instance, wanted: Wanted, *, last: int
) -> Claimed | None:
    """Take the next notice in a transaction that does other things as well; None leaves it to `claim`.

    What once killed a process is never taken ahead: it must not take a message on the wire with it.

    Args:
        last: The last event; none is recorded before the transaction ends.
    """
    row = _candidate(database, connection, wanted.channel)
    if row is None or row["crashes"]:
        return None
    taken = _taken(database, connection, instance, wanted, row, last=last, closing=False)
    return taken if isinstance(taken, Claimed) else None


def abandon_attempts(connection: Connection, notice_id: int, now: datetime) -> None:
    """Close the attempts of which nothing more will be heard: in doubt, unless nothing can have arrived."""
    connection.execute(_ABANDON, {"b_notice": notice_id, "b_now": now})


def _candidate(database: Database, connection: Connection, channel: str) -> RowMapping | None:
    asked = {"channel": channel, "now": database.now(connection)}
    for query in _CANDIDATES if database.is_postgresql else _CANDIDATES_OF_ONE_WRITER:
        row = connection.execute(query, asked).mappings().first()
        if row is not None:
            return row
    return None


def _taken(
    database: Database,
    connection: Connection,
    instance: Instance,
    wanted: Wanted,
    row: RowMapping,
    *,
    last: int | None = None,
    closing: bool = True,
) -> Claimed | Closed | None:
    """The row claimed, or closed because it must not be sent; None where its gate has no place."""
    now = database.now(connection)
    verdict = _verdict(connection, row, UnclearPolicy(row["policy"] or wanted.policy), now)
    if verdict is not None:
        if not closing:
            return None
        _settle(connection, row["id"], *verdict, now)
        return Closed(
            number=row["number"],
            channel_id=row["channel_id"],
            contact=row["contact"],
            state=verdict[0],
            reason=verdict[1],
        )
    urgent = row["priority"] <= gates.URGENT_PRIORITY
    rates = wanted.rates
    if rates and not gates.take_place(database, connection, row["channel_id"], rates, urgent=urgent, now=now):
        return None
    until = now + timedelta(seconds=wanted.lease_seconds)
    return _leased(connection, row, instance, until, last_event(connection) if last is None else last)


def _verdict(
    connection: Connection, row: RowMapping, policy: UnclearPolicy, now: datetime
) -> tuple[NoticeState, str] | None:
    """Why the notice must not be sent: its state and reason; None where it may."""
    if row["lease_token"]:  # claimed before, so there may be attempts
        abandon_attempts(connection, row["id"], now)
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


def _unclear_attempts(connection: Connection, notice_id: int, *, since: int = 0) -> int:
    count: int = connection.execute(_UNCLEAR, {"notice": notice_id, "since": since}).scalar_one()
    return count


def _settle(connection: Connection, notice_id: int, state: NoticeState, reason: str, now: datetime) -> None:
    mine = (NOTICE.c.id == notice_id, NOTICE.c.state.in_(_READY))
    values = {"state": state, "reason": reason, "settled_at": now, "next_at": None, "lease_owner": None}
    connection.execute(update(NOTICE).where(*mine).values(values))
    if state is not NoticeState.HELD:
        cancel_later_parts(connection, notice_id, now)


def _leased(connection: Connection, row: RowMapping, instance: Instance, until: datetime, last: int) -> Claimed:
    token = row["lease_token"] + 1
    values = {"b_id": row["id"], "b_owner": instance.epoch, "b_token": token, "b_until": until}
    connection.execute(_LEASE, {**values, "b_crashes": row["crashes"] + 1})
    maybe_twice = bool(row["lease_token"]) and _unclear_attempts(connection, row["id"]) > 0
    return _claimed(row, token, _items(connection, row["id"]), maybe_twice, last)


def _claimed(row: RowMapping, token: int, items: tuple[Told, ...], maybe_twice: bool, events_seen: int) -> Claimed:
    taken: Mapping[str, Any] = {name: row[name] for name in _SAME}
    return Claimed(
        **taken,
        token=token,
        key=row["dedupe_key"],
        mentions=tuple(row["mentions"]),
        mobiles=tuple(row["mobiles"]),
        policy=UnclearPolicy(row["policy"]) if row["policy"] else None,
        items=items,
        maybe_twice=maybe_twice,
        events_seen=events_seen,
    )


_SAME = tuple(
    name for name in Claimed.__dataclass_fields__ if name in NOTICE.c and name not in {"mentions", "mobiles", "policy"}
)


def _items(connection: Connection, notice_id: int) -> tuple[Told, ...]:
    return tuple(told_of(row) for row in connection.execute(_ITEMS, {"notice": notice_id}).mappings())
