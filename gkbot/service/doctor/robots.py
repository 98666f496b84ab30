"""The robots: an address for every name that rule files use; nothing is sent unless asked for."""

from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

from gkbot.delivery.apprise import webhook_of
from gkbot.delivery.apprise_service import is_installed
from gkbot.delivery.wecom import VENDOR_HOST
from gkbot.errors import SettingsError
from gkbot.ledger import Outcome
from gkbot.rulebook import load
from gkbot.service.doctor.values import Finding, Patient, Report
from gkbot.service.groups import group_transports, require_usable
from gkbot.service.trial import send_trial
from gkbot.settings import APPRISE_PREFIX, ROBOT_PREFIX, Secret, Settings

REPORT = Report("robots", "机器人")
SECONDS = 10.0


def probe_robots(patient: Patient) -> Iterator[Finding]:
    """Every robot's address, those of other services, then the names that have none."""
    settings = patient.settings
    for name, secret in settings.robots.items():
        only = replace(settings, robots={name: secret}, apprise={})
        yield _sent(patient, ROBOT_PREFIX, name, only) if patient.sends else _looked_at(name, secret)
    for name, secret in settings.apprise.items():
        only = replace(settings, robots={}, apprise={name: secret})
        yield _usable(name, secret) or (
            _sent(patient, APPRISE_PREFIX, name, only) if patient.sends else _seen(name, secret)
        )
    nameless = sorted(_wanted(patient) - settings.robots.keys() - settings.apprise.keys())
    if nameless:
        names = "、".join(nameless)
        fix = f"在 .env 里设置 {ROBOT_PREFIX}{nameless[0]}；不设置的，给这些群的消息写进发件文件夹"
        yield REPORT.caution(f"规则文件写了 {names}，没有设置地址", fix)
    elif not settings.robots and not settings.apprise:
        yield REPORT.good("没有设置，规则文件里也没有写")


def _wanted(patient: Patient) -> set[str]:
    book = load(patient.settings.rules, patient.clock.today()).book
    if book is None:
        return set()
    names = [unit.robot for unit in book.units] + [admin.robot for admin in book.admins]
    return {name for name in names if name is not None}


def _looked_at(name: str, secret: Secret) -> Finding:
    """The form of an address; it is never shown."""
    try:
        parts = urlsplit(secret.reveal())
        key = parse_qs(parts.query).get("key", [""])[0]
    except ValueError:
        parts, key = urlsplit(""), ""
    fix = f"重新粘贴群里机器人的完整 Webhook 地址到 {ROBOT_PREFIX}{name}"
    if not parts.hostname:
        return REPORT.bad(f"{name} 的地址不是网址", fix)
    if parts.hostname == VENDOR_HOST and (parts.scheme != "https" or not parts.path.endswith("/send") or not key):
        return REPORT.bad(f"{name} 的地址不完整，应以 https://{VENDOR_HOST}/cgi-bin/webhook/send?key= 开头", fix)
    told = f"{name} 的地址样子对（{parts.hostname}），没有试发"
    if parts.scheme != "https":
        return REPORT.caution(f"{told}；没有加密（http）", "私有部署也请用 https")
    return REPORT.good(told)


def _usable(name: str, secret: Secret) -> Finding | None:
    """What is wrong with the address of another service; None where nothing is."""
    try:
        require_usable(name, secret, has_library=is_installed())
    except SettingsError as error:
        problem, _, cure = str(error).partition("。")
        return REPORT.bad(problem, cure)
    return None


def _seen(name: str, secret: Secret) -> Finding:
    found = webhook_of(secret)
    if found is None:
        return REPORT.good(f"{name} 的地址 Apprise 看得懂，没有试发；送没送到只有 Apprise 的回答可凭")
    webhook, signs = found
    way = "加签" if signs else "没有加签，靠关键词或网段"
    return REPORT.good(f"{name} 的地址样子对（{webhook.host}，{way}），没有试发")


def _sent(patient: Patient, prefix: str, name: str, settings: Settings) -> Finding:
    (transport,) = group_transports(settings, deadline_seconds=SECONDS)
    try:
        receipt = send_trial(transport, name, patient.clock.now().astimezone(patient.settings.zone))
    finally:
        transport.close()
    if receipt.outcome is Outcome.OK:
        return REPORT.good(f"{name} 收下了测试消息")
    said = f"：{receipt.reply}" if receipt.reply else ""
    fix = f"核对 {prefix}{name}；93000 是地址不对或机器人已被移出群，代码见运维手册第八节"
    return REPORT.bad(f"{name} 没有收下测试消息（{receipt.code}{said}）", fix)
