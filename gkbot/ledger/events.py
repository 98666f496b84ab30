"""What happened to duties: added, read in order, never changed."""

from collections.abc import Collection, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, bindparam, func, insert, select

from gkbot.ledger.database import Database
from gkbot.ledger.tables import EVENT
from gkbot.planning.values import Event, EventKind, NewEvent

EVENTS_LOCK = "events"
NAMES_A_QUERY = 400
"""Above this many tasks everything is read and sorted out here: SQLite bounds the variables of a statement."""

_LAST = select(func.coalesce(func.max(EVENT.c.id), 0))
_TASKS_SINCE = select(EVENT.c.task).where(EVENT.c.id > bindparam("since"))


def record(database: Database, event: NewEvent) -> Event:
    """Add an event; a notice whose sending begins after this has been committed will know of it."""
    values = _values(event)
    with database.writing() as connection:
        database.lock(connection, EVENTS_LOCK)
        number = connection.execute(insert(EVENT).values(values).returning(EVENT.c.id)).scalar_one()
    return Event(**{**values, "kind": event.kind}, id=number)


def record_all(database: Database, connection: Connection, events: Sequence[NewEvent]) -> None:
    """Add events in their order, within a transaction of the caller's."""
    if events:
        database.lock(connection, EVENTS_LOCK)
        connection.execute(insert(EVENT), [_values(event) for event in events])


def events_of(connection: Connection, tasks: Collection[str] | None = None) -> tuple[Event, ...]:
    """Every event of these tasks (None: of all), in the order of recording."""
    query: Select[Any] = select(EVENT).order_by(EVENT.c.id)
    if tasks is not None and len(tasks) <= NAMES_A_QUERY:
        query = query.where(EVENT.c.task.in_(tasks))
    rows = connection.execute(query).mappings()
    return tuple(_event(row) for row in rows if tasks is None or row["task"] in tasks)


def last_event(connection: Connection) -> int:
    """Id of the latest event; 0 before the first."""
    found: int = connection.execute(_LAST).scalar_one()
    return found


def has_event_since(connection: Connection, tasks: Collection[str], since: int) -> bool:
    """Whether anything happened to one of these tasks after event `since`."""
    rows = connection.execute(_TASKS_SINCE, {"since": since}).scalars()
    return any(task in tasks for task in rows)


def _values(event: NewEvent) -> dict[str, Any]:
    values = {**asdict(event), "kind": str(event.kind)}
    values.pop("id", None)
    return values


def _event(row: RowMapping) -> Event:
    return Event(**{**row, "kind": EventKind(row["kind"])})
