"""A pause stops the clock of what is counted from an event; a day named by the document stays."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta

from gkbot.deadline import Roll, count_from
from gkbot.planning.folding import Today
from gkbot.planning.occurrences import Occurrence
from gkbot.planning.values import Event, EventKind

ONE_DAY = timedelta(days=1)
Pause = tuple[date, date]


def with_pauses(occurrence: Occurrence, events: Iterable[Event], today: Today) -> Occurrence:
    """The occurrence counted anew around the pauses among its events; itself where nothing stood still."""
    if occurrence.counted is None:
        return occurrence
    pauses = paused_stretches(events, today)
    if not pauses:
        return occurrence
    schedule, trigger = occurrence.counted
    default = Roll.FOLLOWING if schedule.amount >= 0 else Roll.PRECEDING  # as `reckon` has it
    reckoning = count_from(
        trigger,
        schedule.amount,
        schedule.unit,
        calendar=today.calendar,
        roll=occurrence.task.roll or default,
        pauses=pauses,
    )
    return replace(
        occurrence,
        due=reckoning.due,
        nominal=reckoning.nominal,
        at=reckoning.at,
        provisional=reckoning.provisional,
        reckoning=reckoning,
    )


def paused_stretches(events: Iterable[Event], today: Today) -> list[Pause]:
    """First and last day of each pause, up to `today` where it goes on; those recorded later are left out."""
    found: list[Pause] = []
    begun: tuple[date, date | None] | None = None
    for event in events:
        day = today.recorded(event)
        if day is None:
            continue
        if event.kind is EventKind.PAUSED:
            begun = begun or (day, event.until)
        elif event.kind is EventKind.RESUMED and begun is not None:
            found.append((begun[0], max(begun[0], min(day - ONE_DAY, begun[1] or day))))
            begun = None
    if begun is not None:
        found.append((begun[0], max(begun[0], min(today.day, begun[1] or today.day))))
    return found
