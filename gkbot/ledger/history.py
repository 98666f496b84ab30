"""What planning has to know of the past: events, first days, what was told, the last day looked at."""

from collections.abc import Collection, Iterable
from datetime import date, timedelta

from sqlalchemy import Connection, func, select

from gkbot.ledger.database import Database
from gkbot.ledger.events import events_of
from gkbot.ledger.tables import SCAN_RUN, SEEN, TOLD
from gkbot.planning.values import History, Told

REMEMBERED = timedelta(days=45)
"""How far before the last day looked at decisions are read: longer than the longest run of rest days."""


def history_of(connection: Connection, tasks: Collection[str] | None = None) -> History:
    """The past of these tasks (None: of all).

    What was told is bounded to `REMEMBERED` before the last day looked at, so that the cost
    follows the present load and not the age of the ledger.
    """
    watermark = last_scan(connection)
    return History(
        events=events_of(connection, tasks),
        first_seen=first_seen(connection, tasks),
        told=_told_since(connection, watermark - REMEMBERED if watermark else None, tasks),
        last_scan=watermark,
    )


def last_scan(connection: Connection) -> date | None:
    """The last day that was looked at to the end; None before the first."""
    query = select(func.max(SCAN_RUN.c.logical_date)).where(SCAN_RUN.c.finished_at.is_not(None))
    found: date | None = connection.execute(query).scalar()
    return found


def first_seen(connection: Connection, tasks: Collection[str] | None = None) -> dict[str, date]:
    """First day in force of each of these tasks, as far as they have been in force."""
    rows = connection.execute(select(SEEN.c.task, SEEN.c.day))
    return {task: day for task, day in rows if tasks is None or task in tasks}


def mark_seen(database: Database, connection: Connection, tasks: Iterable[str], day: date) -> None:
    """Note `day` as the first day of the tasks that were never seen."""
    known = set(connection.execute(select(SEEN.c.task)).scalars())
    fresh = [{"task": task, "day": day} for task in dict.fromkeys(tasks) if task not in known]
    database.insert_new(connection, SEEN, fresh, ["task"])


def _told_since(connection: Connection, since: date | None, tasks: Collection[str] | None) -> frozenset[Told]:
    columns = [TOLD.c[name] for name in Told.__dataclass_fields__]
    query = select(*columns)
    if since is not None:
        query = query.where(TOLD.c.day >= since)
    rows = connection.execute(query).mappings()
    return frozenset(
        Told(**{**row, "period": row["period"] or None}) for row in rows if tasks is None or row["task"] in tasks
    )
