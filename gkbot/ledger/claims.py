"""Taking one notice to send (facts/delivery.md 3.4, steps 1 to 3).

Always one row, never a batch: the tail of a batch outlives its lease. Statements are made once:
making them costs more than running them.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, bindparam, func, or_, select, update

from gkbot.ledger import gates
from gkbot.ledger.closing import FindInstead, closed, find_nothing
from gkbot.ledger.database import Database
from gkbot.ledger.duties import duties_of
from gkbot.ledger.events import last_event
from gkbot.ledger.schema import refuse_another_version
from gkbot.ledger.tables import NOTICE
from gkbot.ledger.values import Claimed, Closed, Instance, NoticeState, UnclearPolicy, Wanted
from gkbot.ledger.verdicts import (
    Verdict,
    may_have_killed,
    unclear_attempts,
    verdict,
    waits_after,
)
from gkbot.planning.values import Told

log = logging.getLogger(__name__)

Taken = Claimed | Verdict | None
UNREADABLE = "unreadable"


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
"""An abandoned lease before anything new; after its first crash it waits its turn (`gkbot.ledger.verdicts`)."""
_CANDIDATES = [_first(state, NOTICE).with_for_update(skip_locked=True, of=NOTICE) for state in _ORDER]
_FIRST_OF_ALL = func.coalesce(*(_first(state, NOTICE.c.id).correlate(None).scalar_subquery() for state in _ORDER))
_CANDIDATES_OF_ONE_WRITER = [select(NOTICE).where(NOTICE.c.id == _FIRST_OF_ALL)]
"""The same in one statement, for SQLite, which locks no rows."""

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
_HOLD = (
    update(NOTICE)
    .where(NOTICE.c.id == bindparam("b_id"))
    .values(
        state=NoticeState.HELD.value,
        reason=UNREADABLE,
        next_at=None,
        settled_at=bindparam("b_now"),
        lease_owner=None,
    )
)
_GO_BACK = (
    update(NOTICE)
    .where(NOTICE.c.id == bindparam("b_id"))
    .values(state=NoticeState.PENDING.value, next_at=bindparam("b_next"), lease_owner=None)
)


def claim(
    database: Database, instance: Instance, wanted: Wanted, *, find: FindInstead = find_nothing
) -> tuple[Claimed | None, tuple[Closed, ...]]:
    """Take the most urgent notice that is due; None where there is none or the gate is closed.

    On the way notices are closed that are past their time, that killed us too often, or whose
    second attempt was unclear as well; these are told, too.

    Args:
        find: Another way for what reached nobody; asked while nothing is locked.
    """
    gone: list[Closed] = []
    while True:
        try:
            with database.writing() as connection:
                refuse_another_version(connection)
                row = _candidate(database, connection, wanted.channel)
                if row is None:
                    return None, tuple(gone)
                taken = _readable(row, lambda: _taken(database, connection, instance, wanted, row))  # noqa: B023
        except _Unreadable as unreadable:
            _hold(database, unreadable.notice_id)
            continue
        if isinstance(taken, Claimed):
            return taken, tuple(gone)
        if taken is not None and (told := closed(database, row, taken, find)) is not None:
            gone.append(told)


def claim_ahead(
    database: Database, connection: Connection, instance: Instance, wanted: Wanted, *, last: int
) -> Claimed | None:
    """Take the next notice in a transaction that does other things as well; None leaves it to `claim`.

    What may have killed a process is never taken ahead: it must not take a message on the wire with
    it. A claim ahead of which nothing more is heard is no crash: as a rule the process died over the
    notice before it. The notice is claimed by itself next, and that counts.

    Args:
        last: The last event; none is recorded before the transaction ends.
    """
    row = _candidate(database, connection, wanted.channel)
    if row is None or may_have_killed(row):
        return None
    taken = _taken(database, connection, instance, wanted, row, last=last)
    return taken if isinstance(taken, Claimed) else None


class _Unreadable(Exception):
    """A row holds what no notice can hold, as after a change by hand."""

    def __init__(self, notice_id: int) -> None:
        super().__init__(notice_id)
        self.notice_id = notice_id


def _readable(row: RowMapping, step: Callable[[], Taken]) -> Taken:
    try:
        return step()
    except (KeyError, TypeError, ValueError):
        log.exception("notice unreadable", extra={"number": row["number"]})
        raise _Unreadable(row["id"]) from None


def _hold(database: Database, notice_id: int) -> None:
    """Keep one that cannot be read for a person, so that it does not stop the others."""
    with database.writing() as connection:
        connection.execute(_HOLD, {"b_id": notice_id, "b_now": database.now(connection)})


def _candidate(database: Database, connection: Connection, channel: str) -> RowMapping | None:
    asked = {"channel": channel, **gates.asked_at(database.now(connection))}
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
) -> Taken:
    """The row claimed, or why it must not be sent; None where its gate has no place, or it waits a while first."""
    now = database.now(connection)
    why = verdict(connection, row, UnclearPolicy(row["policy"] or wanted.policy), now)
    if why is not None:
        return why
    wait = waits_after(row)
    if wait is not None:
        connection.execute(_GO_BACK, {"b_id": row["id"], "b_next": now + wait})
        return None
    urgent = row["priority"] <= gates.URGENT_PRIORITY
    rates = wanted.rates
    if rates and not gates.take_place(database, connection, row["channel_id"], rates, urgent=urgent, now=now):
        return None
    until = now + timedelta(seconds=wanted.lease_seconds)
    claimed = _leased(connection, row, instance, until, last)
    return replace(claimed, booked_at=now.timestamp()) if rates else claimed


def _leased(connection: Connection, row: RowMapping, instance: Instance, until: datetime, last: int | None) -> Claimed:
    """Take the lease; a claim made ahead, which knows the last event already, is no crash yet."""
    token = row["lease_token"] + 1
    values = {"b_id": row["id"], "b_owner": instance.epoch, "b_token": token, "b_until": until}
    connection.execute(_LEASE, {**values, "b_crashes": row["crashes"] + (last is None)})
    maybe_twice = bool(row["lease_token"]) and unclear_attempts(connection, row["id"]) > 0
    events_seen = last_event(connection) if last is None else last
    items = duties_of(connection, row["id"], row["origin"]) if row["part_no"] == 1 else ()
    return _claimed(row, token, items, maybe_twice, events_seen)


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
        may_have_killed=may_have_killed(row),
    )


_SAME = tuple(
    name for name in Claimed.__dataclass_fields__ if name in NOTICE.c and name not in {"mentions", "mobiles", "policy"}
)
