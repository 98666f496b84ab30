"""The rule tests shipped beside the rules: every case is met, and every office has enough of them."""

from pathlib import Path

import pytest

from gkbot.planning.rehearsal import rehearse
from gkbot.rulebook import Rulebook, load
from gkbot.rulebook.rule_tests import read_tests
from gkbot.service.rule_tests import FileOutcome, run_file

RULES = Path(__file__).resolve().parents[2] / "rules"
OFFICES = ("changshu", "guangyuan", "jiaxing", "statutory", "yueyang", "yunnan")
FILES = sorted(RULES.rglob("*.test.yaml"))


@pytest.fixture(scope="module")
def book() -> Rulebook:
    found = load(RULES).book
    assert found is not None
    return found


def run(path: Path, book: Rulebook) -> FileOutcome:
    return run_file(path, RULES, book)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_shipped_case_is_met(path: Path, book: Rulebook):
    tested = run(path, book)
    assert tested.problems == ()
    assert [(each.case.text, list(each.lines())) for each in tested.failures] == []


@pytest.mark.parametrize("office", OFFICES)
def test_every_office_has_ten_cases_or_more(office: str, book: Rulebook):
    counted = sum(len(run(path, book).outcomes) for path in FILES if path.parent.name == office)
    assert counted >= 10


def test_a_rehearsal_of_the_same_day_always_says_the_same(book: Rulebook):
    path = RULES / "guangyuan" / "guangyuan-2023.test.yaml"
    tests = read_tests("guangyuan/guangyuan-2023.test.yaml", str(path), path.read_bytes(), book)
    for case in tests.cases:
        first, second = (rehearse(book, tests.documents, case.day, happened=case.happened) for _ in range(2))
        assert first == second


def test_the_rules_are_read_without_their_tests():
    result = load(RULES)
    assert result.errors == ()
    assert not [file.path for file in result.files if file.path.endswith(".test.yaml")]
