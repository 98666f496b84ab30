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
from collections.abc import Callable, Set
from datetime import datetime

from gkbot.clock import Clock
from gkbot.delivery.mail import mail_bytes, payload_of, without_attachments
from gkbot.delivery.mail_answers import ends_connection, line_lost, receipt_of
from gkbot.delivery.mail_envelope import DATA_SECONDS, Envelope
from gkbot.delivery.mail_line import CONNECT_SECONDS, MailServer, Refused, new_line, ready, spoken_secrets, wait_at_most
from gkbot.delivery.mail_watch import Watch
from gkbot.delivery.secrets import redacted
from gkbot.delivery.transport import Parcel
from gkbot.ledger import Outcome, Payload, Receipt, UnclearPolicy
from gkbot.ledger.crash_points import crash_point
from gkbot.notices.message import Message

BLOCK_SECONDS = 180.0  # RFC 5321 4.5.3.2.5
TLS_TROUBLE = "tls-"
MAILS_A_CONNECTION = 50
IDLE_SECONDS = 20.0
_LINE_START = re.compile(rb"(?m)^\.")
_BLOCK_BYTES = 64 * 1024
_MOST_AHEAD = 4


class EmailTransport:
    """Sends mails over one connection, which it keeps while there is more to send."""

    channel = "email"
    policy = UnclearPolicy.RESEND_ONCE
    disabled_is_final = False
    says_when_at_risk = True

    def __init__(self, server: MailServer, clock: Clock, *, bounced: Callable[[], Set[str]] = frozenset[str]) -> None:
        """Nothing is connected yet.

        Args:
            bounced: Addresses that take no mail any more, casefolded; asked before each mail.
        """
        self._bounced = bounced
        self._server = server
        self._clock = clock
        self._line: smtplib.SMTP | None = None
        self._mails = 0
        self._last_used = 0.0
        self._phase = "connect"
        self._watch = Watch(self._cut)
        self._ahead: dict[int, tuple[Parcel, bytes]] = {}
        self._announced: tuple[Parcel, Envelope] | None = None
        self.domain = server.sender.rpartition("@")[2]
        self.rates = server.pace
        before_dot = CONNECT_SECONDS + 6 * server.command_seconds + DATA_SECONDS + BLOCK_SECONDS
        self.deadline_seconds = before_dot + server.dot_seconds

    def freeze(self, message: Message, address: str) -> tuple[Payload, ...]:
        """A mail is one part, however long."""
        return (payload_of(message, sender=self._server.sender, at=self._now()),)

    def plainer(self, payload: Payload) -> Payload | None:
        """Without attachments, for a server that finds the mail too big."""
        return without_attachments(payload)

    def prepare(self, parcel: Parcel) -> None:
        """Write the mail beforehand; what is wrong with it shows when it is sent."""
        with contextlib.suppress(ValueError):
            self._keep_ahead(parcel, self._written(parcel))

    def announce(self, parcel: Parcel) -> bool:
        """Say the envelope of a prepared mail; only on a line that has carried one, and can carry one more."""
        _, content = self._ahead.get(id(parcel), (None, None))
        if self._line is None or content is None or not 0 < self._mails < MAILS_A_CONNECTION:
            return False
        if parcel.address.casefold() in self._bounced():
            return False
        envelope = Envelope(self._line, self._server, parcel.address, len(content))
        self._announced = (parcel, envelope)
        try:
            envelope.say_ahead()
        except (smtplib.SMTPException, OSError):  # `send` opens another one
            self._forget()
            return False
        return True

    def send(self, parcel: Parcel) -> Receipt:
        """Hand one mail in; every way it can end is a receipt."""
        if self._announced is not None and self._announced[0] is not parcel:
            self._withdraw()
        if parcel.address.casefold() in self._bounced():
            return Receipt(outcome=Outcome.DEAD, code="bounced", phase="mail")
        try:
            content = self._written(parcel)
        except ValueError as error:
            return Receipt(outcome=Outcome.DEAD, code="bad-address", reply=redacted(str(error)), phase="mail")
        self._watch.begin(self.deadline_seconds)
        try:
            return self._deliver(parcel, content)
        except Refused as refused:
            return self._refused(refused)
        except (ssl.SSLEOFError, ssl.SSLZeroReturnError) as error:
            return self._lost(type(error).__name__)  # hung up, as an overloaded server does: no word against its name
        except ssl.SSLError as error:
            # Expired, wrong name or unknown authority: only these words tell.
            words = getattr(error, "verify_message", "")
            return self._lost(f"{TLS_TROUBLE}{error.reason or type(error).__name__}", words)
        except (smtplib.SMTPException, OSError) as error:
            return self._lost(type(error).__name__)
        except BaseException:
            self._forget()  # a server that waits for the rest of a mail must not take what comes next for it
            raise
        finally:
            self._watch.end()

    def _written(self, parcel: Parcel) -> bytes:
        _, ahead = self._ahead.pop(id(parcel), (None, None))
        if ahead is not None:
            return ahead
        return mail_bytes(parcel, sender=self._server.sender, sender_name=self._server.sender_name)

    def _keep_ahead(self, parcel: Parcel, content: bytes) -> None:
        if len(self._ahead) >= _MOST_AHEAD:  # written in vain
            self._ahead.clear()
        self._ahead[id(parcel)] = (parcel, content)

    def _now(self) -> datetime:
        return self._clock.now().astimezone(self._clock.zone)

    def close(self) -> None:
        """Say goodbye; what the server says to that is nobody's business."""
        self._watch.rest()
        self._withdraw()
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
            self._envelope(line, parcel, len(content))
        except (smtplib.SMTPServerDisconnected, OSError, Refused) as error:
            if self._mails == 0 or (isinstance(error, Refused) and error.code != 421):
                raise
            # A kept connection may have been closed meanwhile; nothing was handed over yet.
            self._forget()
            line = self._ready_line()
            self._envelope(line, parcel, len(content))
        return self._content(line, parcel, content)

    def _envelope(self, line: smtplib.SMTP, parcel: Parcel, size_bytes: int) -> None:
        announced, self._announced = self._announced, None
        envelope = announced[1] if announced else Envelope(line, self._server, parcel.address, size_bytes)
        for phase in envelope.answers():
            self._phase = phase

    def _content(self, line: smtplib.SMTP, parcel: Parcel, content: bytes) -> Receipt:
        self._phase = "body"
        wait_at_most(line, BLOCK_SECONDS)
        stuffed = _LINE_START.sub(b"..", content)
        if not stuffed.endswith(b"\r\n"):
            stuffed += b"\r\n"
        *blocks, last = (stuffed[first : first + _BLOCK_BYTES] for first in range(0, len(stuffed), _BLOCK_BYTES))
        if not parcel.steps.is_at_risk():  # else the dot leaves with the last block
            blocks, last = [*blocks, last], b""
        for block in blocks:
            line.send(block)
        crash_point("CP4")
        parcel.steps.at_risk()
        self._phase = "dot"
        wait_at_most(line, self._server.dot_seconds)
        line.send(last + b".\r\n")
        crash_point("CP5")
        parcel.steps.meanwhile()
        code, text = line.getreply()
        self._mails += 1
        self._last_used = self._clock.monotonic()
        if 200 <= code < 300:  # the first digit decides (RFC 5321 4.2.1)
            return Receipt(outcome=Outcome.OK, code=str(code), reply=self._clean(text), phase="dot")
        if 400 <= code < 600:
            raise Refused(code, text)
        return self._lost(f"answer-{code}", self._clean(text))  # something in between garbled it: yes or no, who knows

    def _ready_line(self) -> smtplib.SMTP:
        idle = self._clock.monotonic() - self._last_used
        worn = self._mails >= MAILS_A_CONNECTION or idle > IDLE_SECONDS
        if self._line is not None and worn and self._announced is None:
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

    def _refused(self, refused: Refused) -> Receipt:
        receipt = receipt_of(refused.code, self._clean(refused.text), self._phase)
        if ends_connection(refused.code, receipt.reply, self._phase):
            self._forget()
        else:
            self._reset()
        return receipt

    def _lost(self, why: str, words: str = "") -> Receipt:
        phase = self._phase
        self._forget()
        return line_lost(phase, why, redacted(words))

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

    def _withdraw(self) -> None:
        """What was announced is not sent: only an end of the line ends it without a mail (RFC 5321 4.1.1.10)."""
        if self._announced is not None:
            self._forget()

    def _forget(self) -> None:
        line, self._line = self._line, None
        self._announced = None
        if line is not None:
            line.close()

    def _clean(self, text: bytes) -> str:
        return redacted(text, *spoken_secrets(self._server))
