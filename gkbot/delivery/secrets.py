"""The address of a robot's webhook, and answers cleaned of whatever must not be shown."""

import re
from urllib.parse import urlsplit

from gkbot.settings import Secret

MOST_REPLY_BYTES = 500
_LOOKS_SECRET = re.compile(
    r"(?i)((?:access_token|key|token|sign|secret|password)=)[^&\s\"'<>]+|(/bot/v2/hook/)[^\s\"'<>/]+"
)


class RobotAddress(Secret):
    """The whole webhook address of a robot: whoever has it can post in the group."""

    __slots__ = ()

    @property
    def host(self) -> str:
        """The server's name, which is no secret; empty where the address is none."""
        try:
            return urlsplit(self.reveal()).hostname or ""
        except ValueError:
            return ""

    def __repr__(self) -> str:
        """The host, the rest masked."""
        return f"RobotAddress(https://{self.host}/***)"


def redacted(reply: str | bytes, *secrets: Secret | None) -> str:
    """An answer fit to be stored: without secrets and control characters, at most 500 bytes of UTF-8."""
    text = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply
    for secret in secrets:
        if secret is not None and secret.reveal():
            text = text.replace(secret.reveal(), "***")
    text = _LOOKS_SECRET.sub(lambda found: f"{found[1] or found[2]}***", text)
    text = "".join(letter if letter.isprintable() else " " for letter in text).strip()
    return text.encode()[:MOST_REPLY_BYTES].decode("utf-8", "ignore")
