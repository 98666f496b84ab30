"""Whose duties a notice speaks of: its own, or those of the notice in whose place it goes out.

What was told stands once, with the notice that was planned; a substitute finds it by its `origin`.
So nothing counts twice as told, and whatever ends or silences a duty holds for the substitute, too.
"""

from sqlalchemy import Connection, bindparam, select

from gkbot.ledger.tables import NOTICE, TOLD
from gkbot.ledger.telling import told_of
from gkbot.planning.values import Told

_OF_NUMBER = (
    select(NOTICE.c.id, NOTICE.c.origin)
    .where(NOTICE.c.number == bindparam("number"))
    .order_by(NOTICE.c.part_no)
    .limit(1)
)
_ITEMS = (
    select(*(TOLD.c[name] for name in Told.__dataclass_fields__))
    .where(TOLD.c.notice_id == bindparam("notice"))
    .order_by(TOLD.c.id)
)


def planned_as(connection: Connection, notice_id: int, origin: str | None) -> int:
    """The planned notice that this one stands for, over as many substitutes as it takes; itself where it is planned.

    Args:
        origin: Of the notice.
    """
    while origin is not None:
        row = connection.execute(_OF_NUMBER, {"number": origin.partition(":")[2]}).first()
        if row is None:
            break
        notice_id, origin = row
    return notice_id


def duties_of(connection: Connection, notice_id: int, origin: str | None) -> tuple[Told, ...]:
    """What a notice tells of, as it is remembered; nothing for parts after the first."""
    planned = planned_as(connection, notice_id, origin)
    return tuple(told_of(row) for row in connection.execute(_ITEMS, {"notice": planned}).mappings())
