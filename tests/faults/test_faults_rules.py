"""A rule file is half written, deleted, in the wrong coding, far too large: what was in force stays in force (F20)."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from gkbot.service.rules import RuleKeeper
from tests.brake_offices import FIRST, BrakeOffice, by
from tests.servers import SmtpServer

pytestmark = pytest.mark.fault("F20")
TUESDAY = "2023-06-06"
TASKS = [by("2023-12-15", range(1, 5), f"T-{n}") for n in range(4)]


@pytest.fixture
def office(tmp_path: Path, url: str) -> Iterator[BrakeOffice]:
    with SmtpServer() as mail:
        found = BrakeOffice(tmp_path, mail, url, units=4, is_busy=False)
        found.write(*TASKS)
        found.check(FIRST)
        mail.letters.clear()
        yield found


def spoil(office: BrakeOffice, how: str) -> None:
    """What editors, people and a full disk do to a file."""
    file = office.folder / "rules" / "plan.yaml"
    whole = file.read_bytes()
    match how:
        case "half written":
            file.write_bytes(whole[: len(whole) // 2])
        case "emptied":
            file.write_bytes(b"")
        case "deleted":
            file.unlink()
        case "GBK":
            file.write_bytes(whole.decode().encode("gbk"))
        case "ten megabytes":
            file.write_bytes(whole + b"# " + b"x" * 10_000_000)
        case "a key twice":
            file.write_bytes(whole.replace("    期限:".encode(), "    期限: 2023年7月底前\n    期限:".encode(), 1))


@pytest.mark.parametrize("how", ["half written", "emptied", "deleted", "GBK", "ten megabytes", "a key twice"])
def test_a_spoilt_file_changes_nothing_and_is_named(office: BrakeOffice, how: str):
    with office.ledger() as ledger:
        before = ledger.active_digest()
        spoil(office, how)
        in_force = RuleKeeper(office.settings.rules, ledger, office.clock).refresh()
        assert in_force.book.digest == before == ledger.active_digest()
        assert in_force.broken or in_force.held
        assert all("plan.yaml" in problem.place.file or "rules" in problem.place.file for problem in in_force.broken)


@pytest.mark.parametrize("how", ["half written", "GBK", "a key twice"])
def test_units_hear_nothing_wrong_and_the_admin_hears_of_it(office: BrakeOffice, how: str):
    spoil(office, how)
    office.check(TUESDAY)
    assert office.to_units() == []
    assert "改好之前继续按上一个正确的版本提醒" in "\n".join(office.to_admin())


def test_when_more_than_three_in_ten_duties_vanish_a_person_is_asked(office: BrakeOffice):
    office.write(*TASKS[:2])
    result = office.check(TUESDAY)
    assert "20项责任中有8项（40%）不见了" in result.held
    assert office.to_units() == []
    assert "20项责任中有8项（40%）不见了" in "\n".join(office.to_admin())
