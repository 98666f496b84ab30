"""What stands around the bodies of a mail: made by `EmailMessage` once for each shape, then filled.

To make the same parts anew for each mail takes longer than to send it. A frame is what
`EmailMessage` writes around bodies that only mark their place (RFC 2045, 2046).
"""

from binascii import b2a_base64
from dataclasses import dataclass
from email.message import EmailMessage
from functools import lru_cache
from typing import Any

from gkbot.delivery.mail_headers import POLICY
from gkbot.ledger import Payload

BOUNDARY = "=_gkbot_{depth}_{number}"
"""Follows from the number; base64 never holds an underscore, so none occurs in a body."""
_KEPT = 64
_LINE = 76  # RFC 2045 6.8
_MARK = "gkbot-body-{place}"


@dataclass(frozen=True, slots=True)
class Shape:
    """What a frame depends on.

    Attributes:
        calendars: Name and method of each.
        number_length: Of the number in the boundaries; a longer one may fold their headers.
    """

    has_html: bool
    calendars: tuple[tuple[str, str], ...]
    number_length: int


def write_body(mail: EmailMessage, payload: Payload, number: str) -> None:
    """Give a mail its parts: text, HTML, calendars."""
    mail.set_content(str(payload["text"]), charset="utf-8", cte="base64")
    html = payload.get("html")
    if html:
        mail.add_alternative(str(html), subtype="html", charset="utf-8", cte="base64")
    for calendar in payload.get("calendars", ()):
        # An attachment, not an alternative: clients show alternatives instead of the text.
        mail.add_attachment(
            str(calendar["text"]),
            subtype="calendar",
            charset="utf-8",
            cte="base64",
            filename=str(calendar["name"]),
            params={"method": str(calendar["method"])},
        )
    for depth, part in enumerate(part for part in mail.walk() if part.is_multipart()):
        part.set_boundary(BOUNDARY.format(depth=depth, number=number))


def framed(payload: Payload, number: str) -> bytes:
    """The same as bytes, from the first MIME header to the last boundary.

    Args:
        number: Letters and digits, as many as no word of a frame has Z in a row.
    """
    calendars = payload.get("calendars", ())
    names = tuple((str(calendar["name"]), str(calendar["method"])) for calendar in calendars)
    texts = [
        payload["text"],
        *([payload["html"]] if payload.get("html") else []),
        *(each["text"] for each in calendars),
    ]
    pieces = _frame(Shape(bool(payload.get("html")), names, len(number)))
    written: list[bytes] = []
    for place, piece in enumerate(pieces):
        written.append(piece.replace(_stand_in(len(number)), number.encode("ascii")))
        if place < len(texts):
            written.append(_encoded(str(texts[place])))
    return b"".join(written)


@lru_cache(_KEPT)
def _frame(shape: Shape) -> tuple[bytes, ...]:
    """What comes before the first body, between two, and after the last."""
    marks = (_MARK.format(place=place) for place in range(2 + len(shape.calendars)))
    calendars = [{"text": "", "name": name, "method": method} for name, method in shape.calendars]
    empty: dict[str, Any] = {"text": next(marks), "html": next(marks) if shape.has_html else None}
    empty["calendars"] = [{**calendar, "text": next(marks)} for calendar in calendars]
    mail = EmailMessage(policy=POLICY)
    write_body(mail, empty, _stand_in(shape.number_length).decode())
    rest, pieces = mail.as_bytes(), list[bytes]()
    for place in range(1 + shape.has_html + len(shape.calendars)):
        before, _, rest = rest.partition(_encoded(_MARK.format(place=place)))
        pieces.append(before)
    return (*pieces, rest)


def _stand_in(length: int) -> bytes:
    return b"Z" * length


def _encoded(text: str) -> bytes:
    """Base64 as `set_content` writes it: every line of the text ends with CRLF, lines of 76 characters."""
    lines = b"\r\n".join(text.encode().splitlines()) + b"\r\n"
    whole = b2a_base64(lines, newline=False)
    return b"\r\n".join([whole[start : start + _LINE] for start in range(0, len(whole), _LINE)]) + b"\r\n"
