"""Closing a notice that must not be sent, with what goes out instead in one transaction."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, RowMapping, update

from gkbot.ledger.database import Database
from gkbot.ledger.looking import as_entry
from gkbot.ledger.parts import cancel_later_parts
from gkbot.ledger.substituting import insert_substitute
from gkbot.ledger.tables import NOTICE
from gkbot.ledger.values import Closed, Entry, NoticeState, Substitute
from gkbot.ledger.verdicts import Verdict

FindInstead = Callable[[Entry], Substitute | None]
_READY = (NoticeState.PENDING, NoticeState.LEASED)


def find_nothing(_lost: Entry) -> None:
    """Where there is no other way."""


def closed(
    database: Database,
    row: RowMapping,
    why: Verdict,
    find: FindInstead,
    *,
    note: Callable[[Connection, datetime], None] = lambda _connection, _now: None,
) -> Closed | None:
    """Close the notice; None where somebody took it or closed it since the row was read.

    Args:
        find: Another way for what reached nobody; asked while nothing is locked.
        note: Written in the same transaction.
    """
    instead = find(replace(as_entry(row), state=why.state, reason=why.reason)) if why.is_lost else None
    with database.writing() as connection:
        now = database.now(connection)
        if not _settle(connection, row, why, now):
            return None
        if instead is not None:
            insert_substitute(connection, row["id"], instead, now)
        if why.state is not NoticeState.HELD:  # behind a held part the others wait
            cancel_later_parts(connection, row["id"], now)
        note(connection, now)
    return Closed(
        number=row["number"],
        channel_id=row["channel_id"],
        contact=row["contact"],
        state=why.state,
        reason=why.reason,
    )


def _settle(connection: Connection, row: RowMapping, why: Verdict, now: datetime) -> bool:
    mine = (NOTICE.c.id == row["id"], NOTICE.c.state.in_(_READY), NOTICE.c.lease_token == row["lease_token"])
    values = {"state": why.state, "reason": why.reason, "settled_at": now, "next_at": None, "lease_owner": None}
    return connection.execute(update(NOTICE).where(*mine).values(values)).rowcount > 0
