"""Why a notice must not be claimed again: too often in doubt, too many crashes, past its time.

A claim without outcome is a crash of which nobody knows whose fault it was: the notice's, or of
somebody who pulled the plug. So the first time the notice is claimed again at once and before
others; after each further crash it goes back into the queue for a while that grows (`BACK_OFF`) and
then waits its turn. A process that is killed every second takes another notice at each start,
while one that kills its process comes to its five claims in minutes and blocks nobody meanwhile.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, RowMapping, bindparam, case, func, select, update

from gkbot.ledger.tables import ATTEMPT
from gkbot.ledger.values import BEFORE_DOT, POISON, NoticeState, Outcome, UnclearPolicy

MOST_CRASHES = 5
BACK_OFF = {2: timedelta(seconds=5), 3: timedelta(seconds=30), 4: timedelta(minutes=2)}
"""Crashes → how long the notice waits then.

5 s let others go first; 30 s are two restarts of the service (RestartSec=15), 2 min eight of them, as
when a machine runs out of memory at its start. Together less than three minutes besides the
leases: a notice of the day still leaves on the day, or is dead while somebody is there to see it.
"""
EXPIRED = "expired"
CRASHED = "crashed"

_ABANDON = (
    update(ATTEMPT)
    .where(ATTEMPT.c.notice_id == bindparam("b_notice"), ATTEMPT.c.outcome.is_(None))
    .values(
        outcome=case((ATTEMPT.c.phase == BEFORE_DOT, Outcome.RETRY.value), else_=Outcome.UNCLEAR.value),
        provider_code=CRASHED,
        ended_at=bindparam("b_now"),
    )
)
_UNCLEAR = (
    select(func.count())
    .select_from(ATTEMPT)
    .where(
        ATTEMPT.c.notice_id == bindparam("notice"),
        ATTEMPT.c.outcome == Outcome.UNCLEAR,
        ATTEMPT.c.token > bindparam("since"),
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What becomes of a notice that must not be sent.

    Attributes:
        is_lost: It reached nobody and is not out of date: another way is looked for. What has expired
            would come days late beside newer notices; the office is told of it (facts/delivery.md 3.3).
    """

    state: NoticeState
    reason: str
    is_lost: bool = False


def verdict(connection: Connection, row: RowMapping, policy: UnclearPolicy, now: datetime) -> Verdict | None:
    """Why the notice must not be sent; None where it may. Its open attempts are over from here on."""
    if row["lease_token"]:  # claimed before, so there may be attempts
        abandon_attempts(connection, row["id"], now)
        unclear = unclear_attempts(connection, row["id"], since=row["judged_token"])
        if unclear > 1:
            return Verdict(state=NoticeState.HELD, reason="unclear twice")
        if unclear and policy is UnclearPolicy.HOLD:
            return Verdict(state=NoticeState.HELD, reason="unclear")
        if unclear and policy is UnclearPolicy.DROP:
            return Verdict(state=NoticeState.DEAD, reason="unclear, dropped")
    if row["crashes"] >= MOST_CRASHES:
        return Verdict(state=NoticeState.DEAD, reason=POISON, is_lost=True)
    if row["expires_at"] is not None and row["expires_at"] <= now:
        return Verdict(state=NoticeState.EXPIRED, reason=EXPIRED)
    return None


def waits_after(row: RowMapping) -> timedelta | None:
    """How long an abandoned notice goes back into the queue; None where it may be taken at once."""
    return BACK_OFF.get(row["crashes"]) if row["state"] == NoticeState.LEASED else None


def may_have_killed(row: RowMapping) -> bool:
    """Whether a claim of it, be it one made ahead, ended without an outcome."""
    return bool(row["crashes"]) or row["state"] == NoticeState.LEASED


def abandon_attempts(connection: Connection, notice_id: int, now: datetime) -> None:
    """Close the attempts of which nothing more will be heard: in doubt, unless nothing can have arrived."""
    connection.execute(_ABANDON, {"b_notice": notice_id, "b_now": now})


def unclear_attempts(connection: Connection, notice_id: int, *, since: int = 0) -> int:
    """How many attempts may have arrived, after the one with this token."""
    count: int = connection.execute(_UNCLEAR, {"notice": notice_id, "since": since}).scalar_one()
    return count
