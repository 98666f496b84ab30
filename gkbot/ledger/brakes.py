"""Brakes: what was decided stays in the outbox, held, until a person looks at it (facts/delivery.md 3.3).

Two of them stand until they are lifted, and nothing new is planned meanwhile: the clock cannot be
trusted, or the database was restored from a backup. They stand in the audit, so that a restart
does not forget them and everybody can read who lifted them and why. The others hold single notices.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime

from sqlalchemy import Connection, func, insert, or_, select, update

from gkbot.ledger.active import ALIVE_FOR
from gkbot.ledger.database import Database
from gkbot.ledger.enqueue import PLAN_LOCK
from gkbot.ledger.gates import FURTHEST
from gkbot.ledger.rows import KEEP_TRYING
from gkbot.ledger.tables import AUDIT, CHANNEL_STATE, INSTANCE, NOTICE
from gkbot.ledger.values import Brake, HeldBack, NoticeState, Standing
from gkbot.ledger.verdicts import abandon_attempts
from gkbot.planning.values import NoticeKind

MACHINE = "gkbot"
SET, LIFTED = "brake ", "lift "
WISHED = "daily --date"
"""Name of an instance that ran as of a day a person named: its moments prove nothing."""


def standing(connection: Connection, brake: Brake) -> Standing | None:
    """Since when a brake stands, and why; None where it does not."""
    both = (f"{SET}{brake}", f"{LIFTED}{brake}")
    query = select(AUDIT).where(AUDIT.c.what.in_(both)).order_by(AUDIT.c.id.desc()).limit(1)
    row = connection.execute(query).mappings().first()
    if row is None or row["what"] == both[1]:
        return None
    return Standing(
        id=row["id"],
        brake=brake,
        since=row["at"],
        expected=_moment(row["before_hash"]),
        found=_moment(row["after_hash"]),
        set_by=int(epoch) if (epoch := row["who"].removeprefix(f"{MACHINE}#")).isdecimal() else None,
    )


def is_kept(connection: Connection, brake: Standing, now: datetime) -> bool:
    """Whether the process that set a brake lives, and will lift it when it may go."""
    mine = (INSTANCE.c.epoch == brake.set_by, INSTANCE.c.ended_at.is_(None), INSTANCE.c.heartbeat_at > now - ALIVE_FOR)
    return connection.execute(select(INSTANCE.c.epoch).where(*mine)).first() is not None


def set_brake(
    database: Database,
    connection: Connection,
    brake: Brake,
    *,
    expected: datetime,
    found: datetime,
    why: str,
    epoch: int | None = None,
) -> Standing:
    """Let the brake stand, and hold what waits to be sent; admins' own messages go on.

    Args:
        expected: The moment the clock should have shown, or the last one the database should know.
        found: What it showed.
        epoch: Of the process that sets it.
    """
    database.lock(connection, PLAN_LOCK)
    known = standing(connection, brake)
    if known is None:
        row = {
            "at": database.now(connection),
            "who": MACHINE if epoch is None else f"{MACHINE}#{epoch}",
            "what": f"{SET}{brake}",
            "why": why,
            "before_hash": expected.isoformat(),
            "after_hash": found.isoformat(),
        }
        connection.execute(insert(AUDIT).values(row))
    _hold(connection, brake, database.now(connection))
    now_standing = standing(connection, brake)
    assert now_standing is not None  # noqa: S101 - written just now
    return now_standing


def lift(database: Database, connection: Connection, brake: Brake, *, who: str, why: str, keeps: bool = False) -> int:
    """Let the brake go, and what it held, too; how many messages that were. Nothing where it does not stand.

    Args:
        keeps: What it held stays held, each message until a person decides about it.
    """
    database.lock(connection, PLAN_LOCK)
    if standing(connection, brake) is None:
        return 0
    now = database.now(connection)
    epoch = connection.execute(select(func.max(INSTANCE.c.epoch))).scalar() or 0
    row = {"at": now, "who": who, "what": f"{LIFTED}{brake}", "why": why, "before_hash": str(epoch), "after_hash": None}
    connection.execute(insert(AUDIT).values(row))
    if brake is Brake.CLOCK:
        _forget_wrong_moments(connection, now)
    return 0 if keeps else let_go(connection, brake, now)


def let_go(connection: Connection, brake: Brake, now: datetime) -> int:
    """Give back to the sender what a brake holds; a part that waits for the one before goes on waiting."""
    mine = (NOTICE.c.state == NoticeState.HELD, NOTICE.c.reason == brake.reason)
    count: int = connection.execute(select(func.count()).where(*mine, NOTICE.c.part_no == 1)).scalar_one()
    first = (*mine, NOTICE.c.part_no == 1, NOTICE.c.next_at.is_(None))
    connection.execute(update(NOTICE).where(*first).values(next_at=now))
    soon = (*mine, NOTICE.c.expires_at < now + KEEP_TRYING)
    connection.execute(update(NOTICE).where(*soon).values(expires_at=now + KEEP_TRYING))
    values = {"state": NoticeState.PENDING, "reason": None, "settled_at": None}
    connection.execute(update(NOTICE).where(*mine).values(values))
    return count


def drop_held(connection: Connection, brake: Brake, reason: str, now: datetime, *, before: date | None = None) -> int:
    """Never send what a brake holds, of days before `before` only where that is given; how many messages that were."""
    mine = [NOTICE.c.state == NoticeState.HELD, NOTICE.c.reason == brake.reason]
    if before is not None:
        mine.append(NOTICE.c.day < before)
    count: int = connection.execute(select(func.count()).where(*mine, NOTICE.c.part_no == 1)).scalar_one()
    values = {"state": NoticeState.CANCELLED, "reason": reason, "settled_at": now, "next_at": None}
    connection.execute(update(NOTICE).where(*mine).values(values))
    return count


def held_back(connection: Connection) -> Sequence[HeldBack]:
    """What the brakes hold, notice by notice, in the order of deciding."""
    reasons = [brake.reason for brake in Brake]
    query = (
        select(NOTICE.c.number, NOTICE.c.reason, NOTICE.c.day, NOTICE.c.unit, NOTICE.c.facts)
        .where(NOTICE.c.state == NoticeState.HELD, NOTICE.c.reason.in_(reasons), NOTICE.c.part_no == 1)
        .order_by(NOTICE.c.id)
    )
    return tuple(
        HeldBack(
            number=row.number,
            brake=Brake.of(row.reason),
            day=row.day,
            unit=row.unit,
            tasks=tuple(entry["task"] for entry in row.facts.get("entries", ())),
        )
        for row in connection.execute(query)
    )


def last_sign(connection: Connection, now: datetime, *, besides: int | None = None) -> datetime | None:
    """The latest moment at which a process said that it was alive; None before the first.

    A sign that lies ahead of `now` was given by a wrong clock, if a person has said so since.

    Args:
        besides: Epoch of the process that asks.
    """
    query = select(func.max(INSTANCE.c.heartbeat_at)).where(INSTANCE.c.name != WISHED)
    if besides is not None:
        query = query.where(INSTANCE.c.epoch != besides)
    lifted = select(AUDIT.c.before_hash).where(AUDIT.c.what == f"{LIFTED}{Brake.CLOCK}").order_by(AUDIT.c.id.desc())
    last_epoch = connection.execute(lifted.limit(1)).scalar()
    if last_epoch is not None:
        query = query.where(or_(INSTANCE.c.epoch > int(last_epoch), INSTANCE.c.heartbeat_at <= now))
    found: datetime | None = connection.execute(query).scalar()
    return found


def _forget_wrong_moments(connection: Connection, now: datetime) -> None:
    """What was put off by a clock that was ahead would wait until then: gates, leases, the next try."""
    far = now + FURTHEST
    state = CHANNEL_STATE.c
    gate: dict[str, object] = {"recent": [], "free_at": None, "urgent_free_at": None}
    connection.execute(update(CHANNEL_STATE).values(gate))
    connection.execute(update(CHANNEL_STATE).where(state.blocked_until > far).values(blocked_until=None))
    waiting = NOTICE.c.state.in_((NoticeState.PENDING, NoticeState.HELD))
    tried = (waiting, or_(NOTICE.c.tries > 0, NOTICE.c.part_no > 1), NOTICE.c.next_at > far)
    connection.execute(update(NOTICE).where(*tried).values(next_at=now))
    leased = (NOTICE.c.state == NoticeState.LEASED, NOTICE.c.next_at > far)
    connection.execute(update(NOTICE).where(*leased).values(next_at=now, lease_until=now))


def _hold(connection: Connection, brake: Brake, now: datetime) -> None:
    """A lease in flight stays as it is for the clock; in a restored database there is nobody behind it."""
    states = [NoticeState.PENDING]
    if brake is not Brake.CLOCK:
        states.append(NoticeState.LEASED)
        leased = (NOTICE.c.state == NoticeState.LEASED, NOTICE.c.kind != NoticeKind.ADMIN)
        for notice_id in connection.execute(select(NOTICE.c.id).where(*leased)).scalars().all():
            abandon_attempts(connection, notice_id, now)
    waiting = (NOTICE.c.state.in_(states), NOTICE.c.kind != NoticeKind.ADMIN)
    values = {"state": NoticeState.HELD, "reason": brake.reason, "lease_owner": None}
    connection.execute(update(NOTICE).where(*waiting).values(values))


def _moment(text: str | None) -> datetime:
    return datetime.fromisoformat(text) if text else datetime.fromtimestamp(0, UTC)
