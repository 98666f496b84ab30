"""What a frozen payload says, whatever its channel: for the part of a message that goes another way."""

from gkbot.delivery.wecom_card import card_text
from gkbot.ledger import Payload

_PLACES = (
    ("markdown", "content"),  # WeCom
    ("text", "content"),  # WeCom, DingTalk
    ("markdown", "text"),  # DingTalk
    ("content", "text"),  # Feishu
)


def said(payload: Payload) -> str:
    """The words that people would have read; "" where it has none."""
    if "template_card" in payload:
        return card_text(payload)
    for form, place in _PLACES:
        inside = payload.get(form)
        if isinstance(inside, dict) and isinstance(inside.get(place), str):
            return str(inside[place]).strip()
    plain = (payload.get(name) for name in ("body", "markdown", "text"))  # Apprise, a file, a mail
    return next((words.strip() for words in plain if isinstance(words, str)), "")
