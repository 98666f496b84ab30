"""The names settings may have, and their values as the environment, `.env` and secret files give them."""

import difflib
import re
from collections.abc import Mapping
from pathlib import Path

from gkbot.errors import SettingsError
from gkbot.os_words import in_words

PREFIX = "GKBOT_"
ROBOT_PREFIX = "GKBOT_WECOM_ROBOT_"
FORM_PREFIX = "GKBOT_WECOM_FORM_"
APPRISE_PREFIX = "GKBOT_APPRISE_"
PREFIXES = (ROBOT_PREFIX, FORM_PREFIX, APPRISE_PREFIX)
MAX_SECRET_FILE_BYTES = 64 * 1024

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
    "GKBOT_SMTP_CA_FILE": "邮件服务器的 CA 证书文件",
    "GKBOT_SMTP_HELO": "向邮件服务器报的主机名",
    "GKBOT_MAIL_EVERY_SECONDS": "两封邮件之间至少隔的秒数",
    "GKBOT_MAIL_PER_HOUR": "每小时最多的邮件数",
    "GKBOT_WECOM_MENTIONS": "群机器人提到联络员的方式",
    "GKBOT_WECOM_CA_FILE": "群机器人服务器的 CA 证书文件",
    "GKBOT_OUTBOX_DIR": "未配置渠道时消息写入的文件夹",
    "GKBOT_STATE_DIR": "状态文件所在的文件夹",
    "GKBOT_BRAKE_FACTOR": "群发保护：平时数量的倍数",
    "GKBOT_BRAKE_LEAST": "群发保护：起算条数",
    "GKBOT_BRAKE_PER_GROUP": "群发保护：一个地址一天的条数",
    "GKBOT_WATCHDOG": "外部看门狗",
    "GKBOT_SIGN_OF_LIFE": "每个工作日早上报平安",
    "GKBOT_WEB_ADDRESS": "网页监听地址",
    "GKBOT_PUBLIC_URL": "联络员访问网页的地址",
    "GKBOT_SECRET_KEY": "签名密钥",
}
SECRET_NAMES = frozenset({"GKBOT_SMTP_PASSWORD", "GKBOT_SECRET_KEY", "GKBOT_DATABASE_URL", "GKBOT_WATCHDOG"})


def gkbot_values(environ: Mapping[str, str], dotenv: Path | None) -> dict[str, str]:
    """Every GKBOT_ value that is set, stripped; the environment wins over `.env`, a file stands for its content.

    Raises:
        SettingsError: A name is unknown or set twice, or a file cannot be read.
    """
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
    prefix = next((prefix for prefix in PREFIXES if base.startswith(prefix)), None)
    if base in NAMES or (prefix and re.fullmatch(r"[A-Z0-9_]+", base[len(prefix) :])):
        return
    near = difflib.get_close_matches(name, NAMES, n=1)
    raise SettingsError(name, "不认识这个名称", f"是不是 {near[0]}？" if near else "可用的名称见 config.example.env。")


def _secret_from_file(name: str, path: Path) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_SECRET_FILE_BYTES + 1)
    except OSError as error:
        raise SettingsError(name, f"读不到文件 {path}（{in_words(error)}）", "请检查路径和权限。") from None
    if len(data) > MAX_SECRET_FILE_BYTES:
        raise SettingsError(name, f"文件 {path} 太大", "文件里只应有密钥本身。")
    try:
        return data.decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        raise SettingsError(name, f"文件 {path} 不是 UTF-8 文本", "请用 UTF-8 编码另存。") from None
