"""Headers that repeat from mail to mail: parsed and folded once.

`EmailMessage` takes milliseconds for a mail's headers, most of which are those of the mail before.
What the library makes is kept, never made another way: no line break gets in and 汉字 are encoded (RFC 2047).
"""

import re
from email.header import Header
from email.headerregistry import Address
from email.policy import SMTP, EmailPolicy
from functools import lru_cache
from typing import Any

_KEPT = 2048
_IDS = frozenset({"Message-ID", "In-Reply-To", "References", "Auto-Submitted", "X-Gkbot-Number"})
_WAYS = frozenset({"List-Unsubscribe", "List-Unsubscribe-Post"})
_TOKEN = re.compile(r"[\x21-\x7e]{1,900}")
_TOKENS = re.compile(r"[\x21-\x7e]{1,900}(?:, [\x21-\x7e]{1,900})?")  # a line may have 998 characters (RFC 5322 2.1.1)
_ODD = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_LINE, _WORD = 78, 75  # characters of a line (RFC 5322 2.1.1) and of an encoded word (RFC 2047 2)
NEXT_LINE = "\r\n "


class Folded(str):
    """A header's value that is encoded and broken into lines already."""

    __slots__ = ()


class RememberingPolicy(EmailPolicy):
    """`policy.SMTP` that keeps the headers it has parsed and folded."""

    def header_store_parse(self, name: str, value: Any) -> tuple[str, Any]:
        """Header and value as `EmailMessage` stores them."""
        if isinstance(value, Folded):
            return name, value
        if type(value) is str:
            # Our own numbers, ids and links: printable, so nothing can be injected, and never to be encoded,
            # as the library does with what does not fit in a line: no program would find the link (RFC 2047 5).
            is_own = (name in _IDS and _TOKEN.fullmatch(value)) or (name in _WAYS and _TOKENS.fullmatch(value))
            if is_own:
                return name, value
            return (name, _encoded(name, value)) if name == "Subject" and _is_to_encode(value) else _parsed(name, value)
        return super().header_store_parse(name, value)

    def fold_binary(self, name: str, value: Any) -> bytes:
        """The header's lines."""
        if isinstance(value, Folded):
            return f"{name}: {value}\r\n".encode("ascii")
        if type(value) is str:
            line = f"{name}: {value}"
            if len(line) > _LINE:
                line = line.replace(", ", f",{NEXT_LINE}")
            return f"{line}\r\n".encode("ascii")
        return _folded(name, value)


POLICY = RememberingPolicy(linesep="\r\n")


@lru_cache(_KEPT)
def address_header(name: str, display_name: str, addr_spec: str) -> Any:
    """From or To.

    Raises:
        ValueError: It is no address, or holds what no header may hold.
    """
    mailbox = Address(display_name, addr_spec=addr_spec)
    if not _is_to_encode(display_name) or not addr_spec.isascii():
        return SMTP.header_store_parse(name, mailbox)[1]
    encoded, address = _encoded(name, display_name), f"<{mailbox.addr_spec}>"
    room = _LINE - len(encoded.rpartition("\n")[2]) - (0 if "\n" in encoded else len(name) + 2)
    return Folded(f"{encoded}{' ' if len(address) < room else NEXT_LINE}{address}")


def _is_to_encode(text: str) -> bool:
    return not text.isascii() and _ODD.search(text) is None


def _encoded(name: str, text: str) -> Folded:
    """As words of ASCII (RFC 2047), by `Header`; `EmailPolicy` does it, too, in ten times the time."""
    return Folded(Header(text, "utf-8", maxlinelen=_WORD, header_name=name).encode(linesep="\r\n"))


@lru_cache(_KEPT)
def _parsed(name: str, value: str) -> tuple[str, Any]:
    return SMTP.header_store_parse(name, value)


@lru_cache(_KEPT)
def _folded(name: str, value: Any) -> bytes:
    return SMTP.fold_binary(name, value)
