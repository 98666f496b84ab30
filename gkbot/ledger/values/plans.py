"""What writing a day's plan came to, and what is usual for a day."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Enqueued:
    """What writing a plan came to.

    Attributes:
        planned: Notices newly written, drafts included.
        existing: Notices that had been decided before.
        superseded: Older pending notices that the new ones replace.
        held: Of the planned ones, those that wait for a person because a brake tripped.
    """

    planned: int
    existing: int
    superseded: int = 0
    held: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Usual:
    """How many messages to units a day usually brings, for the brakes; drafts and admins' messages never count.

    Attributes:
        fresh: Keys of the new notices that count: not those of the first look, nor of rules a person has
            accepted, nor to recipients who were never told anything before (a new office).
        today: Messages of the day decided before.
        to_address: The same by channel and address, whatever their kind.
        scans: Working days looked at lately that told units something, at most 20.
        median: Messages on such a day.
        peak: Most messages on one day in a bit more than a year, the first look left out.
        last_scan: Last working day looked at before; None before the first.
    """

    fresh: frozenset[str] = frozenset()
    today: int = 0
    to_address: Mapping[tuple[str, str], int] = field(default_factory=dict)
    scans: int = 0
    median: float = 0.0
    peak: int = 0
    last_scan: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanRun:
    """Proof that a day was looked at; `covered_by` is the later day that caught it up."""

    day: date
    rules_digest: str
    started_at: datetime
    finished_at: datetime | None
    covered_by: date | None
    counts: Mapping[str, int] = field(default_factory=dict)
