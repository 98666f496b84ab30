"""管理员手册 describes every key of rule files, and none that the loader does not know."""

import pytest
from manuals import ADMIN, codes, rows, section

from gkbot.rulebook.keys import CALENDAR_KEYS, FILE, Form, Section

TEXT = ADMIN.read_text(encoding="utf-8")


def sections() -> list[Section]:
    """Every section of a rule file, from the outermost inward."""
    found = [FILE]
    for outer in found:
        found += [key.section for key in outer.keys if key.section is not None and key.section not in found]
    return found


def described(of: Section) -> dict[str, list[str]]:
    """Key → the cells of its row in the part of the manual named like the section."""
    part = section(TEXT, of.name)
    return {name: row for row in rows(part, "键") for name in codes(row[0])}


@pytest.mark.parametrize("of", sections(), ids=lambda of: of.name)
def test_every_key_has_a_row_and_every_row_a_key(of: Section) -> None:
    assert sorted(described(of)) == sorted(of.names())


@pytest.mark.parametrize("of", sections(), ids=lambda of: of.name)
def test_required_keys_are_marked(of: Section) -> None:
    marked = {name for name, row in described(of).items() if row[1] == "是"}
    assert marked == {key.name for key in of.keys if key.required}


@pytest.mark.parametrize("of", sections(), ids=lambda of: of.name)
def test_choices_are_all_named(of: Section) -> None:
    table = described(of)
    missing = [
        (key.name, choice) for key in of.keys for choice in key.choices if choice not in " ".join(table[key.name][2:])
    ]
    assert missing == []


@pytest.mark.parametrize("of", sections(), ids=lambda of: of.name)
def test_every_plain_key_has_an_example_of_itself(of: Section) -> None:
    table = described(of)
    plain = [key for key in of.keys if key.form not in {Form.MAPPING, Form.LIST, Form.SPANS, Form.DATES}]
    without = [
        key.name
        for key in plain
        if key.name not in CALENDAR_KEYS or of is not FILE
        if not any(code.startswith(f"{key.name}: ") for code in codes(table[key.name][-1]))
    ]
    assert without == []


def test_calendar_keys_have_a_table_of_their_own() -> None:
    part = section(TEXT, "八、每年十一月：放假日历")
    assert [codes(row[0])[0] for row in rows(part, "键")] == list(CALENDAR_KEYS)
