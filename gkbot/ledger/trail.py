"""What can be proved afterwards: every attempt to send, every decision of a person."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select

from gkbot.ledger import decisions
from gkbot.ledger.database import Database
from gkbot.ledger.looking import as_attempt, as_entry
from gkbot.ledger.tables import ATTEMPT, AUDIT, NOTICE
from gkbot.ledger.values import AuditEntry, Try


class Trail:
    """The log of attempts and the audit: nothing in them is ever changed."""

    def __init__(self, database: Database) -> None:
        """Stand on an open database."""
        self._database = database

    def note(self, *, who: str, what: str, why: str) -> None:
        """Note what a person did with what the ledger holds."""
        decisions.audit(self._database, who=who, what=what, why=why)

    def audit(self, *, limit: int | None = None) -> Sequence[AuditEntry]:
        """Who did what when, and why; the latest first."""
        query = select(AUDIT).order_by(AUDIT.c.id.desc()).limit(limit)
        with self._database.reading() as connection:
            return tuple(
                AuditEntry(at=row["at"], who=row["who"], what=row["what"], why=row["why"])
                for row in connection.execute(query).mappings()
            )

    def tries(self, first: date | None = None, last: date | None = None) -> Sequence[Try]:
        """Every attempt at the notices of these days, both inclusive (None: no end), in the order of beginning."""
        entries, attempts = select(NOTICE), select(ATTEMPT).join(NOTICE, NOTICE.c.id == ATTEMPT.c.notice_id)
        wanted = (NOTICE.c.day >= (first or date.min), NOTICE.c.day <= (last or date.max))
        with self._database.reading() as connection:
            known = {row["id"]: as_entry(row) for row in connection.execute(entries.where(*wanted)).mappings()}
            found = connection.execute(attempts.where(*wanted).order_by(ATTEMPT.c.started_at, ATTEMPT.c.notice_id))
            return tuple(Try(entry=known[row["notice_id"]], attempt=as_attempt(row)) for row in found.mappings())
