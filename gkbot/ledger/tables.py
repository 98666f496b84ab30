"""The tables of the ledger, the same on SQLite and PostgreSQL (facts/delivery.md 3.1).

Only this room sees them. Every change here needs a migration in `migrations/versions`;
a test compares the two. Texts that may be absent but take part in a unique key are
stored as "" (`period` of a duty without one), since NULLs are never equal.
"""

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import JSON, DateTime, Dialect, Index, LargeBinary, Table, Text, UniqueConstraint, text
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field, SQLModel

_HAS_ORIGIN = text("origin IS NOT NULL")
_IS_OPEN = text("outcome IS NULL")  # few at any time, of years of attempts


class UtcMoment(TypeDecorator[datetime]):
    """An aware moment; SQLite, which has no zones, keeps it as UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn to UTC; a naive moment is a mistake of the caller."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive moment cannot be stored")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the moment its zone back."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class EventRow(SQLModel, table=True):
    """Something that happened to a duty; rows are only ever added."""

    __tablename__ = "event"
    __table_args__ = (Index("ix_event_task", "task", "id"), {"sqlite_autoincrement": True})
    id: int | None = Field(default=None, primary_key=True)
    kind: str
    task: str
    unit: str | None
    period: str | None
    at: datetime = Field(sa_type=UtcMoment)
    actor: str
    note: str | None = Field(sa_type=Text)
    until: date | None
    approver: str | None
    basis: str | None = Field(sa_type=Text)
    occurred_on: date | None
    occurred_at: datetime | None = Field(sa_type=UtcMoment)


class OccurrenceRow(SQLModel, table=True):
    """One due day of a duty; a moved due day is a new row with a higher revision."""

    __tablename__ = "occurrence"
    __table_args__ = (UniqueConstraint("task", "unit", "period", "revision", name="uq_occurrence"),)
    id: int | None = Field(default=None, primary_key=True)
    task: str
    unit: str
    period: str
    revision: int
    due_date: date | None
    state: str


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


class SeenRow(SQLModel, table=True):
    """First day a task, or a fixed period of it, was in force; `period` is "" for the task itself."""

    __tablename__ = "seen"
    task: str = Field(primary_key=True)
    period: str = Field(primary_key=True)
    day: date


class ScanRunRow(SQLModel, table=True):
    """Proof that a day was looked at; the watermark for catching up."""

    __tablename__ = "scan_run"
    logical_date: date = Field(primary_key=True)
    rules_hash: str
    started_at: datetime = Field(sa_type=UtcMoment)
    finished_at: datetime | None = Field(sa_type=UtcMoment)
    covered_by: date | None
    counts: dict[str, int] = Field(sa_type=JSON)


class ChannelStateRow(SQLModel, table=True):
    """Rate gate and circuit of a channel, shared by all instances.

    `recent` holds the moments (epoch seconds) of the latest messages within the channel's window:
    a sliding window, since a bucket that refills lets twice its size pass in one minute.
    """

    __tablename__ = "channel_state"
    channel_id: str = Field(primary_key=True)
    recent: list[float] = Field(sa_type=JSON)
    free_at: datetime | None = Field(sa_type=UtcMoment)
    urgent_free_at: datetime | None = Field(sa_type=UtcMoment)
    blocked_until: datetime | None = Field(sa_type=UtcMoment)
    fail_streak: int
    disabled_reason: str | None
    disabled_at: datetime | None = Field(sa_type=UtcMoment)


class SuppressionRow(SQLModel, table=True):
    """A person's "not now": checked at plan and at send."""

    __tablename__ = "suppression"
    id: int | None = Field(default=None, primary_key=True)
    matcher: dict[str, Any] = Field(sa_type=JSON)
    kind: str
    from_at: datetime = Field(sa_type=UtcMoment)
    until_at: datetime | None = Field(sa_type=UtcMoment)
    author: str
    reason: str = Field(sa_type=Text)


class InstanceRow(SQLModel, table=True):
    """A process that sends or sent; the epoch rises with every start."""

    __tablename__ = "instance"
    __table_args__ = ({"sqlite_autoincrement": True},)
    epoch: int | None = Field(default=None, primary_key=True)
    name: str
    started_at: datetime = Field(sa_type=UtcMoment)
    heartbeat_at: datetime = Field(sa_type=UtcMoment)
    ended_at: datetime | None = Field(sa_type=UtcMoment)


class AuditRow(SQLModel, table=True):
    """What a person did to the ledger itself: releases, resends, channels switched on again."""

    __tablename__ = "audit"
    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(sa_type=UtcMoment)
    who: str
    what: str
    why: str = Field(sa_type=Text)
    before_hash: str | None
    after_hash: str | None


class RulebookVersionRow(SQLModel, table=True):
    """The rule files as they were when they came into force, as a ZIP archive."""

    __tablename__ = "rulebook_version"
    id: int | None = Field(default=None, primary_key=True)
    digest: str = Field(index=True)
    adopted_at: datetime = Field(sa_type=UtcMoment)
    archive: bytes = Field(sa_type=LargeBinary)


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
