"""What a person decides about a notice: send it after all, or never. Each is audited with who and why."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, or_, select, update

from gkbot.errors import UsageError
from gkbot.ledger import brakes
from gkbot.ledger.audit import write_audit
from gkbot.ledger.database import Database
from gkbot.ledger.enqueue import PLAN_LOCK
from gkbot.ledger.parts import cancel_later_parts
from gkbot.ledger.reopening import reopen
from gkbot.ledger.rows import KEEP_TRYING
from gkbot.ledger.tables import NOTICE, SCAN_RUN
from gkbot.ledger.usual import UNITS
from gkbot.ledger.values import PLAIN, Brake, NoticeState

_AGAIN = (NoticeState.HELD, NoticeState.DEAD, NoticeState.EXPIRED, NoticeState.CANCELLED)
_DROPPABLE = (NoticeState.HELD, NoticeState.PENDING, NoticeState.DEAD, NoticeState.EXPIRED)


def release(database: Database, number: str, *, who: str, why: str, deed: str = "release") -> int:
    """Send a held, dead or expired notice after all: a draft approved, an unclear one sent again.

    Its unclear attempts so far no longer hold it; they stay on record. A message in several parts, some
    of them perhaps as plainer copies with numbers of their own, goes on from the first that was not sent.

    Args:
        deed: What the audit calls it.

    Returns:
        How many parts are pending again.

    Raises:
        UsageError: Nothing of the notice with this number can be sent again.
    """
    with database.writing() as connection:
        now = database.now(connection)
        message = _message(connection, number)
        unsent = [row for row in message if row.state != NoticeState.SENT]
        ids = [row.id for row in unsent if row.state in _AGAIN]
        if not ids:
            raise UsageError(_no_more_of(message, number))
        _count_as_usual(connection, NOTICE.c.id.in_(ids))
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
        if unsent[0].id == ids[0]:  # else it follows the part that is under way
            connection.execute(update(NOTICE).where(NOTICE.c.id == ids[0]).values(next_at=now))
        _note_approval(connection, ids)
        write_audit(connection, now, who, f"{deed} {number}", why)
    return len(ids)


def release_brake(database: Database, connection: Connection, brake: Brake, *, who: str, why: str) -> int:
    """Send what a brake held after all; a standing one is lifted. How many messages that were."""
    database.lock(connection, PLAN_LOCK)
    if brakes.standing(connection, brake) is not None:
        return brakes.lift(database, connection, brake, who=who, why=why)
    now = database.now(connection)
    _count_as_usual(connection, NOTICE.c.reason == brake.reason)
    count = brakes.let_go(connection, brake, now)
    if count:
        write_audit(connection, now, who, f"release {brake.reason} {count}", why)
    return count


def drop_brake(
    database: Database, connection: Connection, brake: Brake, *, who: str, why: str, before: date | None = None
) -> int:
    """Never send what a brake holds (of days before `before`); how many messages that were."""
    now = database.now(connection)
    count = brakes.drop_held(connection, brake, f"cancelled by {who}", now, before=before)
    if count:
        write_audit(connection, now, who, f"cancel {brake.reason} {count}", why)
    return count


def _count_as_usual(connection: Connection, which: ColumnElement[bool]) -> None:
    """A day that a person has let go out is no error: the brakes measure later days by it, too."""
    held = (NOTICE.c.state == NoticeState.HELD, NOTICE.c.reason.like("brake-%"), NOTICE.c.part_no == 1)
    days: Counter[date] = Counter(connection.execute(select(NOTICE.c.day).where(which, *held)).scalars())
    for day, count in days.items():
        scan = SCAN_RUN.c.logical_date == day
        counts = connection.execute(select(SCAN_RUN.c.counts).where(scan)).scalar()
        if counts is not None:
            changed = {**counts, UNITS: counts.get(UNITS, 0) + count}
            connection.execute(update(SCAN_RUN).where(scan).values(counts=changed))


def _note_approval(connection: Connection, ids: Sequence[int]) -> None:
    """A letter that a person has approved no longer carries the remark of a draft."""
    for row in connection.execute(select(NOTICE.c.id, NOTICE.c.facts).where(NOTICE.c.id.in_(ids))).all():
        if row.facts.get("draft"):
            changed = {**row.facts, "approved": True}
            connection.execute(update(NOTICE).where(NOTICE.c.id == row.id).values(facts=changed))


def hurry(database: Database, *, who: str, why: str) -> tuple[str, ...]:
    """Let everything that waits for another try be tried now, disabled channels too: a person called for it.

    Closed gates and moments before which nothing may leave stay as they are.

    Returns:
        The channels that are used again; the audit names them.
    """
    with database.writing() as connection:
        now = database.now(connection)
        waiting = (
            NOTICE.c.state == NoticeState.PENDING,
            NOTICE.c.tries > 0,
            NOTICE.c.next_at > now,
            NOTICE.c.not_before.is_(None) | (NOTICE.c.not_before <= now),
        )
        connection.execute(update(NOTICE).where(*waiting).values(next_at=now))
        # Notices before channels, as at a claim: two who lock in one order never wait in a circle.
        return reopen(connection, now, now, who=who, why=why)


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
        write_audit(connection, now, who, f"cancel {number}", why)
    return len(ids)


def audit(database: Database, *, who: str, what: str, why: str) -> None:
    """Note what a person did."""
    with database.writing() as connection:
        write_audit(connection, database.now(connection), who, what, why)


def _message(connection: Connection, number: str) -> Sequence[Any]:
    """The parts of the message with this number, in order; a plainer copy instead of what was refused."""
    first = _first_of(connection, number)
    if first is None:
        return ()
    mine = or_(NOTICE.c.id == first.id, NOTICE.c.part_of == first.id, NOTICE.c.origin == f"{PLAIN}:{first.number}")
    columns = (NOTICE.c.id, NOTICE.c.number, NOTICE.c.part_no, NOTICE.c.state)
    # Locked: a late "sent" is not overwritten.
    rows = connection.execute(select(*columns).where(mine).order_by(NOTICE.c.id).with_for_update())
    latest = {row.part_no: row for row in rows}
    return [latest[part] for part in sorted(latest)]


def _no_more_of(message: Sequence[Any], number: str) -> str:
    copies = dict.fromkeys(row.number for row in message if row.number != number)
    lives_on = f"内容已随编号 {'、'.join(copies)} 发出" if copies else ""
    return f"没有可以重新发送的通知：{number}。{lives_on}"


def _first_of(connection: Connection, number: str) -> Any:
    """The row of the first part of a message, as it was before anything of it was said more plainly; or None."""
    columns = (NOTICE.c.id, NOTICE.c.number, NOTICE.c.origin)
    query = select(*columns).order_by(NOTICE.c.part_no).limit(1)
    row = connection.execute(query.where(NOTICE.c.number == number)).first()
    while row is not None and (row.origin or "").startswith(PLAIN):
        row = connection.execute(query.where(NOTICE.c.number == row.origin.partition(":")[2])).first()
    return row


def _parts(connection: Connection, number: str, states: tuple[NoticeState, ...], complaint: str) -> list[int]:
    """The parts in these states, locked: a late "sent" is not overwritten."""
    mine = (NOTICE.c.number == number, NOTICE.c.state.in_(states))
    query = select(NOTICE.c.id).where(*mine).order_by(NOTICE.c.part_no).with_for_update()
    ids = list(connection.execute(query).scalars())
    if not ids:
        raise UsageError(f"{complaint}：{number}。")
    return ids
