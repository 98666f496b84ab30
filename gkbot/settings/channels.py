"""The channels of the settings: the mail server, the robots, what goes through Apprise."""

import ipaddress
import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from gkbot.errors import SettingsError
from gkbot.settings.checking import chosen, number, port, readable
from gkbot.settings.names import APPRISE_PREFIX, FORM_PREFIX, ROBOT_PREFIX
from gkbot.settings.values import RobotForm, Secret, SmtpSecurity, SmtpSettings

DEFAULT_SMTP_PORTS = {SmtpSecurity.SSL: 465, SmtpSecurity.STARTTLS: 587, SmtpSecurity.NONE: 25}
PUBLIC_PACE = ("3", "80")
"""Seconds between two mails, and mails an hour, that public mail services bear (facts/delivery.md 5.3)."""


def smtp(values: Mapping[str, str]) -> SmtpSettings | None:
    """The mail server; None where none is set."""
    host = values.get("GKBOT_SMTP_HOST")
    if host is None:
        return None
    sender = values.get("GKBOT_MAIL_FROM") or values.get("GKBOT_SMTP_USER")
    if sender is None or not re.fullmatch(r"[^@\s<>]+@[^@\s<>]+", sender):
        raise SettingsError(
            "GKBOT_MAIL_FROM",
            "发件人地址缺失或不是邮箱地址",
            "设置了邮件服务器就要写发件人，例 gk@example.gov.cn。",
        )
    password = values.get("GKBOT_SMTP_PASSWORD")
    security = chosen("GKBOT_SMTP_SECURITY", values.get("GKBOT_SMTP_SECURITY", "ssl"), SmtpSecurity)
    every, per_hour = ("0", "0") if _is_inside(host) else PUBLIC_PACE
    return SmtpSettings(
        host=host,
        port=port("GKBOT_SMTP_PORT", values.get("GKBOT_SMTP_PORT", str(DEFAULT_SMTP_PORTS[security]))),
        security=security,
        mail_from=sender,
        user=values.get("GKBOT_SMTP_USER"),
        password=Secret(password) if password else None,
        ca_file=readable("GKBOT_SMTP_CA_FILE", values),
        helo=values.get("GKBOT_SMTP_HELO"),
        every_seconds=number("GKBOT_MAIL_EVERY_SECONDS", values.get("GKBOT_MAIL_EVERY_SECONDS", every)),
        per_hour=int(number("GKBOT_MAIL_PER_HOUR", values.get("GKBOT_MAIL_PER_HOUR", per_hour))),
    )


def robots(values: Mapping[str, str]) -> dict[str, Secret]:
    """Robot name → its address."""
    found = {}
    for name, value in values.items():
        if name.startswith(ROBOT_PREFIX):
            parts = urlsplit(value)
            if parts.scheme not in {"http", "https"} or not parts.hostname:
                raise SettingsError(name, "不是网址", "请粘贴机器人的完整 Webhook 地址，以 https:// 开头。")
            found[name[len(ROBOT_PREFIX) :]] = Secret(value)
    return found


def robot_forms(values: Mapping[str, str]) -> dict[str, RobotForm]:
    """Robot name → form."""
    found = {name: value for name, value in values.items() if name.startswith(FORM_PREFIX)}
    for name in found:
        if ROBOT_PREFIX + name[len(FORM_PREFIX) :] not in values:
            robot = ROBOT_PREFIX + name[len(FORM_PREFIX) :]
            raise SettingsError(name, f"没有设置 {robot}", "名称要和机器人的一致。")
    return {name[len(FORM_PREFIX) :]: chosen(name, value, RobotForm) for name, value in found.items()}


def apprise(values: Mapping[str, str]) -> dict[str, Secret]:
    """Name → Apprise address."""
    found = {}
    for name, value in values.items():
        if name.startswith(APPRISE_PREFIX):
            robot = ROBOT_PREFIX + name[len(APPRISE_PREFIX) :]
            if robot in values:
                raise SettingsError(name, f"与 {robot} 同名", "规则文件里的一个名称只能是一个渠道，请改掉一个。")
            if not re.match(r"[a-z][a-z0-9+]*://.", value):
                raise SettingsError(name, "不是 Apprise 地址", "例：dingtalk://… 或 feishu://…。")
            found[name[len(APPRISE_PREFIX) :]] = Secret(value)
    return found


def _is_inside(host: str) -> bool:
    """Whether a mail server stands on this machine or in the office's own network, where nobody counts mails."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_private
    except ValueError:
        return "." not in host  # localhost, or a name that only the office itself knows
