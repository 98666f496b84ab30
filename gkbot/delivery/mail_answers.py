"""What a mail server's answer means (facts/delivery.md 5.3).

The first digit decides (RFC 5321 4.2.1), except where a provider is known to say 5xx for what
passes by itself: those are matched on code and text, since the code alone is not to be trusted.
"""

import re
from dataclasses import dataclass

from gkbot.ledger import Outcome, Receipt

MINUTE = 60.0
TEMPORARY_WAIT_SECONDS = 10 * MINUTE


@dataclass(frozen=True, slots=True)
class KnownText:
    """A provider's text with its own meaning."""

    codes: range
    text: re.Pattern[str]
    wait_seconds: float


def _known(codes: str, text: str, minutes: float) -> KnownText:
    digit = int(codes[0]) * 100
    whole = range(digit, digit + 100) if codes.endswith("xx") else range(int(codes), int(codes) + 1)
    return KnownText(whole, re.compile(text, re.IGNORECASE), minutes * MINUTE)


KNOWN_TEXTS = (
    _known("550", r"frequency limited", 30),  # 腾讯企业邮
    _known("550", r"mailbox unavailable or access denied", 30),  # 腾讯企业邮, in bursts
    _known("5xx", r"too (?:frequently|many)|frequently sending", 30),  # 阿里企业邮 554
    _known("550", r"\bMI:STC\b", 60),  # 163: the day's number is used up
    _known("4xx", r"\bMI:SFQ\b", 15),  # 163: quota of 15 minutes
    _known("4xx", r"\bDT:SPM\b", 15),  # 163: asks to come again
    _known("4xx", r"\bHL:(?:ICC|IFC)\b|\bMI:DMC\b", 15),  # 163: too many connections or mails
)
"""554 DT:SPM of 163 means spam and stays permanent: repeating it makes it worse."""

LOGIN_REFUSED = frozenset({530, 534, 535, 538})
"""RFC 4954 section 6: no waiting mends these, and repeating them locks accounts."""


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
        wait = known.wait_seconds
    elif code < 500:
        wait = TEMPORARY_WAIT_SECONDS
    elif phase in {"rcpt", "dot", "data"}:
        return Receipt(outcome=Outcome.DEAD, code=str(code), reply=said, phase=phase)
    else:
        # Before RCPT a refusal says nothing of the recipient: the account or the server is at fault.
        return Receipt(outcome=Outcome.RETRY, code=str(code), reply=said, phase=phase, disable=True)
    return Receipt(outcome=Outcome.RETRY, code=str(code), reply=said, phase=phase, retry_after=wait)


def line_lost(phase: str, why: str) -> Receipt:
    """Judge a line that was cut or a server that fell silent.

    Before the final dot has left whole the server must not deliver (RFC 5321 4.1.1.10): a plain
    retry. After it the mail may have been taken (RFC 1047): unclear.
    """
    unclear = phase == "dot"
    return Receipt(outcome=Outcome.UNCLEAR if unclear else Outcome.RETRY, code=why, phase=phase)
