"""How a message becomes a robot's payloads, within the robot's bytes (developer.work.weixin.qq.com, path 91770)."""

import re
from collections.abc import Iterable
from typing import Any

from gkbot.delivery.wecom_card import card_payload, card_text, marked_card
from gkbot.ledger import Payload
from gkbot.notices.message import Message
from gkbot.notices.splitting import SPARE_BYTES, parts
from gkbot.settings import Mention, RobotForm

MARKDOWN_BYTES = 4096
TEXT_BYTES = 2048
MAYBE_TWICE = "（可能重复）"
_MORE = "…"
_MENTION = re.compile(r"<@[^<>\s]*>")
_MOST = {"markdown": MARKDOWN_BYTES, "text": TEXT_BYTES}


def freeze(message: Message, form: RobotForm, mentions: Mention) -> tuple[Payload, ...]:
    """One payload a part.

    Markdown mentions by userid alone; by telephone number only a text message can, and beside a
    card nothing else. So one short text follows where somebody is to be mentioned in these ways.
    """
    if form is RobotForm.TEXT:
        return _texts(message, mentions)
    if form is RobotForm.CARD and message.card is not None:
        return card_payload(message.card), *_calls(message, mentions)
    return *_markdown(message, mentions), *(_calls(message, mentions) if mentions is Mention.MOBILE else ())


def plain_text(payload: Payload) -> Payload | None:
    """The same as plain text, cut between lines to what a text message takes; None where it is text."""
    if payload["msgtype"] == "text":
        return None
    whole = card_text(payload) if payload["msgtype"] == "template_card" else payload["markdown"]["content"]
    kept: list[str] = []
    for line in whole.splitlines():
        if size_bytes("\n".join([*kept, line, _MORE])) > TEXT_BYTES:
            kept.append(_MORE)
            break
        kept.append(line)
    return {"msgtype": "text", "text": {"content": "\n".join(kept)}}


def marked_maybe_twice(payload: Payload) -> Payload:
    """The copy of a message that may have arrived already says so, as far as its bytes allow."""
    kind = payload["msgtype"]
    if kind == "template_card":
        return marked_card(payload, MAYBE_TWICE)
    marked = {**payload, kind: {**payload[kind], "content": f"{MAYBE_TWICE}{payload[kind]['content']}"}}
    return payload if is_too_long(marked) else marked


def is_too_long(payload: Payload) -> bool:
    """Whether the robot would refuse it for its length; it counts bytes of UTF-8."""
    most = _MOST.get(payload["msgtype"])
    return most is not None and size_bytes(payload[payload["msgtype"]]["content"]) > most


def size_bytes(text: str) -> int:
    """Bytes of UTF-8, as the robot counts."""
    return len(text.encode())


def _markdown(message: Message, mentions: Mention) -> tuple[Payload, ...]:
    """Mentions that no part holds yet go to the end of the last that has room."""
    found = list(message.parts) or [message.text]
    if mentions is not Mention.USERID:
        found = [each for part in found if (each := _MENTION.sub("", part).rstrip("\n"))]
    else:
        joined = "\n".join(found)
        missing = "".join(f"<@{user}>" for user in _people(message.mentions) if f"<@{user}>" not in joined)
        if missing and size_bytes(f"{found[-1]}\n{missing}") <= MARKDOWN_BYTES - SPARE_BYTES:
            found[-1] = f"{found[-1]}\n{missing}"
        elif missing:
            found.append(missing)
    return tuple({"msgtype": "markdown", "markdown": {"content": part}} for part in found)


def _texts(message: Message, mentions: Mention) -> tuple[Payload, ...]:
    """For the plain WeChat plug-in, which shows no markdown; the last part mentions."""
    found = parts(message.text, TEXT_BYTES - SPARE_BYTES)
    payloads: list[Payload] = [{"msgtype": "text", "text": {"content": part}} for part in found]
    payloads[-1]["text"] |= _called(message, mentions)
    return tuple(payloads)


def _calls(message: Message, mentions: Mention) -> tuple[Payload, ...]:
    """A short text that mentions; nothing where nobody is to be mentioned."""
    called = _called(message, mentions)
    return ({"msgtype": "text", "text": {"content": _first_line(message.text), **called}},) if called else ()


def _called(message: Message, mentions: Mention) -> dict[str, Any]:
    if mentions is Mention.USERID and (users := _people(message.mentions)):
        return {"mentioned_list": users}
    if mentions is Mention.MOBILE and (mobiles := _people(message.mobiles)):
        return {"mentioned_mobile_list": mobiles}
    return {}


def _people(names: Iterable[str]) -> list[str]:
    """Never everybody (facts/notices.md 6)."""
    return [name for name in names if name.lower() not in {"all", "@all"}]


def _first_line(text: str) -> str:
    line = next((line for line in text.splitlines() if line.strip()), "")
    return line.encode()[: TEXT_BYTES - SPARE_BYTES].decode("utf-8", "ignore")
