"""A ledger moved to another database: everything goes over, nothing is sent again."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, inspect, text, update

from gkbot.clock import FixedClock, SystemClock
from gkbot.errors import LedgerBusy, LedgerError, LedgerOutdated, UsageError
from gkbot.ledger import Ledger, NoticeState
from gkbot.ledger.copying import copy_ledger
from gkbot.ledger.database import Database
from gkbot.ledger.tables import AUDIT, METADATA, NOTICE, SUPPRESSION
from gkbot.planning.values import EventKind, NewEvent
from tests.databases import fresh_database
from tests.plans import enqueue, item, many, notice

MORNING = datetime(2023, 7, 24, 1, 0, tzinfo=UTC)
LOOSE = '{"b" : 1,"a":"\\u7532 县"}'
KINDS = ("sqlite", "postgresql")
WAYS = [
    pytest.param((a, b), id=f"{a}-{b}", marks=[pytest.mark.postgresql] if "postgresql" in (a, b) else [])
    for a in KINDS
    for b in KINDS
]


@pytest.fixture(params=WAYS)
def both(request: pytest.FixtureRequest, tmp_path: Path, clock: FixedClock) -> Iterator[tuple[Database, Database]]:
    with two(request.param, tmp_path, clock) as databases:
        yield databases


@pytest.fixture
def moved(tmp_path: Path, clock: FixedClock) -> Iterator[tuple[Database, Database]]:
    with two(("sqlite", "postgresql"), tmp_path, clock) as databases:
        yield databases


@contextmanager
def two(kinds: tuple[str, str], folder: Path, clock: FixedClock) -> Iterator[tuple[Database, Database]]:
    with ExitStack() as stack:
        made = []
        for name, kind in zip(("source", "target"), kinds, strict=True):
            (folder / name).mkdir()
            made.append(Database(stack.enter_context(fresh_database(kind, folder / name)), clock=clock))
            stack.callback(made[-1].close)
        yield made[0], made[1]


def fill(database: Database, clock: FixedClock, count: int = 20) -> None:
    """Something in every kind of row that matters."""
    with Ledger.open(address(database), clock=clock) as ledger:
        ledger.keep_rulebook({"rules/甲.yaml": "任务: []\n".encode()}, "digest-1", MORNING)
        happened = NewEvent(kind=EventKind.DONE, task="T9", unit="甲县", period=None, at=MORNING, actor="张三")
        ledger.record(happened)
        enqueue(ledger, *many(count), notice("letter", item("T8"), draft=True, address="b@example.gov.cn"))
        ledger.mark_seen(["T1", "T9"], date(2023, 7, 24))
        with ledger.outbox.activate("serve"):
            pass
    pause = {"matcher": {"单位": "甲县"}, "kind": "silence", "from_at": MORNING, "author": "李四", "reason": "汛期"}
    with database.writing() as connection:
        connection.execute(insert(SUPPRESSION).values(pause))
        connection.execute(insert(AUDIT).values(at=MORNING, who="李四", what="release", why="同意"))


def address(database: Database) -> str:
    return database.url.render_as_string(hide_password=False)


def contents(database: Database) -> dict[str, list[Any]]:
    with database.reading() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(table.select().order_by(*table.primary_key))]
            for table in METADATA.sorted_tables
        }


def tables(database: Database) -> list[str]:
    with database.reading() as connection:
        return list(inspect(connection).get_table_names())


def test_every_row_goes_over_with_its_number_and_the_source_stays_as_it_is(
    both: tuple[Database, Database], clock: FixedClock
) -> None:
    source, target = both
    fill(source, clock, 600)
    before = contents(source)
    copied = copy_ledger(source, target)
    assert contents(target) == before == contents(source)
    assert copied.rows["notice"] == 601


def test_after_the_move_nothing_is_decided_again_and_numbers_go_on(
    both: tuple[Database, Database], clock: FixedClock
) -> None:
    source, target = both
    fill(source, clock)
    copy_ledger(source, target)
    with Ledger.open(address(target), clock=clock) as ledger:
        assert enqueue(ledger, *many(20)).planned == 0
        assert enqueue(ledger, notice("new", item("NEW"), address="n@example.gov.cn")).planned == 1
        with ledger.outbox.activate("serve") as instance:
            assert instance.epoch == 2  # the copy is not taken for a restored backup
        assert ledger.active_digest() == "digest-1"


@pytest.mark.postgresql
def test_json_goes_over_word_for_word(moved: tuple[Database, Database], clock: FixedClock) -> None:
    source, target = moved
    fill(source, clock)
    with source.writing() as connection:
        connection.execute(text("UPDATE notice SET body = NULL WHERE id = 1"))
        connection.execute(text("UPDATE notice SET body = 'null' WHERE id = 2"))
        connection.execute(text("UPDATE notice SET body = :body WHERE id = 3"), {"body": LOOSE})
    copy_ledger(source, target)
    with target.reading() as connection:
        kept = connection.execute(text("SELECT body::text FROM notice WHERE id <= 3 ORDER BY id")).scalars().all()
    assert kept == [None, "null", LOOSE]


@pytest.mark.postgresql
def test_what_was_in_flight_is_looked_at_anew_at_once(moved: tuple[Database, Database], clock: FixedClock) -> None:
    source, target = moved
    fill(source, clock)
    later = MORNING + timedelta(hours=1)
    flying = update(NOTICE).where(NOTICE.c.id == 1).values(state="leased", lease_owner=1, lease_until=later)
    with source.writing() as connection:
        connection.execute(flying.values(next_at=later))
    copy_ledger(source, target)
    with target.reading() as connection:
        row = connection.execute(NOTICE.select().where(NOTICE.c.id == 1)).mappings().one()
    assert (row["state"], row["next_at"], row["lease_until"]) == ("leased", MORNING, MORNING)


def test_a_source_that_is_being_sent_from_is_refused(both: tuple[Database, Database], clock: FixedClock) -> None:
    source, target = both
    fill(source, clock)
    with (
        Ledger.open(address(source), clock=clock) as ledger,
        ledger.outbox.activate("serve"),
        pytest.raises(LedgerBusy, match="停止"),
    ):
        copy_ledger(source, target)
    assert tables(target) == []


@pytest.mark.postgresql
def test_an_instance_that_died_on_postgresql_holds_the_copy_up_for_five_minutes(
    tmp_path: Path, clock: FixedClock
) -> None:
    with two(("postgresql", "sqlite"), tmp_path, clock) as (source, target):
        fill(source, clock)
        with source.writing() as connection:
            connection.execute(text("UPDATE instance SET ended_at = NULL"))
        clock.advance(299)
        with pytest.raises(LedgerBusy, match=r"serve.*5 分钟"):
            copy_ledger(source, target)
        clock.advance(2)
        assert copy_ledger(source, target).rows["notice"] == 21


def test_a_target_with_anything_in_it_is_refused_and_left_alone(
    both: tuple[Database, Database], clock: FixedClock
) -> None:
    source, target = both
    fill(source, clock)
    with Ledger.open(address(target), clock=clock) as ledger:
        enqueue(ledger, notice("other"))
    before = contents(target)
    with pytest.raises(UsageError, match="不是空的"):
        copy_ledger(source, target)
    assert contents(target) == before


def test_a_source_of_another_version_is_refused(both: tuple[Database, Database], clock: FixedClock) -> None:
    source, target = both
    with pytest.raises(LedgerOutdated, match="没有什么可复制的"):
        copy_ledger(source, target)
    fill(source, clock)
    with source.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    with pytest.raises(LedgerOutdated, match="gkbot db migrate"):
        copy_ledger(source, target)


@pytest.mark.parametrize("passing", [1, 7, 13])
def test_a_copy_that_is_killed_leaves_the_target_empty_and_can_be_done_again(
    both: tuple[Database, Database], clock: FixedClock, passing: int
) -> None:
    source, target = both
    fill(source, clock)
    code = (
        "from gkbot.clock import SystemClock as C; from gkbot.ledger.copying import copy_ledger as c;"
        "from gkbot.ledger.database import Database as D; import sys;"
        "c(D(sys.argv[1], clock=C()), D(sys.argv[2], clock=C()))"
    )
    words = [sys.executable, "-c", code, address(source), address(target)]
    killed = subprocess.run(words, env={**os.environ, "CP": f"COPY:{passing}"}, check=False)
    assert killed.returncode == 137
    assert tables(target) == []
    assert copy_ledger(source, target).rows["notice"] == 21


@pytest.mark.postgresql
def test_a_row_that_the_target_does_not_take_is_told_with_its_table(
    moved: tuple[Database, Database], clock: FixedClock
) -> None:
    source, target = moved
    fill(source, clock)
    with source.writing() as connection:
        connection.execute(text("UPDATE event SET note = :note"), {"note": "a\0b"})
    with pytest.raises(LedgerError, match=r"表 event .*不收.*原样未动"):
        copy_ledger(source, target)
    assert tables(target) == []


def test_nobody_adds_anything_while_it_is_copied(
    both: tuple[Database, Database], clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, target = both
    fill(source, clock)
    monkeypatch.setattr("gkbot.ledger.engines.BUSY_TIMEOUT_SECONDS", 0.05)
    other = Database(address(source), clock=SystemClock())
    refused = []

    def write_meanwhile(table: str, _rows: int) -> None:
        if table == "seen" and not refused:
            with pytest.raises(LedgerBusy) as caught:
                mark_all_sent(other)
            refused.append(caught.value)

    copy_ledger(source, target, write_meanwhile)
    other.close()
    assert refused
    with Ledger.open(address(target), clock=clock) as ledger:
        assert ledger.counts()[NoticeState.SENT] == 0


def mark_all_sent(database: Database) -> None:
    with database.writing() as connection:
        if database.is_postgresql:
            connection.execute(text("SET LOCAL lock_timeout = '50ms'"))
        connection.execute(text("UPDATE notice SET state = 'sent'"))
