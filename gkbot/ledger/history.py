"""What planning has to know of the past: events, first days, what was told, the last day looked at."""

from collections.abc import Collection
from datetime import date, timedelta, tzinfo

from sqlalchemy import ColumnElement, Connection, func, or_, select

from gkbot.ledger.events import NAMES_A_QUERY, events_of
from gkbot.ledger.seeing import Seen, Sight
from gkbot.ledger.suppressions import suppressions_since
from gkbot.ledger.tables import SCAN_RUN, TOLD
from gkbot.ledger.telling import told_of
from gkbot.planning.values import History, Told

REST = "rest"  # in the counts of a scan: the day was a rest day
REMEMBERED = timedelta(days=45)
"""How far before the last day looked at decisions are read: longer than the longest run of rest days."""


def history_of(
    connection: Connection,
    tasks: Collection[str] | None,
    zone: tzinfo,
    *,
    sight: Sight | None = None,
    until: date | None = None,
) -> History:
    """The past of these tasks (None: of all).

    What was told is bounded to `REMEMBERED` before the last day looked at, besides what is said
    once for ever, so that the cost follows the present load and not the age of the ledger.

    Args:
        until: What was looked at or seen on a later day was so in a run for a day to come: it does
            not count yet. None believes everything.
    """
    watermark = last_working_scan(connection, until)
    first, periods = _seen((sight or Sight()).seen(connection), tasks, until)
    return History(
        events=events_of(connection, tasks),
        first_seen=first,
        periods_seen=periods,
        told=_told(connection, watermark - REMEMBERED if watermark else None, tasks),
        last_scan=watermark,
        zone=zone,
        suppressions=suppressions_since(connection, watermark - REMEMBERED if watermark else None, zone),
    )


def last_working_scan(connection: Connection, until: date | None = None) -> date | None:
    """The last day looked at on which something could be said; what was missed before a rest day still waits."""
    query = (
        select(SCAN_RUN.c.logical_date, SCAN_RUN.c.counts)
        .where(SCAN_RUN.c.finished_at.is_not(None))
        .order_by(SCAN_RUN.c.logical_date.desc())
    )
    if until is not None:
        query = query.where(*had_been(until))
    for day, counts in connection.execute(query):
        if REST not in (counts or {}):
            found: date = day
            return found
    return None


def last_scan(connection: Connection, until: date | None = None) -> date | None:
    """The last day (none after `until`) that was looked at to the end; None before the first."""
    query = select(func.max(SCAN_RUN.c.logical_date)).where(SCAN_RUN.c.finished_at.is_not(None))
    if until is not None:
        query = query.where(*had_been(until))
    found: date | None = connection.execute(query).scalar()
    return found


def had_been(until: date) -> tuple[ColumnElement[bool], ...]:
    """Which days were looked at by the end of this one; one covered by a later day was not."""
    covered_by = func.coalesce(SCAN_RUN.c.covered_by, SCAN_RUN.c.logical_date)
    return SCAN_RUN.c.logical_date <= until, covered_by <= until


def _seen(
    seen: Seen, tasks: Collection[str] | None, until: date | None
) -> tuple[dict[str, date], dict[tuple[str, str], date]]:
    first: dict[str, date] = {}
    periods: dict[tuple[str, str], date] = {}
    for (task, period), day in seen.items():
        if (tasks is not None and task not in tasks) or (until is not None and day > until):
            continue
        if period:
            periods[task, period] = day
        else:
            first[task] = day
    return first, periods


def _told(connection: Connection, since: date | None, tasks: Collection[str] | None) -> frozenset[Told]:
    columns = [TOLD.c[name] for name in Told.__dataclass_fields__]
    query = select(*columns)
    if since is not None:
        query = query.where(or_(TOLD.c.day >= since, TOLD.c.lasting))
    wanted = None if tasks is None else {"", *tasks}
    if wanted is not None and len(wanted) <= NAMES_A_QUERY:
        query = query.where(TOLD.c.task.in_(wanted))
    rows = connection.execute(query).mappings()
    return frozenset(told_of(row) for row in rows if wanted is None or row["task"] in wanted)
