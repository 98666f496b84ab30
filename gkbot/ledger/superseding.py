"""Notices that a newer decision has overtaken while they waited, for their time or for a person."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, and_, or_, select, update

from gkbot.ledger.crash_points import crash_point
from gkbot.ledger.duties import duties_of
from gkbot.ledger.tables import NOTICE, OCCURRENCE, TOLD
from gkbot.ledger.values import Brake, NoticeState
from gkbot.planning.values import Notice

OBSOLETE, COALESCED = "obsolete revision", "coalesced"

_Duty = tuple[str, str, str]
_To = tuple[str, str]
_WAITING = or_(
    NOTICE.c.state == NoticeState.PENDING,
    and_(NOTICE.c.state == NoticeState.HELD, NOTICE.c.reason.in_([brake.reason for brake in Brake])),
)


def supersede_older(connection: Connection, notices: Sequence[Notice], ids: Mapping[str, int], now: datetime) -> int:
    """Close every waiting notice all of whose duties the new notices speak of again.

    The same recipient hears it from the newer one (`coalesced`); for any recipient a due day
    that has moved since makes the older one wrong (`obsolete revision`).

    Returns:
        How many were superseded.
    """
    if not notices:
        return 0
    duties = {(i.task, i.unit, i.period or ""): i.revision for n in notices for i in n.items}
    again = {(n.recipient.channel, n.recipient.address, *_duty(i)) for n in notices for i in n.items}
    closed = 0
    for notice_id, (to, told) in _pending(connection, set(ids.values())).items():
        obsolete = all(duties.get(duty, -1) > revision for duty, revision in told)
        if obsolete or all((*to, *duty) in again for duty, _ in told):
            _close(connection, notice_id, OBSOLETE if obsolete else COALESCED, now)
            closed += 1
    crash_point("CP9")
    _close_occurrences(connection, duties)
    return closed


def _duty(item: object) -> _Duty:
    return item.task, item.unit, item.period or ""  # type: ignore[attr-defined]  # an Item


def _pending(connection: Connection, new: set[int]) -> dict[int, tuple[_To, list[tuple[_Duty, int]]]]:
    """The undecided notices besides the new ones: recipient, and the duties each speaks of.

    One that stands for another speaks of the same.
    """
    query = (
        select(
            TOLD.c.notice_id, NOTICE.c.channel, NOTICE.c.address,
            TOLD.c.task, TOLD.c.unit, TOLD.c.period, TOLD.c.revision,
        )
        .join(NOTICE, NOTICE.c.id == TOLD.c.notice_id)
        .where(_WAITING, NOTICE.c.parts == 1)
    )  # fmt: skip
    found: dict[int, tuple[_To, list[tuple[_Duty, int]]]] = {}
    for notice_id, channel, address, task, unit, period, revision in connection.execute(query):
        if notice_id not in new:
            _, told = found.setdefault(notice_id, ((channel, address), []))
            told.append(((task, unit, period), revision))
    return found | _standing_for_others(connection)


def _standing_for_others(connection: Connection) -> dict[int, tuple[_To, list[tuple[_Duty, int]]]]:
    """The undecided notices that go out instead of others."""
    columns = (NOTICE.c.id, NOTICE.c.origin, NOTICE.c.channel, NOTICE.c.address)
    query = select(*columns).where(_WAITING, NOTICE.c.parts == 1, NOTICE.c.origin.is_not(None))
    found: dict[int, tuple[_To, list[tuple[_Duty, int]]]] = {}
    for notice_id, origin, channel, address in connection.execute(query).all():
        told = duties_of(connection, notice_id, origin)
        if told:
            found[notice_id] = (channel, address), [(_duty(each), each.revision) for each in told]
    return found


def _close(connection: Connection, notice_id: int, reason: str, now: datetime) -> None:
    connection.execute(
        update(NOTICE)
        .where(NOTICE.c.id == notice_id, _WAITING)
        .values(state=NoticeState.SUPERSEDED, reason=reason, settled_at=now, next_at=None)
    )


def _close_occurrences(connection: Connection, duties: Mapping[_Duty, int]) -> None:
    for (task, unit, period), revision in duties.items():
        if revision:
            older = (OCCURRENCE.c.revision < revision, OCCURRENCE.c.state == "open")
            same = (OCCURRENCE.c.task == task, OCCURRENCE.c.unit == unit, OCCURRENCE.c.period == period)
            connection.execute(update(OCCURRENCE).where(*same, *older).values(state="superseded"))
