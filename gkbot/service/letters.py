"""A message of the outbox as it stands: frozen where it was tried, rendered anew where it was not."""

from datetime import date

from gkbot.deadline import Calendar
from gkbot.delivery.said import said
from gkbot.ledger import Entry
from gkbot.notices import Message, render
from gkbot.rulebook import load
from gkbot.service.facts import with_time_to_answer
from gkbot.service.sending import templates_of
from gkbot.settings import Settings


def letter_of(settings: Settings, entry: Entry, today: date) -> Message:
    """What the recipient gets (or got).

    Args:
        today: Day for “还剩N天” where the message was not frozen yet.
    """
    body = entry.body
    if body is not None:
        return Message(subject=body.get("subject"), text=said(body), html=body.get("html"))
    channel = "wecom" if entry.facts.get("robot") else "email"
    facts = dict(with_time_to_answer(entry.facts, lambda: _calendar(settings, today), today))
    message = render(facts, channel=channel, today=today, templates=templates_of(settings), maybe_twice=False)
    if channel == "wecom":
        return Message(subject=None, text="\n\n".join(message.parts), html=None)
    return message


def _calendar(settings: Settings, today: date) -> Calendar:
    book = load(settings.rules, today).book
    return Calendar.builtin() if book is None else book.calendar
