"""Due days as calendar objects (RFC 5545) that a mail carries as attachments (RFC 6047).

PUBLISH, since nobody is asked to answer (RFC 5546 3.2.1); a due day that is none any more travels as CANCEL with the
same UID (3.2.5). No alarm: gkbot itself reminds. The day does not block the recipient's time (TRANSPARENT).
"""

from collections.abc import Iterable
from typing import Any

from gkbot.delivery.mail_events import calendar_text, event_text
from gkbot.notices.message import DueDay, Message

PUBLISH, CANCEL = "PUBLISH", "CANCEL"
NAMES = {PUBLISH: "期限.ics", CANCEL: "期限调整.ics"}

Attachment = dict[str, Any]


def calendars_of(message: Message, *, organizer: str, domain: str) -> list[Attachment]:
    """The calendar objects of a message, each with file name, method and text; JSON-able, empty where there are none.

    Args:
        organizer: The sender's mail address; RFC 5546 wants one in every published event.
        domain: Makes the duty's name unique in the world.
    """
    wanted = {
        PUBLISH: [found for found in message.due_days if not found.is_withdrawn],
        CANCEL: [found for found in message.due_days if found.is_withdrawn],
    }
    return [
        {"name": NAMES[method], "method": method, "text": _text(method, days, message.left_out, organizer, domain)}
        for method, days in wanted.items()
        if days
    ]


def _text(method: str, days: Iterable[DueDay], left_out: int, organizer: str, domain: str) -> str:
    rest = f"只含最近的期限，另有{left_out}项见邮件正文。" if left_out and method == PUBLISH else ""
    events = [event_text(found, uid=f"o{found.thread}@{domain}", organizer=organizer) for found in days]
    return calendar_text(method, rest, events)
