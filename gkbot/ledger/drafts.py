"""Letters that wait for a person: which there are, and taking back those that are no longer wanted."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, select, update

from gkbot.ledger.database import Database
from gkbot.ledger.rows import DRAFT
from gkbot.ledger.tables import NOTICE, TOLD
from gkbot.ledger.values import Facts, NoticeState
from gkbot.planning.values import DutyKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A letter nobody has approved yet.

    Attributes:
        letter: urge, escalation or bulletin.
        duties: Task, unit and period of each duty it speaks of → its revision at the time.
    """

    id: int
    letter: str
    facts: Facts
    duties: dict[DutyKey, int]


class Drafts:
    """The waiting letters."""

    def __init__(self, database: Database) -> None:
        """Stand on an open database."""
        self._database = database

    def waiting(self) -> tuple[Draft, ...]:
        """All of them, in the order of drafting."""
        query = select(NOTICE.c.id, NOTICE.c.facts).where(*_waiting()).order_by(NOTICE.c.id)
        with self._database.reading() as connection:
            return tuple(_draft(number, facts) for number, facts in connection.execute(query).all())

    def withdraw(self, draft: Draft, reason: str) -> None:
        """Take a letter back, unless a person has decided meanwhile."""
        with self._database.writing() as connection:
            now = self._database.now(connection)
            values = {"state": NoticeState.SUPERSEDED, "reason": reason, "settled_at": now, "next_at": None}
            connection.execute(update(NOTICE).where(NOTICE.c.id == draft.id, *_waiting()).values(values))

    def shorten(self, draft: Draft, facts: Facts) -> None:
        """Let a letter speak of fewer duties, unless a person has decided meanwhile."""
        with self._database.writing() as connection:
            values = {"facts": dict(facts)}
            connection.execute(update(NOTICE).where(NOTICE.c.id == draft.id, *_waiting()).values(values))

    def forget(self, draft: Draft, duties: Collection[DutyKey]) -> None:
        """Let these duties be written of again, should they still want it."""
        with self._database.writing() as connection:
            for task, unit, period in duties:
                duty = (TOLD.c.task == task, TOLD.c.unit == unit, TOLD.c.period == (period or ""))
                connection.execute(delete(TOLD).where(TOLD.c.notice_id == draft.id, *duty))


def _waiting() -> tuple[Any, ...]:
    return NOTICE.c.state == NoticeState.HELD, NOTICE.c.draft, NOTICE.c.reason == DRAFT


def _draft(number: int, facts: Facts) -> Draft:
    entries = facts.get("entries", ())
    duties = {(entry["task"], entry["unit"], entry["period"]): entry["revision"] for entry in entries}
    return Draft(id=number, letter=str(facts.get("letter")), facts=facts, duties=duties)
