"""The tables of phrases: what is a deadline and what it means, what is none."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from gkbot.deadline import Calendar, read

TABLES = Path(__file__).parents[1] / "data" / "phrases"
ISSUED = date(2023, 5, 17)
CALENDAR = Calendar.builtin()
DATED = {"by", "within", "recurring", "after_event"}


def rows(name: str) -> list[dict[str, Any]]:
    return yaml.safe_load((TABLES / name).read_text(encoding="utf-8"))


def readings(row: dict[str, Any]) -> list[dict[str, Any]]:
    found = read(row["phrase"], issued=row.get("ref", ISSUED), year=row.get("year"), calendar=CALENDAR)
    return [deadline.as_json() for deadline in found]


def fits(row: dict[str, Any], found: dict[str, Any]) -> bool:
    """One reading has the row's kind and figures."""
    wanted = {key: str(row[key]) for key in ("due", "start") if key in row}
    if found["kind"] != row["kind"] or any(found[key] != value for key, value in wanted.items()):
        return False
    if "words" in row and found["text"] != row["words"]:
        return False
    if any(found[key] != row[key] for key in ("offset", "event") if key in row):
        return False
    if row["kind"] == "recurring":
        repeated = {"count": 1, "interval": 1, "at_least": False} | {
            key: row[key] for key in ("freq", "by", "count", "interval", "at_least") if key in row
        }
        if any(found["recurrence"][key] != value for key, value in repeated.items()):
            return False
    if [other["due"] for other in found["alternatives"]] != [str(day) for day in row.get("other", [])]:
        return "other" not in row and not found["ambiguous"]
    return set(row.get("doubts", [])) <= {doubt["code"] for doubt in found["doubts"]}


@pytest.mark.parametrize("row", rows("accepted.yaml"), ids=lambda row: row["phrase"])
def test_a_deadline_is_read_as_its_words_say(row: dict[str, Any]) -> None:
    found = readings(row)

    if "all" in row:
        assert [deadline["due"] for deadline in found] == [day and str(day) for day in row["all"]]
    else:
        assert any(fits(row, deadline) for deadline in found), found


@pytest.mark.parametrize("row", rows("refused.yaml"), ids=lambda row: row["phrase"])
def test_what_is_no_deadline_gets_no_date(row: dict[str, Any]) -> None:
    assert [found for found in readings(row) if found["kind"] in DATED] == []
