"""The hundred services that Apprise speaks to, by Apprise's own word.

It says yes or no and nothing else, so a no may be a lost answer: unclear. Only its log tells more, and is listened to:
each of its modules logs the answer's status, or what was raised, in the thread that asked. Where every word of that is
a refusal (4xx) or a line that never stood, nothing arrived. A part is never longer than the service takes, else Apprise
would make several messages of it, and one no would send them all again.
"""

import logging
import re
import socket
import sys
import threading
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import Any

from gkbot.delivery.webhook import silence, unsent_because, within
from gkbot.ledger import Outcome, Payload, Receipt
from gkbot.notices.message import Message
from gkbot.notices.splitting import PART_BYTES, parts
from gkbot.settings import Secret

TITLE = "政务公开提醒"
MAYBE_TWICE = "（可能重复）"
MOST_RETRIES = 4
LEAST_FOR_PARTS = 500
"""What takes less (short messages of telephones) is told the first lines only."""
LOGGER = "apprise"
LOGGERS = ("urllib3.connectionpool", "urllib3.connection", "urllib3.util.retry", "urllib3.response")
_STATUS = re.compile(r"\berror=([0-9]{3})\b")
_NEVER_STOOD = (ConnectionRefusedError, socket.gaierror)
_sending = threading.local()


def is_installed() -> bool:
    """Whether the library is there: see `gkbot.extras`."""
    return find_spec("apprise") is not None


def is_understood(address: Secret) -> bool:
    """Whether Apprise can make something of an address; loads the library."""
    return _plugin(address) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class AppriseService:
    """One service."""

    address: Secret
    deadline_seconds: float

    def freeze(self, message: Message) -> tuple[Payload, ...]:
        """One text a part."""
        plugin = _plugin(self.address)
        most = PART_BYTES if plugin is None else min(PART_BYTES, _room(plugin))
        if most < LEAST_FOR_PARTS:
            return ({"body": message.text.strip()[:most]},)
        return tuple({"body": text} for text in parts(message.text, most))

    def send(self, payload: Payload, *, maybe_twice: bool) -> Receipt:
        """Hand one message to Apprise."""
        said = _Said()
        body = f"{MAYBE_TWICE}{payload['body']}" if maybe_twice else payload["body"]
        if not within(self.deadline_seconds, lambda: self._notify(body, said)):
            return Receipt(outcome=Outcome.UNCLEAR, code="deadline", phase="sent")
        if said.error is not None:
            return Receipt(outcome=Outcome.UNCLEAR, code=type(said.error).__name__, phase="sent")
        if said.yes is None:
            return Receipt(outcome=Outcome.DEAD, code="bad-address", phase="connect", disable=True)
        if said.yes:
            return Receipt(outcome=Outcome.OK, code="0", phase="answered")
        return said.certain() or Receipt(outcome=Outcome.UNCLEAR, code="apprise-no", phase="sent")

    def _notify(self, body: str, said: "_Said") -> None:
        _sending.said = said
        try:
            plugin = _plugin(self.address)
            if plugin is not None:
                said.targets = len(plugin)
                said.yes = _handed_over(plugin, body)
        except Exception as error:  # noqa: BLE001 - becomes a receipt in the caller's thread
            said.error = error


@dataclass(slots=True)
class _Said:
    """What Apprise said of one message.

    Attributes:
        targets: How many it goes to; of several some may have taken it, whatever is said of the others.
        heard: What each word in its log means; None where that may be anything.
    """

    yes: bool | None = None
    error: BaseException | None = field(default=None, repr=False)
    targets: int = 0
    heard: list[Receipt | None] = field(default_factory=list)

    def certain(self) -> Receipt | None:
        """What a no means; None where the message may have arrived."""
        is_certain = self.targets == 1 and all(word is not None for word in self.heard)
        return self.heard[-1] if is_certain and self.heard else None


def _overhear(record: logging.LogRecord) -> bool:
    """Learn from a word of Apprise, and let nobody else hear it: it may hold addresses."""
    said: _Said | None = getattr(_sending, "said", None)
    if said is not None and record.levelno >= logging.WARNING:
        said.heard.append(_meant(record.getMessage(), sys.exc_info()[1]))
    return False


def _meant(words: str, error: BaseException | None) -> Receipt | None:
    if error is not None:
        unsent = type(error).__name__ if isinstance(error, _NEVER_STOOD) else unsent_because(error)
        return None if unsent is None else Receipt(outcome=Outcome.RETRY, code=unsent, phase="connect")
    status = _STATUS.search(words)
    if status is None or not status[1].startswith("4"):
        return None
    return Receipt(outcome=Outcome.RETRY, code=f"http-{status[1]}", phase="answered", retry_most=MOST_RETRIES)


def _listen() -> None:
    logger = logging.getLogger(LOGGER)
    if _overhear not in logger.filters:
        logger.addFilter(_overhear)
    if not logger.isEnabledFor(logging.WARNING):
        logger.setLevel(logging.WARNING)


def _plugin(address: Secret) -> Any:
    """None for a bad address. A new one each time: one given up at its deadline may still be busy."""
    silence(*LOGGERS)
    _listen()
    from apprise import Apprise, AppriseAsset  # heavy, and an extra

    asset = AppriseAsset(async_mode=False, secure_logging=True, storage_mode="memory")
    plugin: Any = Apprise.instantiate(address.reveal(), asset=asset)
    if plugin is not None:
        plugin.redirects = False  # the address is the secret
    return plugin


def _handed_over(plugin: Any, body: str) -> bool:
    """Say it in the service's own format. Not by `Apprise.notify`, which turns every exception into a no."""
    from apprise import NotifyFormat, conversion

    convert: Any = conversion.convert_between
    content = convert(NotifyFormat.TEXT, plugin.notify_format, body)
    return bool(plugin.notify(body=content, title=TITLE, body_format=plugin.notify_format))


def _room(plugin: Any) -> int:
    """Characters that go into one message, title and the mark of a copy left out; bytes are never fewer."""
    return max(int(plugin.body_maxlen) - len(TITLE) - len(MAYBE_TWICE) - 2, 1)
