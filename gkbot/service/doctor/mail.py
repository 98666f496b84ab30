"""The mail server: reached, encrypted, logged in; no mail is sent."""

import contextlib
import smtplib
import socket
import ssl
from dataclasses import replace

from gkbot.delivery.mail_line import MailServer, Refused, new_line, ready
from gkbot.delivery.secrets import redacted
from gkbot.service.attempt_words import PHASE_WORDS
from gkbot.service.doctor.values import Finding, Patient, Report
from gkbot.service.sending import mail_server

REPORT = Report("smtp", "邮件服务器")
SECONDS = 8.0
_CERTIFICATE = "域名不符、过期，或者自建机构不被信任：找邮件管理员；不要改成 none 绕过去"


def probe_mail(patient: Patient) -> Finding:
    """Go as far as a mail would, and say goodbye."""
    smtp = patient.settings.smtp
    if smtp is None:
        return REPORT.good("没有设置，邮件写进发件文件夹")
    server = replace(mail_server(smtp), command_seconds=SECONDS)
    where = f"{server.host}:{server.port}（{server.security}）"
    line = new_line(server)
    line.timeout = SECONDS
    phase = "connect"
    try:
        for each in ready(line, server):
            phase = each
        with contextlib.suppress(smtplib.SMTPException, OSError):
            line.quit()
    except Refused as refused:
        return _refused(server, where, phase, refused)
    except (smtplib.SMTPException, OSError, UnicodeError) as error:
        cause, cure = _cause_and_cure(error, server)
        return REPORT.bad(f"{where} {PHASE_WORDS[phase]}不成：{cause}", cure)
    finally:
        line.close()
    if server.user is None:
        return REPORT.good(f"{where} 连得上，不用登录")
    if server.password is None:
        return REPORT.caution(f"{where} 连得上，有登录名，没有密码", "设置 GKBOT_SMTP_PASSWORD")
    return REPORT.good(f"{where} 连得上，{server.user} 登录成功")


def _refused(server: MailServer, where: str, phase: str, refused: Refused) -> Finding:
    said = redacted(refused.text, server.password)
    message = f"{where} {PHASE_WORDS[phase]}被拒（{refused.code} {said}）"
    cures = {
        "login": "核对 GKBOT_SMTP_USER 和密码；多数邮箱要用授权码，不是网页登录的密码；错几次会锁账号",
        "starttls": "服务器不支持 STARTTLS：GKBOT_SMTP_SECURITY 改成 ssl，端口 465",
    }
    return REPORT.bad(message, cures.get(phase, "问邮件管理员这台服务器许不许本机连接"))


def _cause_and_cure(error: Exception, server: MailServer) -> tuple[str, str]:
    if isinstance(error, smtplib.SMTPServerDisconnected) and isinstance(error.__context__, OSError):
        error = error.__context__  # smtplib tells a timeout as a lost line
    match error:
        case ssl.SSLCertVerificationError():
            return "证书不被信任", _CERTIFICATE
        case ssl.SSLError():
            return "加密没有谈成", f"端口 {server.port} 可能不是 ssl 的：ssl 用 465，starttls 用 587"
        case socket.gaierror() | UnicodeError():
            return "没有这个域名", "核对 GKBOT_SMTP_HOST，检查本机的域名解析"
        case ConnectionRefusedError():
            return "那个端口没有服务", "核对 GKBOT_SMTP_HOST、GKBOT_SMTP_PORT"
        case TimeoutError():
            return "对方没有答复", "检查网络和防火墙；连接方式和端口要配得上（ssl 465，starttls 587）"
        case _:
            cure = "检查网络，核对 GKBOT_SMTP_HOST、GKBOT_SMTP_PORT 和 GKBOT_SMTP_SECURITY"
            return f"线路中断（{type(error).__name__}）", cure
