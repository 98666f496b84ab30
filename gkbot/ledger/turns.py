"""From one attempt to the next in one transaction: outcome, beginning, claim of what comes after.

One commit instead of three on the way from answer to next mail. At the moment of the commit nothing
is on the wire, and what it begins is not at risk yet, so a kill around it leaves no doubt.
"""

from sqlalchemy import text

from gkbot.ledger.attempts import begin
from gkbot.ledger.claims import claim_ahead
from gkbot.ledger.crash_points import crash_point
from gkbot.ledger.database import Database
from gkbot.ledger.events import EVENTS_LOCK
from gkbot.ledger.outcomes import write_outcome
from gkbot.ledger.schema import refuse_version
from gkbot.ledger.values import Beginning, Ended, Instance, Turned, Wanted

_STANDS = text("SELECT version_num, (SELECT coalesce(max(id), 0) FROM event) FROM alembic_version")


def turn(
    database: Database, instance: Instance, *, ended: Ended | None, beginning: Beginning, wanted: Wanted | None
) -> Turned:
    """End an attempt that succeeded, begin the next, claim the one after it.

    Args:
        ended: None at the first.
        wanted: None where nothing is to be claimed ahead.
    """
    with database.writing() as connection:
        database.lock(connection, EVENTS_LOCK, shared=True)
        version, last = connection.execute(_STANDS).one()
        refuse_version(version)
        state = write_outcome(database, connection, ended) if ended is not None else None
        begun = begin(database, connection, instance, beginning, last=last)
        following = None
        if begun and wanted is not None:
            following = claim_ahead(database, connection, instance, wanted, last=last)
        if ended is not None:
            crash_point("CP14")
    return Turned(state=state, begun=begun, following=following)
