"""A day's plan in the outbox, and the history that the next day's plan is made from."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy.exc import StatementError

from gkbot.clock import FixedClock
from gkbot.ledger import Ledger, NoticeState
from gkbot.ledger.numbers import number_of, numbers_for
from gkbot.ledger.tables import NOTICE
from gkbot.planning.values import EventKind, NewEvent, Told
from tests.plans import MONDAY, enqueue, facts_of, item, later, many, notice, plan

NOW = datetime(2023, 7, 24, 1, 0, tzinfo=UTC)


def done(task: str = "GY2023-05", unit: str | None = "苍溪县") -> NewEvent:
    return NewEvent(kind=EventKind.DONE, task=task, unit=unit, at=NOW, actor="李某", note="已公开")


def test_writing_a_plan_twice_writes_it_once(ledger: Ledger) -> None:
    first = enqueue(ledger, *many(1200))
    second = enqueue(ledger, *many(1200))
    assert (first.planned, first.existing) == (1200, 0)
    assert (second.planned, second.existing) == (0, 1200)
    assert ledger.counts(MONDAY)[NoticeState.PENDING] == 1200


def test_facts_come_back_with_the_number_people_see(ledger: Ledger) -> None:
    enqueue(ledger, notice())
    (entry,) = ledger.outbox.entries()
    assert entry.facts == {"tasks": ["GY2023-05"], "day": "2023-07-24", "number": entry.number}
    assert len(entry.number) == 8
    assert entry.number == number_of("k1")


def test_a_taken_number_gives_way(ledger: Ledger) -> None:
    enqueue(ledger, notice("k1"))
    with ledger._database.reading() as connection:
        found = numbers_for(connection, ["k2", "k1"])
    assert found == {"k1": number_of("k1"), "k2": number_of("k2")}
    with ledger._database.writing() as connection:
        connection.execute(NOTICE.update().values(number=number_of("k2")))
        assert numbers_for(connection, ["k2"]) == {"k2": number_of("k2", 1)}


def test_a_draft_is_held_for_a_person(ledger: Ledger) -> None:
    enqueue(ledger, notice(draft=True))
    (entry,) = ledger.outbox.entries(state=NoticeState.HELD)
    assert (entry.draft, entry.reason, entry.next_at) == (True, "draft", NOW)


def test_history_remembers_who_was_told_what(ledger: Ledger) -> None:
    enqueue(ledger, notice("k1", item(), item("T2", period=None, days_left=None, stage="new")))
    told = {(each.task, each.period, each.stage, each.day) for each in ledger.history().told}
    assert told == {("GY2023-05", "2023-07-31", "before-7", MONDAY), ("T2", None, "new", MONDAY)}
    assert ledger.history().last_scan == MONDAY


def test_a_notice_without_items_is_remembered_for_its_day(ledger: Ledger) -> None:
    for back in (0, 1):
        day = later(MONDAY, back)
        told = notice(f"k{back}", day=day)
        enqueue(ledger, type(told)(**{**_values(told), "items": (), "lines": ("规则有误",)}), day=day)
    days = {(each.stage, each.period, each.day) for each in ledger.history().told}
    assert days == {("lines", None, MONDAY), ("lines", None, later(MONDAY, 1))}


def test_history_is_bounded_but_keeps_what_is_said_once(ledger: Ledger) -> None:
    old = later(MONDAY, -300)
    enqueue(ledger, notice("k1", item("T1"), day=old), notice("k2", item("T2", stage="changed"), day=old), day=old)
    enqueue(ledger, notice("k3", item("T3")))
    assert {each.task for each in ledger.history().told} == {"T2", "T3"}


def test_history_of_some_tasks_leaves_out_the_rest(ledger: Ledger) -> None:
    enqueue(ledger, *many(3))
    ledger.record(done("T1"))
    ledger.record(done("T2"))
    history = ledger.history({"T1"})
    assert {event.task for event in history.events} == {"T1"}
    assert {told.task for told in history.told} == {"T1"}


def test_first_days_are_kept(ledger: Ledger, clock: FixedClock) -> None:
    ledger.mark_seen(["T1"], MONDAY)
    clock.advance(3 * 86400)
    ledger.enqueue(plan(day=later(MONDAY, 3)), facts_of, rules_digest="r", book=["T1", "T2"])
    assert ledger.history().first_seen == {"T1": MONDAY, "T2": later(MONDAY, 3)}


def test_events_come_back_as_recorded(ledger: Ledger) -> None:
    extended = NewEvent(
        kind=EventKind.EXTENDED, task="T1", at=NOW, actor="王某", until=date(2023, 9, 1), approver="张某", basis="文"
    )
    hour = datetime(2023, 7, 24, 6, 30, tzinfo=UTC)
    occurred = NewEvent(
        kind=EventKind.OCCURRED, task="T2", at=NOW, actor="王某", occurred_on=date(2023, 7, 24), occurred_at=hour
    )
    first, second = ledger.record(extended), ledger.record(occurred)
    assert ledger.events() == (first, second)
    assert second.id > first.id
    assert ledger.events("T2")[0].occurred_at == hour
    assert ledger.events("T1")[0].until == date(2023, 9, 1)


def test_a_naive_moment_is_refused(ledger: Ledger) -> None:
    with pytest.raises(StatementError, match="naive"):
        ledger.record(NewEvent(kind=EventKind.DONE, task="T", at=datetime(2023, 1, 1), actor="x"))


def test_missed_days_are_on_record_as_caught_up(ledger: Ledger) -> None:
    enqueue(ledger, notice())
    thursday = later(MONDAY, 3)
    enqueue(ledger, notice("k2", item("T2"), day=thursday), day=thursday)
    runs = [(run.day - MONDAY, run.covered_by) for run in ledger.scan_runs(MONDAY)]
    day = timedelta(days=1)
    assert runs == [(0 * day, None), (day, thursday), (2 * day, thursday), (3 * day, None)]


def test_planning_a_day_again_adds_its_counts(ledger: Ledger) -> None:
    enqueue(ledger, notice())
    enqueue(ledger, notice(), notice("k2", item("T2"), address="b@example.gov.cn"))
    (run,) = ledger.scan_runs(MONDAY)
    assert run.counts == {"planned": 2, "superseded": 0, "units": 0}


def test_a_moved_due_day_supersedes_what_waits(ledger: Ledger) -> None:
    enqueue(ledger, notice("k1", item()))
    moved = item(revision=1, stage="changed", days_left=30)
    result = enqueue(
        ledger, notice("k2", moved, address="b@example.gov.cn", day=later(MONDAY, 1)), day=later(MONDAY, 1)
    )
    (old,) = ledger.outbox.entries(state=NoticeState.SUPERSEDED)
    assert (result.superseded, old.key, old.reason) == (1, "k1", "obsolete revision")


def test_a_later_stage_takes_the_place_of_one_that_still_waits(ledger: Ledger) -> None:
    enqueue(ledger, notice("k1", item()), notice("k2", item(), item("T2"), address="b@example.gov.cn"))
    friday = later(MONDAY, 4)
    urgent = item(stage="before-3", days_left=3)
    enqueue(
        ledger,
        notice("k3", urgent, day=friday),
        notice("k4", urgent, address="b@example.gov.cn", day=friday),
        day=friday,
    )
    (old,) = ledger.outbox.entries(state=NoticeState.SUPERSEDED)
    assert (old.key, old.reason) == ("k1", "coalesced")  # k2 still has T2 to tell


def test_the_rule_book_in_force_is_kept_whole(ledger: Ledger) -> None:
    files = {"a/units.yaml": "单位: []\n".encode(), "b.yaml": bytes(range(256))}
    assert ledger.active_rulebook() is None
    assert ledger.keep_rulebook(files, "d1", NOW)
    assert not ledger.keep_rulebook(files, "d1", NOW)
    assert ledger.keep_rulebook({"b.yaml": b"x"}, "d2", NOW)
    assert ledger.keep_rulebook(files, "d1", NOW)
    assert ledger.active_rulebook() == files


def test_told_is_the_value_planning_knows(ledger: Ledger, clock: FixedClock) -> None:
    enqueue(ledger, notice())
    (told,) = ledger.history().told
    assert told == Told(
        task="GY2023-05",
        unit="苍溪县",
        period="2023-07-31",
        revision=0,
        stage="before-7",
        channel="email",
        address="a@example.gov.cn",
        day=MONDAY,
    )
    assert ledger.history().zone == clock.zone


def _values(told: object) -> dict[str, object]:
    return {name: getattr(told, name) for name in told.__dataclass_fields__}  # type: ignore[attr-defined]  # a dataclass


def test_a_rest_day_looked_at_does_not_hide_the_days_before_it(ledger: Ledger) -> None:
    enqueue(ledger, day=MONDAY)
    saturday = replace(plan(day=MONDAY + timedelta(days=12)), is_rest=True)
    ledger.enqueue(saturday, facts_of, rules_digest="rules-1")
    assert ledger.last_scan() == saturday.day
    assert ledger.history().last_scan == MONDAY
    enqueue(ledger, day=MONDAY + timedelta(days=14))
    looked_at = {run.day for run in ledger.scan_runs(MONDAY)}
    assert looked_at == {MONDAY + timedelta(days=count) for count in range(15)}
