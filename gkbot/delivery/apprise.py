"""Channels besides mail and WeCom, each an Apprise address: DingTalk and Feishu by our own hand, the rest by Apprise.

    dingtalk://SECRET@TOKEN   feishu://TOKEN?secret=SECRET   lark://TOKEN        as Apprise writes them
    https://HOST/robot/send?access_token=TOKEN&secret=SECRET                     as DingTalk shows it, any host
    https://HOST/open-apis/bot/v2/hook/TOKEN?secret=SECRET                       as Feishu shows it

Apprise 1.13 tells every HTTP 200 as success although these two refuse with HTTP 200, encodes DingTalk's signature
twice, cannot sign for Feishu, knows one host only, and has no place from which an answer could be seen: each of its
modules calls requests itself. So these two do not go through it, and need it not.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Protocol
from urllib.parse import parse_qsl, urlencode, urlsplit

from gkbot.delivery.apprise_service import AppriseService
from gkbot.delivery.dingtalk import HOST as DINGTALK
from gkbot.delivery.dingtalk import DingTalkRobot, plain_text
from gkbot.delivery.feishu import FeishuRobot
from gkbot.delivery.robots import Robots
from gkbot.delivery.secrets import RobotAddress
from gkbot.delivery.transport import Parcel
from gkbot.delivery.webhook import DEADLINE_SECONDS, Webhook
from gkbot.ledger import Payload, Rate, Receipt
from gkbot.notices.message import Message
from gkbot.settings import Mention, Secret

RATE = Rate(most=20, seconds=60.0, reserve=2)  # DingTalk's, the narrowest known
HOSTS = {"dingtalk": DINGTALK, "feishu": "open.feishu.cn", "lark": "open.larksuite.com"}
_SIGNED = "secret"


class Robot(Protocol):
    """One address: a robot of ours, or a service of Apprise."""

    def freeze(self, message: Message) -> tuple[Payload, ...]:
        """The payloads that carry a message."""
        ...

    def send(self, payload: Payload, *, maybe_twice: bool) -> Receipt:
        """Put a payload on the wire."""
        ...


class AppriseTransport(Robots[Robot]):
    """Sends to the addresses that the settings name; only DingTalk's markdown can be said more simply."""

    channel = "apprise"
    rates: tuple[Rate, ...] = (RATE,)

    def __init__(
        self,
        addresses: Mapping[str, Secret],
        now: Callable[[], datetime],
        *,
        deadline_seconds: float = DEADLINE_SECONDS,
        ca_file: str | None = None,
        mentions: Mention = Mention.NONE,
    ) -> None:
        """Take the addresses by the names that unit files call them.

        Args:
            now: The true moment, for signatures; aware.
            ca_file: Certificates to trust for DingTalk and Feishu on hosts of one's own.
        """
        webhook = Webhook(deadline_seconds=deadline_seconds, ca_file=ca_file)
        robots = {name: robot_of(address, webhook, now, mentions) for name, address in addresses.items()}
        super().__init__(robots, webhook, plain_text=plain_text)

    def freeze(self, message: Message, address: str) -> tuple[Payload, ...]:
        """The payloads in the shape that this address takes."""
        robot = self._robots.get(address)
        return ({"body": message.text},) if robot is None else robot.freeze(message)

    def _post(self, robot: Robot, parcel: Parcel) -> Receipt:
        return robot.send(parcel.payload, maybe_twice=parcel.maybe_twice)


def needs_library(address: Secret) -> bool:
    """Whether an address goes through Apprise itself."""
    return webhook_of(address) is None


def robot_of(address: Secret, webhook: Webhook, now: Callable[[], datetime], mentions: Mention) -> Robot:
    """Who speaks to an address."""
    found = webhook_of(address)
    if found is None:
        return AppriseService(address=address, deadline_seconds=webhook.deadline_seconds)
    whole, secret = found
    if urlsplit(whole.reveal()).path.endswith("/robot/send"):
        return DingTalkRobot(address=whole, secret=secret, mentions=mentions, webhook=webhook, now=now)
    return FeishuRobot(address=whole, secret=secret, webhook=webhook, now=now)


def webhook_of(address: Secret) -> tuple[RobotAddress, Secret | None] | None:
    """The webhook and the signing secret of a DingTalk or Feishu address; None for all others."""
    try:
        parts = urlsplit(address.reveal())
        query = dict(parse_qsl(parts.query))
    except ValueError:
        return None
    secret = query.pop(_SIGNED, "")
    if parts.scheme in HOSTS:
        user, _, host = parts.netloc.rpartition("@")  # as written: hostname would be in lower case
        token, secret = query.get("token", host), secret or user
        path = f"/robot/send?access_token={token}" if parts.scheme == "dingtalk" else f"/open-apis/bot/v2/hook/{token}"
        return RobotAddress(f"https://{HOSTS[parts.scheme]}{path}"), Secret(secret) if secret else None
    is_ours = parts.path.endswith("/robot/send") or "/open-apis/bot/" in parts.path
    if parts.scheme not in {"http", "https"} or not is_ours:
        return None
    rest = f"?{urlencode(query)}" if query else ""
    whole = RobotAddress(f"{parts.scheme}://{parts.netloc}{parts.path}{rest}")
    return whole, Secret(secret) if secret else None
