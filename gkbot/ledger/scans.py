"""Days are written down as looked at, with the days before them that they cover."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select

from gkbot.ledger.database import Database
from gkbot.ledger.history import REST, last_working_scan
from gkbot.ledger.tables import SCAN_RUN
from gkbot.ledger.usual import PLANNED, UNITS
from gkbot.ledger.values import Enqueued
from gkbot.planning.values import Plan


def write_scans(
    database: Database,
    connection: Connection,
    plan: Plan,
    rules_digest: str,
    started: datetime,
    result: Enqueued,
    units: int,
) -> None:
    """Note the day as looked at, with the days before it that it covers; a rest day covers none."""
    day, before = plan.day, last_working_scan(connection, plan.day)
    gap = range(1, (day - before).days) if before and not plan.is_rest else range(0)
    counts = {PLANNED: result.planned, "superseded": result.superseded, UNITS: units}
    counts |= {REST: 1} if plan.is_rest else {}
    rows: list[dict[str, Any]] = [
        {
            "logical_date": day - timedelta(days=back),
            "rules_hash": rules_digest,
            "started_at": started,
            "finished_at": database.now(connection),
            "covered_by": day if back else None,
            "counts": {} if back else counts,
        }
        for back in (0, *gap)
    ]
    inserted = database.insert_new(connection, SCAN_RUN, rows, ["logical_date"])
    if day not in {row.logical_date for row in inserted}:
        today = {**rows[0], "counts": _added(connection, day, rows[0]["counts"])}
        connection.execute(SCAN_RUN.update().where(SCAN_RUN.c.logical_date == day).values(today))


def _added(connection: Connection, day: date, counts: dict[str, int]) -> dict[str, int]:
    earlier = connection.execute(select(SCAN_RUN.c.counts).where(SCAN_RUN.c.logical_date == day)).scalar_one()
    return {name: earlier.get(name, 0) + count for name, count in counts.items()}
