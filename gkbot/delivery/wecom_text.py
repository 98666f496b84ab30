"""How a message becomes a robot's payloads, within the robot's bytes (developer.work.weixin.qq.com, path 91770)."""

from gkbot.ledger import Payload
from gkbot.notices.message import Message

MARKDOWN_BYTES = 4096
TEXT_BYTES = 2048
MAYBE_TWICE = "（可能重复）"
_MORE = "…"


def freeze(message: Message, *, mention_by_mobile: bool) -> tuple[Payload, ...]:
    """One payload a part; mentions that no part holds yet go to the end of the last that has room."""
    parts = list(message.parts) or [message.text]
    joined = "\n".join(parts)
    missing = "".join(f"<@{user}>" for user in message.mentions if f"<@{user}>" not in joined)
    if missing and size_bytes(f"{parts[-1]}\n{missing}") <= MARKDOWN_BYTES:
        parts[-1] = f"{parts[-1]}\n{missing}"
    elif missing:
        parts.append(missing)
    payloads: list[Payload] = [{"msgtype": "markdown", "markdown": {"content": part}} for part in parts]
    if mention_by_mobile and message.mobiles:
        text = {"content": _first_line(message.text), "mentioned_mobile_list": list(message.mobiles)}
        payloads.append({"msgtype": "text", "text": text})
    return tuple(payloads)


def plain_text(payload: Payload) -> Payload | None:
    """The same as plain text, cut between lines to what a text message takes; None where it is text."""
    if payload["msgtype"] == "text":
        return None
    lines = payload["markdown"]["content"].splitlines()
    kept: list[str] = []
    for line in lines:
        if size_bytes("\n".join([*kept, line, _MORE])) > TEXT_BYTES:
            kept.append(_MORE)
            break
        kept.append(line)
    return {"msgtype": "text", "text": {"content": "\n".join(kept)}}


def marked_maybe_twice(payload: Payload) -> Payload:
    """The copy of a message that may have arrived already says so, as far as its bytes allow."""
    kind = payload["msgtype"]
    content = f"{MAYBE_TWICE}{payload[kind]['content']}"
    if size_bytes(content) > (TEXT_BYTES if kind == "text" else MARKDOWN_BYTES):
        return payload
    return {**payload, kind: {**payload[kind], "content": content}}


def size_bytes(text: str) -> int:
    """Bytes of UTF-8, as the robot counts."""
    return len(text.encode())


def _first_line(text: str) -> str:
    line = next((line for line in text.splitlines() if line.strip()), "")
    return line.encode()[:TEXT_BYTES].decode("utf-8", "ignore")
