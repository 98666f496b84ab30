"""The tables of the outbox: notices, tries to send them, what they told whom."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Index, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from gkbot.ledger.tables.moments import UtcMoment

_HAS_ORIGIN = text("origin IS NOT NULL")

_IS_OPEN = text("outcome IS NULL")  # few at any time, of years of attempts


class DigestRow(SQLModel, table=True):
    """A digest of one recipient, channel and window; its members are fixed when it is closed."""

    __tablename__ = "digest"
    __table_args__ = (UniqueConstraint("channel", "address", "window_date", name="uq_digest"),)
    id: int | None = Field(default=None, primary_key=True)
    channel: str
    address: str
    window_date: date
    state: str


class NoticeRow(SQLModel, table=True):
    """The outbox: one row for each decision to tell somebody something.

    `next_at` is when the row is next looked at; NULL for a part that waits for the one before.
    `origin`: the dead notice it stands for (fallback_of, plain_of).
    `judged_token`: a person has looked at the unclear attempts up to this one and let it go out again.
    """

    __tablename__ = "notice"
    __table_args__ = (
        UniqueConstraint("dedupe_key", name="uq_notice_key"),
        UniqueConstraint("number", "part_no", name="uq_notice_number"),
        Index("ix_notice_due", "state", "channel", "priority", "next_at"),
        Index("ix_notice_recipient", "channel", "address", "state"),
        Index("ix_notice_day", "day", "state"),
        Index("ix_notice_origin", "origin", sqlite_where=_HAS_ORIGIN, postgresql_where=_HAS_ORIGIN),
        {"sqlite_autoincrement": True},
    )
    id: int | None = Field(default=None, primary_key=True)
    number: str
    dedupe_key: str
    kind: str
    day: date
    draft: bool
    occurrence_id: int | None = Field(foreign_key="occurrence.id")
    digest_id: int | None = Field(foreign_key="digest.id")
    stage: str | None
    thread: str | None
    channel: str
    channel_id: str
    unit: str | None
    contact: str
    address: str
    mentions: list[str] = Field(sa_type=JSON)
    mobiles: list[str] = Field(sa_type=JSON)
    part_no: int
    parts: int
    part_of: int | None = Field(foreign_key="notice.id", index=True)
    facts: dict[str, Any] = Field(sa_type=JSON)
    template_hash: str | None
    rules_hash: str
    body: dict[str, Any] | None = Field(sa_type=JSON)
    message_id: str | None
    state: str
    reason: str | None = Field(sa_type=Text)
    origin: str | None
    policy: str | None
    priority: int
    tries: int
    crashes: int
    judged_token: int
    created_at: datetime = Field(sa_type=UtcMoment)
    not_before: datetime | None = Field(sa_type=UtcMoment)
    expires_at: datetime | None = Field(sa_type=UtcMoment)
    next_at: datetime | None = Field(sa_type=UtcMoment)
    settled_at: datetime | None = Field(sa_type=UtcMoment)
    lease_owner: int | None
    lease_token: int
    lease_until: datetime | None = Field(sa_type=UtcMoment)


class AttemptRow(SQLModel, table=True):
    """One try to send, committed before the wire is touched."""

    __tablename__ = "attempt"
    __table_args__ = (Index("ix_attempt_open", "notice_id", sqlite_where=_IS_OPEN, postgresql_where=_IS_OPEN),)
    notice_id: int = Field(primary_key=True, foreign_key="notice.id")
    token: int = Field(primary_key=True)
    instance: int
    started_at: datetime = Field(sa_type=UtcMoment)
    phase: str
    outcome: str | None
    provider_code: str
    reply: str = Field(sa_type=Text)
    ended_at: datetime | None = Field(sa_type=UtcMoment)


class ToldRow(SQLModel, table=True):
    """That a stage of a duty was decided for a recipient, and by which notice.

    A notice without items has one row of stage `lines`, whose `period` is its day.
    `lasting`: said once for ever, so planning must know of it however old it is.
    """

    __tablename__ = "told"
    __table_args__ = (
        UniqueConstraint("task", "unit", "period", "revision", "stage", "channel", "address", name="uq_told"),
    )
    id: int | None = Field(default=None, primary_key=True)
    notice_id: int = Field(foreign_key="notice.id", index=True)
    day: date = Field(index=True)
    task: str
    unit: str
    period: str
    revision: int
    stage: str
    channel: str
    address: str
    lasting: bool = Field(index=True)
