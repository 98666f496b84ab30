"""The web address: free for the service, or held by it and answering."""

import errno
import http.client
import json
import socket

from gkbot.os_words import in_words
from gkbot.service.doctor.values import Finding, Patient, Report

REPORT = Report("web", "网页地址")
SECONDS = 5.0
MOST_ANSWER_BYTES = 64 * 1024
_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - what an operator may have set, asked here at home


def probe_web(patient: Patient) -> Finding:
    """Try to take the address; where it is taken, ask who holds it."""
    host, port = patient.settings.web_host, patient.settings.web_port
    where = f"{host}:{port}"
    try:
        _take(host, port)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            return _asked(_EVERYWHERE.get(host, host), port, where)
        cause = in_words(error)
        return REPORT.bad(f"不能监听 {where}（{cause}）", "核对 GKBOT_WEB_ADDRESS，写法：地址:端口，例 127.0.0.1:8000")
    return REPORT.good(f"{where} 空着；后台服务没有在这里运行")


def _take(host: str, port: int) -> None:
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    with socket.socket(family, kind, protocol) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        trial.bind(address)
        trial.listen(1)


def _asked(host: str, port: int, where: str) -> Finding:
    checks = health(host, port)
    if checks is None:
        return REPORT.bad(f"{where} 被别的程序占用", "停掉它，或用 GKBOT_WEB_ADDRESS 换一个端口")
    if checks.get("status") == "ok":
        return REPORT.good(f"{where} 上后台服务在运行，答复正常")
    findings = checks.get("findings")
    wrong = "、".join(str(code) for code in findings) if isinstance(findings, list) else ""
    message = f"{where} 上后台服务在运行，但有要处理的（{wrong or '没有说原因'}）"
    cure = "用 gkbot status 查看是什么、怎么办"
    return REPORT.caution(message, cure) if checks.get("status") == "warn" else REPORT.bad(message, cure)


def health(host: str, port: int) -> dict[str, object] | None:
    """What `/healthz` says; None where whoever answers is not gkbot."""
    connection = http.client.HTTPConnection(host, port, timeout=SECONDS)
    try:
        connection.request("GET", "/healthz")
        answer = connection.getresponse()
        found = json.loads(answer.read(MOST_ANSWER_BYTES))
    except (OSError, ValueError, http.client.HTTPException):
        return None
    finally:
        connection.close()
    return found if isinstance(found, dict) and "status" in found else None
