"""Dedupe keys outlive the program: another key for the same decision would send everything once more.

The golden file holds 500 keys of the shipped rule files, of every kind of notice; a line is a day and a key.
`pytest --update-golden` adds keys where there are too few, it never replaces one: a key that is no longer
planned is to be looked into, since every office's ledger is full of them.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

import pytest

from gkbot.planning import Channels, Event, EventKind, History, Notice, plan_range
from gkbot.rulebook import load

GOLDEN = Path(__file__).parents[1] / "data" / "golden" / "dedupe_keys.txt"
RULES = Path(__file__).parents[2] / "rules"
COUNT = 500
FIRST, LAST = date(2023, 7, 20), date(2023, 9, 8)
EXTENDED = Event(
    id=1,
    kind=EventKind.EXTENDED,
    task="GY2023-05",
    unit="苍溪县人民政府",
    period="2023-07-31",
    at=datetime(2023, 7, 21, 1, 0, tzinfo=UTC),
    actor="golden",
    until=date(2023, 8, 8),
    approver="golden",
    basis="golden",
)


@cache
def planned() -> dict[date, list[Notice]]:
    """Seven weeks of Guangyuan in 2023 with all channels: advance, due, late, drafts, a due day that moved."""
    book = load(RULES / "guangyuan", FIRST).book
    assert book is not None
    robots = frozenset(unit.robot for unit in book.units if unit.robot) | frozenset({"COUNTIES", "OFFICE"})
    found = defaultdict(list)
    for channels in (Channels(email=True, robots=robots), Channels()):
        for plan in plan_range(book, History(events=(EXTENDED,)), FIRST, LAST, channels=channels):
            found[plan.day] += plan.notices
    return found


def golden() -> Iterator[tuple[date, str]]:
    for line in GOLDEN.read_text(encoding="utf-8").splitlines():
        day, _, key = line.partition(" ")
        yield date.fromisoformat(day), key


def varied() -> Iterator[tuple[date, str]]:
    """Keys of all days and kinds in turn, so that none fills the file."""
    rows = defaultdict(list)
    for day, notices in planned().items():
        for notice in notices:
            rows[day, notice.kind, notice.recipient.channel].append((day, notice.key))
    while rows:
        for name in list(rows):
            yield rows[name].pop(0)
            if not rows[name]:
                del rows[name]


def add_missing(wanted: int) -> None:
    lines = GOLDEN.read_text(encoding="utf-8").splitlines() if GOLDEN.exists() else []
    for day, key in varied():
        if len(lines) < wanted and f"{day} {key}" not in lines:
            lines.append(f"{day} {key}")
    GOLDEN.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


@pytest.mark.fault("F27")
def test_every_key_of_the_golden_file_is_still_planned_on_its_day(update_golden: bool) -> None:
    if update_golden:
        add_missing(COUNT)
    keys = {(day, notice.key) for day, notices in planned().items() for notice in notices}
    lost = [(day, key) for day, key in golden() if (day, key) not in keys]
    assert lost == []


@pytest.mark.fault("F27")
def test_the_golden_file_holds_five_hundred_different_keys() -> None:
    assert len({key for _, key in golden()}) == COUNT


def test_the_golden_keys_are_of_every_kind_and_channel() -> None:
    wanted = {key for _, key in golden()}
    told = [notice for notices in planned().values() for notice in notices if notice.key in wanted]
    assert {str(notice.kind) for notice in told} >= {"upcoming", "due", "overdue", "escalation", "digest"}
    assert {notice.recipient.channel for notice in told} == {"email", "wecom", "file"}
