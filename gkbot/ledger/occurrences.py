"""The due days that notices speak of, numbered; those of an older revision are superseded later."""

from collections.abc import Sequence

from sqlalchemy import Connection, select

from gkbot.ledger.database import Database
from gkbot.ledger.events import NAMES_A_QUERY
from gkbot.ledger.tables import OCCURRENCE
from gkbot.planning.values import Item, Notice

Duty = tuple[str, str, str, int]
"""Task, unit, period and revision."""


def occurrences_of(database: Database, connection: Connection, notices: Sequence[Notice]) -> dict[Duty, int]:
    """The ids of these due days, written where they are new."""
    items = {duty_of(item): item for notice in notices for item in notice.items}
    unique = ["task", "unit", "period", "revision"]
    rows = [
        {**dict(zip(unique, duty, strict=True)), "due_date": item.due, "state": "open"} for duty, item in items.items()
    ]
    inserted = database.insert_new(connection, OCCURRENCE, rows, unique, [*unique, "id"])
    found = {tuple(row[:4]): row.id for row in inserted}
    missing = {duty[0] for duty in items if duty not in found}
    names = sorted(missing)
    for first in range(0, len(names), NAMES_A_QUERY):
        query = select(*(OCCURRENCE.c[name] for name in (*unique, "id")))
        some = query.where(OCCURRENCE.c.task.in_(names[first : first + NAMES_A_QUERY]))
        found |= {tuple(row[:4]): row.id for row in connection.execute(some)}
    return found


def duty_of(item: Item) -> Duty:
    """What an item speaks of, as a due day is numbered."""
    return item.task, item.unit, item.period or "", item.revision
