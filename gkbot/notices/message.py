"""A rendered notice: what a channel can carry."""

from dataclasses import dataclass


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
        problem: Where the office's template broke and plain text took its place; for the admins.
    """

    text: str
    subject: str | None = None
    html: str | None = None
    parts: tuple[str, ...] = ()
    mentions: tuple[str, ...] = ()
    mobiles: tuple[str, ...] = ()
    problem: str | None = None
