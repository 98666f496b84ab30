"""The mail itself: headers, body and calendar part, byte for byte the same in every copy.

Headers are made by `EmailMessage` with `policy.SMTP` only, which lets no line break in and encodes
汉字 (RFC 2047). Bodies travel as base64, so no server on the way needs 8BITMIME.
"""

import re
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime

from gkbot.delivery.mail_calendar import calendars_of
from gkbot.delivery.mail_frames import framed, write_body
from gkbot.delivery.mail_headers import POLICY, address_header
from gkbot.delivery.transport import Parcel
from gkbot.ledger import Payload
from gkbot.notices.message import Leaving, Message

SENDER_NAME = "政务公开提醒"
ONE_CLICK = "List-Unsubscribe=One-Click"  # RFC 8058 3.1
_PLAIN_ADDRESS = re.compile(r"[^\s<>@\"(),:;\\\[\]]+@[^\s<>@\"(),:;\\\[\]]+", re.ASCII)
"""Enough to keep commands and headers apart; whether it exists, the server knows better."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_PLAIN_NUMBER = re.compile(r"[0-9A-Z]{6,20}")


def payload_of(message: Message, *, sender: str, at: datetime | None = None) -> Payload:
    """Everything of a mail that must be the same in a second copy.

    Args:
        at: Its Date; None for the moment of sending.
    """
    payload: Payload = {"subject": message.subject or "", "text": message.text, "html": message.html}
    calendars = calendars_of(message, organizer=sender, domain=sender.rpartition("@")[2])
    if calendars:
        payload["calendars"] = calendars
    if message.leaving is not None:
        payload["leaving"] = _ways_out(message.leaving)
    if at is not None:
        payload["date"] = at.isoformat()
    return payload


def without_attachments(payload: Payload) -> Payload | None:
    """The same mail without what it carries besides its text; None where it carries nothing."""
    if "calendars" not in payload:
        return None
    return {name: value for name, value in payload.items() if name != "calendars"}


def mail_of(parcel: Parcel, *, sender: str, sender_name: str = SENDER_NAME) -> EmailMessage:
    """The mail that carries a parcel.

    Raises:
        ValueError: An address or a header holds what no header may hold.
    """
    mail = _headers_of(parcel, sender, sender_name)
    write_body(mail, parcel.payload, parcel.number)
    return mail


def mail_bytes(parcel: Parcel, *, sender: str, sender_name: str = SENDER_NAME) -> bytes:
    """The same mail as it travels, byte for byte, in a fraction of the time.

    Raises:
        ValueError: An address or a header holds what no header may hold.
    """
    if not _PLAIN_NUMBER.fullmatch(parcel.number):
        return mail_of(parcel, sender=sender, sender_name=sender_name).as_bytes()
    mail = _headers_of(parcel, sender, sender_name)
    headers = b"".join(POLICY.fold_binary(name, value) for name, value in mail.raw_items())
    return headers + framed(parcel.payload, parcel.number)


def _headers_of(parcel: Parcel, sender: str, sender_name: str) -> EmailMessage:
    """A mail without a body.

    Message-ID is the same on every copy (RFC 5322 3.6.4: the same message), so that stores fold or
    drop a second one. References ties the mails of one duty into a thread; a digest of several has
    none, since naming all its duties would make one thread of everything. Auto-Submitted keeps
    holiday answers away (RFC 3834 section 5).
    """
    if not _PLAIN_ADDRESS.fullmatch(parcel.address):
        raise ValueError(f"no mail address: {parcel.address!r}")
    mail = EmailMessage(policy=POLICY)
    mail["From"] = address_header("From", sender_name, sender)
    mail["To"] = address_header("To", _one_line(parcel.contact), parcel.address)
    mail["Subject"] = _one_line(str(parcel.payload["subject"]))
    mail["Date"] = format_datetime(_date(parcel))
    mail["Message-ID"] = parcel.message_id
    if parcel.thread is not None:
        mail["In-Reply-To"] = parcel.thread
        mail["References"] = parcel.thread
    mail["Auto-Submitted"] = "auto-generated"
    for name, value in parcel.payload.get("leaving", {}).items():
        mail[name] = value
    mail["X-Gkbot-Number"] = parcel.number
    return mail


def _one_line(text: str) -> str:
    """Without what no header may hold: the library lets control characters through (RFC 5322 2.2)."""
    return " ".join(_CONTROL.sub(" ", text).split())


def _ways_out(leaving: Leaving) -> dict[str, str]:
    """List-Unsubscribe (RFC 2369), with One-Click (RFC 8058) where there is a page to post to."""
    ways = [f"<{way}>" for way in (leaving.url, leaving.mailbox and f"mailto:{leaving.mailbox}") if way]
    headers = {"List-Unsubscribe": ", ".join(ways)} if ways else {}
    return headers | ({"List-Unsubscribe-Post": ONE_CLICK} if leaving.url else {})


def _date(parcel: Parcel) -> datetime:
    fixed = parcel.payload.get("date")
    return datetime.fromisoformat(fixed) if fixed else parcel.at
