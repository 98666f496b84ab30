"""Events of calendars (RFC 5545) written by icalendar once for each shape, then filled with what each mail says.

The library takes ten times as long for what is the same in every event as for the rest. A shape that, filled for
trial, is not what the library writes is never used.
"""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any

from gkbot.notices.message import DueDay
from gkbot.planning.values import BEIJING

PRODUCT = "-//gkbot//deadlines//ZH"
ONE_DAY = timedelta(days=1)
_KEPT = 256
_LINE_BYTES = 74  # the library's 75 octets (RFC 5545 3.1), one of which is the blank a further line begins with
_ODD = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]|\\N")  # left to the library
_PRINTABLE = re.compile(r"[!-~]*")  # an address is not escaped
_ESCAPED = str.maketrans({"\\": "\\\\", ";": r"\;", ",": r"\,", "\n": r"\n"})  # RFC 5545 3.3.11

_MARK = DueDay(
    thread="mark-uid",
    sequence=987654,
    day=date(1999, 12, 30),
    told_on=date(1998, 3, 4),
    summary="mark-summary",
    description="mark-description",
    url="mark-url",
)
"""Each of its values stands for its place; none occurs twice, nor otherwise."""
_TRIED = (
    replace(_MARK, summary="截止", description="任务：公布\n来源：要点", url="https://x.cn/x/1"),
    replace(
        _MARK,
        thread="o" * 80,
        summary="年" * 24 + ",;" * 9,
        description="a" * 60 + "\\" * 40 + "\n^年" * 30,
        url="https://x.cn/" + "x^" * 90,
    ),
    replace(
        _MARK,
        thread="年" * 40,
        sequence=0,
        day=date(2023, 7, 31),
        told_on=date(2023, 7, 24),
        summary="😀é" * 40,
        description="；，" * 60 + "a" * 200,
        url="https://x.cn/?a=1,2;b=" + "1" * 60,
    ),
)

Piece = str | tuple[str, int]
"""Lines as the library writes them; of one to be filled how it begins, and which value follows."""


def calendar_text(method: str, caldesc: str, events: list[str]) -> str:
    """A calendar object around its events."""
    before, after = _calendar(method, caldesc)
    return "".join([before, *events, after])


def event_text(found: DueDay, *, uid: str, organizer: str) -> str:
    """One due day as an event."""
    is_plain = not any(map(_ODD.search, (uid, found.summary, found.description)))
    pieces = None
    if is_plain and _PRINTABLE.fullmatch(found.url or ""):
        pieces = _pieces(
            organizer,
            is_withdrawn=found.is_withdrawn,
            has_description=bool(found.description),
            has_url=found.url is not None,
        )
    if pieces is None:
        return event_by_library(found, uid=uid, organizer=organizer)
    return _filled(pieces, found, uid)


def event_by_library(found: DueDay, *, uid: str, organizer: str) -> str:
    """The same as icalendar writes it."""
    from icalendar import Event  # imported where it is used: start-up time

    event = Event()
    event.add("uid", uid)
    event.add("sequence", found.sequence)
    event.add("dtstamp", _stamp(found.told_on))
    event.add("dtstart", found.day)
    event.add("dtend", found.day + ONE_DAY)  # RFC 5545 3.6.1: exclusive
    event.add("organizer", f"mailto:{organizer}")
    event.add("summary", found.summary)
    event.add("transp", "TRANSPARENT")
    event.add("status", "CANCELLED" if found.is_withdrawn else "CONFIRMED")
    if found.description:
        event.add("description", found.description)
    if found.url is not None:
        event.add("url", found.url)
    return _written(event)


@lru_cache(_KEPT)
def _pieces(organizer: str, *, is_withdrawn: bool, has_description: bool, has_url: bool) -> tuple[Piece, ...] | None:
    def shaped(found: DueDay) -> DueDay:
        description, url = found.description if has_description else "", found.url if has_url else None
        return replace(found, is_withdrawn=is_withdrawn, description=description, url=url)

    def of_library(found: DueDay) -> str:
        return event_by_library(shaped(found), uid=found.thread, organizer=organizer)

    marks = {value: place for place, value in enumerate(_values(_MARK, _MARK.thread))}
    pieces: list[Piece] = []
    for line in of_library(_MARK).splitlines(keepends=True):
        name, _, value = line.rstrip("\r\n").partition(":")
        pieces.append((f"{name}:", marks[value]) if value in marks else line)
    found = tuple(pieces)
    return found if all(_filled(found, shaped(tried), tried.thread) == of_library(tried) for tried in _TRIED) else None


def _filled(pieces: tuple[Piece, ...], found: DueDay, uid: str) -> str:
    values = _values(found, uid)
    return "".join([piece if isinstance(piece, str) else _folded(f"{piece[0]}{values[piece[1]]}") for piece in pieces])


def _values(found: DueDay, uid: str) -> tuple[str, ...]:
    return (
        uid.translate(_ESCAPED),
        str(found.sequence),
        _digits(_stamp(found.told_on).isoformat()[:19]) + "Z",
        _digits(found.day.isoformat()),
        _digits((found.day + ONE_DAY).isoformat()),
        found.summary.translate(_ESCAPED),
        found.description.translate(_ESCAPED),
        found.url or "",
    )


def _stamp(told_on: date) -> datetime:
    """The beginning of the day for which this is so: the same in every copy, and never in the future."""
    return datetime.combine(told_on, time.min, BEIJING).astimezone(UTC)


def _digits(text: str) -> str:
    return text.replace("-", "").replace(":", "")


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
