"""The tables of what happened to duties: events, due days, first sights, silences."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Index, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from gkbot.ledger.tables.moments import UtcMoment


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


class SeenRow(SQLModel, table=True):
    """First day a task, or a fixed period of it, was in force; `period` is "" for the task itself."""

    __tablename__ = "seen"
    task: str = Field(primary_key=True)
    period: str = Field(primary_key=True)
    day: date


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
