"""The hundred services that Apprise speaks to, by Apprise's own word.

It says yes or no and nothing else: no code, no way to tell a refusal from a lost answer. So a no is
tried again a few times. A part is never longer than the service takes, else Apprise would make
several messages of it, and one no would send them all again.
"""

from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import Any

from gkbot.delivery.webhook import silence, within
from gkbot.ledger import Outcome, Payload, Receipt
from gkbot.notices.message import Message
from gkbot.notices.splitting import PART_BYTES, parts
from gkbot.settings import Secret

TITLE = "政务公开提醒"
MAYBE_TWICE = "（可能重复）"
MOST_RETRIES = 4
LEAST_FOR_PARTS = 500
"""What takes less (short messages of telephones) is told the first lines only."""
LOGGERS = ("apprise", "urllib3.connectionpool", "urllib3.connection", "urllib3.util.retry", "urllib3.response")


def is_installed() -> bool:
    """Whether the library is there: it comes with `gkbot[apprise]`."""
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
        return Receipt(outcome=Outcome.RETRY, code="apprise-no", phase="answered", retry_most=MOST_RETRIES)

    def _notify(self, body: str, said: "_Said") -> None:
        try:
            plugin = _plugin(self.address)
            if plugin is not None:
                said.yes = _handed_over(plugin, body)
        except Exception as error:  # noqa: BLE001 - becomes a receipt in the caller's thread
            said.error = error


@dataclass(slots=True)
class _Said:
    yes: bool | None = None
    error: BaseException | None = field(default=None, repr=False)


def _plugin(address: Secret) -> Any:
    """None for a bad address. A new one each time: one given up at its deadline may still be busy."""
    silence(*LOGGERS)
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
