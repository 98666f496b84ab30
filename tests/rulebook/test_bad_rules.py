"""Bad files, one mistake each: everyone is found with place, cause and cure, in exactly these words."""

import pytest

from gkbot.rulebook import CODES, Severity
from tests.rulebook.bad_rules import FOLDER, cases, read, said


@pytest.mark.parametrize("case", cases())
def test_a_mistake_is_told_in_these_words(case: str, update_golden: bool) -> None:
    golden = FOLDER / f"{case}.txt"
    if update_golden:
        golden.write_text(said(case), encoding="utf-8")
    assert said(case) == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("case", cases())
def test_a_mistake_has_a_known_code_and_a_cure(case: str) -> None:
    problems = read(case).problems
    assert problems
    assert all(problem.code in CODES and problem.fix for problem in problems)


@pytest.mark.parametrize("case", cases())
def test_only_an_error_keeps_the_rule_book_from_coming_into_force(case: str) -> None:
    result = read(case)
    is_wrong = any(problem.severity is Severity.ERROR for problem in result.problems)
    assert (result.book is None) == is_wrong


def test_every_case_is_told_apart_by_its_text() -> None:
    assert len(cases()) >= 60
    assert not [path.stem for path in FOLDER.glob("*.txt") if path.stem not in cases()]
