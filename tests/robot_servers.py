"""DingTalk and Feishu on 127.0.0.1: they check signatures, refuse with HTTP 200, and keep a ledger of what arrived."""

import base64
import hmac
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from urllib.parse import quote, unquote

from tests.servers import RobotServer

HOUR_SECONDS = 3600.0
DINGTALK_SECRET, FEISHU_SECRET = "SECdingtalk5f1c", "feishusecret5f1c"


class DingTalkServer(RobotServer):
    """A custom robot of DingTalk (open.dingtalk.com, robots/custom-robot-access) that wants signatures.

    Args:
        secret: Signs; None for a robot that goes by the keyword.
        keyword: Must stand in each message.
    """

    def __init__(self, *, secret: str | None = DINGTALK_SECRET, keyword: str = "", key: str = "dingtoken5f1c") -> None:
        super().__init__(key)
        self.secret = secret
        self.keyword = keyword

    @property
    def url(self) -> str:
        """The webhook as DingTalk shows it, with the signing secret as gkbot takes it."""
        secret = f"&secret={self.secret}" if self.secret else ""
        return f"http://127.0.0.1:{self.port}/robot/send?access_token={self.key}{secret}"

    def refusal(self, query: Mapping[str, list[str]], raw: bytes) -> tuple[int, str] | None:
        if query.get("access_token") != [self.key]:
            return 300001, "token is not exist"
        if self.secret and not self._is_signed(query):
            return 310000, "sign not match"
        if self.keyword not in raw.decode():
            return 310000, "keywords not in content"
        return (460101, "message too long") if len(raw) > 20_000 else None

    def _is_signed(self, query: Mapping[str, list[str]]) -> bool:
        timestamp, sign = query.get("timestamp", [""])[0], query.get("sign", [""])[0]
        if not timestamp.isdigit() or not _is_near(int(timestamp) / 1000):
            return False
        digest = hmac.digest(str(self.secret).encode(), f"{timestamp}\n{self.secret}".encode(), "sha256")
        return hmac.compare_digest(base64.b64encode(digest).decode(), sign)


class FeishuServer(RobotServer):
    """A custom bot of Feishu (open.larkoffice.com) that wants signatures in the body."""

    codes = ("code", "msg")

    def __init__(self, *, secret: str | None = FEISHU_SECRET, key: str = "feishu-token-5f1c") -> None:
        super().__init__(key)
        self.secret = secret

    @property
    def url(self) -> str:
        """The webhook as Feishu shows it, with the signing secret as gkbot takes it."""
        secret = f"?secret={self.secret}" if self.secret else ""
        return f"http://127.0.0.1:{self.port}/open-apis/bot/v2/hook/{self.key}{secret}"

    def refusal(self, query: Mapping[str, list[str]], raw: bytes) -> tuple[int, str] | None:
        body = json.loads(raw)
        if self.secret and not self._is_signed(body):
            return 19021, "sign match fail or timestamp is not within one hour from current time"
        return (19036, "too long") if len(raw) > 20_000 else None

    def _is_signed(self, body: Mapping[str, str]) -> bool:
        timestamp = str(body.get("timestamp", ""))
        if not timestamp.isdigit() or not _is_near(int(timestamp)):
            return False
        digest = hmac.digest(f"{timestamp}\n{self.secret}".encode(), b"", "sha256")
        return hmac.compare_digest(base64.b64encode(digest).decode(), str(body.get("sign", "")))


def encoded_once(value: str) -> bool:
    """Whether a query's value is percent-encoded, and not twice."""
    return quote(unquote(value), safe="") == value and "%25" not in value


def true_now() -> datetime:
    return datetime.now(UTC)


def _is_near(seconds: float, now: Callable[[], datetime] = true_now) -> bool:
    return abs(now().timestamp() - seconds) <= HOUR_SECONDS
