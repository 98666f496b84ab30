"""Headers that repeat from mail to mail: parsed and folded once.

`EmailMessage` takes milliseconds for a mail's headers, most of which are those of the mail before.
What it makes is kept, never made another way: no line break gets in and 汉字 are encoded (RFC 2047).
"""

import re
from email.headerregistry import Address
from email.policy import SMTP, EmailPolicy
from functools import lru_cache
from typing import Any

_KEPT = 2048
_IDS = frozenset({"Message-ID", "In-Reply-To", "References", "Auto-Submitted", "X-Gkbot-Number"})
_WAYS = frozenset({"List-Unsubscribe", "List-Unsubscribe-Post"})
_TOKEN = re.compile(r"[\x21-\x7e]{1,900}")
_TOKENS = re.compile(r"[\x21-\x7e]{1,900}(?:, [\x21-\x7e]{1,900})?")  # a line may have 998 characters (RFC 5322 2.1.1)
_LINE = 78


class RememberingPolicy(EmailPolicy):
    """`policy.SMTP` that keeps the headers it has parsed and folded."""

    def header_store_parse(self, name: str, value: Any) -> tuple[str, Any]:
        """Header and value as `EmailMessage` stores them."""
        if type(value) is str:
            # Our own numbers, ids and links: printable, so nothing can be injected, and never to be encoded,
            # as the library does with what does not fit in a line: no program would find the link (RFC 2047 5).
            is_own = (name in _IDS and _TOKEN.fullmatch(value)) or (name in _WAYS and _TOKENS.fullmatch(value))
            return (name, value) if is_own else _parsed(name, value)
        return super().header_store_parse(name, value)

    def fold_binary(self, name: str, value: Any) -> bytes:
        """The header's lines."""
        if type(value) is str:
            line = f"{name}: {value}"
            if len(line) > _LINE:
                line = line.replace(", ", ",\r\n ")
            return f"{line}\r\n".encode("ascii")
        return _folded(name, value)


POLICY = RememberingPolicy(linesep="\r\n")


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
