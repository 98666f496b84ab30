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

from gkbot.clock import Clock
from gkbot.delivery.mail import mail_of
from gkbot.delivery.mail_answers import line_lost, receipt_of
from gkbot.delivery.mail_line import CONNECT_SECONDS, MailServer, Refused, new_line, ready, wait_at_most
from gkbot.delivery.secrets import redacted
from gkbot.delivery.transport import Parcel
from gkbot.ledger import Outcome, Payload, Receipt, UnclearPolicy
from gkbot.ledger.crash_points import crash_point
from gkbot.notices.message import Message

DATA_SECONDS = 120.0  # RFC 5321 4.5.3.2.4
BLOCK_SECONDS = 180.0  # RFC 5321 4.5.3.2.5
MAILS_A_CONNECTION = 50
IDLE_SECONDS = 20.0
_LINE_START = re.compile(rb"(?m)^\.")
_BLOCK_BYTES = 64 * 1024


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
        except Refused as refused:
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
        except (smtplib.SMTPServerDisconnected, OSError, Refused) as error:
            if self._mails == 0 or (isinstance(error, Refused) and error.code != 421):
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
        wait_at_most(line, BLOCK_SECONDS)
        stuffed = _LINE_START.sub(b"..", content)
        if not stuffed.endswith(b"\r\n"):
            stuffed += b"\r\n"
        for first in range(0, len(stuffed), _BLOCK_BYTES):
            line.send(stuffed[first : first + _BLOCK_BYTES])
        crash_point("CP4")
        self._phase = "dot"
        wait_at_most(line, self._server.dot_seconds)
        line.send(b".\r\n")
        crash_point("CP5")
        code, text = line.getreply()
        self._mails += 1
        self._last_used = self._clock.monotonic()
        if code != 250:
            raise Refused(code, text)
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
        self._phase = "connect"
        self._line = new_line(self._server)
        for phase in ready(self._line, self._server):
            self._phase = phase

    def _say(self, line: smtplib.SMTP, phase: str, command: str, wanted: tuple[int, ...], seconds: float) -> None:
        self._phase = phase
        wait_at_most(line, seconds)
        code, text = line.docmd(command)
        if code not in wanted:
            raise Refused(code, text)

    def _refused(self, refused: Refused) -> Receipt:
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
