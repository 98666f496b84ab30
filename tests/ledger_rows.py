"""Rows of the ledger as they stand after some trouble, put there without going through it."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import insert, update

from gkbot.ledger import Ledger
from gkbot.ledger.tables import ATTEMPT, CHANNEL_STATE, NOTICE

MORNING = datetime(2023, 7, 24, 1, 0, tzinfo=UTC)


def change(ledger: Ledger, key: str = "k0", **values: Any) -> None:
    """Let a notice stand as if it had come so far."""
    with ledger._database.writing() as connection:
        connection.execute(update(NOTICE).where(NOTICE.c.dedupe_key == key).values(values))


def attempt(
    ledger: Ledger, key: str = "k0", *, at: datetime = MORNING, token: int = 1, outcome: str | None = None
) -> None:
    """Let an attempt stand in the ledger."""
    entry = next(found for found in ledger.outbox.entries() if found.key == key)
    values = {
        "notice_id": entry.id,
        "token": token,
        "instance": 1,
        "started_at": at,
        "phase": "begun",
        "outcome": outcome,
        "provider_code": "",
        "reply": "",
        "ended_at": at if outcome else None,
    }
    with ledger._database.writing() as connection:
        connection.execute(insert(ATTEMPT).values({k: v for k, v in values.items() if k in ATTEMPT.c}))


def gate(ledger: Ledger, channel_id: str = "email", **values: Any) -> None:
    """Let a channel stand so."""
    blank = {column.name: None for column in CHANNEL_STATE.c} | {"recent": [], "fail_streak": 0}
    with ledger._database.writing() as connection:
        connection.execute(insert(CHANNEL_STATE).values({**blank, "channel_id": channel_id, **values}))
