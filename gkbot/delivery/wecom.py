"""Group robots of enterprise WeChat (企业微信消息推送): one POST a message, judged by `errcode` alone.

developer.work.weixin.qq.com, path 91770. The address is the secret, so errors are rebuilt as class
and code: the text of requests' own exceptions and urllib3's log lines hold the whole URL.
"""

import json
import logging
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import requests
from urllib3.exceptions import (
    ConnectTimeoutError,
    MaxRetryError,
    NameResolutionError,
    NewConnectionError,
    ProxyError,
    SSLError,
)

from gkbot.delivery import wecom_codes
from gkbot.delivery.secrets import RobotAddress, redacted
from gkbot.delivery.transport import Parcel
from gkbot.delivery.wecom_text import MARKDOWN_BYTES, freeze, marked_maybe_twice, plain_text
from gkbot.ledger import Outcome, Payload, Rate, Receipt, UnclearPolicy
from gkbot.ledger.crash_points import crash_point
from gkbot.notices.message import Message

ROBOT_RATE = Rate(most=20, seconds=60.0, reserve=2)  # path 91770: 20 messages a minute and robot
VENDOR_HOST = "qyapi.weixin.qq.com"
CONNECT_SECONDS = 5.0
DEADLINE_SECONDS = 30.0
MOST_ANSWER_BYTES = 64 * 1024
LONGEST_RETRY_AFTER_SECONDS = 3600.0
_NOTHING_SENT = (NewConnectionError, ConnectTimeoutError, NameResolutionError, SSLError, ProxyError)


@dataclass(slots=True)
class _Answer:
    status: int = 0
    retry_after: str = ""
    content: bytes = b""
    error: BaseException | None = field(default=None, repr=False)


class WeComTransport:
    """Sends to the robots whose addresses the settings name."""

    channel = "wecom"
    policy = UnclearPolicy.RESEND_ONCE
    domain = "localhost"
    disabled_is_final = True

    def __init__(
        self,
        robots: Mapping[str, RobotAddress],
        *,
        rate: Rate | None = ROBOT_RATE,
        deadline_seconds: float = DEADLINE_SECONDS,
        ca_file: str | None = None,
        mention_by_mobile: bool = False,
    ) -> None:
        """Take the robots by the names that unit files call them.

        Args:
            ca_file: Certificates to trust, for private editions.
            mention_by_mobile: Add a text message that mentions contacts by telephone number, which
                markdown cannot.
        """
        self._robots = dict(robots)
        self.rate = rate
        self.deadline_seconds = deadline_seconds
        self._mention_by_mobile = mention_by_mobile
        self._ca_file = ca_file
        self._session = self._new_session()
        _silence_urllib3()

    def freeze(self, message: Message, address: str) -> tuple[Payload, ...]:
        """One markdown message a part, and a text that mentions by number where that is asked for."""
        return freeze(message, mention_by_mobile=self._mention_by_mobile)

    def plainer(self, payload: Payload) -> Payload | None:
        """Short plain text; None where it is that already."""
        return plain_text(payload)

    def send(self, parcel: Parcel) -> Receipt:
        """Post one message."""
        robot = self._robots.get(parcel.address)
        if robot is None:
            return Receipt(outcome=Outcome.DEAD, code="no-such-robot", phase="connect")
        payload = marked_maybe_twice(parcel.payload) if parcel.maybe_twice else parcel.payload
        content = payload.get(payload["msgtype"], {}).get("content", "")
        if len(content.encode()) > MARKDOWN_BYTES:
            return Receipt(outcome=Outcome.DEAD, code="too-long", phase="connect", simplify=True)
        answer = self._within_deadline(robot, json.dumps(payload, ensure_ascii=False).encode())
        if answer is None:
            self._session = self._new_session()  # the old one may still be busy
            return Receipt(outcome=Outcome.UNCLEAR, code="deadline", phase="sent")
        if answer.error is not None:
            return _unanswered(answer.error)
        return _judged(answer, robot)

    def close(self) -> None:
        """Let go of the connections."""
        self._session.close()

    def _new_session(self) -> requests.Session:
        session = requests.Session()
        session.verify = self._ca_file or True
        return session

    def _within_deadline(self, robot: RobotAddress, body: bytes) -> _Answer | None:
        """Post in a thread and give up waiting at the deadline: `timeout=` bounds each read, not all of them."""
        answer = _Answer()
        thread = threading.Thread(target=self._post, args=(robot, body, answer), daemon=True)
        thread.start()
        thread.join(self.deadline_seconds)
        return None if thread.is_alive() else answer

    def _post(self, robot: RobotAddress, body: bytes, answer: _Answer) -> None:
        try:
            with self._session.post(
                robot.reveal(),
                data=body,
                headers={"Content-Type": "application/json; charset=utf-8"},
                timeout=(CONNECT_SECONDS, self.deadline_seconds),
                allow_redirects=False,
                stream=True,
            ) as response:
                crash_point("CP5")
                answer.status = response.status_code
                answer.retry_after = response.headers.get("Retry-After", "")
                answer.content = response.raw.read(MOST_ANSWER_BYTES, decode_content=True)
        except Exception as error:  # noqa: BLE001 - every way to fail becomes a receipt in the caller's thread
            answer.error = error


def _unanswered(error: BaseException) -> Receipt:
    """A request without answer: plain retry where nothing can have been sent, unclear else."""
    code = type(error).__name__
    cause = error.args[0] if error.args else None
    reason = cause.reason if isinstance(cause, MaxRetryError) else cause
    if isinstance(reason, _NOTHING_SENT):
        return Receipt(outcome=Outcome.RETRY, code=type(reason).__name__, phase="connect")
    if isinstance(error, requests.exceptions.ConnectTimeout | requests.exceptions.SSLError):
        return Receipt(outcome=Outcome.RETRY, code=code, phase="connect")
    if isinstance(error, requests.exceptions.InvalidURL | requests.exceptions.MissingSchema | ValueError):
        return Receipt(outcome=Outcome.DEAD, code="bad-address", phase="connect", disable=True)
    return Receipt(outcome=Outcome.UNCLEAR, code=code, phase="sent")


def _judged(answer: _Answer, robot: RobotAddress) -> Receipt:
    """An answer, judged by errcode; without one it did not come from the robot's own server."""
    reply = redacted(answer.content, robot, RobotAddress(robot.reveal().rpartition("=")[2]))
    if answer.status == 429:
        wait = _seconds(answer.retry_after)
        return Receipt(
            outcome=Outcome.RETRY,
            code="http-429",
            reply=reply,
            phase="answered",
            retry_after=wait,
            close_gate=wait,
            counted=False,
        )
    errcode, errmsg = _errcode(answer.content)
    if errcode is not None and not 300 <= answer.status < 400:
        return wecom_codes.receipt_of(errcode, redacted(errmsg, robot))
    code = f"http-{answer.status}" if answer.status != 200 else "no-errcode"
    may_have_passed = answer.status >= 500 or robot.host == VENDOR_HOST
    outcome = Outcome.UNCLEAR if may_have_passed else Outcome.RETRY
    return Receipt(outcome=outcome, code=code, reply=reply, phase="answered")


def _errcode(content: bytes) -> tuple[int | None, str]:
    try:
        body: Any = json.loads(content)
    except ValueError:
        return None, ""
    if not isinstance(body, dict) or type(body.get("errcode")) is not int:
        return None, ""
    return body["errcode"], str(body.get("errmsg", ""))


def _seconds(retry_after: str) -> float:
    """Retry-After in seconds (RFC 9110 10.2.3), capped; a date or nonsense means a minute."""
    wait = float(retry_after) if retry_after.isascii() and retry_after.isdigit() else wecom_codes.GATE_SECONDS
    return min(max(wait, 1.0), LONGEST_RETRY_AFTER_SECONDS)


def _silence_urllib3() -> None:
    """urllib3 logs whole URLs, at DEBUG and in some warnings; whatever level is set, it must not."""
    for name in ("urllib3.connectionpool", "urllib3.connection", "urllib3.util.retry", "urllib3.response"):
        logger = logging.getLogger(name)
        if _is_silent not in logger.filters:
            logger.addFilter(_is_silent)


def _is_silent(_record: logging.LogRecord) -> bool:
    return False
