"""Notices of a kind of channel that was taken out of the settings: nobody would ever claim them.

Those that are due go out another way, or are dead with their reason. What waits for a later moment
waits: if its channel is there again by then, it leaves as it was meant.
"""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, select

from gkbot.ledger.audit import write_audit
from gkbot.ledger.closing import FindInstead, closed
from gkbot.ledger.database import Database
from gkbot.ledger.tables import NOTICE
from gkbot.ledger.values import Closed, NoticeState, UnclearPolicy
from gkbot.ledger.verdicts import Verdict, verdict

REMOVED = "channel removed"
BY = "gkbot"
_GONE = Verdict(state=NoticeState.DEAD, reason=REMOVED, is_lost=True)


def close_unserved(database: Database, served: Collection[str], find: FindInstead) -> tuple[Closed, ...]:
    """Close what is due on any other kind of channel than these; one transaction each.

    Of an abandoned attempt it is decided first whether it may have arrived, as at a claim.

    Args:
        served: Kinds of channel that somebody sends on.
        find: Another way; asked while nothing is locked.
    """
    with database.reading() as connection:
        due = _due(connection, served, database.now(connection))
    found = (_closed(database, notice_id, find) for notice_id in due)
    return tuple(each for each in found if each is not None)


def _due(connection: Connection, served: Collection[str], now: datetime) -> list[int]:
    """Which notices are due on no channel that anybody serves?"""
    undecided = NOTICE.c.state.in_((NoticeState.PENDING, NoticeState.LEASED))
    query = select(NOTICE.c.id).where(undecided, NOTICE.c.channel.not_in(served), NOTICE.c.next_at <= now)
    return list(connection.execute(query.order_by(NOTICE.c.id)).scalars())


def _closed(database: Database, notice_id: int, find: FindInstead) -> Closed | None:
    with database.writing() as connection:
        now = database.now(connection)
        query = select(NOTICE).where(NOTICE.c.id == notice_id, NOTICE.c.next_at <= now)
        row = connection.execute(query.with_for_update(skip_locked=True)).mappings().first()
        if row is None:
            return None
        why = verdict(connection, row, UnclearPolicy(row["policy"] or UnclearPolicy.RESEND_ONCE), now) or _GONE
    if not why.is_lost:
        return closed(database, row, why, find)
    what, said = f"divert {row['number']}", f"渠道 {row['channel_id']} 已不在设置里"
    return closed(database, row, why, find, note=lambda writing, at: write_audit(writing, at, BY, what, said))
