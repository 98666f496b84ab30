"""MAIL, RCPT and DATA of one mail, said in one write where the server takes that (RFC 2920).

The replies are judged one by one and in order, as if each command had waited for the one before.
Nothing is delivered on an envelope alone (RFC 5321 4.1.1.10), so it may be said ahead.
"""

import contextlib
import smtplib
from collections.abc import Iterator
from dataclasses import dataclass

from gkbot.delivery.mail_line import MailServer, Refused, wait_at_most

DATA_SECONDS = 120.0  # RFC 5321 4.5.3.2.4
GO_ON = 354
_CLOSING = 421


@dataclass(frozen=True, slots=True)
class _Command:
    """A command, the answers it needs, and how long they may take."""

    phase: str
    words: str
    wanted: tuple[int, ...]
    seconds: float


class Envelope:
    """What is said of one mail before its body."""

    def __init__(self, line: smtplib.SMTP, server: MailServer, recipient: str, size_bytes: int) -> None:
        """Nothing is said yet.

        Args:
            line: Logged in, with no other mail begun.
            size_bytes: Of the mail; too big is said before the body then (RFC 1870).
        """
        size = f" SIZE={size_bytes}" if line.has_extn("size") else ""
        seconds = server.command_seconds
        self._line = line
        self._commands = (
            _Command("mail", f"MAIL FROM:<{server.sender}>{size}", (250,), seconds),
            _Command("rcpt", f"RCPT TO:<{recipient}>", (250, 251), seconds),
            _Command("data", "DATA", (GO_ON,), DATA_SECONDS),
        )
        self._at_once = len(self._commands) if line.has_extn("pipelining") else 1
        self._said = 0

    def say_ahead(self) -> None:
        """Say as much as may be said before anything is answered."""
        if not self._said:
            self._say(self._at_once)

    def answers(self) -> Iterator[str]:
        """Say what was not said yet and hear all answers; tells each phase before its answer.

        Raises:
            Refused: The first answer that is not the wanted one. The line can be used again, or is closed.
        """
        for number, command in enumerate(self._commands, start=1):
            yield command.phase
            wait_at_most(self._line, command.seconds)
            if self._said < number:
                self._say(self._at_once)
            code, text = self._line.getreply()
            if code not in command.wanted:
                if code != _CLOSING:
                    self._hear_out(number)
                raise Refused(code, text)

    def _say(self, count: int) -> None:
        words = [command.words for command in self._commands[self._said : self._said + count]]
        if any(letter in text for text in words for letter in "\r\n"):
            raise ValueError("a command holds a line break")
        self._line.send("".join(f"{text}\r\n" for text in words))
        self._said += len(words)

    def _hear_out(self, answered: int) -> None:
        """Hear what the server says to the commands that went out with the refused one.

        Where it takes DATA without any recipient, a lone dot ends that (RFC 2920 3.1); where it does
        so with one, the line is cut: a dot would hand in an empty mail.
        """
        try:
            codes = [self._line.getreply()[0] for _ in range(answered, self._said)]
            if codes and codes[-1] == GO_ON:
                if any(200 <= code < 300 for code in codes[:-1]):
                    self._line.close()
                    return
                self._line.send(".\r\n")
                self._line.getreply()
        except (smtplib.SMTPException, OSError):
            with contextlib.suppress(OSError):
                self._line.close()
