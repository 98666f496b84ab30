"""A robot's card (template_card, text_notice): one task at a glance, a tap leads to its page.

developer.work.weixin.qq.com, path 91770; lengths count characters. A card cannot be had without
an address to go to, so where there is none markdown is sent.
"""

from typing import Any

from gkbot.ledger import Payload
from gkbot.notices.message import Card

TITLE, DESCRIPTION, EMPHASIS, EMPHASIS_DESCRIPTION, SUBTITLE = 26, 30, 10, 15, 112
ROWS, KEY, VALUE = 6, 5, 26
JUMPS, JUMP_TITLE = 3, 13


def card_payload(card: Card) -> Payload:
    """The card, every text cut to what the robot takes."""
    content: dict[str, Any] = {
        "card_type": "text_notice",
        "main_title": {"title": cut(card.title, TITLE), "desc": cut(card.description, DESCRIPTION)},
        "emphasis_content": {
            "title": cut(card.emphasis, EMPHASIS),
            "desc": cut(card.emphasis_description, EMPHASIS_DESCRIPTION),
        },
        "sub_title_text": cut(card.subtitle, SUBTITLE),
        "horizontal_content_list": [
            {"keyname": cut(key, KEY), "value": cut(value, VALUE)} for key, value in card.rows[:ROWS]
        ],
        "jump_list": [{"type": 1, "title": cut(title, JUMP_TITLE), "url": url} for title, url in card.jumps[:JUMPS]],
        "card_action": {"type": 1, "url": card.url},
    }
    return {"msgtype": "template_card", "template_card": content}


def card_text(payload: Payload) -> str:
    """What a card says, line by line, for a robot that refused it."""
    card = payload["template_card"]
    lines = [card["main_title"]["title"], card["main_title"]["desc"], card["emphasis_content"]["title"]]
    lines += [card["sub_title_text"]]
    lines += [f"{row['keyname']}：{row['value']}" for row in card["horizontal_content_list"]]
    lines += [f"{jump['title']} {jump['url']}" for jump in card["jump_list"]]
    return "\n".join(line for line in lines if line)


def marked_card(payload: Payload, mark: str) -> Payload:
    """The same card with a mark in front of its title."""
    card = payload["template_card"]
    title = {**card["main_title"], "title": cut(f"{mark}{card['main_title']['title']}", TITLE)}
    return {**payload, "template_card": {**card, "main_title": title}}


def cut(text: str, length: int) -> str:
    """A text of at most so many characters."""
    return text if len(text) <= length else text[: length - 1] + "…"
