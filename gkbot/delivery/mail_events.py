"""Calendar objects (RFC 5545) written by icalendar once for each shape, then filled with the words of each mail.

What differs from mail to mail is four values; the library takes ten times as long for the rest as for them. A shape
that, filled with trial words, is not what the library writes of them is never used.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any

from gkbot.notices.message import DueDay
from gkbot.planning.values import BEIJING

PRODUCT = "-//gkbot//deadlines//ZH"
ONE_DAY = timedelta(days=1)
_KEPT = 512
_LINE_BYTES = 74  # the library's 75 octets (RFC 5545 3.1), one of which is the blank a further line begins with
_ODD = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]|\\N")  # left to the library
_PRINTABLE = re.compile(r"[!-~]*")  # an address is not escaped
_ESCAPED = str.maketrans({"\\": "\\\\", ";": r"\;", ",": r"\,", "\n": r"\n"})  # RFC 5545 3.3.11


@dataclass(frozen=True, slots=True)
class Words:
    """What differs from event to event; `description` and `url` may be empty."""

    uid: str
    summary: str
    description: str
    url: str


@dataclass(frozen=True, slots=True)
class Shape:
    """What events have in common."""

    sequence: int
    day: date
    told_on: date
    organizer: str
    is_withdrawn: bool
    has_description: bool
    has_url: bool


MARKS = Words(*(f"gkbot-word-{place}" for place in range(4)))
TRIALS = (
    Words("o1@x.cn", "截止", "任务：公布\n来源：要点", "https://x.cn/x/1"),
    Words("o" * 80, "年" * 24 + ",;" * 9, "a" * 60 + "\\" * 40 + "\n^年" * 30, "https://x.cn/" + "x^" * 90),
    Words("年" * 40, "😀é" * 40, "；，" * 60 + "a" * 200, "https://x.cn/?a=1,2;b=" + "1" * 60),
)


def calendar_text(method: str, caldesc: str, events: list[str]) -> str:
    """A calendar object around its events."""
    before, after = _calendar(method, caldesc)
    return "".join([before, *events, after])


def event_text(found: DueDay, *, uid: str, organizer: str) -> str:
    """One due day as an event."""
    shape = Shape(
        sequence=found.sequence,
        day=found.day,
        told_on=found.told_on,
        organizer=organizer,
        is_withdrawn=found.is_withdrawn,
        has_description=bool(found.description),
        has_url=found.url is not None,
    )
    words = Words(uid, found.summary, found.description, found.url or "")
    is_plain = not any(map(_ODD.search, (uid, found.summary, found.description))) and _PRINTABLE.fullmatch(words.url)
    pieces = _pieces(shape) if is_plain else None
    return by_library(shape, words) if pieces is None else _filled(pieces, words)


def by_library(shape: Shape, words: Words) -> str:
    """The same as icalendar writes it."""
    from icalendar import Event  # imported where it is used: start-up time

    event = Event()
    event.add("uid", words.uid)
    event.add("sequence", shape.sequence)
    # The beginning of the day for which this is so: the same in every copy, and never in the future.
    event.add("dtstamp", datetime.combine(shape.told_on, time.min, BEIJING).astimezone(UTC))
    event.add("dtstart", shape.day)
    event.add("dtend", shape.day + ONE_DAY)  # RFC 5545 3.6.1: exclusive
    event.add("organizer", f"mailto:{shape.organizer}")
    event.add("summary", words.summary)
    event.add("transp", "TRANSPARENT")
    event.add("status", "CANCELLED" if shape.is_withdrawn else "CONFIRMED")
    if shape.has_description:
        event.add("description", words.description)
    if shape.has_url:
        event.add("url", words.url)
    return _written(event)


Piece = str | tuple[str, Callable[[Words], str]]


@lru_cache(_KEPT)
def _pieces(shape: Shape) -> tuple[Piece, ...] | None:
    """Lines as the library writes them, and for the four others how they begin and what they hold."""
    held: dict[str, Callable[[Words], str]] = {
        MARKS.uid: lambda words: words.uid.translate(_ESCAPED),
        MARKS.summary: lambda words: words.summary.translate(_ESCAPED),
        MARKS.description: lambda words: words.description.translate(_ESCAPED),
        MARKS.url: lambda words: words.url,
    }
    pieces: list[Piece] = []
    for line in by_library(shape, MARKS).splitlines(keepends=True):
        name, _, mark = line.rstrip("\r\n").partition(":")
        pieces.append((f"{name}:", held[mark]) if mark in held else line)
    found = tuple(pieces)
    return found if all(_filled(found, words) == by_library(shape, words) for words in TRIALS) else None


def _filled(pieces: tuple[Piece, ...], words: Words) -> str:
    return "".join([piece if isinstance(piece, str) else _folded(f"{piece[0]}{piece[1](words)}") for piece in pieces])


def _folded(line: str) -> str:
    """Lines of so many octets, cut neither within a character nor behind what may begin an escape."""
    data = line.encode()
    if len(data) <= _LINE_BYTES:
        return f"{line}\r\n"
    lines, start = [], 0
    while len(data) - start > _LINE_BYTES:
        end = start + _LINE_BYTES
        while data[end] & 0xC0 == 0x80:  # within a character of UTF-8
            end -= 1
        if data[end - 1] in b"\\^" and end - start > 1:
            end -= 1
        lines.append(data[start:end])
        start = end
    return b"\r\n ".join([*lines, data[start:]]).decode() + "\r\n"


@lru_cache(_KEPT)
def _calendar(method: str, caldesc: str) -> tuple[str, str]:
    from icalendar import Calendar

    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", method)
    if caldesc:
        calendar.add("x-wr-caldesc", caldesc)
    before, end, after = _written(calendar).rpartition("END:VCALENDAR")
    return before, end + after


def _written(component: Any) -> str:
    text: str = component.to_ical().decode()
    return text
