"""Due days as calendar objects (RFC 5545) that a mail carries as attachments (RFC 6047).

PUBLISH, since nobody is asked to answer (RFC 5546 3.2.1); a due day that is none any more travels as CANCEL with the
same UID (3.2.5). No alarm: gkbot itself reminds. The day does not block the recipient's time (TRANSPARENT).
"""

from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from typing import Any

from gkbot.notices.message import DueDay, Message
from gkbot.planning.values import BEIJING

PUBLISH, CANCEL = "PUBLISH", "CANCEL"
NAMES = {PUBLISH: "期限.ics", CANCEL: "期限调整.ics"}
PRODUCT = "-//gkbot//deadlines//ZH"
ONE_DAY = timedelta(days=1)

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
    from icalendar import Calendar  # imported where it is used: start-up time

    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", method)
    if left_out and method == PUBLISH:
        calendar.add("x-wr-caldesc", f"只含最近的期限，另有{left_out}项见邮件正文。")
    for found in days:
        calendar.add_component(_event(found, organizer, domain))
    text: str = calendar.to_ical().decode()
    return text


def _event(found: DueDay, organizer: str, domain: str) -> Any:
    from icalendar import Event

    event = Event()
    event.add("uid", f"o{found.thread}@{domain}")
    event.add("sequence", found.sequence)
    # The beginning of the day for which this is so: the same in every copy, and never in the future.
    event.add("dtstamp", datetime.combine(found.told_on, time.min, BEIJING).astimezone(UTC))
    event.add("dtstart", found.day)
    event.add("dtend", found.day + ONE_DAY)  # RFC 5545 3.6.1: exclusive
    event.add("organizer", f"mailto:{organizer}")
    event.add("summary", found.summary)
    event.add("transp", "TRANSPARENT")
    event.add("status", "CANCELLED" if found.is_withdrawn else "CONFIRMED")
    if found.description:
        event.add("description", found.description)
    if found.url is not None:
        event.add("url", found.url)
    return event
