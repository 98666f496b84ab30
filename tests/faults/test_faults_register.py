"""Every fault of facts/delivery.md 6 is played by a test that says so, and the model judges it."""

from pathlib import Path

from tests.faults.case import INVARIANTS
from tests.faults.checked import MUST, TESTS, Checked
from tests.faults.invariants import HOLDS
from tests.faults.marks import exceptions_in, files_of, played_in

FAULTS = {f"F{number:02}" for number in range(1, 34)}
MOST_EXCEPTIONS = 8


def test_every_fault_of_the_list_is_played() -> None:
    played = {number for path in TESTS.rglob("test_*.py") for number in played_in(path)}
    assert played == FAULTS


def test_for_every_fault_it_is_said_what_the_model_must_check() -> None:
    assert set(MUST) == FAULTS
    assert {number for wanted in MUST.values() for number in wanted.split()} == set(INVARIANTS)


def test_what_is_broken_on_purpose_is_little_and_has_a_reason() -> None:
    excepted = [each for path in TESTS.rglob("test_*.py") for each in exceptions_in(path)]
    assert len(excepted) <= MOST_EXCEPTIONS
    assert all(number in INVARIANTS and len(why) > 20 for each in excepted for number, why in each.items())


def test_what_no_test_of_a_fault_let_the_model_check_is_missed() -> None:
    number = MUST["F03"].split()[0]
    run = Checked(is_whole=True)
    for path in files_of(TESTS, "F03"):
        run.note(f"{path}::test_it", ["F03"], dict.fromkeys(INVARIANTS, HOLDS) | {number: "no ledger"})
    assert run.missing() == [f"F03: {number} was checked by none of its tests"]
    assert list(run.table())[1] == f"    {number} no ledger"
    run.is_whole = False
    assert run.missing() == []


def test_a_file_that_was_not_run_is_not_missed() -> None:
    assert Path(next(iter(files_of(TESTS, "F03")))).suffix == ".py"
    run = Checked(is_whole=True)
    run.note("tests/other.py::test_it", ["F03"], {})
    assert run.missing() == []
