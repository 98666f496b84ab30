"""Steps of several attempts in one transaction: outcome, risk, beginning, claim of what comes after.

Two commits instead of four on the way from one mail to the next, and the second beside the wire. What
one of them begins is not at risk, and what one puts at risk is a single mail, so a kill around it
leaves no more than one attempt in doubt.
"""

from sqlalchemy import text

from gkbot.ledger.attempts import begin, risk
from gkbot.ledger.claims import claim_ahead
from gkbot.ledger.crash_points import crash_point
from gkbot.ledger.database import Database
from gkbot.ledger.events import EVENTS_LOCK
from gkbot.ledger.outcomes import write_outcome
from gkbot.ledger.schema import refuse_version
from gkbot.ledger.values import Beginning, Claimed, Ended, Instance, Turned, Wanted

_STANDS = text("SELECT version_num, (SELECT coalesce(max(id), 0) FROM event) FROM alembic_version")


def turn(
    database: Database,
    instance: Instance,
    *,
    ended: Ended | None = None,
    at_risk: Claimed | None = None,
    beginning: Beginning | None = None,
    wanted: Wanted | None = None,
) -> Turned:
    """End an attempt, put the next one at risk, begin the one after it and claim one more; each where it is given.

    Args:
        at_risk: Its attempt has begun, and goes so far that it may arrive.
        wanted: Claimed only where `beginning` has begun.
    """
    with database.writing() as connection:
        database.lock(connection, EVENTS_LOCK, shared=True)
        version, last = connection.execute(_STANDS).one()
        refuse_version(version)
        state = write_outcome(database, connection, ended) if ended is not None else None
        risked = at_risk is not None and risk(connection, at_risk, last=last)
        begun = beginning is not None and begin(database, connection, instance, beginning, last=last)
        following = None
        if begun and wanted is not None:
            following = claim_ahead(database, connection, instance, wanted, last=last)
        if ended is not None:
            crash_point("CP14")
    return Turned(state=state, at_risk=risked, begun=begun, following=following)
