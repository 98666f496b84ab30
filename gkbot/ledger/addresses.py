"""What is known of mailboxes themselves: which came back undeliverable, who asked to be left out.

Both are rows of `suppression` with kinds of their own, open until a person ends them. A bounce
keeps gkbot from writing to the address; a wish only tells the office, since nobody drops out of a
duty by pressing a button. A mail that came back though its address is good (a full mailbox) is
over at once: the office is told, and that is all.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, RowMapping, insert, select, update

from gkbot.ledger.audit import write_audit
from gkbot.ledger.database import Database
from gkbot.ledger.looking import as_entry
from gkbot.ledger.substituting import insert_substitute
from gkbot.ledger.tables import AUDIT, NOTICE, SUPPRESSION
from gkbot.ledger.values import Entry, NoticeState, Substitute

BOUNCE, LEAVE, RETURNED = "bounce", "leave", "returned"
SPOKEN_OF = timedelta(days=28)
"""How long the office may still be told of a mail that came back; less than what was said is remembered."""
_LOCK = "addresses"
_NUMBERED = re.compile(r"<n([0-9A-Z]{8})\.")  # as gkbot.delivery.writing makes them


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """A bounce or a wish that nobody has dealt with yet, or a mail that came back from a good address.

    Attributes:
        address: Of the mailbox; "" for a wish.
        unit, contact: Whose it is.
        number: Of the notice that came back.
        reason: What the other side said.
    """

    id: int
    kind: str
    since: datetime
    address: str = ""
    unit: str | None = None
    contact: str = ""
    number: str = ""
    reason: str = ""


class Addresses:
    """The mailboxes of an office as they turned out."""

    def __init__(self, database: Database) -> None:
        """Stand on an open database."""
        self._database = database

    def notice_of(self, message_id: str) -> Entry | None:
        """The notice that went out as the mail of exactly this Message-ID."""
        number = _NUMBERED.match(message_id)
        if number is None:
            return None
        mine = (NOTICE.c.number == number[1], NOTICE.c.message_id == message_id, NOTICE.c.channel == "email")
        with self._database.reading() as connection:
            row = connection.execute(select(NOTICE).where(*mine).order_by(NOTICE.c.id)).mappings().first()
        return None if row is None else as_entry(row)

    def note_bounce(
        self, entry: Entry, status: str, reason: str, *, who: str, disables: bool, instead: Substitute | None
    ) -> bool:
        """Note that a mail came back, in one transaction with what follows from it.

        Args:
            status: Enhanced status code, such as 5.1.1.
            disables: The address takes no mail any more.
            instead: What goes out in the mail's place; None where it may still arrive.

        Returns:
            False where the same was noted before.
        """
        what = f"bounce {entry.number} {status}"
        with self._database.writing() as connection:
            self._database.lock(connection, _LOCK)
            if connection.execute(select(AUDIT.c.id).where(AUDIT.c.what == what)).first():
                return False
            now = self._database.now(connection)
            write_audit(connection, now, who, what, reason)
            if instead is not None:
                insert_substitute(connection, entry.id, instead, now)
            about = {"unit": entry.unit, "contact": entry.contact, "number": entry.number}
            matcher = {"address": entry.address.casefold(), **about}
            if disables and not _open(connection, BOUNCE, {"address": entry.address.casefold()}):
                _write(connection, BOUNCE, matcher, now, who, reason)
            elif instead is not None and not disables:
                _write(connection, RETURNED, matcher, now, who, reason, until=now)
        return True

    def clear(self, address: str, *, who: str, why: str) -> bool:
        """Write to this address again, or end the wish of the contact of this post; False where there is neither."""
        with self._database.writing() as connection:
            self._database.lock(connection, _LOCK)
            now = self._database.now(connection)
            found = _open(connection, BOUNCE, {"address": address.casefold()})
            found += _open(connection, LEAVE, {"contact": address})
            ids = [row["id"] for row in found]
            connection.execute(update(SUPPRESSION).where(SUPPRESSION.c.id.in_(ids)).values(until_at=now))
            if ids:
                write_audit(connection, now, who, f"clear {found[0]['kind']} {ids[0]}", why)
        return bool(ids)

    def wish_to_leave(self, unit: str | None, contact: str, *, why: str) -> bool:
        """Note that a contact asks to be left out of digests; False where that is known."""
        matcher = {"unit": unit, "contact": contact}
        with self._database.writing() as connection:
            self._database.lock(connection, _LOCK)
            if _open(connection, LEAVE, matcher):
                return False
            now = self._database.now(connection)
            _write(connection, LEAVE, matcher, now, contact, why)
            write_audit(connection, now, contact, "wish to leave", why)
        return True

    def bounced(self) -> frozenset[str]:
        """The addresses nothing is sent to, casefolded."""
        return frozenset(found.address for found in self.open() if found.kind == BOUNCE)

    def open(self) -> tuple[Remembered, ...]:
        """Bounces and wishes that nobody has ended, oldest first."""
        with self._database.reading() as connection:
            return tuple(_remembered(row) for row in _open(connection))

    def returned(self) -> tuple[Remembered, ...]:
        """Mails of the last weeks that came back from addresses that are still written to, oldest first."""
        with self._database.reading() as connection:
            lately = SUPPRESSION.c.from_at > self._database.now(connection) - SPOKEN_OF
            query = select(SUPPRESSION).where(SUPPRESSION.c.kind == RETURNED, lately).order_by(SUPPRESSION.c.id)
            return tuple(_remembered(row) for row in connection.execute(query).mappings())

    def mails_stuck_on(self, prefix: str) -> Sequence[Entry]:
        """Mails tried in vain that wait for another try, for a reason that begins so."""
        waiting = (NOTICE.c.state == NoticeState.PENDING, NOTICE.c.channel == "email", NOTICE.c.tries > 0)
        query = select(NOTICE).where(*waiting, NOTICE.c.reason.like(f"{prefix}%")).order_by(NOTICE.c.id)
        with self._database.reading() as connection:
            return tuple(as_entry(row) for row in connection.execute(query).mappings())


def _open(
    connection: Connection, kind: str | None = None, about: dict[str, str | None] | None = None
) -> list[RowMapping]:
    kinds = (BOUNCE, LEAVE) if kind is None else (kind,)
    query = select(SUPPRESSION).where(SUPPRESSION.c.kind.in_(kinds), SUPPRESSION.c.until_at.is_(None))
    rows = connection.execute(query.order_by(SUPPRESSION.c.id)).mappings()
    return [row for row in rows if all(row["matcher"].get(name) == value for name, value in (about or {}).items())]


def _write(
    connection: Connection,
    kind: str,
    matcher: dict[str, str | None],
    now: datetime,
    who: str,
    reason: str,
    *,
    until: datetime | None = None,
) -> None:
    row = {"matcher": matcher, "kind": kind, "from_at": now, "until_at": until, "author": who, "reason": reason}
    connection.execute(insert(SUPPRESSION).values(row))


def _remembered(row: RowMapping) -> Remembered:
    about = row["matcher"]
    return Remembered(
        id=row["id"],
        kind=row["kind"],
        since=row["from_at"],
        address=about.get("address") or "",
        unit=about.get("unit"),
        contact=about.get("contact") or "",
        number=about.get("number") or "",
        reason=row["reason"],
    )
