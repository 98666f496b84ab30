"""Settings from the environment and `.env`, checked before anything starts (CONTRACTS.md, Settings)."""

import difflib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from gkbot.clock import DEFAULT_ZONE
from gkbot.errors import SettingsError

PREFIX = "GKBOT_"
ROBOT_PREFIX = "GKBOT_WECOM_ROBOT_"
MAX_SECRET_FILE_BYTES = 64 * 1024
MIN_SECRET_KEY_CHARACTERS = 16


class Secret:
    """A password, key or secret address: it shows itself only to who asks for it by name."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The secret itself; hand it to the wire and nowhere else."""
        return self._value

    def __repr__(self) -> str:
        return "Secret(***)"

    __str__ = __repr__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash(self._value)


class SmtpSecurity(StrEnum):
    """How the connection to the mail server is protected; it never falls back to a weaker one."""

    SSL = "ssl"
    STARTTLS = "starttls"
    NONE = "none"


DEFAULT_SMTP_PORTS = {SmtpSecurity.SSL: 465, SmtpSecurity.STARTTLS: 587, SmtpSecurity.NONE: 25}


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpSettings:
    """The mail server to hand messages to."""

    host: str
    port: int
    security: SmtpSecurity
    mail_from: str
    user: str | None = None
    password: Secret | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything an operator can set.

    Attributes:
        daily_at: Local time of the daily check.
        robots: Robot name as unit files say it → its secret webhook address.
        smtp: None where no mail server is set; mails are then written to `outbox_dir`.
        public_url: Where contacts reach the web page, without a slash at the end; None for no links.
    """

    rules: Path = Path("rules")
    templates: Path = Path("templates")
    database_url: str = field(default="sqlite:///var/gkbot.db", repr=False)
    zone: ZoneInfo = DEFAULT_ZONE
    daily_at: time = time(9, 0)
    smtp: SmtpSettings | None = None
    robots: Mapping[str, Secret] = field(default_factory=dict)
    outbox_dir: Path = Path("var/outbox")
    web_host: str = "127.0.0.1"
    web_port: int = 8000
    public_url: str | None = None
    secret_key: Secret | None = None


NAMES = {
    "GKBOT_RULES": "规则文件所在的文件夹",
    "GKBOT_TEMPLATES": "消息模板所在的文件夹",
    "GKBOT_DATABASE_URL": "数据库",
    "GKBOT_TIMEZONE": "时区",
    "GKBOT_DAILY_AT": "每天检查的时间",
    "GKBOT_SMTP_HOST": "邮件服务器",
    "GKBOT_SMTP_PORT": "邮件服务器端口",
    "GKBOT_SMTP_SECURITY": "邮件连接方式",
    "GKBOT_SMTP_USER": "邮件登录名",
    "GKBOT_SMTP_PASSWORD": "邮件密码或授权码",
    "GKBOT_MAIL_FROM": "发件人地址",
    "GKBOT_OUTBOX_DIR": "未配置渠道时消息写入的文件夹",
    "GKBOT_WEB_ADDRESS": "网页监听地址",
    "GKBOT_PUBLIC_URL": "联络员访问网页的地址",
    "GKBOT_SECRET_KEY": "签名密钥",
}
SECRET_NAMES = frozenset({"GKBOT_SMTP_PASSWORD", "GKBOT_SECRET_KEY", "GKBOT_DATABASE_URL"})


def load_settings(environ: Mapping[str, str] | None = None, *, dotenv: Path | None = Path(".env")) -> Settings:
    """Read the settings; the environment wins over `.env`.

    Raises:
        SettingsError: A name is unknown, or a value cannot be used. The text never shows a secret.
    """
    values = _gkbot_values(os.environ if environ is None else environ, dotenv)
    web_host, web_port = _web_address(values.get("GKBOT_WEB_ADDRESS", "127.0.0.1:8000"))
    return Settings(
        rules=Path(values.get("GKBOT_RULES", "rules")),
        templates=Path(values.get("GKBOT_TEMPLATES", "templates")),
        database_url=_database_url(values.get("GKBOT_DATABASE_URL", "sqlite:///var/gkbot.db")),
        zone=_zone(values.get("GKBOT_TIMEZONE", DEFAULT_ZONE.key)),
        daily_at=_daily_at(values.get("GKBOT_DAILY_AT", "09:00")),
        smtp=_smtp(values),
        robots=_robots(values),
        outbox_dir=Path(values.get("GKBOT_OUTBOX_DIR", "var/outbox")),
        public_url=_public_url(values.get("GKBOT_PUBLIC_URL"), has_key="GKBOT_SECRET_KEY" in values),
        secret_key=_secret_key(values.get("GKBOT_SECRET_KEY")),
        web_host=web_host,
        web_port=web_port,
    )


def _gkbot_values(environ: Mapping[str, str], dotenv: Path | None) -> dict[str, str]:
    merged = _dotenv_values(dotenv) | {k: v for k, v in environ.items() if k.startswith(PREFIX)}
    values: dict[str, str] = {}
    for name, value in merged.items():
        base = name.removesuffix("_FILE") if name not in NAMES else name
        _require_known(name, base)
        if base == name:
            if value.strip():
                values[name] = value.strip()
            continue
        if merged.get(base, "").strip():
            raise SettingsError(name, f"与 {base} 同时设置", "只保留其中一个。")
        if value.strip():
            values[base] = _secret_from_file(name, Path(value.strip()))
    return values


def _dotenv_values(dotenv: Path | None) -> dict[str, str]:
    if dotenv is None or not dotenv.is_file():
        return {}
    from dotenv import dotenv_values  # imported where it is used: start-up time

    try:
        found = dotenv_values(dotenv, encoding="utf-8-sig", interpolate=False)
    except UnicodeDecodeError:
        raise SettingsError(str(dotenv), "不是 UTF-8 编码", "请用 UTF-8 编码另存。") from None
    return {k: v or "" for k, v in found.items() if k.startswith(PREFIX)}


def _require_known(name: str, base: str) -> None:
    if base in NAMES or (base.startswith(ROBOT_PREFIX) and re.fullmatch(r"[A-Z0-9_]+", base[len(ROBOT_PREFIX) :])):
        return
    near = difflib.get_close_matches(name, NAMES, n=1)
    raise SettingsError(name, "不认识这个名称", f"是不是 {near[0]}？" if near else "可用的名称见 config.example.env。")


def _secret_from_file(name: str, path: Path) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_SECRET_FILE_BYTES + 1)
    except OSError as error:
        raise SettingsError(name, f"读不到文件 {path}（{error.strerror}）", "请检查路径和权限。") from None
    if len(data) > MAX_SECRET_FILE_BYTES:
        raise SettingsError(name, f"文件 {path} 太大", "文件里只应有密钥本身。")
    try:
        return data.decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        raise SettingsError(name, f"文件 {path} 不是 UTF-8 文本", "请用 UTF-8 编码另存。") from None


def _database_url(text: str) -> str:
    if not re.match(r"(sqlite|postgres(ql)?(\+psycopg)?)://", text):
        cure = (
            "写法：sqlite:///var/gkbot.db 或 postgresql://用户@主机/库名。"  # the value may hold a password: not shown
        )
        raise SettingsError("GKBOT_DATABASE_URL", "看不懂这个数据库地址", cure)
    return text


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise SettingsError("GKBOT_TIMEZONE", f"没有时区“{name}”", "例：Asia/Shanghai。") from None


def _daily_at(text: str) -> time:
    match = re.fullmatch(r"([01]?\d|2[0-3])[:：]([0-5]\d)", text)
    if match is None:
        raise SettingsError("GKBOT_DAILY_AT", f"看不懂时间“{text}”", "写法：时:分，例 09:00。")
    return time(int(match[1]), int(match[2]))


def _port(name: str, text: str, *, least: int = 1) -> int:
    if not re.fullmatch(r"\d{1,5}", text) or not least <= int(text) < 65536:
        raise SettingsError(name, f"“{text}”不是端口号", f"端口是 {least} 到 65535 的整数。")
    return int(text)


def _smtp(values: Mapping[str, str]) -> SmtpSettings | None:
    host = values.get("GKBOT_SMTP_HOST")
    if host is None:
        return None
    security = values.get("GKBOT_SMTP_SECURITY", "ssl").lower()
    if security not in set(SmtpSecurity):
        raise SettingsError("GKBOT_SMTP_SECURITY", f"看不懂“{security}”", "可用：ssl、starttls、none。")
    sender = values.get("GKBOT_MAIL_FROM") or values.get("GKBOT_SMTP_USER")
    if sender is None or not re.fullmatch(r"[^@\s<>]+@[^@\s<>]+", sender):
        raise SettingsError(
            "GKBOT_MAIL_FROM",
            "发件人地址缺失或不是邮箱地址",
            "设置了邮件服务器就要写发件人，例 gk@example.gov.cn。",
        )
    password = values.get("GKBOT_SMTP_PASSWORD")
    chosen = SmtpSecurity(security)
    return SmtpSettings(
        host=host,
        port=_port("GKBOT_SMTP_PORT", values.get("GKBOT_SMTP_PORT", str(DEFAULT_SMTP_PORTS[chosen]))),
        security=chosen,
        mail_from=sender,
        user=values.get("GKBOT_SMTP_USER"),
        password=Secret(password) if password else None,
    )


def _robots(values: Mapping[str, str]) -> dict[str, Secret]:
    robots = {}
    for name, value in values.items():
        if name.startswith(ROBOT_PREFIX):
            parts = urlsplit(value)
            if parts.scheme not in {"http", "https"} or not parts.hostname:
                raise SettingsError(name, "不是网址", "请粘贴机器人的完整 Webhook 地址，以 https:// 开头。")
            robots[name[len(ROBOT_PREFIX) :]] = Secret(value)
    return robots


def _public_url(text: str | None, *, has_key: bool) -> str | None:
    if text is None:
        return None
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise SettingsError("GKBOT_PUBLIC_URL", f"“{text}”不是网址", "例：https://gk.example.gov.cn。")
    if not has_key:
        raise SettingsError("GKBOT_SECRET_KEY", "没有设置", "设置了 GKBOT_PUBLIC_URL 就要有签名密钥。")
    return text.rstrip("/")


def _secret_key(text: str | None) -> Secret | None:
    if text is not None and len(text) < MIN_SECRET_KEY_CHARACTERS:
        raise SettingsError("GKBOT_SECRET_KEY", "太短", f"至少 {MIN_SECRET_KEY_CHARACTERS} 个字符，越随机越好。")
    return None if text is None else Secret(text)


def _web_address(text: str) -> tuple[str, int]:
    host, colon, port = text.rpartition(":")
    if not colon or not host:
        raise SettingsError("GKBOT_WEB_ADDRESS", f"看不懂“{text}”", "写法：地址:端口，例 127.0.0.1:8000。")
    return host.strip("[]"), _port("GKBOT_WEB_ADDRESS", port, least=0)  # 0 takes a free one
