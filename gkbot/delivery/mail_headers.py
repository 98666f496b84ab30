"""Headers as `EmailMessage` makes them: those that repeat parsed and folded once, simple ones by a short way.

It takes milliseconds for a mail's headers, most of which are those of the mail before, or plain.
No line break gets in and 汉字 are encoded (RFC 2047).
"""

import re
from email.headerregistry import Address
from email.policy import SMTP, EmailPolicy
from functools import lru_cache
from typing import Any

from gkbot.delivery.mail_folding import folded_address, folded_date, folded_text

_KEPT = 2048
_OWN = frozenset({"Message-ID", "In-Reply-To", "References", "Auto-Submitted", "X-Gkbot-Number"})
_TOKEN = re.compile(r"[\x21-\x7e]{1,60}")  # with its name within the 78 characters of RFC 5322 2.1.1
Value = str | tuple[str, str]
"""A text, or the name and the address of a mailbox."""


class RememberingPolicy(EmailPolicy):
    """`policy.SMTP` that keeps the headers it has parsed and folded."""

    def header_store_parse(self, name: str, value: Any) -> tuple[str, Any]:
        """Header and value as `EmailMessage` stores them."""
        if type(value) is str:
            # Our own numbers and ids: without blanks there is nothing to fold, encode or inject.
            return (name, value) if name in _OWN and _TOKEN.fullmatch(value) else _parsed(name, value)
        return super().header_store_parse(name, value)

    def fold_binary(self, name: str, value: Any) -> bytes:
        """The header's lines."""
        if type(value) is str:
            return f"{name}: {value}\r\n".encode("ascii")
        return _folded(name, value)


POLICY = RememberingPolicy(linesep="\r\n")


def header_line(name: str, value: Value) -> bytes:
    """A header as it travels, with the line breaks in it and after it.

    Raises:
        ValueError: It holds what no header may hold.
    """
    if name in _OWN and isinstance(value, str) and _TOKEN.fullmatch(value):
        return f"{name}: {value}\r\n".encode("ascii")
    return _short_way(name, value) or _folded(name, _stored(name, value))


def _short_way(name: str, value: Value) -> bytes | None:
    if not isinstance(value, str):
        return folded_address(name, *value)
    return folded_date(name, value) if name == "Date" else folded_text(name, value)


def _stored(name: str, value: Value) -> Any:
    return _parsed(name, value)[1] if isinstance(value, str) else address_header(name, *value)


@lru_cache(_KEPT)
def address_header(name: str, display_name: str, addr_spec: str) -> Any:
    """From or To.

    Raises:
        ValueError: It is no address, or holds what no header may hold.
    """
    return SMTP.header_store_parse(name, Address(display_name, addr_spec=addr_spec))[1]


@lru_cache(_KEPT)
def _parsed(name: str, value: str) -> tuple[str, Any]:
    return SMTP.header_store_parse(name, value)


@lru_cache(_KEPT)
def _folded(name: str, value: Any) -> bytes:
    return SMTP.fold_binary(name, value)
