"""A disabled channel is tried once more where something waits for it; the audit says so.

One for which nothing waits stays as it is: nothing would show whether it has been mended, and its
alarm would go out all the same.
"""

from datetime import datetime

from sqlalchemy import Connection, select, update

from gkbot.ledger.audit import write_audit
from gkbot.ledger.tables import CHANNEL_STATE, NOTICE
from gkbot.ledger.values import NoticeState


def reopen(connection: Connection, before: datetime, now: datetime, *, who: str, why: str) -> tuple[str, ...]:
    """Use again the channels disabled at `before` or earlier for which a notice is due; gives their ids."""
    due = select(NOTICE.c.channel_id).where(NOTICE.c.state == NoticeState.PENDING, NOTICE.c.next_at <= now)
    useless = (CHANNEL_STATE.c.disabled_at <= before, CHANNEL_STATE.c.channel_id.in_(due))
    again = update(CHANNEL_STATE).where(*useless).values(disabled_reason=None, disabled_at=None)
    channels = sorted(connection.execute(again.returning(CHANNEL_STATE.c.channel_id)).scalars())
    for channel_id in channels:
        write_audit(connection, now, who, f"enable {channel_id}", why)
    return tuple(channels)
