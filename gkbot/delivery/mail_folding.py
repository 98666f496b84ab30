"""Headers folded by a short way where the result is certain: byte for byte what `email.policy.SMTP` makes of them.

The library builds a tree for every header and encodes a long 汉字 subject dozens of times over. Most subjects and names
need no more than what stands here: words of printable characters, encoded (RFC 2047) where they are not ASCII. Whatever
else a header holds gives None, and the library does it. Nothing that is no printable ASCII gets through unencoded.
"""

import re
from binascii import b2a_base64
from collections.abc import Iterator
from email.headerregistry import Address
from email.policy import SMTP
from functools import cache
from string import ascii_letters, digits

_MOST = 78  # characters of a line without its end (RFC 5322 2.1.1), as in the policy
_CHROME = len("=?utf-8?b??=")
_ODD = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]|=\?|\?=")  # not to be encoded, or encoded already
_IN_NAMES = re.compile(
    r'[()<>@,:;.\\"\[\]=?_]'
)  # RFC 5322 3.2.3: quoted in a name; the rest is left to the library too
_ADDRESS = re.compile(r"[A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*")
_DATE = re.compile(r"[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} [1-9]\d{3} \d\d:\d\d:\d\d [+-]\d{4}", re.ASCII)
_SAFE = frozenset(f"{ascii_letters}{digits}-!*+/ ")  # one character in a q word (RFC 2047 4.2); a blank is _
_Q = {ord(each): "_" if each == " " else each for each in _SAFE}
_BIAS = 5  # the library likes a q word up to so many characters longer better than a b word

Folded = tuple[list[str], str]


def folded_text(name: str, text: str) -> bytes | None:
    """An unstructured header, as Subject is; None where the library has to do it."""
    return _folded_text(name, text) if text and _is_plain(text) and agrees() else None


def folded_address(name: str, display_name: str, address: str) -> bytes | None:
    """From or To with one mailbox; None where the library has to do it."""
    is_plain = display_name and _is_plain(display_name) and not _IN_NAMES.search(display_name)
    if not is_plain or not _ADDRESS.fullmatch(address) or not agrees():
        return None
    return _folded_address(name, display_name, address)


def folded_date(name: str, text: str) -> bytes | None:
    """A date as `format_datetime` writes it; None where the library has to do it."""
    return f"{name}: {text}\r\n".encode("ascii") if _DATE.fullmatch(text) else None


@cache
def agrees() -> bool:
    """Whether this Python's library folds as is done here; it has changed its mind between patch releases."""
    texts = (folded == SMTP.fold_binary(*SMTP.header_store_parse("Subject", text)) for text, folded in _tried_texts())
    names = (folded == SMTP.fold_binary(*SMTP.header_store_parse("To", who)) for who, folded in _tried_names())
    return all(texts) and all(names)


def _tried_texts() -> Iterator[tuple[str, bytes | None]]:
    words = "公开年度报告，还剩9天 a1（暂定）"
    for text in ("plain words", "Bé b", "年报", *(f"{'年' * length} {words} {words}" for length in (1, 13, 15, 40))):
        yield text, _folded_text("Subject", text)


def _tried_names() -> Iterator[tuple[Address, bytes | None]]:
    for name in ("office A1", "公开岗", "公开岗 A 李某", "公" * 12, "公开岗" * 9):
        who = Address(name, addr_spec="a.b@example.cn")
        yield who, _folded_address("To", name, who.addr_spec)


def _is_plain(text: str) -> bool:
    """Printable characters with single blanks between them."""
    return _ODD.search(text) is None and " ".join(text.split()) == text


def _folded_text(name: str, text: str) -> bytes | None:
    found = _folded(f"{name}: ", text)
    return None if found is None else _written(*found)


def _folded_address(name: str, display_name: str, address: str) -> bytes | None:
    """On one line where it fits, by itself if need be; otherwise broken within the name, or behind it."""
    alone = _with_address(_folded("", display_name), address)
    if alone is not None and not alone[0]:
        line = alone[1]
        if len(name) + 2 + len(line) <= _MOST:
            return _written([], f"{name}: {line}")
        return None if display_name.isascii() else _written([f"{name}:"], f" {line}")
    if display_name.isascii():
        return None
    found = _with_address(_folded(f"{name}: ", display_name), address)
    return None if found is None else _written(*found)


def _with_address(folded: Folded | None, address: str) -> Folded | None:
    if folded is None:
        return None
    lines, line = folded
    if len(line) >= _MOST:
        return None
    if len(line) + len(address) + 3 <= _MOST:
        return lines, f"{line} <{address}>"
    return ([*lines, line], f" <{address}>") if len(address) + 3 <= _MOST else None


def _written(lines: list[str], line: str) -> bytes:
    return "\r\n".join([*lines, line, ""]).encode("ascii")


def _folded(line: str, text: str) -> Folded | None:
    """Words put on a line that has begun, with the lines that got full; None where a word finds no place.

    From the first word that is not ASCII to the last one on a line all is one encoded word (RFC 2047 6.2: blanks
    between two of them would be lost).
    """
    lines: list[str] = []
    start, held = -1, ""  # where the encoded word of this line begins, and what has been said since
    for place, word in enumerate(text.split(" ")):
        if place:
            line, held = f"{line} ", f"{held} "
        if word.isascii():
            line, held = f"{line}{word}", f"{held}{word}"
            if len(line) > _MOST:
                return None
            continue
        if len(line) > _MOST:
            return None
        if start < 0:
            start, rest = len(line), word
        else:
            line, rest = line[:start], f"{held}{word}"
        while rest:
            held, encoded = _encoded(rest, _MOST - len(line) - _CHROME)
            if not held or held[0] == " ":
                return None
            line, rest = f"{line}{encoded}", rest[len(held) :]
            if rest:
                lines.append(line)
                line, start = " ", 1
    return lines, line


def _encoded(text: str, room: int) -> tuple[str, str]:
    """As much of a text as one encoded word with so much room can hold, and that word."""
    part = text[: max(0, room)].encode()[: max(0, room)].decode(errors="ignore")
    size = len(part.encode())
    quoted = sum(1 if each in _SAFE else 3 * len(each.encode()) for each in part)
    while part:
        based = (size + 2) // 3 * 4
        is_quoted = quoted - based < _BIAS
        if (quoted if is_quoted else based) <= room:
            return part, _encoded_word(part.encode(), is_quoted=is_quoted)
        last, part = part[-1], part[:-1]
        length = len(last.encode())
        size -= length
        quoted -= 1 if last in _SAFE else 3 * length
    return "", ""


def _encoded_word(data: bytes, *, is_quoted: bool) -> str:
    if is_quoted:
        return f"=?utf-8?q?{''.join(_Q.get(each) or f'={each:02X}' for each in data)}?="
    return f"=?utf-8?b?{b2a_base64(data, newline=False).decode('ascii')}?="
