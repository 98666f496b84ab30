"""Custom robots of DingTalk (钉钉): one POST a message, signed where the robot asks for it, judged by `errcode` alone.

open.dingtalk.com, robots/custom-robot-access; codes and limits in facts/delivery.md 5.2.
"""

import base64
import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import quote

from gkbot.delivery.secrets import RobotAddress, redacted
from gkbot.delivery.webhook import GATE_SECONDS, Answer, Webhook, no_code, not_answered
from gkbot.ledger import Outcome, Payload, Receipt
from gkbot.notices.message import Message
from gkbot.settings import Mention, Secret

HOST = "oapi.dingtalk.com"
TITLE = "政务公开提醒"
MAYBE_TWICE = "（可能重复）"
THROTTLED_SECONDS = 600.0  # seen after more than 20 a minute
MOST_RETRIES = 3
TEXT_CHARACTERS = 2000
_WECOM_MARKS = re.compile(r"<@[^<>\s]*>|</?font[^<>]*>")

BUSY, TOO_FAST, REFUSED = -1, 130101, 310000
BAD_PAYLOAD = frozenset({40035, 400402, 460101, 101002})
ROBOT_GONE = frozenset({300001, 300005, 400013, 400101, 400102})
"""The token is unknown, or the group was dissolved or the robot stopped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DingTalkRobot:
    """One robot.

    Attributes:
        address: The webhook with its access_token.
        secret: Signs each request; None for a robot that goes by keyword or network address.
        mentions: DingTalk knows contacts by telephone number only.
        now: The true moment, whatever day is played: the other side refuses a signature an hour old.
    """

    address: RobotAddress
    secret: Secret | None
    mentions: Mention
    webhook: Webhook
    now: Callable[[], datetime]

    def freeze(self, message: Message) -> tuple[Payload, ...]:
        """One markdown message a part; the last mentions, which needs the numbers in its text, too."""
        found = [_markdown(part) for part in message.parts or (message.text,)]
        mobiles = list(message.mobiles) if self.mentions is Mention.MOBILE else []
        if mobiles:
            found[-1] += "\n\n" + " ".join(f"@{mobile}" for mobile in mobiles)
        payloads = [{"msgtype": "markdown", "markdown": {"title": TITLE, "text": text}} for text in found]
        payloads[-1]["at"] = {"atMobiles": mobiles, "isAtAll": False}
        return tuple(payloads)

    def send(self, payload: Payload, *, maybe_twice: bool) -> Receipt:
        """Post one message, signed at this moment."""
        answer = self.webhook.post(self._signed(), _marked(payload) if maybe_twice else payload)
        return self._judged(answer)

    def _signed(self) -> RobotAddress:
        if self.secret is None:
            return self.address
        timestamp = round(self.now().timestamp() * 1000)
        return RobotAddress(f"{self.address.reveal()}&timestamp={timestamp}&sign={signature(self.secret, timestamp)}")

    def _judged(self, answer: Answer) -> Receipt:
        secrets = (self.address, RobotAddress(self.address.reveal().rpartition("=")[2]), self.secret)
        reply = redacted(answer.content, *secrets)
        known = not_answered(answer, reply)
        if known is not None:
            return known
        errcode, said = answer.code("errcode")
        if errcode is None:
            return no_code(answer, reply, from_vendor=self.address.host == HOST)
        return receipt_of(errcode, redacted(str(said.get("errmsg", "")), *secrets))


def plain_text(payload: Payload) -> Payload | None:
    """Markdown of ours as text, cut short; None for anything else."""
    if payload.get("msgtype") != "markdown":
        return None
    return {"msgtype": "text", "text": {"content": payload["markdown"]["text"][:TEXT_CHARACTERS]}}


def signature(secret: Secret, timestamp: int) -> str:
    """The signature for the query: HMAC-SHA256 over timestamp in milliseconds and secret, URL-encoded once."""
    text = f"{timestamp}\n{secret.reveal()}".encode()
    return quote(base64.b64encode(hmac.digest(secret.reveal().encode(), text, "sha256")), safe="")


def receipt_of(errcode: int, errmsg: str) -> Receipt:
    """Judge a code.

    Args:
        errmsg: Redacted. Its words decide nothing but one case: 310000 says in words whether this one
            text lacks the robot's keyword or nothing of ours will ever be taken (signature, network address).
    """
    said = Receipt(outcome=Outcome.RETRY, code=str(errcode), reply=errmsg, phase="answered")
    if errcode == 0:
        return replace(said, outcome=Outcome.OK)
    if errcode in BAD_PAYLOAD:
        return replace(said, outcome=Outcome.DEAD, simplify=True)
    if errcode == TOO_FAST:
        return replace(said, retry_after=THROTTLED_SECONDS, close_gate=THROTTLED_SECONDS, counted=False)
    if errcode == BUSY:
        return replace(said, quick=True, retry_after=GATE_SECONDS / 6)
    if errcode == REFUSED:
        return replace(said, outcome=Outcome.DEAD, disable="keyword" not in errmsg and "关键词" not in errmsg)
    if errcode in ROBOT_GONE:
        return replace(said, outcome=Outcome.DEAD, disable=True)
    return replace(said, retry_most=MOST_RETRIES)


def _markdown(part: str) -> str:
    """WeCom's markdown as DingTalk's, which takes two blanks for a line break and has no such mentions and colours."""
    lines = _WECOM_MARKS.sub("", part).rstrip("\n").split("\n")
    return "\n".join(f"{line}  " if line.strip() else "" for line in lines).rstrip()


def _marked(payload: Payload) -> Payload:
    kind = payload["msgtype"]
    name = "text" if kind == "markdown" else "content"
    return {**payload, kind: {**payload[kind], name: f"{MAYBE_TWICE}{payload[kind][name]}"}}
