"""A ledger of many years: what is asked every few seconds is found by an index, never by reading everything."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event

from gkbot.ledger import Instance, Ledger, UnclearPolicy, Wanted
from gkbot.ledger.database import Database
from gkbot.ledger.watching import Watching
from tests.plans import MONDAY, enqueue, item, many, notice

GROWING = "notice|attempt|told|occurrence"
READS_EVERYTHING = {
    True: re.compile(rf"Seq Scan on ({GROWING})\b"),
    False: re.compile(rf"^SCAN ({GROWING})\b(?! USING (COVERING )?INDEX ix_attempt_open)"),
}
Ask = Callable[[Ledger, Instance], object]
WANTED = Wanted(channel="email", rates=(), lease_seconds=60, policy=UnclearPolicy.HOLD)


def _tomorrow(ledger: Ledger, _instance: Instance) -> object:
    day = MONDAY + timedelta(days=1)
    return enqueue(ledger, *(notice(f"n{n}", item(f"T{n}", stage="before-6"), day=day) for n in range(3)), day=day)


ASKED: dict[str, Ask] = {
    "claim": lambda ledger, instance: ledger.outbox.claim(instance, WANTED),
    "next moment": lambda ledger, _: ledger.outbox.next_moment("email"),
    "waiting": lambda ledger, _: ledger.outbox.waiting("email"),
    "stranded": lambda ledger, _: ledger.outbox.stranded("email"),
    "unserved": lambda ledger, _: ledger.outbox.close_unserved(["email"], lambda _lost: None),
    "undelivered": lambda ledger, _: ledger.outbox.undelivered(ledger._database.clock.now() - timedelta(days=28)),
    "undelivered count": lambda ledger, _: ledger.outbox.undelivered_count(),
    "overdue to send": lambda ledger, _: ledger.outbox.overdue_to_send(ledger._database.clock.now()),
    "history": lambda ledger, _: ledger.history(["T1", "T2"]),
    "same plan again": lambda ledger, _: enqueue(ledger, *many(3)),
    "bounced": lambda ledger, _: ledger.addresses.notice_of("<n5X855JFX.0123456789abcdef@example.gov.cn>"),
    "plan of the next day": _tomorrow,
    "auditor": lambda ledger, _: Watching(ledger._database).seen(MONDAY),
}


@pytest.mark.parametrize("name", ASKED)
def test_what_is_asked_often_reads_no_whole_table(name: str, ledger: Ledger) -> None:
    database = ledger._database
    enqueue(ledger, *many(3))
    with ledger.outbox.activate("serve") as instance, statements(database) as asked:
        ASKED[name](ledger, instance)
    assert asked
    reads = READS_EVERYTHING[database.is_postgresql]
    assert [line for query in asked for line in plan_of(database, *query) if reads.search(line)] == []


def test_a_query_without_an_index_would_be_noticed(ledger: Ledger) -> None:
    database = ledger._database
    lines = list(plan_of(database, "SELECT id FROM notice WHERE unit = 'x'", ()))
    assert any(READS_EVERYTHING[database.is_postgresql].search(line) for line in lines)


@contextmanager
def statements(database: Database) -> Iterator[list[tuple[str, Any]]]:
    """The reading statements that go to the database meanwhile, with their values."""
    found: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, _context: Any, many_rows: bool) -> None:
        if statement.lstrip().startswith(("SELECT", "UPDATE")):
            found.append((statement, values[0] if many_rows else values))

    event.listen(database.engine, "before_cursor_execute", note)
    yield found
    event.remove(database.engine, "before_cursor_execute", note)


def plan_of(database: Database, statement: str, values: Any) -> Iterator[str]:
    """How the database would go about it; PostgreSQL reads small tables whole unless it is told not to."""
    with database.reading() as connection:
        cursor = connection.connection.cursor()
        if database.is_postgresql:
            cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(("EXPLAIN " if database.is_postgresql else "EXPLAIN QUERY PLAN ") + statement, values)
        yield from (str(row[-1]) for row in cursor.fetchall())
        cursor.close()
