"""The groups that unit files call by name: WeCom robots, and whatever has an Apprise address."""

from collections.abc import Iterator, Mapping
from urllib.parse import parse_qsl, urlsplit

from gkbot.clock import SystemClock
from gkbot.delivery import RobotAddress, Transport
from gkbot.errors import SettingsError
from gkbot.extras import APPRISE, install_command
from gkbot.planning import Channels
from gkbot.settings import APPRISE_PREFIX, Mention, Secret, Settings

DEADLINE_SECONDS = 30.0


def channels_of(settings: Settings) -> Channels:
    """The real channels that the settings name."""
    return Channels(
        email=settings.smtp is not None,
        robots=frozenset(settings.robots),
        apprise=frozenset(settings.apprise),
        same={**_same(settings.robots), **_same(settings.apprise)},
    )


def group_transports(settings: Settings, *, deadline_seconds: float = DEADLINE_SECONDS) -> Iterator[Transport]:
    """One transport for the WeCom robots, one for the others, where there are any.

    Raises:
        SettingsError: An address needs Apprise, which is not installed, or Apprise cannot use it.
    """
    ca_file = str(settings.robot_ca_file) if settings.robot_ca_file else None
    if settings.robots:
        from gkbot.delivery.wecom import WeComTransport

        yield WeComTransport(
            {name: RobotAddress(secret.reveal()) for name, secret in settings.robots.items()},
            deadline_seconds=deadline_seconds,
            ca_file=ca_file,
            forms=settings.robot_forms,
            mentions=settings.robot_mentions,
        )
    if settings.apprise:
        from gkbot.delivery.apprise import AppriseTransport
        from gkbot.delivery.apprise_service import is_installed

        for name, address in settings.apprise.items():
            require_usable(name, address, has_library=is_installed())
        # DingTalk knows telephone numbers only: they are shown where the office wants them shown.
        mentions = Mention.MOBILE if settings.robot_mentions is Mention.MOBILE else Mention.NONE
        clock = SystemClock(settings.zone)
        yield AppriseTransport(
            settings.apprise, clock.now, deadline_seconds=deadline_seconds, ca_file=ca_file, mentions=mentions
        )


def require_usable(name: str, address: Secret, *, has_library: bool) -> None:
    """See that somebody can speak to an address.

    Raises:
        SettingsError: It needs Apprise, which is not installed, or Apprise cannot use it.
    """
    from gkbot.delivery.apprise import needs_library
    from gkbot.delivery.apprise_service import is_understood

    if not needs_library(address):
        return
    if not has_library:
        cure = f"执行 {install_command(APPRISE)}，或改用企业微信、钉钉、飞书的群机器人。"
        raise SettingsError(f"{APPRISE_PREFIX}{name}", "这个地址要由 Apprise 发送，还没有安装", cure)
    if not is_understood(address):
        cure = "写法见 https://github.com/caronc/apprise/wiki；钉钉、飞书也可以直接粘贴机器人的 Webhook 地址。"
        raise SettingsError(f"{APPRISE_PREFIX}{name}", "Apprise 看不懂这个地址", cure)


def channel_of(settings: Settings, name: str) -> tuple[str, str]:
    """Channel and address of a group.

    Raises:
        SettingsError: None is called so.
    """
    known = [*settings.robots, *settings.apprise]
    if name not in known:
        told = f"已设置的有：{'、'.join(known)}。" if known else "还没有设置任何机器人。"
        raise SettingsError(f"GKBOT_WECOM_ROBOT_{name}", "没有设置", told)
    return ("wecom" if name in settings.robots else "apprise"), name


def _same(addresses: Mapping[str, Secret]) -> dict[str, str]:
    """Names that lead to the same group as one before them in the alphabet → that one.

    They make one recipient, so the group is told once, and its one gate keeps the rate, without a
    trace of the address in the database.
    """
    first: dict[object, str] = {}
    leads = {name: first.setdefault(_normal(addresses[name]), name) for name in sorted(addresses)}
    return {name: leader for name, leader in leads.items() if name != leader}


def _normal(address: Secret) -> object:
    """An address as it is compared: the host's case and the order of its parameters change nothing."""
    try:
        parts = urlsplit(address.reveal())
        return parts.scheme, parts.netloc.casefold(), parts.path, tuple(sorted(parse_qsl(parts.query)))
    except ValueError:
        return address.reveal()
