"""One POST to a secret address, answered within one total deadline: what all robots have in common.

The address is the secret, so errors are rebuilt as class and code: the text of requests' own
exceptions and urllib3's log lines hold the whole URL (facts/delivery.md 2.3).
"""

import json
import logging
import ssl
import threading
from collections.abc import Callable, Mapping
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

from gkbot.delivery.web_line import Line
from gkbot.ledger import Outcome, Receipt
from gkbot.ledger.crash_points import crash_point
from gkbot.settings import Secret

CONNECT_SECONDS = 5.0
DEADLINE_SECONDS = 30.0
GATE_SECONDS = 60.0
MOST_ANSWER_BYTES = 64 * 1024
LONGEST_RETRY_AFTER_SECONDS = 3600.0
HANG_UP_SECONDS = 1.0
_NOTHING_SENT = (NewConnectionError, ConnectTimeoutError, NameResolutionError, ProxyError)


@dataclass(slots=True)
class Answer:
    """What came back, or why nothing did.

    Attributes:
        late: The deadline passed; whatever the other side says now, nobody listens.
        has_spoken: The line stood, TLS and all, and the request began to leave.
    """

    status: int = 0
    retry_after: str = ""
    content: bytes = b""
    error: BaseException | None = field(default=None, repr=False)
    late: bool = False
    has_spoken: bool = False

    @property
    def is_redirect(self) -> bool:
        """A redirect is not followed with the key, and what it says is not the robot's word."""
        return 300 <= self.status < 400

    def code(self, *names: str) -> tuple[int | None, Mapping[str, Any]]:
        """The provider's code under the first of these names, and the whole object; None where there is no such.

        A code that is no whole number (`"0"`, `true`) is none: no provider writes it so.
        """
        try:
            body = json.loads(self.content)
        except (ValueError, RecursionError):
            return None, {}
        if self.is_redirect or not isinstance(body, dict):
            return None, {}
        found = next((body[name] for name in names if type(body.get(name)) is int), None)
        return found, body


class Webhook:
    """A connection to whatever address it is given."""

    def __init__(self, *, deadline_seconds: float = DEADLINE_SECONDS, ca_file: str | None = None) -> None:
        """Set the time that nothing outlasts, and the certificates to trust (None: the usual ones)."""
        self.deadline_seconds = deadline_seconds
        self._ca_file = ca_file
        self._line = Line()
        self._session = self._line.session()
        silence("urllib3.connectionpool", "urllib3.connection", "urllib3.util.retry", "urllib3.response")

    def post(self, address: Secret, body: Mapping[str, Any]) -> Answer:
        """Post an object as JSON, 汉字 as they are: escaped they take twice the room."""
        answer = Answer()
        data = json.dumps(body, ensure_ascii=False).encode()
        self._line.clear()
        if not within(self.deadline_seconds, lambda: self._post(address, data, answer), give_up=self._line.hang_up):
            self._line = Line()  # the old one may still look for the host
            self._session = self._line.session()
            return Answer(late=True)
        return answer

    def close(self) -> None:
        """Let go of the connections."""
        self._session.close()

    def _post(self, address: Secret, data: bytes, answer: Answer) -> None:
        line, session = self._line, self._session
        try:
            with session.post(
                address.reveal(),
                data=data,
                headers={"Content-Type": "application/json; charset=utf-8"},
                timeout=(CONNECT_SECONDS, self.deadline_seconds),
                # Said here: REQUESTS_CA_BUNDLE of the environment would win over the session's own.
                verify=self._ca_file or True,
                allow_redirects=False,
                stream=True,
            ) as response:
                crash_point("CP5")
                answer.status = response.status_code
                answer.retry_after = response.headers.get("Retry-After", "")
                answer.content = response.raw.read(MOST_ANSWER_BYTES, decode_content=True)
        except Exception as error:  # noqa: BLE001 - every way to fail becomes a receipt in the caller's thread
            answer.error, answer.has_spoken = error, line.has_spoken


def within(seconds: float, task: Callable[[], None], *, give_up: Callable[[], None] = lambda: None) -> bool:
    """Do something in a thread and give up waiting at the deadline: `timeout=` bounds each read, not all of them.

    Args:
        give_up: Makes the task end that took too long, so that its thread does not stay.
    """
    thread = threading.Thread(target=task, name="gkbot-request", daemon=True)
    thread.start()
    thread.join(seconds)
    if not thread.is_alive():
        return True
    give_up()
    thread.join(HANG_UP_SECONDS)
    return False


def not_answered(answer: Answer, reply: str) -> Receipt | None:
    """What an answer means whatever robot it came from; None where the provider's code decides."""
    if answer.late:
        return Receipt(outcome=Outcome.UNCLEAR, code="deadline", phase="sent")
    if answer.error is not None:
        return _failed(answer.error, has_spoken=answer.has_spoken)
    if answer.status == 429:
        wait = seconds_of(answer.retry_after)
        return Receipt(
            outcome=Outcome.RETRY,
            code="http-429",
            reply=reply,
            phase="answered",
            retry_after=wait,
            close_gate=wait,
            counted=False,
        )
    return None


def no_code(answer: Answer, reply: str, *, from_vendor: bool) -> Receipt:
    """An answer without the provider's code: a proxy's or a captive portal's, or a server's that broke down.

    Args:
        from_vendor: The host is the provider's own, so the message may have passed.
    """
    code = f"http-{answer.status}" if answer.status != 200 else "no-errcode"
    outcome = Outcome.UNCLEAR if answer.status >= 500 or from_vendor else Outcome.RETRY
    return Receipt(outcome=outcome, code=code, reply=reply, phase="answered")


def unsent_because(error: BaseException) -> str | None:
    """Why nothing can have left, by the error of a request alone; None where something may have."""
    cause = error.args[0] if error.args else None
    reason = cause.reason if isinstance(cause, MaxRetryError) else cause
    is_mistrusted = isinstance(reason, SSLError) and isinstance(reason.args[0], ssl.SSLCertVerificationError)
    if isinstance(reason, _NOTHING_SENT) or is_mistrusted:
        return type(reason).__name__
    return type(error).__name__ if isinstance(error, requests.exceptions.ConnectTimeout) else None


def seconds_of(retry_after: str) -> float:
    """Retry-After in seconds (RFC 9110 10.2.3), capped; a date or nonsense means a minute."""
    is_number = retry_after.isascii() and retry_after.isdigit() and len(retry_after) < 10
    wait = float(retry_after) if is_number else GATE_SECONDS
    return min(max(wait, 1.0), LONGEST_RETRY_AFTER_SECONDS)


def silence(*names: str) -> None:
    """Let these loggers say nothing, whatever level is set: they log whole URLs, at DEBUG and in warnings."""
    for name in names:
        logger = logging.getLogger(name)
        if _is_silent not in logger.filters:
            logger.addFilter(_is_silent)


def _failed(error: BaseException, *, has_spoken: bool) -> Receipt:
    """A request without answer: plain retry where nothing can have been sent, unclear else."""
    code = type(error).__name__
    unsent = unsent_because(error)
    if has_spoken and unsent is None:
        return Receipt(outcome=Outcome.UNCLEAR, code=code, phase="sent")
    if isinstance(error, ValueError) and not isinstance(error, requests.exceptions.InvalidProxyURL):
        return Receipt(outcome=Outcome.DEAD, code="bad-address", phase="connect", disable=True)
    return Receipt(outcome=Outcome.RETRY, code=unsent or code, phase="connect")


def _is_silent(_record: logging.LogRecord) -> bool:
    return False
