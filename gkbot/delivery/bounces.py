"""Reading a mail that came back (RFC 3464), or that somebody forwarded with one inside.

What comes in may be forged, broken or huge: it is read within limits and believed only as far as
it names a Message-ID of ours, which the ledger must know.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message

from gkbot.delivery.secrets import redacted

MOST_BYTES = 10 * 1024 * 1024
READ_BYTES = 2 * 1024 * 1024  # the report and the headers of what came back stand well before
MOST_PARTS = 200
MOST_DEPTH = 12
MOST_TEXT = 64 * 1024
MOST_IDS = 20
MOST_SAID = 2000  # more than is kept of any answer
OWN_ID = re.compile(r"<n[0-9A-HJKMNP-TV-Z]{8}\.[0-9A-Za-z]{1,16}@[A-Za-z0-9.-]{1,255}>")
"""The form of our Message-IDs (facts/delivery.md 5.3)."""

_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
_CODE = re.compile(r"(?<![\d.])([45])\d\d(?=[ -])")
_BOUNCES = re.compile(
    r"mailer-daemon|postmaster|undeliver|failure notice|returned mail|delivery status|退信|退回", re.IGNORECASE
)
_ADDRESS = re.compile(r"(?<![A-Za-z0-9._%+=-])([A-Za-z0-9._%+=-])[A-Za-z0-9._%+=-]*+@")
_OF_THE_MAIL = re.compile(r"5\.2\.[23]|5\.3\.4|5\.[567]\.\d+")
"""A full mailbox, a mail too big, its form or content: the address itself is as good as before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounce:
    """A report that a mail of ours did not arrive, or not yet.

    Attributes:
        message_ids: What it says it is about, as far as it has the form of ours.
        status: Enhanced status code (RFC 3463); 5.0.0 or 4.0.0 where only the first digit is known.
        is_final: The other side tries no more.
        said: Its own words, redacted.
    """

    message_ids: tuple[str, ...]
    status: str
    is_final: bool
    said: str

    @property
    def disables(self) -> bool:
        """Whether the address takes no mail any more."""
        return self.is_final and self.status.startswith("5") and not _OF_THE_MAIL.fullmatch(self.status)


def read_bounce(raw: bytes) -> Bounce | None:
    """The report in a mail; None where it is none (an answer, a holiday notice, anything else).

    Raises:
        ValueError: It is bigger than any report, or nested beyond reading.
    """
    if len(raw) > MOST_BYTES:
        raise ValueError("too big")
    try:
        parts = list(_parts(message_from_bytes(raw[:READ_BYTES])))
    except RecursionError:
        raise ValueError("nested too deep") from None
    ids = tuple(dict.fromkeys(found for part in parts for found in _ids(part)))[:MOST_IDS]
    fields = _report(parts)
    if fields is None:
        return _without_report(parts, ids)
    status, action = fields.get("status", ""), fields.get("action", "").strip().lower()
    found = _STATUS.search(status) or _STATUS.search(fields.get("diagnostic-code", ""))
    if action not in {"failed", "delayed"}:
        return None  # delivered, relayed, expanded: nothing came back
    is_final = action == "failed"
    unknown = "5.0.0" if is_final else "4.0.0"
    said = _words(fields.get("diagnostic-code", "") or status)
    return Bounce(message_ids=ids, status=found[1] if found else unknown, is_final=is_final, said=said)


def _parts(message: Message, depth: int = 0, left: list[int] | None = None) -> Iterator[Message]:
    """The mail and all it holds, outer before inner, so many and so deep."""
    left = [MOST_PARTS] if left is None else left
    if depth > MOST_DEPTH:
        raise ValueError("nested too deep")
    left[0] -= 1
    if left[0] < 0:
        return
    yield message
    inner = message.get_payload()
    for part in inner if isinstance(inner, list) else ():
        if isinstance(part, Message):
            yield from _parts(part, depth + 1, left)


def _report(parts: list[Message]) -> dict[str, str] | None:
    """The fields of the first recipient that a delivery-status part speaks of; failed before delayed."""
    blocks = [
        {name.lower(): str(value) for name, value in block.items()}
        for part in parts
        if part.get_content_type() == "message/delivery-status"
        for block in _blocks(part)
    ]
    told = [block for block in blocks if "action" in block]
    return next((block for block in told if block["action"].strip().lower() == "failed"), told[0] if told else None)


def _blocks(part: Message) -> list[Message]:
    inner = part.get_payload()
    return [block for block in inner if isinstance(block, Message)] if isinstance(inner, list) else []


def _without_report(parts: list[Message], ids: tuple[str, ...]) -> Bounce | None:
    """What many providers send instead: a text that only people read, with a code somewhere in it."""
    head = parts[0]
    if not _BOUNCES.search(f"{head.get('From', '')} {head.get('Subject', '')} {_decoded(head)}"):
        return None
    text = "\n".join(_text(part) for part in parts)
    status, code = _STATUS.search(text), _CODE.search(text)
    if status is None and code is None:
        return None
    known = status[1] if status else f"{code[1]}.0.0"  # type: ignore[index]  # one of the two is there
    line = next((line for line in text.splitlines() if known in line or (code and code[0] in line)), "")
    return Bounce(message_ids=ids, status=known, is_final=known.startswith("5"), said=_words(line))


def _words(said: str) -> str:
    """The other side's words without secrets and without whole mail addresses."""
    return redacted(_ADDRESS.sub(r"\1***@", said[:MOST_SAID]))


def _decoded(head: Message) -> str:
    from email.header import decode_header, make_header

    try:
        return str(make_header(decode_header(str(head.get("Subject", "")))))
    except (ValueError, LookupError):
        return ""


def _ids(part: Message) -> Iterator[str]:
    for name in ("Message-ID", "Original-Message-ID", "In-Reply-To", "References", "X-Original-Message-ID"):
        for value in part.get_all(name, ()):
            yield from OWN_ID.findall(str(value)[:4000])
    yield from OWN_ID.findall(_text(part))


def _text(part: Message) -> str:
    if part.get_content_maintype() != "text":
        return ""
    try:
        raw = part.get_payload(decode=True)
        charset = part.get_content_charset() or "utf-8"
        return raw[:MOST_TEXT].decode(charset, "replace") if isinstance(raw, bytes) else ""
    except (LookupError, ValueError):
        return ""
