"""Calendar files: a year's holiday notice as an office copies it, checked and laid over the shipped years."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from gkbot.deadline import Calendar, YearNotice
from gkbot.deadline.year_notice import CalendarFault
from gkbot.rulebook.fields import Fields, read_date
from gkbot.rulebook.keys import CALENDAR_KEYS
from gkbot.rulebook.nodes import Mapping, Node, Scalar, Sequence, place_of
from gkbot.rulebook.source import Source
from gkbot.rulebook.values import Place, Severity

_LONGEST_HOLIDAY = 31  # days; longer is a slip of the pen, and nothing should count through years of it
_SPAN = re.compile(r"\s*(?:至|到|—+|－|~|～|-(?=\s)|–)\s*")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedNotice:
    """A year's notice, where it stands, and whether it may be used."""

    notice: YearNotice
    source: Source
    place: Place


def read_notice(root: Fields) -> PlacedNotice | None:
    """The holiday notice of a file, or None where the file is no calendar."""
    if not any(key in root for key in CALENDAR_KEYS if key != "依据"):
        return None
    year = root.number("年份", 2004, 2100)
    if "年份" not in root:
        root.source.error(root.place, "GK142", "日历文件缺少“年份”", "加上一行“年份: 2027”")
    before = len(root.source.problems)
    published = root.date("发布日期")
    off = _read_spans(root)
    work = _read_days(root)
    if year is None:
        return None
    notice = YearNotice(year=year, basis=root.text("依据") or "", published=published, off=tuple(off), work=tuple(work))
    placed = PlacedNotice(notice=notice, source=root.source, place=root.place_of("年份"))
    if len(root.source.problems) == before:  # else what is missing may only be unread
        _check(placed, root)
    return placed


def with_notices(
    notices: Iterable[PlacedNotice], calendar: Calendar
) -> tuple[Calendar, list[tuple[PlacedNotice, PlacedNotice]]]:
    """The calendar with every notice laid over it, and pairs of notices for one year."""
    first: dict[int, PlacedNotice] = {}
    twins: list[tuple[PlacedNotice, PlacedNotice]] = []
    for placed in notices:
        if placed.notice.year in first:
            twins.append((first[placed.notice.year], placed))
            continue
        first[placed.notice.year] = placed
        calendar = calendar.with_year(placed.notice)
    return calendar, twins


def _read_spans(root: Fields) -> list[tuple[str, date, date]]:
    """The holidays under 放假: `- 元旦: 2027-01-01 至 2027-01-03`."""
    node = root.values.get("放假")
    items: list[tuple[Node, Node]] = []
    if isinstance(node, Mapping):
        items = node.pairs
    elif isinstance(node, Sequence):
        for item in node.items:
            if isinstance(item, Mapping):
                items += item.pairs
            else:
                _complain(root.source, item)
    elif node is not None:
        _complain(root.source, node)
    spans = [_read_span(root.source, name, value) for name, value in items]
    return [span for span in spans if span]


def _complain(source: Source, node: Node) -> None:
    message = "放假的每一项要写成“名称: 起 至 止”"
    source.error(place_of(source, node), "GK143", message, "例如“- 元旦: 2027-01-01 至 2027-01-03”，冒号用英文冒号")


def _read_span(source: Source, name: Node, value: Node) -> tuple[str, date, date] | None:
    if not isinstance(name, Scalar) or not isinstance(value, Scalar):
        _complain(source, value)
        return None
    stretch = read_stretch(source, value)
    if stretch is None:
        return None
    first, last = stretch
    if (last - first).days > _LONGEST_HOLIDAY:
        message = f"“{name.value}”长达{(last - first).days + 1}天，起止日期多半写错了"
        source.error(place_of(source, value), "GK160", message, "对照国务院办公厅的通知改正")
        return None
    return name.value, first, last


def read_stretch(source: Source, value: Scalar) -> tuple[date, date] | None:
    """First and last day of “起 至 止”, or of one day; None where it cannot be read, which is noted."""
    parts = _SPAN.split(value.value.strip())
    if len(parts) > 2 or not parts[0]:
        _complain(source, value)
        return None
    days = [read_date(source, _part(value, part)) for part in parts]
    first, last = days[0], days[-1]
    return None if first is None or last is None else (first, last)


def _part(node: Scalar, text: str) -> Scalar:
    start = node.column + max(node.value.find(text), 0)
    return Scalar(text, node.line, start, node.line, start + len(text))


def _read_days(root: Fields) -> list[date]:
    """The days under 上班, a list or one string with "、"."""
    days: list[date] = []
    for scalar in root.scalars("上班"):
        for part in re.split(r"[、，,\s]+", scalar.value.strip()):
            day = read_date(root.source, _part(scalar, part))
            if day:
                days.append(day)
    return days


def _check(placed: PlacedNotice, root: Fields) -> None:
    faults = placed.notice.checks()
    reversed_ = any(fault is CalendarFault.REVERSED for fault, _ in faults)
    for fault, text in faults:
        if reversed_ and fault is CalendarFault.STATUTORY_MISSING:
            continue  # only for the first and last day having changed places
        severity = Severity.ERROR if fault.is_error else Severity.WARNING
        code = "GK160" if fault.is_error else "GK161"
        place = _place_of_day(root, text) or placed.place
        root.source.report(place, severity, code, text, "对照国务院办公厅的通知核对")


def _place_of_day(root: Fields, text: str) -> Place | None:
    """Where the first date that a message names stands in the calendar part of the file."""
    found = re.search(r"\d{4}-\d\d-\d\d", text)
    if found is None:
        return None
    keys = [key for key in ("上班", "放假") if key in root]
    keys.sort(key=lambda key: not text.startswith(key))
    for key in keys:
        node = root.values[key]
        last = getattr(node, "end_line", node.line)
        for number in range(node.line, min(last + 1, len(root.source.lines))):
            column = root.source.lines[number].find(found[0])
            if column >= 0:
                return root.source.place(number, column, number, column + len(found[0]))
    return None
