"""check-jsonschema, which others run before a commit, agrees with the schema's own tests."""

import importlib.util
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from editor_programs import lacking
from editor_samples import WRONG

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = ROOT / "schema" / "rules.v1.json"
RULES = sorted(path for path in (ROOT / "rules").rglob("*.yaml") if not path.name.endswith(".test.yaml"))


def checked(files: list[Path]) -> tuple[int, dict[str, list[str]]]:
    """Exit status, and per file the paths of what is wrong."""
    if importlib.util.find_spec("check_jsonschema") is None:
        lacking("check-jsonschema is not installed")
    command = [sys.executable, "-m", "check_jsonschema", "--schemafile", str(SCHEMA), "--output-format", "json"]
    done = subprocess.run([*command, *map(str, files)], capture_output=True, text=True, timeout=60, check=False)
    found: dict[str, list[str]] = {}
    for error in json.loads(done.stdout)["errors"]:
        path = re.sub(r"\['([^']+)'\]", r".\1", error["path"])
        found.setdefault(Path(error["filename"]).stem, []).append(path)
    return done.returncode, found


def test_it_finds_the_schema_itself_in_order() -> None:
    if importlib.util.find_spec("check_jsonschema") is None:
        lacking("check-jsonschema is not installed")
    command = [sys.executable, "-m", "check_jsonschema", "--check-metaschema", str(SCHEMA)]
    subprocess.run(command, check=True, capture_output=True, timeout=60)


def test_every_shipped_rule_file_passes() -> None:
    assert checked(RULES) == (0, {})


@pytest.fixture(scope="module")
def wrong_files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("wrong")
    for name, wrong in WRONG.items():
        (folder / f"{name}.yaml").write_text(wrong.text, encoding="utf-8")
    return sorted(folder.iterdir())


def test_every_mistake_is_found_at_its_place(wrong_files: list[Path]) -> None:
    status, found = checked(wrong_files)
    assert status == 1
    assert found == {name: [wrong.path] for name, wrong in WRONG.items()}
