"""A harmless message that shows whether a channel works."""

from datetime import datetime

from gkbot.delivery import Parcel, Transport
from gkbot.ledger import Receipt
from gkbot.notices import Message

SUBJECT = "【政务公开提醒】测试消息，请忽略"
TEXT = "这是一条测试消息，说明这个渠道可以送达。不需要处理。"


def send_trial(transport: Transport, address: str, at: datetime) -> Receipt:
    """Send one test message past the outbox; nothing is recorded."""
    message = Message(subject=SUBJECT, text=TEXT, html=f"<p>{TEXT}</p>", parts=(TEXT,), mentions=(), mobiles=())
    number = f"{at:%H%M%S}"
    parcel = Parcel(
        payload=transport.freeze(message, address)[0],
        number=f"TEST{number}",
        message_id=f"<test{at:%Y%m%d%H%M%S%f}@{transport.domain}>",
        thread=None,
        day=at.date(),
        unit=None,
        contact="测试",
        address=address,
        maybe_twice=False,
        at=at,
    )
    return transport.send(parcel)
