"""Which notice an arrival is a copy of: by Message-ID, or by the words that were frozen for a robot."""

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from email import message_from_bytes
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl

from tests.faults.evidence import Rows
from tests.witness import EMAIL, Arrival

MAYBE_TWICE = "（可能重复）"
_OF_A_NOTICE = re.compile(r"<n([0-9A-Z]{8})\.")
_CHANGING = {"timestamp", "sign"}


@dataclass(slots=True)
class Matched:
    """The receivers' ledger, sorted by the rows of one database.

    Attributes:
        copies: What was taken, by the id of its notice, in order.
        strangers: What was taken and belongs to no notice here, but says that it is one.
    """

    copies: dict[int, list[Arrival]] = field(default_factory=lambda: defaultdict(list))
    strangers: list[Arrival] = field(default_factory=list)


def matched(arrivals: list[Arrival], notices: Rows) -> Matched:
    """Sort what was taken by the notice that it is a copy of."""
    by_message_id = {row["message_id"]: row["id"] for row in notices if row["message_id"] and row["part_no"] == 1}
    by_words: dict[str, list[int]] = defaultdict(list)
    whole = {row["number"]: row["id"] for row in notices if row["parts"] == 1}
    for row in notices:
        if row["body"] is not None:
            by_words[words_of(row["body"])].append(row["id"])
    found = Matched()
    for each in arrivals:
        if not each.took:
            continue
        if each.channel == EMAIL:
            message_id = message_id_of(each)
            place = by_message_id.get(message_id)
            if place is None and number_in(message_id):
                found.strangers.append(each)
        else:
            said = posted(each.content)
            same = by_words.get(words_of(said), [])
            place = same[0] if len(same) == 1 else next((whole[n] for n in whole if n in str(said)), None)
        if place is not None:
            found.copies[place].append(each)
    return found


@lru_cache(maxsize=4096)
def message_id_of(arrival: Arrival) -> str:
    """A mail's own name."""
    head, _, _ = arrival.content.replace(b"\r\n", b"\n").partition(b"\n\n")
    return str(message_from_bytes(head).get("Message-ID", "")).strip()


def number_in(message_id: str) -> str | None:
    """The number of the notice that a mail says it is."""
    found = _OF_A_NOTICE.match(message_id)
    return found and found[1]


def taken_by_postfix(log: str) -> list[Arrival]:
    """What Postfix says that it took: each mail it named, but those it found too large on the way."""
    given_up = set(re.findall(r": ([0-9A-Za-z]+): queue file size limit exceeded", log))
    named = re.findall(r"cleanup\[\d+\]: ([0-9A-Za-z]+): message-id=(<\S+>)", log)
    return [
        Arrival(0, None, EMAIL, "postfix", "", f"Message-ID: {message_id}\n\n".encode(), took=True)
        for queued, message_id in named
        if queued not in given_up
    ]


def posted(content: bytes) -> Any:
    """What was posted, as far as it can be read."""
    try:
        return json.loads(content)
    except ValueError:
        return dict(parse_qsl(content.decode(errors="replace")))


def words_of(said: Any) -> str:
    """All that a message says, but for the mark of a copy and what changes with the hour."""
    return "\0".join(_words(said)).replace(MAYBE_TWICE, "")


def _words(said: Any) -> Iterator[str]:
    if isinstance(said, str):
        yield said
    elif isinstance(said, Mapping):
        for name in sorted(said):
            if name not in _CHANGING:
                yield from _words(said[name])
    elif isinstance(said, list):
        for each in said:
            yield from _words(each)
