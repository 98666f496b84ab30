"""The tables of the ledger, the same on SQLite and PostgreSQL (facts/delivery.md 3.1).

Only this room sees them. Every change here needs a migration in `migrations/versions`;
a test compares the two. Texts that may be absent but take part in a unique key are
stored as "" (`period` of a duty without one), since NULLs are never equal.
"""

from sqlalchemy import Table
from sqlmodel import SQLModel

from gkbot.ledger.tables.duties import EventRow, OccurrenceRow, SeenRow, SuppressionRow
from gkbot.ledger.tables.outbox import AttemptRow, DigestRow, NoticeRow, ToldRow
from gkbot.ledger.tables.running import AuditRow, ChannelStateRow, InstanceRow, RulebookVersionRow, ScanRunRow

METADATA = SQLModel.metadata


def _table(row: type[SQLModel]) -> Table:
    return METADATA.tables[str(row.__tablename__)]


EVENT = _table(EventRow)
OCCURRENCE = _table(OccurrenceRow)
DIGEST = _table(DigestRow)
NOTICE = _table(NoticeRow)
ATTEMPT = _table(AttemptRow)
TOLD = _table(ToldRow)
SEEN = _table(SeenRow)
SCAN_RUN = _table(ScanRunRow)
CHANNEL_STATE = _table(ChannelStateRow)
SUPPRESSION = _table(SuppressionRow)
INSTANCE = _table(InstanceRow)
AUDIT = _table(AuditRow)
RULEBOOK_VERSION = _table(RulebookVersionRow)
