"""What becomes of a notice after an attempt (facts/delivery.md 3.4, step 6).

`ok` is written whatever the token, since "sent" must never be overwritten by "failed";
other outcomes count only where the claim is still ours.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Text, bindparam, case, func, literal, or_, select, update

from gkbot.ledger import gates
from gkbot.ledger.crash_points import crash_point
from gkbot.ledger.database import Database
from gkbot.ledger.parts import cancel_later_parts, release_next_part
from gkbot.ledger.retries import delay_seconds
from gkbot.ledger.substituting import insert_substitute
from gkbot.ledger.tables import ATTEMPT, NOTICE
from gkbot.ledger.values import (
    BEFORE_DOT,
    LOOK_AGAIN,
    PLAIN,
    Claimed,
    Ended,
    NoticeState,
    Outcome,
    Receipt,
    Substitute,
    UnclearPolicy,
)

_SENT = (
    update(NOTICE)
    .where(NOTICE.c.id == bindparam("b_id"), NOTICE.c.state != NoticeState.SENT.value)
    .values(
        state=NoticeState.SENT.value,
        settled_at=bindparam("b_now"),
        next_at=None,
        lease_owner=None,
        crashes=0,
    )
    .returning(NOTICE.c.parts)
)
_THIS_ATTEMPT = (ATTEMPT.c.notice_id == bindparam("b_id"), ATTEMPT.c.token == bindparam("b_token"))
_CLOSED: dict[str, Any] = {
    "outcome": bindparam("b_outcome"),
    "provider_code": bindparam("b_code"),
    "reply": bindparam("b_reply"),
    "phase": bindparam("b_phase"),
    "ended_at": bindparam("b_now"),
}
_CLOSE_OPEN = update(ATTEMPT).where(*_THIS_ATTEMPT, ATTEMPT.c.outcome.is_(None)).values(_CLOSED)
WAS_IN_DOUBT = "（此前记为结果不明）"
_REPLY = bindparam("b_reply", type_=Text)
_LATE_REPLY = literal(WAS_IN_DOUBT) + func.substr(_REPLY, 1, 150)
_CLOSE_OK = (
    update(ATTEMPT)
    .where(*_THIS_ATTEMPT, or_(ATTEMPT.c.outcome.is_(None), ATTEMPT.c.outcome != Outcome.OK.value))
    .values({**_CLOSED, "reply": case((ATTEMPT.c.outcome == Outcome.UNCLEAR.value, _LATE_REPLY), else_=_REPLY)})
)
"""Why there may be a second copy stays on record, though this one has been answered after all (guarantee G3)."""
_UNSAID = (
    update(ATTEMPT)
    .where(*_THIS_ATTEMPT, ATTEMPT.c.outcome.is_(None), ATTEMPT.c.phase == BEFORE_DOT)
    .values(outcome=Outcome.RETRY.value, provider_code=LOOK_AGAIN, ended_at=bindparam("b_now"))
)
_ALIKE = (
    select(func.count())
    .select_from(ATTEMPT)
    .join(NOTICE, NOTICE.c.id == ATTEMPT.c.notice_id)
    .where(ATTEMPT.c.notice_id == bindparam("b_id"), ATTEMPT.c.provider_code == bindparam("b_code"))
    .where(ATTEMPT.c.outcome == Outcome.RETRY.value)
    .where(ATTEMPT.c.token > NOTICE.c.judged_token, ATTEMPT.c.token < bindparam("b_token"))
)
_WRITTEN = (
    select(NOTICE.c.state)
    .join(ATTEMPT, ATTEMPT.c.notice_id == NOTICE.c.id)
    .where(*_THIS_ATTEMPT, NOTICE.c.lease_token == ATTEMPT.c.token)
    .where(ATTEMPT.c.outcome == bindparam("b_outcome"), ATTEMPT.c.provider_code == bindparam("b_code"))
)


def finish(database: Database, ended: Ended) -> NoticeState | None:
    """Commit what an attempt came to, before anything else is done about it.

    It may be called again after a commit whose end nobody knows: what is written stays as it is.

    Returns:
        The notice's new state; None where the claim was no longer ours and nothing was written.
    """
    with database.writing() as connection:
        state = write_outcome(database, connection, ended)
        crash_point("CP14")
    if state is NoticeState.PENDING:
        crash_point("CP8")
    return state


def write_outcome(database: Database, connection: Connection, ended: Ended) -> NoticeState | None:
    """`finish`, inside a transaction.

    Notice, attempt, channel: who locks them in the order of a claim never waits in a circle.
    """
    now = database.now(connection)
    claimed, receipt = ended.claimed, ended.receipt
    if receipt.outcome is Outcome.OK:
        _mark_sent(connection, claimed, now)
        connection.execute(_CLOSE_OK, _answer(claimed, receipt, now))
        return NoticeState.SENT
    state = _mark_unsent(connection, claimed, _after(connection, ended, now))
    known = _written_before(connection, claimed, receipt) if state is None else state
    connection.execute(_CLOSE_OPEN, _answer(claimed, receipt, now))  # one that lost its notice is over as well
    if state is None:
        return known
    if state is NoticeState.DEAD:
        if ended.substitute is not None:
            insert_substitute(connection, claimed.id, ended.substitute, now)
        if ended.substitute is None or ended.substitute.reason != PLAIN:
            cancel_later_parts(connection, claimed.id, now)
    gates.learn(database, connection, claimed.channel_id, receipt, now)
    return state


def give_back(database: Database, claimed: Claimed, *, until: datetime | None = None) -> None:
    """Give up a claim of which nothing was done, as if it had never been.

    Args:
        until: It is not taken before this moment, and expires as much later; how long it is tried
            counts from then. None for now.
    """
    with database.writing() as connection:
        now = database.now(connection)
        values: dict[str, Any] = {
            "state": NoticeState.PENDING,
            "next_at": until or now,
            "lease_owner": None,
            "crashes": claimed.crashes,
        }
        if until is not None:
            values["not_before"] = until
        if until is not None and claimed.expires_at is not None:
            values["expires_at"] = claimed.expires_at + max(until - now, timedelta())
        _mark_unsent(connection, claimed, values)
        _close_unsaid(connection, claimed, now)


def put_back(database: Database, claimed: Claimed, *, reason: str, seconds: float) -> None:
    """Give up a claim: something of ours failed, and that counts as a crash."""
    with database.writing() as connection:
        now = database.now(connection)
        later = now + timedelta(seconds=seconds)
        values = {
            "state": NoticeState.PENDING,
            "reason": reason,
            "next_at": later,
            "lease_owner": None,
            "crashes": claimed.crashes + 1,
        }
        _mark_unsent(connection, claimed, values)
        _close_unsaid(connection, claimed, now)


def drop(database: Database, claimed: Claimed, state: NoticeState, reason: str) -> None:
    """Close a claimed notice unsent: done, extended, paused or cancelled meanwhile."""
    with database.writing() as connection:
        now = database.now(connection)
        values = {"state": state, "reason": reason, "next_at": None, "settled_at": now, "lease_owner": None}
        if _mark_unsent(connection, claimed, values) not in {None, NoticeState.HELD}:
            cancel_later_parts(connection, claimed.id, now)
        _close_unsaid(connection, claimed, now)


def divert(database: Database, notice_id: int, reason: str, substitute: Substitute) -> bool:
    """Send something else instead of a pending notice whose channel is of no use."""
    with database.writing() as connection:
        now = database.now(connection)
        pending = (NOTICE.c.id == notice_id, NOTICE.c.state == NoticeState.PENDING)
        values = {"state": NoticeState.DEAD, "reason": reason, "next_at": None, "settled_at": now}
        if connection.execute(update(NOTICE).where(*pending).values(values)).rowcount == 0:
            return False
        insert_substitute(connection, notice_id, substitute, now)
        cancel_later_parts(connection, notice_id, now)
    return True


def _answer(claimed: Claimed, receipt: Receipt, now: datetime) -> dict[str, Any]:
    return {
        "b_id": claimed.id,
        "b_token": claimed.token,
        "b_outcome": receipt.outcome.value,
        "b_code": receipt.code,
        "b_reply": receipt.reply,
        "b_phase": receipt.phase,
        "b_now": now,
    }


def _written_before(connection: Connection, claimed: Claimed, receipt: Receipt) -> NoticeState | None:
    """The state where this very outcome stands already, from a commit whose end nobody knew."""
    names = {"b_id": claimed.id, "b_token": claimed.token}
    asked = {**names, "b_outcome": receipt.outcome.value, "b_code": receipt.code}
    state = connection.execute(_WRITTEN, asked).scalar()
    return NoticeState(state) if state is not None else None


def _mark_sent(connection: Connection, claimed: Claimed, now: datetime) -> None:
    parts = connection.execute(_SENT, {"b_id": claimed.id, "b_now": now}).scalar()
    if parts is not None and parts > 1:
        release_next_part(connection, claimed.id, now)


def _mark_unsent(connection: Connection, claimed: Claimed, values: dict[str, Any]) -> NoticeState | None:
    """Write what becomes of a notice that did not go out; None where the claim is no longer ours."""
    mine = (
        NOTICE.c.id == claimed.id,
        NOTICE.c.lease_token == claimed.token,
        NOTICE.c.state == NoticeState.LEASED,
    )
    written = connection.execute(update(NOTICE).where(*mine).values(values)).rowcount
    return NoticeState(values["state"]) if written else None


def _close_unsaid(connection: Connection, claimed: Claimed, now: datetime) -> None:
    """End this claim's attempt where it began and nothing of it can have arrived; perhaps its commit was not known."""
    connection.execute(_UNSAID, {"b_id": claimed.id, "b_token": claimed.token, "b_now": now})


def _after(connection: Connection, ended: Ended, now: datetime) -> dict[str, Any]:
    receipt = ended.receipt
    tries = ended.claimed.tries + receipt.counted
    alike = _alike(connection, ended) if receipt.quick or receipt.retry_most is not None else tries
    values: dict[str, Any] = {"crashes": 0, "tries": tries, "lease_owner": None, "reason": receipt.code}
    state = _state_after(ended, alike)
    if state is not NoticeState.PENDING:
        return {**values, "state": state, "settled_at": now, "next_at": None}
    wait = timedelta(seconds=delay_seconds(tries, receipt, ended.random, alike=alike))
    return {**values, "state": state, "next_at": now + wait}


def _alike(connection: Connection, ended: Ended) -> int:
    """How many tries came to this very code, this one included, since a person last released the notice."""
    asked = {"b_id": ended.claimed.id, "b_token": ended.claimed.token, "b_code": ended.receipt.code}
    before: int = connection.execute(_ALIKE, asked).scalar_one()
    return before + 1


def _state_after(ended: Ended, alike: int) -> NoticeState:
    receipt = ended.receipt
    if receipt.outcome is Outcome.DEAD:
        return NoticeState.DEAD
    if receipt.outcome is Outcome.UNCLEAR:
        policy = ended.claimed.policy or ended.policy
        if policy is UnclearPolicy.DROP:
            return NoticeState.DEAD
        again = policy is UnclearPolicy.RESEND_ONCE and not ended.claimed.maybe_twice
        return NoticeState.PENDING if again else NoticeState.HELD
    if receipt.retry_most is not None and alike > receipt.retry_most:
        return NoticeState.DEAD
    return NoticeState.PENDING
