"""Custom bots of Feishu and Lark (飞书): one POST a message, signed in its body, judged by `code` alone.

open.larkoffice.com, custom bot; codes and limits in facts/delivery.md 5.2. Plain text, since a bot
knows contacts only by ids that nobody has, and its markdown has no quotes.
"""

import base64
import hmac
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from gkbot.delivery.secrets import RobotAddress, redacted
from gkbot.delivery.webhook import GATE_SECONDS, Answer, Webhook, no_code, not_answered
from gkbot.ledger import Outcome, Payload, Receipt
from gkbot.notices.message import Message
from gkbot.notices.splitting import PART_BYTES, parts
from gkbot.settings import Secret

HOSTS = frozenset({"open.feishu.cn", "open.larksuite.com"})
MAYBE_TWICE = "（可能重复）"
MOST_RETRIES = 3

TOO_FAST, BAD_REQUEST_OR_TOO_MANY = 11232, 9499
SIGNATURE, NETWORK_ADDRESS, NO_SUCH_BOT, KEYWORD = 19021, 19022, 19001, 19024
BAD_PAYLOAD = frozenset({19002, 19036})


@dataclass(frozen=True, slots=True, kw_only=True)
class FeishuRobot:
    """One bot.

    Attributes:
        address: The webhook with its token.
        secret: Signs each request; None for a bot that goes by keyword or network address.
        now: The true moment, whatever day is played: the other side refuses a signature an hour old.
    """

    address: RobotAddress
    secret: Secret | None
    webhook: Webhook
    now: Callable[[], datetime]

    def freeze(self, message: Message) -> tuple[Payload, ...]:
        """One text a part."""
        return tuple({"msg_type": "text", "content": {"text": text}} for text in parts(message.text, PART_BYTES))

    def send(self, payload: Payload, *, maybe_twice: bool) -> Receipt:
        """Post one message, signed at this moment."""
        text = payload["content"]["text"]
        body = {**payload, "content": {"text": f"{MAYBE_TWICE}{text}"}} if maybe_twice else payload
        return self._judged(self.webhook.post(self.address, {**body, **self._signed()}))

    def _signed(self) -> Payload:
        if self.secret is None:
            return {}
        timestamp = int(self.now().timestamp())
        return {"timestamp": str(timestamp), "sign": signature(self.secret, timestamp)}

    def _judged(self, answer: Answer) -> Receipt:
        secrets = (self.address, RobotAddress(self.address.reveal().rpartition("/")[2]), self.secret)
        reply = redacted(answer.content, *secrets)
        known = not_answered(answer, reply)
        if known is not None:
            return known
        code, said = answer.code("code", "StatusCode")
        if code is None:
            return no_code(answer, reply, from_vendor=self.address.host in HOSTS)
        return receipt_of(code, redacted(str(said.get("msg") or said.get("StatusMessage") or ""), *secrets))


def signature(secret: Secret, timestamp: int) -> str:
    """The signature for the body: HMAC-SHA256 over nothing, with timestamp in seconds and secret as the key."""
    key = f"{timestamp}\n{secret.reveal()}".encode()
    return base64.b64encode(hmac.digest(key, b"", "sha256")).decode()


def receipt_of(code: int, message: str) -> Receipt:
    """Judge a code.

    Args:
        message: Redacted. Its words decide nothing but one case: 9499 is told for bad requests and for too many.
    """
    said = Receipt(outcome=Outcome.RETRY, code=str(code), reply=message, phase="answered")
    if code == 0:
        return replace(said, outcome=Outcome.OK)
    if code == TOO_FAST or (code == BAD_REQUEST_OR_TOO_MANY and "too many" in message.lower()):
        return replace(said, retry_after=GATE_SECONDS, close_gate=GATE_SECONDS, counted=False)
    if code in BAD_PAYLOAD or code in {BAD_REQUEST_OR_TOO_MANY, KEYWORD}:
        return replace(said, outcome=Outcome.DEAD)
    if code in {SIGNATURE, NETWORK_ADDRESS, NO_SUCH_BOT}:
        return replace(said, outcome=Outcome.DEAD, disable=True)
    return replace(said, retry_most=MOST_RETRIES)
