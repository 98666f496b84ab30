"""Labelled phrases, with one rule by which every parser's findings are right or wrong.

Rule, on what all parsers can say:
    a day or stretch    right when some finding ends on a labelled last day
    a recurrence        right when some finding repeats as often (every month, every quarter)
    a count from an event   right when some finding has the labelled length, or ends that long after the day of issue
    no deadline, no day     right when nothing dated is found
Other readings that the label allows count as right, for every parser alike.
"""

import calendar
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import yaml

from benchmarks.parsers import length

ROOT = Path(__file__).parent.parent
SAMPLE = ROOT.parent / "shared" / "phrases" / "sample.jsonl"
TABLES = ROOT / "tests" / "data" / "phrases"
TABLE_REF = "2023-05-17"  # day of issue of a row that names none
UNDATED = {"none", "ongoing", "vague"}
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """A labelled phrase.

    Attributes:
        group: "dated", "recurring", "counted" or "undated".
        ends, every, within: What a finding may say to be right.
        silent: Finding nothing is right too.
    """

    text: str
    issued: date
    group: str
    ends: frozenset[str]
    every: frozenset[str]
    within: frozenset[str]
    silent: bool

    def is_right(self, findings: Sequence[Mapping[str, str]]) -> bool:
        """Whether some finding says what the label says, or rightly none says anything."""
        if not any(findings):
            return self.silent
        return any(
            one.get("every") in self.every
            or one.get("within") in self.within
            or ("every" not in one and one.get("end") in self.ends)
            for one in findings
        )


def sample() -> list[Phrase]:
    """The shared sample; empty where it is not at hand."""
    if not SAMPLE.exists():
        return []
    return [phrase(json.loads(line)) for line in SAMPLE.read_text(encoding="utf-8").splitlines() if line.strip()]


def tables() -> list[Phrase]:
    """The phrase tables of the test-suite; rows whose words name only a first day are left out."""
    rows = [row for path in sorted(TABLES.glob("*.yaml")) for row in yaml.safe_load(path.read_bytes())]
    phrases = [phrase(_renamed(row)) for row in rows]
    return [one for one in phrases if one.group != "dated" or one.ends]


def phrase(row: Row) -> Phrase:
    """A phrase from a row as shared/phrases/README.md describes it."""
    kinds = {row["kind"], *row.get("kind_alt", ())}
    issued = date.fromisoformat(str(row["ref"]))
    offsets = _several(row, "offset")
    return Phrase(
        text=row["text"],
        issued=issued,
        group={"recurring": "recurring", "after_event": "counted"}.get(
            row["kind"], "undated" if row["kind"] in UNDATED else "dated"
        ),
        ends=frozenset(_ends(row)) | {end for offset in offsets for end in _days_after(issued, offset)},
        every=frozenset(length(one.get("interval", 1), one["freq"]) for one in _several(row, "recurrence")),
        within=frozenset(length(abs(amount), unit) for offset in offsets for unit, amount in offset.items()),
        silent=bool(kinds & UNDATED) or bool(row.get("lenient")),
    )


def _renamed(row: Row) -> Row:
    """A row of the tables in the words of the sample."""
    said = {"text": row["phrase"], "ref": TABLE_REF, "kind": "none"} | dict(row)
    said |= {"due_all": row.get("all", ()), "due_alt": row.get("other", ())}
    if "freq" in row:
        said["recurrence"] = {"freq": row["freq"], "interval": row.get("interval", 1)}
    return said


def _several(row: Row, key: str) -> list[dict[str, Any]]:
    alternatives = row.get(f"{key}_alt", [])
    every = [row.get(key), *(alternatives if isinstance(alternatives, list) else [alternatives])]
    return [one for one in every if isinstance(one, dict)]


def _ends(row: Row) -> Iterable[str]:
    days = [row.get("due"), *row.get("due_all", ()), *row.get("due_alt", ())]
    return [str(day)[:10] for day in days if day]


def _days_after(issued: date, offset: Mapping[str, int]) -> set[str]:
    """Last days that a parser may give for a count when it starts from the day of issue, first day counted or not."""
    (unit, amount), *_ = offset.items()
    if unit in ("months", "years"):
        last = _months_after(issued, amount * (12 if unit == "years" else 1))
    elif unit == "workdays":
        last = _weekdays_after(issued, amount)
    else:
        hours = amount * {"hours": 1, "days": 24, "weeks": 168}[unit]
        last = (datetime.combine(issued, time()) + timedelta(hours=hours)).date()
    return {last.isoformat(), (last - timedelta(days=1)).isoformat()}


def _months_after(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _weekdays_after(day: date, count: int) -> date:
    """By weekday alone: no parser but gkbot knows 调休, and gkbot is judged by the length it names."""
    step = timedelta(days=1 if count > 0 else -1)
    left = abs(count)
    while left:
        day += step
        left -= day.weekday() < calendar.SATURDAY
    return day
