"""The mail itself: headers and body, the same bytes for every copy but the Date.

Headers are made by `EmailMessage` with `policy.SMTP` only, which lets no line break in and encodes
汉字 (RFC 2047). Bodies travel as base64, so no server on the way needs 8BITMIME.
"""

import re
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from gkbot.delivery.transport import Parcel

_PLAIN_ADDRESS = re.compile(r"[^\s<>@\"(),:;\\\[\]]+@[^\s<>@\"(),:;\\\[\]]+", re.ASCII)
"""Enough to keep commands and headers apart; whether it exists, the server knows better."""


def mail_of(parcel: Parcel, *, sender: str, sender_name: str = "政务公开提醒") -> EmailMessage:
    """The mail that carries a parcel.

    Message-ID is the same on every copy (RFC 5322 3.6.4: the same message), so that stores fold or
    drop a second one; References ties the mails of one duty into a thread; Auto-Submitted keeps
    holiday answers away (RFC 3834 section 5).

    Raises:
        ValueError: An address or a header holds what no header may hold.
    """
    if not _PLAIN_ADDRESS.fullmatch(parcel.address):
        raise ValueError(f"no mail address: {parcel.address!r}")
    mail = EmailMessage(policy=SMTP)
    mail["From"] = Address(sender_name, addr_spec=sender)
    mail["To"] = Address(" ".join(parcel.contact.split()), addr_spec=parcel.address)
    mail["Subject"] = " ".join(str(parcel.payload["subject"]).split())
    mail["Date"] = format_datetime(parcel.at)
    mail["Message-ID"] = parcel.message_id
    if parcel.thread is not None:
        mail["In-Reply-To"] = parcel.thread
        mail["References"] = parcel.thread
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Gkbot-Number"] = parcel.number
    mail.set_content(str(parcel.payload["text"]), charset="utf-8", cte="base64")
    html = parcel.payload.get("html")
    if html:
        mail.add_alternative(str(html), subtype="html", charset="utf-8", cte="base64")
    return mail
