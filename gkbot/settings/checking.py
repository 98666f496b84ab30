"""One setting after the other: text to value, or an error that names place, cause and cure."""

import math
import os
import re
from collections.abc import Mapping
from datetime import time
from enum import StrEnum
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from gkbot.errors import SettingsError
from gkbot.settings.values import Secret

MIN_SECRET_KEY_CHARACTERS = 16
MOST_NUMBER = 100_000
_Choice = TypeVar("_Choice", bound=StrEnum)


def database_url(text: str) -> str:
    """An address of a database we can use; the text of the error never shows it, since it may hold a password."""
    if not re.match(r"(sqlite|postgres(ql)?(\+psycopg)?)://", text):
        cure = (
            "写法：sqlite:///var/gkbot.db 或 postgresql://用户@主机/库名。"  # the value may hold a password: not shown
        )
        raise SettingsError("GKBOT_DATABASE_URL", "看不懂这个数据库地址", cure)
    return text


def zone(name: str) -> ZoneInfo:
    """The zone of this name."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise SettingsError("GKBOT_TIMEZONE", f"没有时区“{name}”", "例：Asia/Shanghai。") from None


def daily_at(text: str) -> time:
    """A local time of day."""
    match = re.fullmatch(r"([01]?\d|2[0-3])[:：]([0-5]\d)", text)
    if match is None:
        raise SettingsError("GKBOT_DAILY_AT", f"看不懂时间“{text}”", "写法：时:分，例 09:00。")
    return time(int(match[1]), int(match[2]))


def port(name: str, text: str, *, least: int = 1) -> int:
    """A port number, `least` or more."""
    if not re.fullmatch(r"\d{1,5}", text) or not least <= int(text) < 65536:
        raise SettingsError(name, f"“{text}”不是端口号", f"端口是 {least} 到 65535 的整数。")
    return int(text)


def number(name: str, text: str) -> float:
    """A number from 0 on."""
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not 0 <= number <= MOST_NUMBER:
        raise SettingsError(name, f"“{text}”不能用", f"写 0 到 {MOST_NUMBER} 的数，0 表示不限。")
    return number


def chosen(name: str, text: str, choices: type[_Choice]) -> _Choice:
    """One of the choices, whatever its case."""
    try:
        return choices(text.lower())
    except ValueError:
        raise SettingsError(name, f"看不懂“{text}”", f"可用：{'、'.join(choices)}。") from None


def is_on(name: str, text: str) -> bool:
    """Whether it is switched on."""
    if text.lower() not in {"on", "off"}:
        raise SettingsError(name, f"看不懂“{text}”", "写 on 或 off。")
    return text.lower() == "on"


def readable(name: str, values: Mapping[str, str]) -> Path | None:
    """The path of a file that can be read; None where the setting is absent."""
    if name not in values:
        return None
    path = Path(values[name])
    if not path.is_file() or not os.access(path, os.R_OK):
        raise SettingsError(name, f"读不到文件 {path}", "请检查路径和权限。")
    return path


def watchdog(text: str | None) -> Secret | None:
    """An address or the path of a file; anything with a scheme must be one that can be asked."""
    if text is None:
        return None
    parts = urlsplit(text)
    if "://" in text and (parts.scheme not in {"http", "https"} or not parts.hostname):
        raise SettingsError("GKBOT_WATCHDOG", "不是网址，也不是文件路径", "写 https:// 开头的网址，或文件路径。")
    return Secret(text)


def public_url(text: str | None, *, has_key: bool) -> str | None:
    """Where contacts reach the page, without a slash at the end."""
    if text is None:
        return None
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise SettingsError("GKBOT_PUBLIC_URL", f"“{text}”不是网址", "例：https://gk.example.gov.cn。")
    if not has_key:
        raise SettingsError("GKBOT_SECRET_KEY", "没有设置", "设置了 GKBOT_PUBLIC_URL 就要有签名密钥。")
    return text.rstrip("/")


def secret_key(text: str | None) -> Secret | None:
    """A key that is long enough to sign with."""
    if text is not None and len(text) < MIN_SECRET_KEY_CHARACTERS:
        raise SettingsError("GKBOT_SECRET_KEY", "太短", f"至少 {MIN_SECRET_KEY_CHARACTERS} 个字符，越随机越好。")
    return None if text is None else Secret(text)


def web_address(text: str) -> tuple[str, int]:
    """Host and port to listen on."""
    host, colon, digits = text.rpartition(":")
    if not colon or not host:
        raise SettingsError("GKBOT_WEB_ADDRESS", f"看不懂“{text}”", "写法：地址:端口，例 127.0.0.1:8000。")
    return host.strip("[]"), port("GKBOT_WEB_ADDRESS", digits, least=0)  # 0 takes a free one
