"""What planning speaks of: events that happened, duties, stages, notices and their reasons."""

from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, timezone, tzinfo
from enum import StrEnum

from gkbot.deadline import Reckoning
from gkbot.planning.suppressions import Suppression
from gkbot.planning.withdrawals import Withdrawal
from gkbot.rulebook.values import Role, Task, Unit

BEIJING = timezone(timedelta(hours=8), "Asia/Shanghai")

DutyKey = tuple[str, str, str | None]
"""Task, unit and period of a duty."""


class EventKind(StrEnum):
    """What can happen to a duty; events are only ever added.

    `ASSIGNED`: a unit was added to a task that had been in force before, or a withdrawn duty came back.
    `WITHDRAWN`: the rule files do not hold the duty any more.
    `RESCHEDULED`: the holidays were arranged otherwise, and with them the due day moved to `until`.
    """

    DONE = "done"
    REPORTED = "reported"
    ACKNOWLEDGED = "acknowledged"
    REOPENED = "reopened"
    EXTENDED = "extended"
    OCCURRED = "occurred"
    CANCELLED = "cancelled"
    ADOPTED = "adopted"
    ASSIGNED = "assigned"
    PAUSED = "paused"
    RESUMED = "resumed"
    WITHDRAWN = "withdrawn"
    RESCHEDULED = "rescheduled"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEvent:
    """Something that happened, before the ledger has numbered it.

    Attributes:
        unit: Name of the unit; None means every unit of the task.
        period: Period of the duty; None means every period open on the day.
        at: Moment it was recorded, UTC.
        until: New due day (extended, rescheduled), or last day of a pause.
        occurred_on: Day of the event a period is counted from; `occurred_at` where the hour matters.
            Of a rescheduled duty the day that was told before.
    """

    kind: EventKind
    task: str
    at: datetime
    actor: str
    unit: str | None = None
    period: str | None = None
    note: str | None = None
    until: date | None = None
    approver: str | None = None
    basis: str | None = None
    occurred_on: date | None = None
    occurred_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Event(NewEvent):
    """Something that happened, as the ledger keeps it; ids rise in the order of recording."""

    id: int


class Status(StrEnum):
    """Where a duty stands. Overdue is no status: see `Duty.is_overdue`."""

    WAITING = "waiting"
    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    REPORTED = "reported"
    DONE = "done"
    CANCELLED = "cancelled"
    ARCHIVED = "archived"


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """Something about a duty that is said once: new, changed, opened or reopened-….

    Attributes:
        on: Working day from which it is said.
        text: Why, one Chinese sentence without full stop.
    """

    stage: str
    on: date
    text: str


CLOSED = frozenset({Status.REPORTED, Status.DONE, Status.CANCELLED, Status.ARCHIVED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """Task × unit × period: what is tracked, reminded and closed one by one.

    Attributes:
        period: The nominal due day as text, or the day of the event for periods counted from one;
            None while the event has not happened and for tasks without any day.
        due: Last day in time, after rolling and extensions; None where there is none.
        nominal: Due day before rolling and extensions.
        revision: How many times the due day was changed.
        provisional: The due day rests on an unpublished calendar year.
        events: What was recorded about this duty, in order.
        since: First day on which this due day was known; earlier reminder days are not made up for.
            None where it is not known.
        adopted_on: Day from which overdue notices count, for a duty taken over when already late.
        paused: Nothing is said for now.
        announcements: What is to be said once about this duty (its task's being new is not among them).
        opens: First day on which this is the current period of a recurring task; None for the others.
        closes: Due day of the next period of a recurring task; None for the others.
    """

    task: Task
    unit: Unit
    role: Role
    status: Status
    period: str | None = None
    due: date | None = None
    at: time | None = None
    nominal: date | None = None
    revision: int = 0
    provisional: bool = False
    reckoning: Reckoning | None = None
    events: tuple[Event, ...] = ()
    since: date | None = None
    adopted_on: date | None = None
    paused: bool = False
    announcements: tuple[Announcement, ...] = ()
    opens: date | None = None
    closes: date | None = None

    @property
    def key(self) -> tuple[str, str, str | None]:
        """Task, unit and period: what names a duty."""
        return self.task.id, self.unit.name, self.period

    def is_overdue(self, day: date) -> bool:
        """Whether the due day has passed on `day` and nobody has reported it done."""
        return self.due is not None and day > self.due and self.status not in CLOSED

    def days_left(self, day: date) -> int | None:
        """Calendar days from `day` to the due day, negative when overdue; None without one."""
        return None if self.due is None else (self.due - day).days

    @property
    def is_late_loaded(self) -> bool:
        """Whether it was overdue already when its due day was first known, and nobody has taken it over."""
        return self.due is not None and self.since is not None and self.due < self.since and self.adopted_on is None


class NoticeKind(StrEnum):
    """The kinds of `gkbot plan --json`; `NEW` and `WITHDRAWN` exist for items only."""

    NEW = "new"
    WITHDRAWN = "withdrawn"
    UPCOMING = "upcoming"
    DUE = "due"
    OVERDUE = "overdue"
    ESCALATION = "escalation"
    DIGEST = "digest"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Who is told, and how it travels.

    Attributes:
        unit: The unit's name; None for the office's own admins.
        contact: The post; for a robot's group, the unit's name or the office.
        channel: email, wecom, apprise or file (nothing configured).
        address: Mail address, or name of the robot; never a webhook's address.
        mentions, mobiles: Userids and telephone numbers of the contacts with items, for robots.
        robot: The message goes into a robot's group (markdown), not into a mailbox.
    """

    unit: str | None
    contact: str
    channel: str
    address: str
    mentions: tuple[str, ...] = ()
    mobiles: tuple[str, ...] = ()
    robot: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One duty inside a notice, and why it is there.

    Attributes:
        stage: new, changed, opened, reopened, withdrawn-…, before-15 …, due, overdue-1 …, escalation; for admins
            office-due, office-overdue, office-late and office-unreachable-….
        also: Announcements the same line makes (new, changed …); they count as told with it.
        number, of: Which of the duty's planned notices this is (第2次，共4次); None where it does not count.
        catch_up: The proper day was missed while the service was off (补发).
        reason: One Chinese sentence.
    """

    task: str
    unit: str
    role: Role
    period: str | None
    due: date | None
    days_left: int | None
    stage: str
    kind: NoticeKind
    reason: str
    revision: int = 0
    number: int | None = None
    of: int | None = None
    catch_up: bool = False
    provisional: bool = False
    also: tuple[str, ...] = ()
    at: time | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """The decision to tell one recipient something on one day.

    Attributes:
        key: Stable over runs, machines and rewording (facts/delivery.md 3.2).
        draft: Prepared only; a person sends it.
        off_since, off_until: Days the service was off, both inclusive, where items are caught up.
        lines: Plain sentences, for admins.
        marks: States the lines tell of (broken rule files …), as the history remembers them.
    """

    key: str
    day: date
    kind: NoticeKind
    recipient: Recipient
    items: tuple[Item, ...]
    draft: bool = False
    off_since: date | None = None
    off_until: date | None = None
    lines: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """That a stage of a duty was already decided for a recipient.

    Attributes:
        task, unit: Empty for what is about no task: `stage` is then "lines" for a notice without items,
            or the mark of a state such as broken rule files.
        day: Day of the notice; a recipient told something on a day gets nothing more on it.
            None where it is not known.
    """

    task: str
    unit: str
    period: str | None
    revision: int
    stage: str
    channel: str
    address: str
    day: date | None = None


class Reason(StrEnum):
    """Why nothing is said of a duty on a day."""

    REST_DAY = "rest_day"
    ARCHIVED = "archived"
    NOT_ISSUED = "not_issued"
    REPORTED = "reported"
    DONE = "done"
    CANCELLED = "cancelled"
    PAUSED = "paused"
    SILENCED = "silenced"
    OFFICE_CLOSED = "office_closed"
    WAITING = "waiting"
    NO_DUE_DAY = "no_due_day"
    LATE_LOADED = "late_loaded"
    ALREADY_TOLD = "already_told"
    TOLD_TODAY = "told_today"
    NO_CONTACT = "no_contact"
    NOT_YET = "not_yet"
    NOTHING_MORE = "nothing_more"


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """Why a duty is not spoken of on a day.

    Attributes:
        reason: A `Reason`.
        text: The same as a Chinese sentence; empty in plans, filled by `explain_day`.
        next_day: Next day on which something is due to be said; None where there is none.
    """

    task: str
    unit: str
    period: str | None
    reason: str
    text: str = ""
    next_day: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Channels:
    """Which real channels are configured; what has none is written to the outbox folder.

    Attributes:
        email: A mail server is set.
        robots: Names of the robots that are set.
        apprise: Names of the further groups and services that are set, DingTalk and Feishu among them.
        same: A name that leads to the same group as another → that other one, by which both go.
    """

    email: bool = False
    robots: frozenset[str] = frozenset()
    apprise: frozenset[str] = frozenset()
    same: Mapping[str, str] = field(default_factory=dict)

    def of_robot(self, name: str) -> tuple[str, str]:
        """Channel and address of what unit files call so; two names of one group make one recipient."""
        address = self.same.get(name, name)
        if address in self.robots:
            return "wecom", address
        return ("apprise" if address in self.apprise else "file"), address


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What has happened so far, as planning needs it.

    Attributes:
        first_seen: Day each task id was first in force.
        periods_seen: Day each (task id, period) of `fixed_periods` was first in force, so that a moved
            due day is noticed; empty where it is not kept.
        told: Decisions of the recent past; enough to cover the days since `last_scan` and a week before,
            and every announcement (changed, opened, reopened-…), however old.
        last_scan: Last day that was looked at to the end; None before the first.
        zone: The office's zone, in which the moment of an event becomes a day.
        suppressions: What people do not want said for now, ended ones of the recent past included.
        withdrawals: Duties ended lately of which somebody who had been told must hear.
    """

    events: tuple[Event, ...] = ()
    first_seen: Mapping[str, date] = field(default_factory=dict)
    periods_seen: Mapping[tuple[str, str], date] = field(default_factory=dict)
    told: Set[Told] = frozenset()
    last_scan: date | None = None
    zone: tzinfo = BEIJING
    suppressions: tuple[Suppression, ...] = ()
    withdrawals: tuple[Withdrawal, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What one day asks for.

    Attributes:
        is_rest: A rest day, on which nothing may be said; what waited before it still waits.
    """

    day: date
    notices: tuple[Notice, ...]
    silences: tuple[Silence, ...] = ()
    is_rest: bool = False
