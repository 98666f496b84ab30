"""What becomes of a notice after an attempt (facts/delivery.md 3.4, step 6).

`ok` is written whatever the token, since "sent" must never be overwritten by "failed";
other outcomes count only where the claim is still ours.
"""

from datetime import datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import Connection, insert, select, update

from gkbot.ledger import gates
from gkbot.ledger.crash_points import crash_point
from gkbot.ledger.database import Database
from gkbot.ledger.enqueue import channel_id
from gkbot.ledger.numbers import numbers_for
from gkbot.ledger.parts import cancel_later_parts, copied, release_next_part
from gkbot.ledger.retries import delay_seconds
from gkbot.ledger.tables import ATTEMPT, NOTICE
from gkbot.ledger.values import Claimed, NoticeState, Outcome, Receipt, Substitute, UnclearPolicy


def finish(
    database: Database,
    claimed: Claimed,
    receipt: Receipt,
    *,
    policy: UnclearPolicy,
    random: Random,
    substitute: Substitute | None = None,
) -> NoticeState | None:
    """Commit what an attempt came to, before anything else is done about it.

    It may be called again after a failed commit: what is written stays as it is.

    Args:
        substitute: What goes out instead where the notice is dead now.

    Returns:
        The notice's new state; None where the claim was no longer ours and nothing was written.
    """
    with database.writing() as connection:
        now = database.now(connection)
        _close_attempt(connection, claimed, receipt, now)
        if receipt.outcome is Outcome.OK:
            _mark_sent(connection, claimed, now)
            return NoticeState.SENT
        state = _mark_unsent(connection, claimed, _after(claimed, receipt, policy, random, now))
        if state is NoticeState.DEAD:
            cancel_later_parts(connection, claimed.id, now)
            if substitute is not None:
                _insert_substitute(connection, claimed.id, substitute, now)
        # Last, as in a claim: who locks notice and channel in the same order never waits in a circle.
        gates.learn(database, connection, claimed.channel_id, receipt, now)
    if state is NoticeState.PENDING:
        crash_point("CP8")
    return state


def put_back(database: Database, claimed: Claimed, *, reason: str, seconds: float) -> None:
    """Give up a claim before any attempt began: something of ours failed. Crashes stay counted."""
    with database.writing() as connection:
        later = database.now(connection) + timedelta(seconds=seconds)
        values = {"state": NoticeState.PENDING, "reason": reason, "next_at": later, "lease_owner": None}
        _mark_unsent(connection, claimed, values)


def drop(database: Database, claimed: Claimed, state: NoticeState, reason: str) -> None:
    """Close a claimed notice unsent: done, extended, paused or cancelled meanwhile."""
    with database.writing() as connection:
        now = database.now(connection)
        values = {"state": state, "reason": reason, "next_at": None, "settled_at": now, "lease_owner": None}
        _mark_unsent(connection, claimed, values)
        cancel_later_parts(connection, claimed.id, now)


def divert(database: Database, notice_id: int, reason: str, substitute: Substitute) -> bool:
    """Send something else instead of a pending notice whose channel is of no use."""
    with database.writing() as connection:
        now = database.now(connection)
        pending = (NOTICE.c.id == notice_id, NOTICE.c.state == NoticeState.PENDING)
        values = {"state": NoticeState.DEAD, "reason": reason, "next_at": None, "settled_at": now}
        if connection.execute(update(NOTICE).where(*pending).values(values)).rowcount == 0:
            return False
        _insert_substitute(connection, notice_id, substitute, now)
    return True


def _close_attempt(connection: Connection, claimed: Claimed, receipt: Receipt, now: datetime) -> None:
    mine = [ATTEMPT.c.notice_id == claimed.id, ATTEMPT.c.token == claimed.token]
    if receipt.outcome is not Outcome.OK:
        mine.append(ATTEMPT.c.outcome.is_(None))
    values = {
        "outcome": receipt.outcome,
        "provider_code": receipt.code,
        "reply": receipt.reply,
        "phase": receipt.phase,
        "ended_at": now,
    }
    connection.execute(update(ATTEMPT).where(*mine).values(values))


def _mark_sent(connection: Connection, claimed: Claimed, now: datetime) -> None:
    unsent = (NOTICE.c.id == claimed.id, NOTICE.c.state != NoticeState.SENT)
    values = {
        "state": NoticeState.SENT,
        "settled_at": now,
        "next_at": None,
        "lease_owner": None,
        "crashes": 0,
    }
    connection.execute(update(NOTICE).where(*unsent).values(values))
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


def _after(claimed: Claimed, receipt: Receipt, policy: UnclearPolicy, random: Random, now: datetime) -> dict[str, Any]:
    tries = claimed.tries + receipt.counted
    values: dict[str, Any] = {"crashes": 0, "tries": tries, "lease_owner": None, "reason": receipt.code}
    state = _state_after(claimed, receipt, policy, tries)
    if state is not NoticeState.PENDING:
        return {**values, "state": state, "settled_at": now, "next_at": None}
    wait = timedelta(seconds=delay_seconds(tries, receipt, random))
    return {**values, "state": state, "next_at": now + wait}


def _state_after(claimed: Claimed, receipt: Receipt, policy: UnclearPolicy, tries: int) -> NoticeState:
    if receipt.outcome is Outcome.DEAD:
        return NoticeState.DEAD
    if receipt.outcome is Outcome.UNCLEAR:
        if policy is UnclearPolicy.DROP:
            return NoticeState.DEAD
        again = policy is UnclearPolicy.RESEND_ONCE and not claimed.maybe_twice
        return NoticeState.PENDING if again else NoticeState.HELD
    if receipt.retry_most is not None and tries > receipt.retry_most:
        return NoticeState.DEAD
    return NoticeState.PENDING


def _insert_substitute(connection: Connection, notice_id: int, new: Substitute, now: datetime) -> None:
    dead = connection.execute(select(NOTICE).where(NOTICE.c.id == notice_id)).mappings().one()
    key = f"{dead['dedupe_key']}/{new.reason}/{new.channel}/{new.address}"
    if connection.execute(select(NOTICE.c.id).where(NOTICE.c.dedupe_key == key)).first():
        return
    number = numbers_for(connection, [key])[key]
    row = {
        **copied(dead),
        "dedupe_key": key,
        "number": number,
        "channel": new.channel,
        "channel_id": channel_id(new.channel, new.address),
        "address": new.address,
        "contact": new.contact,
        "mentions": list(new.mentions),
        "mobiles": list(new.mobiles),
        "part_no": 1,
        "parts": 1,
        "part_of": None,
        "facts": {**dead["facts"], "number": number},
        "body": new.body,
        "message_id": None,
        "reason": None,
        "origin": f"{new.reason}:{dead['number']}",
        "created_at": now,
        "next_at": now,
    }
    connection.execute(insert(NOTICE).values(row))
