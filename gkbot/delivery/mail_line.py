"""A connection to a mail server: opened, greeted, encrypted and logged in, phase by phase.

TLS never falls back to plain (RFC 8314); a server that does not offer what is set is refused.
"""

import smtplib
import socket
import ssl
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass

from gkbot.ledger import Rate
from gkbot.settings import Secret

CONNECT_SECONDS = 20.0
COMMAND_SECONDS = 60.0  # RFC 5321 4.5.3.2 allows 5 min; before the dot giving up early does no harm
DOT_SECONDS = 600.0  # RFC 5321 4.5.3.2.6: whoever gives up sooner makes doubles (RFC 1047)
_MECHANISMS = ("PLAIN", "LOGIN")


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """Where mail is handed in.

    Attributes:
        security: ssl, starttls or none; it is never weakened.
        user: None for a server without login.
        ca_file: Certificates to trust besides the system's, for private authorities.
        helo: Name to say at EHLO; None for the sender's domain.
        pace: What the account takes; every window counts.
    """

    host: str
    port: int
    security: str
    sender: str
    user: str | None = None
    password: Secret | None = None
    sender_name: str = "政务公开提醒"
    ca_file: str | None = None
    helo: str | None = None
    pace: tuple[Rate, ...] = ()
    dot_seconds: float = DOT_SECONDS
    command_seconds: float = COMMAND_SECONDS


def spoken_secrets(server: MailServer) -> tuple[Secret, ...]:
    """The password in every form in which a login says it, since servers quote what they refuse."""
    if server.password is None:
        return ()
    word = server.password.reveal()
    forms = (word, f"\0{server.user}\0{word}")  # LOGIN, PLAIN (RFC 4616)
    return (server.password, *(Secret(b64encode(form.encode()).decode()) for form in forms))


class Refused(Exception):
    """The server answered with something else than what the phase needs."""

    def __init__(self, code: int, text: bytes) -> None:
        super().__init__(code)
        self.code = code
        self.text = text


def new_line(server: MailServer) -> smtplib.SMTP:
    """A line that is not connected yet."""
    name = server.helo or server.sender.rpartition("@")[2] or "localhost"
    if server.security == "ssl":
        context = _tls(server.ca_file)
        line: smtplib.SMTP = smtplib.SMTP_SSL(local_hostname=name, timeout=CONNECT_SECONDS, context=context)
    else:
        line = smtplib.SMTP(local_hostname=name, timeout=CONNECT_SECONDS)
    # smtplib checks a certificate against this name, which only its constructor sets.
    line._host = server.host  # type: ignore[attr-defined]
    return line


def ready(line: smtplib.SMTP, server: MailServer) -> Iterator[str]:
    """Bring a line to where mail can be handed in; says each phase before it begins.

    Raises:
        Refused: The server said no, or does not offer what is set.
    """
    yield "connect"
    code, text = line.connect(server.host, server.port)
    if code != 220:
        raise Refused(code, text)
    if isinstance(line.sock, socket.socket):
        # The final dot leaves apart from the body; Nagle's algorithm would hold it back for 40 ms.
        line.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    wait_at_most(line, server.command_seconds)
    yield "ehlo"
    _greet(line)
    if server.security not in {"ssl", "none"}:
        yield "starttls"
        _start_tls(line, server)
    if server.user is not None and server.password is not None:
        yield "login"
        _log_in(line, server.user, server.password)


def wait_at_most(line: smtplib.SMTP, seconds: float) -> None:
    """Bound every read and write that follows."""
    if isinstance(line.sock, socket.socket) and line.sock.gettimeout() != seconds:
        line.sock.settimeout(seconds)


def _greet(line: smtplib.SMTP) -> None:
    code, text = line.ehlo()
    if not 200 <= code < 300:
        raise Refused(code, text)


def _start_tls(line: smtplib.SMTP, server: MailServer) -> None:
    if not line.has_extn("starttls"):
        raise Refused(454, b"STARTTLS is not offered")
    code, text = line.starttls(context=_tls(server.ca_file))
    if code != 220:
        raise Refused(code, text)
    _greet(line)


def _log_in(line: smtplib.SMTP, user: str, password: Secret) -> None:
    offered = line.esmtp_features.get("auth", "").upper().split()
    mechanism = next((name for name in _MECHANISMS if name in offered), None)
    if mechanism is None:
        raise Refused(535, b"no AUTH mechanism in common")
    line.user, line.password = user, password.reveal()
    try:
        # Not `login`: after a refusal it tries every other mechanism, and accounts get locked.
        line.auth(mechanism, getattr(line, f"auth_{mechanism.lower()}"))
    except smtplib.SMTPAuthenticationError as error:
        text = error.smtp_error
        raise Refused(error.smtp_code, text if isinstance(text, bytes) else text.encode()) from None
    finally:
        line.user, line.password = "", ""


def _tls(ca_file: str | None) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if ca_file is not None:
        context.load_verify_locations(ca_file)
    return context
