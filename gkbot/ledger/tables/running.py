"""The tables of the running itself: days looked at, channels, processes, rule books, what persons did."""

from datetime import date, datetime

from sqlalchemy import JSON, LargeBinary, Text
from sqlmodel import Field, SQLModel

from gkbot.ledger.tables.moments import UtcMoment


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
