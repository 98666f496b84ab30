"""A day's plan becomes rows of the outbox, in one transaction (facts/delivery.md 3.3).

Once is once by the unique key of the notice: what is there already stays as it is, and only
notices really inserted count as told. It may run twice, on two machines, after any crash.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from gkbot.ledger.crash_points import crash_point
from gkbot.ledger.database import Database
from gkbot.ledger.numbers import numbers_for
from gkbot.ledger.occurrences import duty_of, occurrences_of
from gkbot.ledger.rows import only, row_of
from gkbot.ledger.scans import write_scans
from gkbot.ledger.seeing import Sight, Tasks, mark_seen
from gkbot.ledger.superseding import supersede_older
from gkbot.ledger.tables import NOTICE
from gkbot.ledger.telling import write_told
from gkbot.ledger.usual import usual
from gkbot.ledger.values import Brake, Enqueued, Facts, NoticeState, Usual
from gkbot.planning.values import Notice, Plan

PLAN_LOCK = "plan"
Hold = Callable[[Sequence[Notice], Usual], Mapping[str, Brake]]
"""Which of a day's new notices wait for a person, by key, in the light of what is usual."""


def hold_nothing(_notices: Sequence[Notice], _usual: Usual) -> Mapping[str, Brake]:
    """No brakes."""
    return {}


def enqueue(
    database: Database,
    plan: Plan,
    facts_of: Callable[[Notice], Facts],
    *,
    rules_digest: str,
    book: Tasks = (),
    not_before: Callable[[Notice], datetime | None] = lambda _notice: None,
    hold: Hold = hold_nothing,
    sight: Sight | None = None,
) -> Enqueued:
    """Write down what one day decided.

    Args:
        facts_of: What templates may say of a notice, JSON-able, without secrets; `number` is added.
        rules_digest: Digest of the rule book that was planned with.
        book: What is in force on the day; tasks never seen before get it as their first.
        not_before: Earliest moment a notice may go out; None for at once.
        hold: Asked which new notices wait for a person.
        sight: What is known to be seen.
    """
    started = database.clock.now()
    with database.writing() as connection:
        database.lock(connection, PLAN_LOCK)
        now = database.now(connection)
        fresh = _unknown(connection, plan.notices)
        seen = usual(connection, plan.day, fresh, rules_digest)
        held = hold(fresh, seen)
        numbers = numbers_for(connection, [notice.key for notice in fresh])
        occurrences = occurrences_of(database, connection, fresh)
        rows = [
            {
                **row_of(notice, numbers[notice.key], now, not_before(notice)),
                **(_held(held[notice.key]) if notice.key in held else {}),
                "occurrence_id": only(occurrences[duty_of(item)] for item in notice.items),
                "facts": {**facts_of(notice), "number": numbers[notice.key]},
                "rules_hash": rules_digest,
            }
            for notice in fresh
        ]
        inserted = database.insert_new(connection, NOTICE, rows, ["dedupe_key"], ["id", "dedupe_key"])
        ids = {row.dedupe_key: row.id for row in inserted}
        written = [notice for notice in fresh if notice.key in ids]
        crash_point("CP10")
        write_told(database, connection, written, ids)
        superseded = supersede_older(connection, written, ids, now)
        mark_seen(database, connection, book, plan.day, sight=sight)
        braked = {notice.key for notice in written} & held.keys()
        result = Enqueued(
            planned=len(written),
            existing=len(plan.notices) - len(written),
            superseded=superseded,
            held=len(braked),
        )
        units = len({notice.key for notice in written} & seen.fresh - braked)
        write_scans(database, connection, plan, rules_digest, started, result, units)
        crash_point("CP0")
    crash_point("CP1")
    return result


def post(
    database: Database,
    notices: Sequence[Notice],
    facts_of: Callable[[Notice], Facts],
    *,
    at: datetime,
    rules_digest: str,
) -> int:
    """Write messages that belong to no day's plan, such as a warning that planning stands still.

    Nothing counts as told and no day as looked at.

    Args:
        at: From when they may leave, where the clock is not trusted; never later than now.

    Returns:
        How many were new.
    """
    with database.writing() as connection:
        database.lock(connection, PLAN_LOCK)
        now = database.now(connection)
        numbers = numbers_for(connection, [notice.key for notice in notices])
        rows = [
            {
                **row_of(notice, numbers[notice.key], now, min(at, now)),
                "occurrence_id": None,
                "facts": {**facts_of(notice), "number": numbers[notice.key]},
                "rules_hash": rules_digest,
            }
            for notice in notices
        ]
        return len(database.insert_new(connection, NOTICE, rows, ["dedupe_key"]))


def _held(brake: Brake) -> dict[str, Any]:
    return {"state": str(NoticeState.HELD), "reason": brake.reason}


def _unknown(connection: Connection, notices: Sequence[Notice]) -> list[Notice]:
    days = {notice.day for notice in notices}
    known: set[str] = set()
    if days:
        query = select(NOTICE.c.dedupe_key).where(NOTICE.c.day.in_(days))
        known = set(connection.execute(query).scalars())
    return [notice for notice in notices if notice.key not in known]
