"""What a person decides about a notice: send it after all, or never. Each is audited with who and why."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from gkbot.errors import UsageError
from gkbot.ledger.database import Database
from gkbot.ledger.enqueue import KEEP_TRYING
from gkbot.ledger.parts import cancel_later_parts
from gkbot.ledger.tables import AUDIT, CHANNEL_STATE, NOTICE
from gkbot.ledger.values import NoticeState

_AGAIN = (NoticeState.HELD, NoticeState.DEAD, NoticeState.EXPIRED, NoticeState.CANCELLED)
_DROPPABLE = (NoticeState.HELD, NoticeState.PENDING, NoticeState.DEAD)


def release(database: Database, number: str, *, who: str, why: str) -> int:
    """Send a held, dead or expired notice after all: a draft approved, an unclear one sent again.

    Its unclear attempts so far no longer hold it; they stay on record.

    Returns:
        How many parts are pending again.

    Raises:
        UsageError: No notice with this number can be sent again.
    """
    with database.writing() as connection:
        now = database.now(connection)
        ids = _parts(connection, number, _AGAIN, "没有可以重新发送的通知")
        values = {
            "state": NoticeState.PENDING,
            "reason": "released",
            "draft": False,
            "tries": 0,
            "crashes": 0,
            "judged_token": NOTICE.c.lease_token,
            "settled_at": None,
            "expires_at": now + KEEP_TRYING,
        }
        connection.execute(update(NOTICE).where(NOTICE.c.id.in_(ids)).values(values))
        connection.execute(update(NOTICE).where(NOTICE.c.id == ids[0]).values(next_at=now))
        _note_approval(connection, ids)
        _write_audit(connection, now, who, f"release {number}", why)
    return len(ids)


def _note_approval(connection: Connection, ids: Sequence[int]) -> None:
    """A letter that a person has approved no longer carries the remark of a draft."""
    for row in connection.execute(select(NOTICE.c.id, NOTICE.c.facts).where(NOTICE.c.id.in_(ids))).all():
        if row.facts.get("draft"):
            changed = {**row.facts, "approved": True}
            connection.execute(update(NOTICE).where(NOTICE.c.id == row.id).values(facts=changed))


def hurry(database: Database) -> int:
    """Let everything that waits for another try be tried now, disabled channels too: a person called for it.

    Closed gates and moments before which nothing may leave stay as they are.

    Returns:
        How many notices no longer wait.
    """
    with database.writing() as connection:
        now = database.now(connection)
        waiting = (
            NOTICE.c.state == NoticeState.PENDING,
            NOTICE.c.tries > 0,
            NOTICE.c.next_at > now,
            NOTICE.c.not_before.is_(None) | (NOTICE.c.not_before <= now),
        )
        again = {"disabled_reason": None, "disabled_at": None}
        connection.execute(update(CHANNEL_STATE).where(CHANNEL_STATE.c.disabled_at.is_not(None)).values(again))
        return connection.execute(update(NOTICE).where(*waiting).values(next_at=now)).rowcount


def cancel(database: Database, number: str, *, who: str, why: str) -> int:
    """Never send this notice.

    Raises:
        UsageError: No unsent notice has this number.
    """
    with database.writing() as connection:
        now = database.now(connection)
        ids = _parts(connection, number, _DROPPABLE, "没有可以撤销的通知")
        values = {"state": NoticeState.CANCELLED, "reason": f"cancelled by {who}", "settled_at": now, "next_at": None}
        connection.execute(update(NOTICE).where(NOTICE.c.id.in_(ids)).values(values))
        cancel_later_parts(connection, ids[-1], now)
        _write_audit(connection, now, who, f"cancel {number}", why)
    return len(ids)


def audit(database: Database, *, who: str, what: str, why: str) -> None:
    """Note what a person did."""
    with database.writing() as connection:
        _write_audit(connection, database.now(connection), who, what, why)


def _parts(connection: Connection, number: str, states: tuple[NoticeState, ...], complaint: str) -> list[int]:
    mine = (NOTICE.c.number == number, NOTICE.c.state.in_(states))
    ids = list(connection.execute(select(NOTICE.c.id).where(*mine).order_by(NOTICE.c.part_no)).scalars())
    if not ids:
        raise UsageError(f"{complaint}：{number}。")
    return ids


def _write_audit(connection: Connection, now: datetime, who: str, what: str, why: str) -> None:
    row = {"at": now, "who": who, "what": what, "why": why, "before_hash": None, "after_hash": None}
    connection.execute(insert(AUDIT).values(row))
