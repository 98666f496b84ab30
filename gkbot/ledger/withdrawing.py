"""Who must hear that a duty is none any more: asked of what was told, and of nothing else.

The cost follows what was ended lately; where nothing was, it is one look for such events.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, tzinfo
from typing import Any

from sqlalchemy import Connection, Row, select

from gkbot.ledger.events import NAMES_A_QUERY
from gkbot.ledger.history import REMEMBERED, last_working_scan
from gkbot.ledger.tables import EVENT, NOTICE, TOLD
from gkbot.ledger.values import NoticeState
from gkbot.planning.stages import LETTERS
from gkbot.planning.values import EventKind
from gkbot.planning.withdrawals import WITHDRAWN, Heard, Withdrawal

_ENDING = (EventKind.WITHDRAWN, EventKind.CANCELLED)
_NOT_TO_UNITS = ("office-", *LETTERS)
_Duty = tuple[str, str, str]
_Address = tuple[str, str]


@dataclass(slots=True)
class _Telling:
    """What one duty's recipients heard, in the order of decision.

    Attributes:
        heard: Recipient → the last notice that was sent and its contact.
        ended: Recipients and the endings they are told of.
    """

    heard: dict[_Address, tuple[int, str]] = field(default_factory=dict)
    ended: set[tuple[_Address, str]] = field(default_factory=set)
    revision: int = 0

    def note(self, row: Any) -> None:
        """Take in one thing told; an ending closes what was heard before it."""
        address = (row.channel, row.address)
        if row.stage.startswith(WITHDRAWN):
            self.ended.add((address, row.stage))
            self.heard.pop(address, None)
        elif row.state == NoticeState.SENT and not row.stage.startswith(_NOT_TO_UNITS):
            self.heard[address] = (row.notice_id, row.contact)
            self.revision = max(self.revision, row.revision)

    def left(self, stage: str) -> dict[_Address, tuple[int, str]]:
        """Who has not been told of this ending."""
        return {address: last for address, last in self.heard.items() if (address, stage) not in self.ended}


def withdrawals_of(connection: Connection, zone: tzinfo, *, until: date | None = None) -> tuple[Withdrawal, ...]:
    """The endings of the recent past of which somebody who was told of the duty has not been told."""
    endings = _endings(connection, zone, until)
    if not endings:
        return ()
    tellings = _tellings(connection, {row.task for row in endings})
    by_task: dict[str, list[_Duty]] = {}
    for duty in tellings:
        by_task.setdefault(duty[0], []).append(duty)
    # Of several endings the last one counts.
    last = {duty: row for row in endings for duty in by_task.get(row.task, ()) if _is_about(row, duty)}
    left = {duty: heard for duty, row in last.items() if (heard := tellings[duty].left(f"{WITHDRAWN}{row.id}"))}
    entries = _entries(connection, left)
    return tuple(
        Withdrawal(
            id=row.id,
            task=duty[0],
            unit=duty[1],
            period=duty[2] or None,
            on=row.at.astimezone(zone).date(),
            why=row.note or "" if row.kind == EventKind.WITHDRAWN else "",
            revision=tellings[duty].revision,
            due=_day(entries[duty].get("due")),
            entry=entries[duty],
            heard=tuple(
                Heard(channel=channel, address=address, contact=contact, robot="@" not in address)
                for (channel, address), (_, contact) in left[duty].items()
            ),
        )
        for duty, row in last.items()
        if duty in left
    )


def _endings(connection: Connection, zone: tzinfo, until: date | None) -> Sequence[Row[Any]]:
    columns = [EVENT.c[name] for name in ("id", "kind", "task", "unit", "period", "at", "note")]
    query = select(*columns).where(EVENT.c.kind.in_([str(kind) for kind in _ENDING])).order_by(EVENT.c.id)
    watermark = last_working_scan(connection, until)
    if watermark is not None:
        query = query.where(EVENT.c.at >= datetime.combine(watermark - REMEMBERED, time(), zone).astimezone(UTC))
    return connection.execute(query).all()


def _is_about(ending: Row[Any], duty: _Duty) -> bool:
    """Whether an event ended this duty; one that names no unit or period ended all that were open then."""
    _, unit, period = duty
    is_exact = ending.kind == EventKind.WITHDRAWN or ending.period is not None
    return ending.unit in {None, unit} and (not is_exact or (ending.period or "") == period)


def _tellings(connection: Connection, tasks: Collection[str]) -> dict[_Duty, _Telling]:
    found: dict[_Duty, _Telling] = {}
    names = ("task", "unit", "period", "revision", "stage", "channel", "address", "notice_id")
    query = select(*(TOLD.c[name] for name in names), NOTICE.c.state, NOTICE.c.contact).join(
        NOTICE, NOTICE.c.id == TOLD.c.notice_id
    )
    for some in _by_hundreds(sorted(tasks)):
        for row in connection.execute(query.where(TOLD.c.task.in_(some)).order_by(TOLD.c.id)):
            found.setdefault((row.task, row.unit, row.period), _Telling()).note(row)
    return found


def _entries(
    connection: Connection, left: Mapping[_Duty, Mapping[_Address, tuple[int, str]]]
) -> dict[_Duty, Mapping[str, Any]]:
    """What each duty's last notice said of it."""
    last = {duty: max(number for number, _ in heard.values()) for duty, heard in left.items()}
    facts: dict[int, Any] = {}
    for some in _by_hundreds(sorted(set(last.values()))):
        query = select(NOTICE.c.id, NOTICE.c.facts).where(NOTICE.c.id.in_(some))
        facts |= {row.id: row.facts for row in connection.execute(query)}
    return {duty: _entry(facts[number], duty) for duty, number in last.items()}


def _entry(facts: Mapping[str, Any], duty: _Duty) -> Mapping[str, Any]:
    entries: Iterable[Mapping[str, Any]] = facts.get("entries", ())
    return next((e for e in entries if (e["task"], e["unit"], e["period"] or "") == duty), {})


def _by_hundreds(names: Sequence[Any]) -> Iterator[Sequence[Any]]:
    return (names[first : first + NAMES_A_QUERY] for first in range(0, len(names), NAMES_A_QUERY))


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
