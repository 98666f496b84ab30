"""Tells those who had been told of a duty, once, that it is none any more."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from gkbot.planning.desk import Desk
from gkbot.planning.duties import task_duties
from gkbot.planning.past import Past
from gkbot.planning.reasons import named_day
from gkbot.planning.recipients import address_of
from gkbot.planning.values import Duty, Event, EventKind, Item, NoticeKind, Status
from gkbot.planning.withdrawals import Heard, Withdrawal
from gkbot.rulebook.values import Document, Role, Rulebook, Task, Unit

CALLED_OFF = "事项已停办"
CLOSING = frozenset({EventKind.DONE, EventKind.REPORTED, EventKind.CANCELLED})


def tell_withdrawn(desk: Desk, withdrawals: Iterable[Withdrawal], book: Rulebook, past: Past) -> None:
    """Put the ended duties on the digests of who had been told of them; those that are back are not spoken of."""
    for found in withdrawals:
        duty = _still_ended(found, book, past, desk)
        on = desk.today.calendar.workday_on_or_after(found.on)
        if duty is None or desk.quiet.is_closed(duty):
            continue
        for heard in found.heard:
            _tell(desk, found, duty, heard, on)


def task_of(found: Withdrawal, folder: str = "") -> Task:
    """The task as it was told, for one that is in no rule file any more."""
    entry = found.entry
    document = Document(
        id="",
        title=entry.get("document") or "",
        issued=date.min,
        year=found.on.year,
        file="",
        number=entry.get("document_number"),
        folder=folder,
    )
    return Task(
        id=found.task,
        title=str(entry.get("title", found.task)),
        document=document,
        words=_names(entry, "words"),
        deadlines=(),
        assignments=(),
        clause=entry.get("clause"),
        lead=_names(entry, "lead"),
        support=_names(entry, "support"),
        responsible=_names(entry, "responsible"),
        sensitive=bool(entry.get("sensitive")),
    )


def _tell(desk: Desk, found: Withdrawal, duty: Duty, heard: Heard, on: date) -> None:
    recipient = desk.directory.again(heard, duty.unit)
    address = address_of(recipient)
    if not desk.quiet.window(duty, address, desk.window).holds(on) or desk.quiet.is_known(duty, address, on):
        return
    if desk.quiet.now(duty, address) or desk.memory.is_served(address) or desk.memory.knows(address, duty, found.stage):
        return
    desk.digests.add(recipient, _item(found, duty))
    desk.told.setdefault(duty.task.document.folder, set()).add(duty.key)


def _item(found: Withdrawal, duty: Duty) -> Item:
    """Without a due day: nothing presses any more, and nothing that counts days may take it for one that does."""
    before = f"（原定{named_day(found.due)}截止）" if found.due else ""
    return Item(
        task=found.task,
        unit=found.unit,
        role=duty.role,
        period=found.period,
        due=None,
        days_left=None,
        stage=found.stage,
        kind=NoticeKind.WITHDRAWN,
        reason=f"{found.why or CALLED_OFF}，不再需要办理{before}。",
        revision=duty.revision,
    )


def _still_ended(found: Withdrawal, book: Rulebook, past: Past, desk: Desk) -> Duty | None:
    """The duty as it stands; None where it is back, or had been done before it was called off."""
    task = book.task(found.task)
    known = [] if task is None else task_duties(task, past, desk.today)
    duty = next((duty for duty in known if duty.key == (found.task, found.unit, found.period)), None)
    if duty is None:
        return _stand_in(found, task, book)
    if duty.status is not Status.CANCELLED or _was_closed(duty.events, found.id):
        return None
    return replace(duty, revision=found.revision + 1)


def _stand_in(found: Withdrawal, task: Task | None, book: Rulebook) -> Duty:
    unit = next((unit for unit in book.units if unit.name == found.unit), Unit(name=found.unit))
    return Duty(
        task=task or task_of(found, unit.folder),
        unit=unit,
        role=Role(found.entry.get("role", Role.RESPONSIBLE)),
        status=Status.CANCELLED,
        period=found.period,
        revision=found.revision + 1,
    )


def _was_closed(events: Iterable[Event], number: int) -> bool:
    """Whether the duty was done, or ended otherwise, before event `number`."""
    is_closed = False
    for event in events:
        if event.id < number:
            is_closed = event.kind in CLOSING or (is_closed and event.kind is not EventKind.REOPENED)
    return is_closed


def _names(entry: Mapping[str, Any], name: str) -> tuple[str, ...]:
    return tuple(entry.get(name, ()))
