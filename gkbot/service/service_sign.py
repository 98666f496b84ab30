"""Whether the background service is alive, as another process sees it: by its heartbeat, and by asking."""

from collections.abc import Iterator, Mapping
from datetime import timedelta

from gkbot.ledger.watching import Alive, Seen
from gkbot.service.auditing.judging import FROM_OUTSIDE
from gkbot.service.auditing.values import Finding, Severity
from gkbot.service.doctor.web import health
from gkbot.settings import Settings

ALIVE_FOR = timedelta(minutes=3)
"""A heartbeat is written every quarter of a minute."""


def latest_service(seen: Seen) -> Alive | None:
    """The process that sends; where none does, the one that sent last."""
    newest = seen.instances[0] if seen.instances else None
    return next((found for found in seen.instances if is_alive(found, seen)), newest)


def is_alive(service: Alive | None, seen: Seen) -> bool:
    """Whether the process has neither ended nor fallen silent."""
    return service is not None and service.ended_at is None and seen.now - service.heartbeat_at < ALIVE_FOR


def findings_of_service(settings: Settings, seen: Seen) -> Iterator[Finding]:
    """That the service is not there; where it is, what it alone knows of itself."""
    service = latest_service(seen)
    if is_alive(service, seen):
        answer: Mapping[str, object] = health(settings.web_host, settings.web_port) or {}
        codes = answer.get("findings")
        yield from (FROM_OUTSIDE[code] for code in codes if code in FROM_OUTSIDE) if isinstance(codes, list) else ()
    elif service is not None and service.ended_at is None:
        what = "后台服务没有运行，像是被强行结束的"
        cure = "启动它：systemctl start gkbot；反复出现的，看日志最后几行"
        severity, code = Severity.FAIL, "service-died"
        yield Finding(code=code, severity=severity, what=what, cure=cure, since=service.heartbeat_at)
    else:
        cure = "要它按时检查和发送的，启动它：systemctl start gkbot"
        since = None if service is None else service.ended_at
        severity, code = Severity.NOTE, "service-stopped"
        yield Finding(code=code, severity=severity, what="后台服务没有运行", cure=cure, since=since)
