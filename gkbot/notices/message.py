"""A rendered notice: what a channel can carry."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One task as a card; lengths are the channel's business.

    Attributes:
        emphasis: The few words that stand out: 还剩9天.
        rows: Key and value, the most telling first.
        jumps: Words and address of the links below the card.
        url: Where a tap on the card leads.
    """

    title: str
    description: str
    emphasis: str
    emphasis_description: str
    subtitle: str
    rows: tuple[tuple[str, str], ...]
    jumps: tuple[tuple[str, str], ...]
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DueDay:
    """A due day for the recipient's own calendar.

    Attributes:
        thread: The duty it belongs to; the same however often its day moves.
        sequence: Rises when the day moves.
        told_on: The day it is told.
        is_withdrawn: It is no due day any more.
    """

    thread: str
    sequence: int
    day: date
    told_on: date
    summary: str
    description: str = ""
    url: str | None = None
    is_withdrawn: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaving:
    """Where the recipient of a digest may ask to be left out; the office decides.

    Attributes:
        url: Takes a POST over HTTPS (RFC 8058).
        mailbox: The office's mail address.
    """

    url: str | None = None
    mailbox: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """The text of one notice, ready to leave.

    Attributes:
        subject: Subject of the mail; None for robots.
        text: Plain text: the mail's text part, or the robot's text form for clients without markdown.
        html: The mail's HTML part; None for robots.
        parts: Robot markdown in order, each at most 4096 bytes of UTF-8, numbered where there are
            several; empty for mail.
        mentions, mobiles: Userids and telephone numbers the robot is to mention.
        due_days: For the recipient's calendar; `left_out` more did not fit.
        leaving: Where the recipient may ask to be left out; None where nobody may.
        card: The same as a card, where it speaks of one task that has a page.
        problem: Where the office's template broke and plain text took its place; for the admins.
        template_hash: Digest of the templates it was made with; None where it was made without.
    """

    text: str
    subject: str | None = None
    html: str | None = None
    parts: tuple[str, ...] = ()
    mentions: tuple[str, ...] = ()
    mobiles: tuple[str, ...] = ()
    due_days: tuple[DueDay, ...] = ()
    left_out: int = 0
    leaving: Leaving | None = None
    card: Card | None = None
    problem: str | None = None
    template_hash: str | None = None
