"""What a mail server's answer means (facts/delivery.md 5.3).

The first digit decides (RFC 5321 4.2.1), except where a provider is known to say 5xx for what
passes by itself: those are matched on code and text, since the code alone is not to be trusted.
"""

import re
from dataclasses import dataclass

from gkbot.ledger import Outcome, Receipt

MINUTE = 60.0
TEMPORARY_WAIT_SECONDS = 10 * MINUTE
UNREACHABLE_WAIT_SECONDS = 30.0
"""Nobody answers: the mails behind this one wait, too, instead of knocking one after the other."""


@dataclass(frozen=True, slots=True)
class KnownText:
    """A provider's text with its own meaning.

    Attributes:
        is_ours: It is about the account or our address, so every other mail would hear the same.
    """

    codes: range
    text: re.Pattern[str]
    wait_seconds: float
    is_ours: bool


def _known(codes: str, text: str, minutes: float, *, ours: bool = True) -> KnownText:
    digit = int(codes[0]) * 100
    whole = range(digit, digit + 100) if codes.endswith("xx") else range(int(codes), int(codes) + 1)
    return KnownText(whole, re.compile(text, re.IGNORECASE), minutes * MINUTE, ours)


KNOWN_TEXTS = (
    _known("550", r"frequency limited", 30),  # 腾讯: Domain, Sender, Connection, Ip frequency limited
    _known("550", r"mailbox unavailable or access denied", 30, ours=False),  # 腾讯: too much for this recipient
    _known("5xx", r"too (?:frequently|many)|frequently sending|unexpected sending", 30),  # 阿里 554 …ANTISPAM_BAT…
    _known("4xx", r"frequently sending|unexpected sending|behaviou?r spam", 30),  # 阿里 454
    _known("550", r"\bMI:STC\b", 60),  # 网易: the day's number is used up
    _known("4xx", r"\bMI:SFQ\b", 15),  # 网易: quota of 15 minutes
    _known("4xx", r"\bDT:SPM\b", 2, ours=False),  # 网易: asks to come again in two minutes
    _known("4xx", r"\bHL:[A-Z]{3}\b", 15),  # 网易: too many connections or mails from our address
    _known("4xx", r"\b(?:MI|RP):(?:DMC|DRC|CCL|CEL)\b", 2, ours=False),  # 网易: this connection carried enough
    _known("4xx", r"too much fail authentication", 60),  # 网易: logins refused for a while
    _known("5xx", r"\b5\.2\.2\b|mailbox (?:is )?full|quota|空间不足", 60, ours=False),  # a full mailbox is emptied
)
"""554 DT:SPM of 网易 means spam and stays permanent: repeating it makes it worse."""

LOGIN_REFUSED = frozenset({530, 534, 535, 538})
"""RFC 4954 section 6: no waiting mends these, and repeating them locks accounts."""

_TOO_BIG = re.compile(r"\b5\.(?:3\.4|2\.3)\b|\bmail ?size\b|message size|too (?:big|large|long)", re.IGNORECASE)
_WORN_OUT = re.compile(r"\b(?:MI|RP):(?:DMC|DRC|CCL|CEL)\b")
_BEFORE_MAIL = frozenset({"connect", "ehlo", "starttls", "login"})
_OF_ONE_MAIL = frozenset({"rcpt", "data", "dot"})


def ends_connection(code: int, text: str, phase: str) -> bool:
    """Whether the connection is of no use for the next mail."""
    return code == 421 or phase in _BEFORE_MAIL or bool(_WORN_OUT.search(text))


def receipt_of(code: int, text: str, phase: str) -> Receipt:
    """Judge an answer that refuses.

    Args:
        code: The three digits.
        text: The rest, redacted.
        phase: connect, ehlo, starttls, login, mail, rcpt, data or dot.
    """
    said = f"{code} {text}".strip()
    known = next((item for item in KNOWN_TEXTS if code in item.codes and item.text.search(text)), None)
    if phase == "login" and code in LOGIN_REFUSED:
        return Receipt(outcome=Outcome.RETRY, code=str(code), reply=said, phase=phase, disable=True)
    if known is not None:
        gate = known.wait_seconds if known.is_ours else None
        return _later(code, said, phase, known.wait_seconds, gate)
    if code < 500:
        return _later(
            code, said, phase, TEMPORARY_WAIT_SECONDS, TEMPORARY_WAIT_SECONDS if phase in _BEFORE_MAIL else None
        )
    if phase not in _BEFORE_MAIL and (code == 552 or _TOO_BIG.search(text)):
        return Receipt(outcome=Outcome.DEAD, code=str(code), reply=said, phase=phase, simplify=True)
    if phase in _OF_ONE_MAIL:
        return Receipt(outcome=Outcome.DEAD, code=str(code), reply=said, phase=phase)
    # Before RCPT a refusal says nothing of the recipient: the account or the server is at fault.
    return Receipt(outcome=Outcome.RETRY, code=str(code), reply=said, phase=phase, disable=True)


def line_lost(phase: str, why: str, reply: str = "") -> Receipt:
    """Judge a line that was cut or a server that fell silent.

    Before the final dot has left whole the server must not deliver (RFC 5321 4.1.1.10): a plain
    retry. After it the mail may have been taken (RFC 1047): unclear.
    """
    outcome = Outcome.UNCLEAR if phase == "dot" else Outcome.RETRY
    gate = UNREACHABLE_WAIT_SECONDS if phase in _BEFORE_MAIL else None
    return Receipt(outcome=outcome, code=why, reply=reply, phase=phase, close_gate=gate)


def _later(code: int, said: str, phase: str, wait: float, gate: float | None) -> Receipt:
    return Receipt(outcome=Outcome.RETRY, code=str(code), reply=said, phase=phase, retry_after=wait, close_gate=gate)
