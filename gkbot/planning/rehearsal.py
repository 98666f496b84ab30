"""What goes out on one day if everything before went as planned: the question of a rule test."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from gkbot.planning.plan import plan_range, told_by
from gkbot.planning.values import BEIJING, Event, EventKind, History, Plan, Told
from gkbot.rulebook.rule_tests import Happening
from gkbot.rulebook.values import Rulebook

RUN_UP = timedelta(days=30)  # longer than any run of rest days and the week that is caught up
ONE_DAY = timedelta(days=1)
NOON = time(12)
KINDS = {
    "办结": EventKind.DONE,
    "报完成": EventKind.REPORTED,
    "签收": EventKind.ACKNOWLEDGED,
    "退回": EventKind.REOPENED,
    "延期": EventKind.EXTENDED,
    "事件发生": EventKind.OCCURRED,
    "停办": EventKind.CANCELLED,
    "接管": EventKind.ADOPTED,
    "暂停": EventKind.PAUSED,
    "恢复": EventKind.RESUMED,
}


def rehearse(
    book: Rulebook,
    documents: Collection[str],
    day: date,
    *,
    happened: Sequence[Happening] = (),
    loaded: date | None = None,
) -> Plan:
    """The plan of `day`, planned day by day from a month before, each event known from the day it was recorded.

    Args:
        documents: Ids of the documents to look at; the others are as if they were not there.
        loaded: First day in force; None for the day each document was issued.
    """
    few = replace(book, tasks=tuple(task for task in book.tasks if task.document.id in documents))
    events = tuple(_events(happened))
    seen = {task.id: loaded or task.document.issued for task in few.tasks}
    start = day - RUN_UP if loaded is None else min(day, max(loaded, day - RUN_UP))
    history = History(first_seen=seen, last_scan=None if loaded == start else start - ONE_DAY)
    told: set[Told] = set()
    plan = Plan(day=day, notices=())
    for first, last in _stretches(start, day, events):
        known = tuple(event for event in events if _recorded(event) <= first)
        history = replace(history, events=known, told=frozenset(told))
        for plan in plan_range(few, history, first, last):
            told.update(told_by(plan))
        history = replace(history, last_scan=last)
    return plan


def _stretches(start: date, day: date, events: Sequence[Event]) -> Iterator[tuple[date, date]]:
    """Days from `start` to `day` cut where an event becomes known; first and last of each."""
    cuts = sorted({start, *(on for event in events if start < (on := _recorded(event)) <= day)})
    yield from zip(cuts, [*(cut - ONE_DAY for cut in cuts[1:]), day], strict=True)


def _events(happened: Sequence[Happening]) -> Iterator[Event]:
    number = 0
    for happening in sorted(happened, key=lambda each: each.recorded):
        for unit in happening.units or (None,):
            number += 1
            yield _event(number, happening, unit)


def _event(number: int, happening: Happening, unit: str | None) -> Event:
    kind = KINDS[happening.what]
    return Event(
        id=number,
        kind=kind,
        task=happening.task,
        unit=unit,
        period=happening.period,
        at=datetime.combine(happening.recorded, NOON, BEIJING).astimezone(UTC),
        actor="规则测试",
        until=happening.until,
        occurred_on=happening.on if kind is EventKind.OCCURRED else None,
    )


def _recorded(event: Event) -> date:
    return event.at.astimezone(BEIJING).date()
