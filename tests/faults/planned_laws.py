"""I1: what was decided is what the papers plan, and once (facts/delivery.md 6).

Each reminder that was told is reckoned anew from the due day of its occurrence, with holidays from a
package of its own; offices that the model can read as a whole are reckoned the other way round as well,
by `tests.faults.model` and `tests.faults.slow_days`, so that nothing is missing either.
"""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from chinese_calendar import is_workday

from tests.faults.case import Case, NotHere, Tables, Violated
from tests.faults.slow_days import ADVANCES, ONE_DAY, OVERDUE_EVERY, OVERDUE_FIRST, OVERDUE_MOST

DECISION = ("task", "unit", "period", "revision", "stage", "channel", "address")
REMINDER = re.compile(r"before-\d+|due|overdue-\d+")
MOST_BYTES = 100_000


def i1_planned_is_decided(case: Case) -> None:
    """No decision stands twice, and each reminder is the one that its day asks for."""
    decided = False
    for _, tables in case.outboxes():
        keys = Counter(row["dedupe_key"] for row in tables["notice"])
        if max(keys.values()) > 1:
            raise Violated(f"a key twice: {keys.most_common(1)}")
        told = Counter(tuple(row[name] for name in DECISION) for row in tables["told"])
        if told and max(told.values()) > 1:
            raise Violated(f"told twice: {told.most_common(1)}")
        if own := _own_words(case):
            raise NotHere(f"keys and decisions are there once; the office has its own {own}")
        for row, wanted in _reckoned(tables):
            decided = True
            if row["stage"] not in wanted:
                raise Violated(f"{row['task']} of {row['unit']} on {row['day']}: {row['stage']}, not {sorted(wanted)}")
    if not decided:
        raise NotHere("no reminder of a duty with a due day was planned")


def _own_words(case: Case) -> str:
    """What the office's rule files say of holidays or reminders that the model does not read."""
    files = case.folder.rglob("*.yaml") if case.folder is not None else ()
    said = "".join(path.read_text(errors="replace") for path in files if path.stat().st_size < MOST_BYTES)
    return next((word for word in ("放假", "停止办公", "提醒方案") if word in said), "")


def _reckoned(tables: Tables) -> Iterator[tuple[dict[str, Any], set[str]]]:
    """Each reminder of the usual plan, and what its day may ask for."""
    due = {
        (row["task"], row["unit"], row["period"], row["revision"]): _day(row["due_date"])
        for row in tables["occurrence"]
        if row["due_date"] is not None
    }
    for row in tables["told"]:
        duty = row["task"], row["unit"], row["period"], row["revision"]
        if duty in due and REMINDER.fullmatch(row["stage"]):
            yield row, stages(due[duty], _day(row["day"]))


def stages(due: date, day: date) -> set[str]:
    """The last reminder whose day is reached: on the day itself, or made up for after a stop."""
    if day <= due:
        reached = [(_workday_back(due - timedelta(days=each)), -each, each) for each in ADVANCES]
        on_time = [(when, order, each) for when, order, each in reached if when <= day]
        return {f"before-{max(on_time)[2]}" if max(on_time)[2] else "due"} if on_time else set()
    late, number, counted = due, 0, 0
    while late < day:
        late += ONE_DAY
        counted += is_workday(late)
        if is_workday(late) and counted >= OVERDUE_FIRST and (counted - OVERDUE_FIRST) % OVERDUE_EVERY == 0:
            number += 1
    return {f"overdue-{min(number, OVERDUE_MOST)}"} if number else set()


def _workday_back(day: date) -> date:
    while not is_workday(day):
        day -= ONE_DAY
    return day


def _day(value: Any) -> date:
    return value if isinstance(value, date) else date.fromisoformat(str(value))
