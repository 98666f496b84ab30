"""A day's plan becomes rows of the outbox, in one transaction (facts/delivery.md 3.3).

Once is once by the unique key of the notice: what is there already stays as it is, and only
notices really inserted count as told. It may run twice, on two machines, after any crash.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select

from gkbot.ledger.crash_points import crash_point
from gkbot.ledger.database import Database
from gkbot.ledger.history import REST, last_working_scan
from gkbot.ledger.numbers import numbers_for
from gkbot.ledger.policies import policy_for
from gkbot.ledger.seeing import Sight, Tasks, mark_seen
from gkbot.ledger.superseding import supersede_older
from gkbot.ledger.tables import NOTICE, OCCURRENCE, SCAN_RUN
from gkbot.ledger.telling import write_told
from gkbot.ledger.usual import PLANNED, UNITS, usual
from gkbot.ledger.values import Brake, Enqueued, Facts, NoticeState, Usual
from gkbot.planning.digest import is_sign_of_life
from gkbot.planning.threads import thread_of
from gkbot.planning.values import Item, Notice, Plan

PLAN_LOCK = "plan"
KEEP_TRYING = timedelta(days=5)  # RFC 5321 4.5.4.1: give up after 4–5 days
THE_DAY = timedelta(hours=8)  # a sign of life says how all is this morning
DRAFT = "draft"
URGENT, ADMIN, LEAST_URGENT = 0, 50, 99
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
        occurrences = _occurrences(database, connection, fresh)
        rows = [
            {
                **_row(notice, numbers[notice.key], now, not_before(notice)),
                **(_held(held[notice.key]) if notice.key in held else {}),
                "occurrence_id": _only(occurrences[_duty(item)] for item in notice.items),
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
        _write_scans(database, connection, plan, rules_digest, started, result, units)
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
                **_row(notice, numbers[notice.key], now, min(at, now)),
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


def _row(notice: Notice, number: str, now: datetime, not_before: datetime | None) -> dict[str, Any]:
    to = notice.recipient
    return {
        "number": number,
        "dedupe_key": notice.key,
        "kind": str(notice.kind),
        "day": notice.day,
        "draft": notice.draft,
        "digest_id": None,
        "stage": _only(item.stage for item in notice.items),
        "thread": _only(thread_of(item.task, item.unit, item.period) for item in notice.items),
        "channel": to.channel,
        "channel_id": channel_id(to.channel, to.address),
        "unit": to.unit,
        "contact": to.contact,
        "address": to.address,
        "mentions": list(to.mentions),
        "mobiles": list(to.mobiles),
        "part_no": 1,
        "parts": 1,
        "part_of": None,
        "template_hash": None,
        "body": None,
        "message_id": None,
        "state": str(NoticeState.HELD if notice.draft else NoticeState.PENDING),
        "reason": DRAFT if notice.draft else None,
        "origin": None,
        "policy": policy_for(notice),
        "priority": _priority(notice),
        "tries": 0,
        "crashes": 0,
        "judged_token": 0,
        "created_at": now,
        "not_before": not_before,
        "expires_at": max(now, not_before or now) + (THE_DAY if is_sign_of_life(notice) else KEEP_TRYING),
        "next_at": not_before or now,
        "settled_at": None,
        "lease_owner": None,
        "lease_token": 0,
        "lease_until": None,
    }


ROBOT_CHANNELS = frozenset({"wecom", "apprise"})


def channel_id(channel: str, address: str) -> str:
    """The gate a message passes: one for each robot, one for all mail."""
    return f"{channel}:{address}" if channel in ROBOT_CHANNELS else channel


def _priority(notice: Notice) -> int:
    days = [item.days_left for item in notice.items if item.days_left is not None]
    if not days:
        return LEAST_URGENT if notice.items else ADMIN
    return min(max(URGENT, min(days)), LEAST_URGENT)


def _only(values: Iterable[Any]) -> Any:
    """The one value all have in common; None where they differ or there is none."""
    found = set(values)
    return found.pop() if len(found) == 1 else None


def _duty(item: Item) -> tuple[str, str, str, int]:
    return item.task, item.unit, item.period or "", item.revision


def _occurrences(
    database: Database, connection: Connection, notices: Sequence[Notice]
) -> dict[tuple[str, str, str, int], int]:
    """Number the due days the notices speak of; those of an older revision are superseded later."""
    items = {_duty(item): item for notice in notices for item in notice.items}
    unique = ["task", "unit", "period", "revision"]
    rows = [
        {**dict(zip(unique, duty, strict=True)), "due_date": item.due, "state": "open"} for duty, item in items.items()
    ]
    inserted = database.insert_new(connection, OCCURRENCE, rows, unique, [*unique, "id"])
    found = {tuple(row[:4]): row.id for row in inserted}
    missing = {duty[0] for duty in items if duty not in found}
    names = sorted(missing)
    for first in range(0, len(names), 400):
        query = select(*(OCCURRENCE.c[name] for name in (*unique, "id")))
        some = query.where(OCCURRENCE.c.task.in_(names[first : first + 400]))
        found |= {tuple(row[:4]): row.id for row in connection.execute(some)}
    return found


def _write_scans(
    database: Database,
    connection: Connection,
    plan: Plan,
    rules_digest: str,
    started: datetime,
    result: Enqueued,
    units: int,
) -> None:
    """Note the day as looked at, with the days before it that it covers; a rest day covers none."""
    day, before = plan.day, last_working_scan(connection)
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
