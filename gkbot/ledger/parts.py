"""Parts of a long message: each waits for the one before, and none goes out after a gap.

The first tells what is most urgent; the others leave the places that are kept for what cannot wait.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from gkbot.ledger.gates import URGENT_PRIORITY
from gkbot.ledger.tables import NOTICE
from gkbot.ledger.values import Claimed, NoticeState, Payload

_WAITING = (NoticeState.PENDING, NoticeState.HELD)
"""A brake may hold parts while the one before them is on the wire."""


def replace_later_parts(connection: Connection, first: Claimed, bodies: Sequence[Payload]) -> None:
    """Write parts 2 … n; those of an attempt that was refused, of which nothing went out, go."""
    if first.parts > 1:
        connection.execute(delete(NOTICE).where(NOTICE.c.part_of == first.id))
    if bodies:
        _insert_later_parts(connection, first.id, bodies)


def _insert_later_parts(connection: Connection, first_id: int, bodies: Sequence[Payload]) -> None:
    """Write parts 2 … n, frozen, as rows with keys of their own; none is due yet."""
    first = connection.execute(select(NOTICE).where(NOTICE.c.id == first_id)).mappings().one()
    rows = [
        {
            **copied(first),
            "dedupe_key": f"{first['dedupe_key']}#{part}",
            "part_no": part,
            "part_of": first_id,
            "body": body,
            "facts": {},
            "next_at": None,
            "priority": max(first["priority"], URGENT_PRIORITY + 1),
        }
        for part, body in enumerate(bodies, start=2)
    ]
    connection.execute(insert(NOTICE), rows)


def copied(row: Mapping[Any, Any]) -> dict[str, Any]:
    """The columns of a notice for a new row that nobody has tried to send yet."""
    fresh = {
        "state": NoticeState.PENDING,
        "settled_at": None,
        "tries": 0,
        "crashes": 0,
        "judged_token": 0,
        "lease_owner": None,
        "lease_token": 0,
        "lease_until": None,
    }
    return {**{str(name): value for name, value in row.items() if name != "id"}, **fresh}


def release_next_part(connection: Connection, notice_id: int, now: datetime) -> None:
    """The part after this one is due now."""
    first, part = _place(connection, notice_id)
    following = (NOTICE.c.part_of == first, NOTICE.c.part_no == part + 1)
    waiting = (NOTICE.c.state.in_(_WAITING), NOTICE.c.next_at.is_(None))
    connection.execute(update(NOTICE).where(*following, *waiting).values(next_at=now))


def cancel_later_parts(connection: Connection, notice_id: int, now: datetime) -> None:
    """What follows a part that never goes out does not go out either."""
    first, part = _place(connection, notice_id)
    later = (NOTICE.c.part_of == first, NOTICE.c.part_no > part, NOTICE.c.state.in_(_WAITING))
    values = {"state": NoticeState.CANCELLED, "reason": "part before it was not sent", "settled_at": now}
    connection.execute(update(NOTICE).where(*later).values(values))


def _place(connection: Connection, notice_id: int) -> tuple[int, int]:
    query = select(NOTICE.c.part_of, NOTICE.c.part_no).where(NOTICE.c.id == notice_id)
    part_of, part_no = connection.execute(query).one()
    return part_of or notice_id, part_no
