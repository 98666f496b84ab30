"""What people do not want said for now: written down, ended, and put off in the outbox."""

from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, date, datetime, time, tzinfo
from typing import Any

from sqlalchemy import Connection, RowMapping, delete, insert, or_, select, update

from gkbot.errors import UsageError
from gkbot.ledger.audit import write_audit
from gkbot.ledger.database import Database
from gkbot.ledger.duties import planned_as
from gkbot.ledger.tables import NOTICE, SUPPRESSION, TOLD
from gkbot.ledger.values import Claimed, Facts, NoticeState
from gkbot.planning.suppressions import NewSuppression, Suppression, SuppressionKind
from gkbot.planning.values import DutyKey

_KINDS = tuple(SuppressionKind)
"""The table also holds what became known of addresses; that is no silence."""


class Suppressions:
    """The silences of an office."""

    def __init__(self, database: Database) -> None:
        """Stand on an open database."""
        self._database = database

    def add(self, new: NewSuppression) -> Suppression:
        """Write a silence down; planned messages and those about to leave keep to it from now on."""
        zone = self._database.clock.zone
        values = {
            "matcher": new.matcher(),
            "kind": str(new.kind),
            "from_at": _midnight(new.since, zone),
            "until_at": None if new.end is None else _midnight(new.end, zone),
            "author": new.author,
            "reason": new.reason,
        }
        with self._database.writing() as connection:
            number = connection.execute(insert(SUPPRESSION).values(values).returning(SUPPRESSION.c.id)).scalar_one()
            row = connection.execute(select(SUPPRESSION).where(SUPPRESSION.c.id == number)).mappings().one()
            found = _suppression(row, zone)
            what = f"{new.kind} {number} {_words(new)}".rstrip()
            write_audit(connection, self._database.now(connection), new.author, what, new.reason)
        return found

    def end(self, number: int, *, day: date, who: str, why: str) -> Suppression:
        """Let a silence hold no longer, from `day` on.

        Raises:
            UsageError: There is none of this number, or it is over.
        """
        zone = self._database.clock.zone
        with self._database.writing() as connection:
            mine = (SUPPRESSION.c.id == number, SUPPRESSION.c.kind.in_(_KINDS))
            row = connection.execute(select(SUPPRESSION).where(*mine)).mappings().first()
            if row is None:
                raise UsageError(f"没有编号为{number}的静默。用 gkbot silence list 查看。")
            found = _suppression(row, zone)
            if found.end is not None and found.end <= day:
                raise UsageError(f"编号为{number}的静默已经结束。")
            end = max(day, found.since)
            until = {"until_at": _midnight(end, zone)}
            connection.execute(update(SUPPRESSION).where(SUPPRESSION.c.id == number).values(until))
            write_audit(connection, self._database.now(connection), who, f"end silence {number}", why)
        return replace(found, end=end)

    def all(self, since: date | None = None) -> tuple[Suppression, ...]:
        """Those that hold on `since` or later (None: all there ever were), in the order of writing."""
        with self._database.reading() as connection:
            return suppressions_since(connection, since, self._database.clock.zone)

    def put_off(self, claimed: Claimed, duties: Collection[DutyKey], facts: Facts) -> None:
        """Take duties out of a notice in hand and forget that they were told: planning tells them afterwards.

        What is left without anything to say gives its key free, so that the same day can be decided anew;
        so does the notice it stands for, by which planning knows it.

        Args:
            facts: What the notice still says.
        """
        values: dict[str, Any] = {"facts": dict(facts)}
        free = {"dedupe_key": NOTICE.c.dedupe_key + f"/put off {claimed.token}"}
        says_nothing = not facts["entries"] and not facts["lines"]
        if says_nothing:
            values |= free
        mine = (
            NOTICE.c.id == claimed.id,
            NOTICE.c.lease_token == claimed.token,
            NOTICE.c.state == NoticeState.LEASED,
        )
        with self._database.writing() as connection:
            if not connection.execute(update(NOTICE).where(*mine).values(values)).rowcount:
                return
            planned = planned_as(connection, claimed.id, claimed.origin)
            if says_nothing and planned != claimed.id:
                connection.execute(update(NOTICE).where(NOTICE.c.id == planned).values(free))
            for task, unit, period in duties:
                duty = (TOLD.c.task == task, TOLD.c.unit == unit, TOLD.c.period == (period or ""))
                connection.execute(delete(TOLD).where(TOLD.c.notice_id == planned, *duty))


def suppressions_since(connection: Connection, since: date | None, zone: tzinfo) -> tuple[Suppression, ...]:
    """The silences that hold on `since` or later (None: all)."""
    query = select(SUPPRESSION).where(SUPPRESSION.c.kind.in_(_KINDS)).order_by(SUPPRESSION.c.id)
    if since is not None:
        query = query.where(or_(SUPPRESSION.c.until_at.is_(None), SUPPRESSION.c.until_at > _midnight(since, zone)))
    return tuple(_suppression(row, zone) for row in connection.execute(query).mappings())


def _suppression(row: RowMapping, zone: tzinfo) -> Suppression:
    matcher: dict[str, Any] = row["matcher"]
    until: datetime | None = row["until_at"]
    return Suppression(
        id=row["id"],
        kind=SuppressionKind(row["kind"]),
        since=row["from_at"].astimezone(zone).date(),
        end=None if until is None else until.astimezone(zone).date(),
        author=row["author"],
        reason=row["reason"],
        **{name: matcher[name] for name in ("unit", "address", "task", "document") if name in matcher},
    )


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


def _words(new: NewSuppression) -> str:
    return " ".join(f"{name}={value}" for name, value in sorted(new.matcher().items()))
