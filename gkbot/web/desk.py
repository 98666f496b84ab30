"""What the pages need to know and may do: the desk at which people stand."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Generic, Protocol, TypeVar

T = TypeVar("T")


class Missing(StrEnum):
    """Why there is nothing behind a token."""

    WRONG = "wrong"
    EXPIRED = "expired"
    VANISHED = "vanished"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One duty as a line of a table; everything is said in words already.

    Attributes:
        role: 牵头, 责任 or 配合.
        words: The deadline as the document says it.
        due: The last day in time, with weekday; 暂定 is said with it.
        status: Code of CONTRACTS.md; `overdue` is worked out.
        status_word: The same in Chinese, with the days left or over.
        remark: What else there is to know, or "".
    """

    task: str
    title: str
    unit: str
    role: str
    document: str
    clause: str
    words: str
    due: str
    status: str
    status_word: str
    remark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """One source document and how its duties stand."""

    title: str
    number: str
    tasks: int
    duties: int
    overdue: int
    next_due: str
    is_archived: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A notice that is written but waits for a person to send it.

    Attributes:
        why: Whether it is a draft by its nature or was held after trouble.
    """

    number: str
    day: str
    kind: str
    recipient: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Some(Generic[T]):
    """The first of many."""

    rows: tuple[T, ...] = ()
    total: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """The state of the office on one page.

    Attributes:
        day: Today, in words.
        last_check: Last day that was looked at to the end, in words; "" before the first.
        is_late: The last check is too long ago.
        problems: Mistakes of the rule files as they lie in the folder, one line each.
        is_older_version: An older version of the rule files is in force because of them.
        outbox: How many notices stand in which state, in words.
    """

    day: str
    last_check: str
    is_late: bool
    watched: tuple[Watched, ...]
    due_soon: Some[Row]
    overdue: Some[Row]
    to_verify: Some[Row]
    drafts: Some[Draft]
    problems: Some[str]
    is_older_version: bool
    outbox: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What the ledger table is narrowed down to; "" means no limit."""

    unit: str = ""
    document: str = ""
    status: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The duties that fit a choice, with what there is to choose from."""

    day: str
    choice: Choice
    found: Some[Row]
    units: tuple[str, ...]
    documents: tuple[tuple[str, str], ...]
    statuses: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One duty as its contact sees it.

    Attributes:
        due: The last day in time, as row.due, with 含当日.
        facts: What is said about it, label and text, in the order of facts/notices.md section 3.
        advice: The last working day before, where the due day is a rest day; else "".
        post: The post the link was made for.
        can_answer: Something may still be reported.
        closed_word: Why nothing may be reported any more (or yet), one sentence; "" where it may.
        office: Whom to ask.
        earliest_wish: First day an extension makes sense for, as YYYY-MM-DD.
    """

    row: Row
    due: str
    facts: tuple[tuple[str, str], ...]
    advice: str
    post: str
    can_answer: bool
    closed_word: str
    office: str
    earliest_wish: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a contact writes along; both may be empty."""

    note: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """An extension that is wished for; only the office can grant it."""

    until: date
    reason: str
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What became of an answer: one sentence, and whether anything was added to the ledger."""

    sentence: str
    recorded: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A text the contact sends to the office; nothing is recorded until the office grants it.

    Attributes:
        address: Mail address of the office; "" where none is known.
    """

    office: str
    address: str
    subject: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """Whether the service does its work; nothing in it is confidential.

    Attributes:
        status: ok, warn (a person must do something) or fail.
        role: active, or passive where another instance sends.
        codes: Of the findings, the worst first; docs/运维手册.md explains each.
        last_check: Last day that was looked at to the end; None before the first.
    """

    status: str
    role: str
    codes: tuple[str, ...] = ()
    last_check: date | None = None


class Desk(Protocol):
    """What the pages ask; every call stands alone and may come from any thread."""

    def overview(self) -> Overview:
        """The state of the office."""
        ...

    def table(self, choice: Choice) -> Table:
        """The duties that fit."""
        ...

    def behind(self, token: str) -> Item | Missing:
        """The duty a token stands for. Changes nothing."""
        ...

    def report_done(self, token: str, said: Said) -> Answered | Missing:
        """Record that the unit says the work is done."""
        ...

    def acknowledge(self, token: str, said: Said) -> Answered | Missing:
        """Record that the unit has taken the task."""
        ...

    def ask_extension(self, token: str, wish: Wish) -> Letter | Answered | Missing:
        """The text with which the unit asks for more time."""
        ...

    def who_leaves(self, token: str) -> str | Missing:
        """Who asks to be left out of digests. Changes nothing."""
        ...

    def wish_to_leave(self, token: str) -> str | Missing:
        """Note that wish for the office, which decides; who asked."""
        ...

    def health(self) -> Health:
        """Whether the service does its work."""
        ...
