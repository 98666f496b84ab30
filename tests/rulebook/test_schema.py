"""The schema of rule files says what the loader's own keys say, and stands in schema/ as generated."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from gkbot.cli.app import run
from gkbot.rulebook.keys import FILE, Form, Section
from gkbot.rulebook.schema import FILE_NAME, rules_schema, schema_text
from gkbot.shipped import folder
from tests.rulebook.schema_files import as_editors_read, schema_mistakes

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = rules_schema()
RULES = sorted(path for path in (ROOT / "rules").rglob("*.yaml") if not path.name.endswith(".test.yaml"))


def pairs(section: Section, schema: dict[str, Any]) -> Iterator[tuple[Section, dict[str, Any]]]:
    """Every section of keys.py with its part of the schema, from the outermost inward."""
    yield section, schema
    for key in section.keys:
        if key.section is not None:
            inner = schema["properties"][key.name]
            yield from pairs(key.section, inner["items"] if key.form is Form.LIST else inner)


PAIRS = list(pairs(FILE, SCHEMA))
each_section = pytest.mark.parametrize(("section", "schema"), PAIRS, ids=[section.name for section, _ in PAIRS])


def objects(schema: Any) -> Iterator[dict[str, Any]]:
    """Every part of the schema that names properties."""
    if isinstance(schema, dict):
        if "properties" in schema:
            yield schema
        for part in schema.values():
            yield from objects(part)
    elif isinstance(schema, list):
        for part in schema:
            yield from objects(part)


def filled(body: Any) -> Any:
    """A snippet as it looks when its placeholders are left as they are."""
    if isinstance(body, dict):
        return {key: filled(value) for key, value in body.items()}
    if isinstance(body, list):
        return [filled(value) for value in body]
    return re.sub(r"\$\{\d+[:|]([^},|]*)[^}]*\}", r"\1", body)


def typed(body: Any) -> Any:
    """The same with what must be typed over typed over."""
    text = json.dumps(filled(body), ensure_ascii=False)
    typing = {"年-月-日": "2026-01-20", "名称@域名": "a@example.gov.cn", "起 至 止": "2027-01-01 至 2027-01-03"}
    for placeholder, written in typing.items():
        text = text.replace(placeholder, written)
    return json.loads(text)


def test_the_file_in_the_repository_is_the_generated_one() -> None:
    kept = (folder("schema") / FILE_NAME).read_text(encoding="utf-8")
    assert kept == schema_text(), f"run: gkbot schema --output schema/{FILE_NAME}"


def test_it_is_a_draft_07_schema() -> None:
    assert SCHEMA["$schema"] == "http://json-schema.org/draft-07/schema#"
    Draft7Validator.check_schema(SCHEMA)


@each_section
def test_it_has_exactly_the_loaders_keys(section: Section, schema: dict[str, Any]) -> None:
    assert list(schema["properties"]) == section.names()
    assert schema["additionalProperties"] is False


def test_it_has_no_other_objects_than_the_loaders_sections() -> None:
    assert [list(part["properties"]) for part in objects(SCHEMA)] == [section.names() for section, _ in PAIRS]


@each_section
def test_it_demands_what_the_loader_demands(section: Section, schema: dict[str, Any]) -> None:
    demanded = [need["required"] for need in schema.get("allOf", []) if "required" in need]
    assert demanded == [[key.name] for key in section.keys if key.required]


@each_section
def test_choices_are_an_enumeration_and_are_proposed(section: Section, schema: dict[str, Any]) -> None:
    for key in section.keys:
        if key.form is Form.CHOICE:
            found = schema["properties"][key.name]
            assert tuple(found["else"]["enum"]) == key.choices
            assert tuple(each["body"] for each in found["defaultSnippets"]) == key.choices


@each_section
def test_every_key_tells_its_meaning_with_an_example_of_itself(section: Section, schema: dict[str, Any]) -> None:
    for key in section.keys:
        found = schema["properties"][key.name]
        assert found["title"] == key.name
        assert found["description"].startswith(key.meaning)
        assert f"例：\n\n```yaml\n{key.name}:" in found["markdownDescription"], f"no example of {key.name}"


@each_section
def test_every_example_follows_the_schema(section: Section, schema: dict[str, Any]) -> None:
    for key in section.keys:
        found = schema["properties"][key.name]
        example = found["markdownDescription"].partition("```yaml\n")[2].partition("\n```")[0]
        (value,) = as_editors_read(example).values()
        assert [error.message for error in Draft7Validator(found).iter_errors(value)] == []


@each_section
def test_every_snippet_follows_the_schema(section: Section, schema: dict[str, Any]) -> None:
    for snippet in schema.get("defaultSnippets", []):
        assert [error.message for error in Draft7Validator(schema).iter_errors(typed(snippet["body"]))] == []


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.stem)
def test_every_shipped_rule_file_follows_the_schema(path: Path) -> None:
    assert schema_mistakes(path.read_text(encoding="utf-8")) == []


def test_the_command_prints_the_schema(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        run(["schema"])
    assert ended.value.code == 0
    assert capsys.readouterr().out == schema_text()


def test_the_command_writes_the_schema_to_a_file(tmp_path: Path) -> None:
    with pytest.raises(SystemExit):
        run(["schema", "--output", str(tmp_path / FILE_NAME)])
    assert (tmp_path / FILE_NAME).read_bytes() == schema_text().encode()


def test_a_file_that_cannot_be_written_is_a_wrong_usage(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        run(["schema", "--output", str(tmp_path / "no folder" / FILE_NAME)])
    assert ended.value.code == 2
    assert "写不进文件" in capsys.readouterr().err
