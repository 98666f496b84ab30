"""The short number of a notice, by which people and mail servers recognise a copy.

It follows from the notice's key, so that the same decision has the same number on every
machine and in every database: a message already written to a folder is not written again.
"""

import hashlib
from collections.abc import Sequence

from sqlalchemy import Connection, select

from gkbot.ledger.tables import NOTICE

_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: no I, L, O, U to misread
_LENGTH = 8
_NUMBERS_A_QUERY = 400


def numbers_for(connection: Connection, keys: Sequence[str]) -> dict[str, str]:
    """A number for each key that no other notice has."""
    numbers: dict[str, str] = {}
    taken = _taken(connection, [number_of(key) for key in keys])
    for key in keys:
        salt = 0
        while taken.get(number := number_of(key, salt), key) != key:
            salt += 1
        numbers[key] = number
        taken[number] = key
    return numbers


def number_of(key: str, salt: int = 0) -> str:
    """Eight letters and digits, 40 bits; `salt` gives another one where it is taken."""
    digest = hashlib.sha256(f"{key}#{salt}".encode() if salt else key.encode()).digest()
    bits = int.from_bytes(digest[:5], "big")
    return "".join(_LETTERS[bits >> shift & 31] for shift in range(5 * (_LENGTH - 1), -1, -5))


def _taken(connection: Connection, numbers: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for first in range(0, len(numbers), _NUMBERS_A_QUERY):
        some = NOTICE.c.number.in_(numbers[first : first + _NUMBERS_A_QUERY])
        query = select(NOTICE.c.number, NOTICE.c.dedupe_key).where(some, NOTICE.c.part_no == 1)
        found |= {row.number: row.dedupe_key for row in connection.execute(query)}
    return found
