"""How each parser is called, set to its best for official Chinese, and what its answers say in common terms.

A finding is {"end": last day in time}, {"every": how often, P1M} or {"within": length of a period, P20B}; a length is
written as in ISO 8601, with H for hours and B for working days. Imported only inside a worker, so that a parser is
loaded where it is installed.
"""

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

Finding = dict[str, Any]
Reader = tuple[Callable[[str, date], Any], Callable[[Any, date], list[Finding]]]
LETTERS = {
    "hour": "H",
    "day": "D",
    "workday": "B",
    "week": "W",
    "month": "M",
    "quarter": "Q",
    "year": "Y",
    "daily": "D",
    "weekly": "W",
    "monthly": "M",
    "quarterly": "Q",
    "halfyearly": "S",
    "yearly": "Y",
}
SAME = {"P7D": "P1W", "P3M": "P1Q", "P6M": "P1S", "P0.5Y": "P1S"}


def length(amount: float, unit: str) -> str:
    """A length in common terms: 20 workdays are P20B, three months one quarter."""
    written = f"P{amount:g}{LETTERS.get(unit.removesuffix('s'), unit)}"
    return SAME.get(written, written)


def gkbot() -> Reader:
    """gkbot itself, by its facade."""
    from gkbot.deadline import Calendar, read

    calendar = Calendar.builtin()

    def describe(deadlines: Any, _issued: date) -> list[Finding]:
        return [_gkbot_finding(deadline.as_json()) for deadline in deadlines]

    return lambda text, issued: read(text, issued=issued, calendar=calendar), describe


def jionlp() -> Reader:
    """JioNLP: time expressions extracted and parsed, from the day of issue."""
    import jionlp

    extract = jionlp.ner.extract_time

    def read(text: str, issued: date) -> Any:
        return extract(text, time_base=_noon(issued, time()).timestamp(), with_parsing=True)

    def describe(found: Any, _issued: date) -> list[Finding]:
        return [_jionlp_finding(one["type"], one["detail"]["time"]) for one in found]

    return read, describe


def recognizers() -> Reader:
    """Recognizers-Text: the Chinese date and time model."""
    from recognizers_date_time import Culture, DateTimeRecognizer

    model = DateTimeRecognizer(Culture.Chinese).get_datetime_model()

    def describe(found: Any, issued: date) -> list[Finding]:
        return [_recognizers_finding(one.resolution["values"], issued) for one in found if one.resolution]

    return lambda text, issued: model.parse(text, _noon(issued, time())), describe


def time_parser_zh() -> Reader:
    """time-parser-zh: boundaries (30日内), then date ranges, then moments; it reads one expression a text."""
    import time_parser_zh as parser

    def read(text: str, issued: date) -> Any:
        today = _noon(issued, time(12))
        bound = parser.extract_temporal_boundary(text, today=today)
        if bound.recognition_status == "ok" and bound.duration:
            return bound.duration
        days = parser.extract_date_range_v2(text, today=today)
        return days if days.recognition_status == "ok" else parser.extract_datetime_range(text, today=today)

    def describe(one: Any, _issued: date) -> list[Finding]:
        said = one.to_dict() if hasattr(one, "to_dict") else one
        if said.get("resolved_at"):
            return [{"within": length(said["value"], said["unit"])}]
        return [{"end": said["end"][:10]}] if said.get("end") else []

    return read, describe


def dateparser() -> Reader:
    """dateparser: dates searched for in Chinese; a missing day or month is the last one."""
    from dateparser.search import search_dates

    last = {"PREFER_DAY_OF_MONTH": "last", "PREFER_MONTH_OF_YEAR": "last"}

    def read(text: str, issued: date) -> Any:
        return search_dates(
            text, languages=["zh", "zh-Hant"], settings={"RELATIVE_BASE": _noon(issued, time()), **last}
        )

    def describe(found: Any, _issued: date) -> list[Finding]:
        return [{"end": moment.date().isoformat()} for _, moment in found or ()]

    return read, describe


PARSERS: dict[str, Callable[[], Reader]] = {
    "gkbot": gkbot,
    "jionlp": jionlp,
    "recognizers": recognizers,
    "time_parser_zh": time_parser_zh,
    "dateparser": dateparser,
}


def _noon(issued: date, at: time) -> datetime:
    return datetime.combine(issued, at)  # naive: these libraries know no zones here


def _gkbot_finding(said: Finding) -> Finding:
    if said["recurrence"]:
        return {"every": length(said["recurrence"]["interval"], said["recurrence"]["freq"])}
    if said["offset"]:
        (unit, amount), *_ = said["offset"].items()
        return {"within": length(abs(amount), unit)} | ({"end": said["due"][:10]} if said["due"] else {})
    return {"end": said["due"][:10]} if said["due"] else {}


def _jionlp_finding(kind: str, when: Any) -> Finding:
    if kind in ("time_period", "time_delta"):
        delta = when["delta"] if kind == "time_period" else when[-1] if isinstance(when, list) else when
        (unit, amount), *_ = delta.items()
        return {"every" if kind == "time_period" else "within": length(amount, unit)}
    end = when[-1]
    return {"end": end[:10]} if end[:1].isdigit() else {}


def _recognizers_finding(values: list[Finding], issued: date) -> Finding:
    """Of several years the first that has not gone by on the day of issue, as a caller would choose."""
    ends = [end for end in map(_resolved_end, values) if end]
    if ends:
        return {"end": next((end for end in ends if end >= issued.isoformat()), ends[-1])}
    kind, timex = values[0].get("type"), values[0].get("timex", "")
    if timex.startswith("XXXX-WXX"):
        return {"every": "P1W"}
    said = re.fullmatch(r"PT?([\d.]+)([A-Z])", timex)
    if kind not in ("set", "duration") or not said:
        return {}
    return {"every" if kind == "set" else "within": length(float(said[1]), said[2])}


def _resolved_end(value: Finding) -> str | None:
    """The last day of a value; the end of a range is the day after it, unless both ends were written out."""
    if value.get("type") in ("date", "datetime"):
        said = value.get("value", "")
        return said[:10] if said[:1].isdigit() else None
    end = value.get("end", "")
    if not end[:1].isdigit() or len(end) < len("2023-01-01"):
        return None
    written_out = value["timex"].startswith("(") or value["type"] == "datetimerange"
    return end[:10] if written_out else (date.fromisoformat(end[:10]) - timedelta(days=1)).isoformat()
