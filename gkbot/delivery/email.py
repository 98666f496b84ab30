"""Mail by SMTP, driven phase by phase (facts/delivery.md 2.2, 5.3).

One recipient a transaction, and the result stands before QUIT is spoken: smtplib's own calls
report a mail as failed when only the goodbye fails, and hide whether a lost line came before or
after the final dot. TLS never falls back to plain (RFC 8314).
"""

import contextlib
import re
import smtplib
import socket
import ssl
import threading
from dataclasses import dataclass

from gkbot.clock import Clock
from gkbot.delivery.mail import mail_of
from gkbot.delivery.mail_answers import line_lost, receipt_of
from gkbot.delivery.secrets import redacted
from gkbot.delivery.transport import Parcel
from gkbot.ledger import Outcome, Payload, Rate, Receipt, UnclearPolicy
from gkbot.ledger.crash_points import crash_point
from gkbot.notices.message import Message
from gkbot.settings import Secret

CONNECT_SECONDS = 20.0
COMMAND_SECONDS = 60.0  # RFC 5321 4.5.3.2 allows 5 min; before the dot giving up early does no harm
DATA_SECONDS = 120.0  # RFC 5321 4.5.3.2.4
BLOCK_SECONDS = 180.0  # RFC 5321 4.5.3.2.5
DOT_SECONDS = 600.0  # RFC 5321 4.5.3.2.6: whoever gives up sooner makes doubles (RFC 1047)
MAILS_A_CONNECTION = 50
IDLE_SECONDS = 20.0
_MECHANISMS = ("PLAIN", "LOGIN")
_LINE_START = re.compile(rb"(?m)^\.")
_BLOCK_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """Where mail is handed in.

    Attributes:
        security: ssl, starttls or none; it is never weakened.
        user: None for a server without login.
        ca_file: Certificates to trust besides the system's, for private authorities.
        helo: Name to say at EHLO; None for the sender's domain.
        pace: What the account takes.
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
    pace: Rate | None = None
    dot_seconds: float = DOT_SECONDS
    command_seconds: float = COMMAND_SECONDS


class _Refused(Exception):
    """The server answered with something else than what the phase needs."""

    def __init__(self, code: int, text: bytes) -> None:
        super().__init__(code)
        self.code = code
        self.text = text


class EmailTransport:
    """Sends mails over one connection, which it keeps while there is more to send."""

    channel = "email"
    policy = UnclearPolicy.RESEND_ONCE
    disabled_is_final = False

    def __init__(self, server: MailServer, clock: Clock) -> None:
        """Nothing is connected yet."""
        self._server = server
        self._clock = clock
        self._line: smtplib.SMTP | None = None
        self._mails = 0
        self._last_used = 0.0
        self._phase = "connect"
        self.domain = server.sender.rpartition("@")[2]
        self.rate = server.pace
        before_dot = CONNECT_SECONDS + 6 * server.command_seconds + DATA_SECONDS + BLOCK_SECONDS
        self.deadline_seconds = before_dot + server.dot_seconds

    def freeze(self, message: Message, address: str) -> tuple[Payload, ...]:
        """A mail is one part, however long."""
        return ({"subject": message.subject or "", "text": message.text, "html": message.html},)

    def plainer(self, payload: Payload) -> Payload | None:
        """A mail server does not judge the form."""
        return None

    def send(self, parcel: Parcel) -> Receipt:
        """Hand one mail in; every way it can end is a receipt."""
        try:
            mail = mail_of(parcel, sender=self._server.sender, sender_name=self._server.sender_name)
            content = mail.as_bytes()
        except ValueError as error:
            return Receipt(outcome=Outcome.DEAD, code="bad-address", reply=redacted(str(error)), phase="mail")
        watch = threading.Timer(self.deadline_seconds, self._cut)
        watch.daemon = True
        watch.start()
        try:
            return self._deliver(parcel, content)
        except _Refused as refused:
            return self._refused(refused)
        except ssl.SSLError as error:
            return self._lost(f"tls-{error.reason or type(error).__name__}")
        except (smtplib.SMTPException, OSError) as error:
            return self._lost(type(error).__name__)
        finally:
            watch.cancel()

    def close(self) -> None:
        """Say goodbye; what the server says to that is nobody's business."""
        line, self._line = self._line, None
        if line is None:
            return
        try:
            if line.sock is not None:
                line.sock.settimeout(2.0)
            line.quit()
        except (smtplib.SMTPException, OSError):
            line.close()

    def _deliver(self, parcel: Parcel, content: bytes) -> Receipt:
        line = self._ready_line()
        try:
            self._envelope(line, parcel.address)
        except (smtplib.SMTPServerDisconnected, OSError, _Refused) as error:
            if self._mails == 0 or (isinstance(error, _Refused) and error.code != 421):
                raise
            # A kept connection may have been closed meanwhile; nothing was handed over yet.
            self._forget()
            line = self._ready_line()
            self._envelope(line, parcel.address)
        return self._content(line, content)

    def _envelope(self, line: smtplib.SMTP, address: str) -> None:
        seconds = self._server.command_seconds
        self._say(line, "mail", f"MAIL FROM:<{self._server.sender}>", (250,), seconds)
        self._say(line, "rcpt", f"RCPT TO:<{address}>", (250, 251), seconds)
        self._say(line, "data", "DATA", (354,), DATA_SECONDS)

    def _content(self, line: smtplib.SMTP, content: bytes) -> Receipt:
        self._phase = "body"
        _wait_at_most(line, BLOCK_SECONDS)
        stuffed = _LINE_START.sub(b"..", content)
        if not stuffed.endswith(b"\r\n"):
            stuffed += b"\r\n"
        for first in range(0, len(stuffed), _BLOCK_BYTES):
            line.send(stuffed[first : first + _BLOCK_BYTES])
        crash_point("CP4")
        self._phase = "dot"
        _wait_at_most(line, self._server.dot_seconds)
        line.send(b".\r\n")
        crash_point("CP5")
        code, text = line.getreply()
        self._mails += 1
        self._last_used = self._clock.monotonic()
        if code != 250:
            raise _Refused(code, text)
        return Receipt(outcome=Outcome.OK, code=str(code), reply=self._clean(text), phase="dot")

    def _ready_line(self) -> smtplib.SMTP:
        idle = self._clock.monotonic() - self._last_used
        if self._line is not None and (self._mails >= MAILS_A_CONNECTION or idle > IDLE_SECONDS):
            self.close()
        if self._line is None:
            self._mails = 0
            self._connect()
        if self._line is None:  # pragma: no cover - _connect sets it or raises
            raise smtplib.SMTPServerDisconnected
        return self._line

    def _connect(self) -> None:
        server = self._server
        self._phase = "connect"
        name = server.helo or self.domain or "localhost"
        context = _tls(server.ca_file) if server.security != "none" else None
        if server.security == "ssl":
            line: smtplib.SMTP = smtplib.SMTP_SSL(local_hostname=name, timeout=CONNECT_SECONDS, context=context)
        else:
            line = smtplib.SMTP(local_hostname=name, timeout=CONNECT_SECONDS)
        # smtplib checks a certificate against this name, which only its constructor sets.
        line._host = server.host  # type: ignore[attr-defined]
        self._line = line
        code, text = line.connect(server.host, server.port)
        if code != 220:
            raise _Refused(code, text)
        if isinstance(line.sock, socket.socket):
            # The final dot leaves apart from the body; Nagle's algorithm would hold it back for 40 ms.
            line.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        _wait_at_most(line, server.command_seconds)
        self._greet(line)
        if server.security not in {"ssl", "none"}:
            self._start_tls(line, context)
        self._log_in(line)

    def _greet(self, line: smtplib.SMTP) -> None:
        self._phase = "ehlo"
        code, text = line.ehlo()
        if not 200 <= code < 300:
            raise _Refused(code, text)

    def _start_tls(self, line: smtplib.SMTP, context: ssl.SSLContext | None) -> None:
        self._phase = "starttls"
        if not line.has_extn("starttls"):
            raise _Refused(454, b"STARTTLS is not offered")
        code, text = line.starttls(context=context)
        if code != 220:
            raise _Refused(code, text)
        self._greet(line)

    def _log_in(self, line: smtplib.SMTP) -> None:
        server = self._server
        if server.user is None or server.password is None:
            return
        self._phase = "login"
        offered = line.esmtp_features.get("auth", "").upper().split()
        mechanism = next((name for name in _MECHANISMS if name in offered), None)
        if mechanism is None:
            raise _Refused(535, b"no AUTH mechanism in common")
        line.user, line.password = server.user, server.password.reveal()
        try:
            # Not `login`: after a refusal it tries every other mechanism, and accounts get locked.
            line.auth(mechanism, getattr(line, f"auth_{mechanism.lower()}"))
        except smtplib.SMTPAuthenticationError as error:
            text = error.smtp_error
            raise _Refused(error.smtp_code, text if isinstance(text, bytes) else text.encode()) from None
        finally:
            line.user, line.password = "", ""

    def _say(self, line: smtplib.SMTP, phase: str, command: str, wanted: tuple[int, ...], seconds: float) -> None:
        self._phase = phase
        _wait_at_most(line, seconds)
        code, text = line.docmd(command)
        if code not in wanted:
            raise _Refused(code, text)

    def _refused(self, refused: _Refused) -> Receipt:
        receipt = receipt_of(refused.code, self._clean(refused.text), self._phase)
        if refused.code == 421 or self._phase in {"connect", "ehlo", "starttls", "login"}:
            self._forget()
        else:
            self._reset()
        return receipt

    def _lost(self, why: str) -> Receipt:
        phase = self._phase
        self._forget()
        return line_lost(phase, why)

    def _reset(self) -> None:
        """Clear the transaction, so that the connection can carry the next mail."""
        try:
            if self._line is not None and self._line.rset()[0] == 250:
                return
        except (smtplib.SMTPException, OSError):
            pass
        self._forget()

    def _cut(self) -> None:
        """The total deadline has passed: a server that answers byte by byte outlasts every other timeout."""
        sock = self._line.sock if self._line is not None else None
        if isinstance(sock, socket.socket):
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)

    def _forget(self) -> None:
        line, self._line = self._line, None
        if line is not None:
            line.close()

    def _clean(self, text: bytes) -> str:
        return redacted(text, self._server.password)


def _wait_at_most(line: smtplib.SMTP, seconds: float) -> None:
    if isinstance(line.sock, socket.socket):
        line.sock.settimeout(seconds)


def _tls(ca_file: str | None) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if ca_file is not None:
        context.load_verify_locations(ca_file)
    return context
