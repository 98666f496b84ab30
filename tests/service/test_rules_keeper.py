"""The rule book in force: good edits count at once, broken ones never."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gkbot.clock import FixedClock
from gkbot.errors import RulesBroken
from gkbot.ledger import Ledger
from gkbot.planning import EventKind, NewEvent
from gkbot.rulebook import load
from gkbot.service.rules import RuleKeeper, files_of
from tests.service.patients import RULES as GOOD

CLOCK = FixedClock(datetime(2026, 3, 5, 1, 0, tzinfo=UTC))
SECOND = """\
  - 编号: A-2
    事项: 公布指南
    期限: 9月底前
    责任单位: 县财政局
单位:
"""


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger.open(f"sqlite:///{tmp_path / 'gkbot.db'}", clock=CLOCK) as opened:
        yield opened


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "rules"
    folder.mkdir()
    (folder / "plan.yaml").write_text(GOOD, encoding="utf-8")
    return folder


def ids(keeper: RuleKeeper) -> list[str]:
    return [task.id for task in keeper.refresh().book.tasks]


def test_an_edit_counts_at_the_next_look(root: Path, ledger: Ledger):
    keeper = RuleKeeper(root, ledger, CLOCK)
    assert ids(keeper) == ["A-1"]
    (root / "plan.yaml").write_text(GOOD.replace("单位:\n", SECOND, 1), encoding="utf-8")
    assert ids(keeper) == ["A-1", "A-2"]


def test_unchanged_files_are_not_read_again(root: Path, ledger: Ledger):
    keeper = RuleKeeper(root, ledger, CLOCK)
    assert keeper.refresh().book is keeper.refresh().book


HALF = GOOD[: GOOD.index("责任单位") + 3]
BAD = {
    "half written": HALF.encode(),
    "cut within a character": GOOD.encode()[:100],
    "neither UTF-8 nor GBK": GOOD.encode() + b"\xff\xff\x00",
    "a key twice": GOOD.replace("    期限: 6月底前\n", "    期限: 6月底前\n    期限: 7月底前\n").encode(),
    "ten megabytes": GOOD.encode() + b"# " + b"x" * 10_000_000 + b"\n" + "任务：".encode(),
    "GBK": GOOD.encode("gb18030"),
    "empty": b"",
}


@pytest.mark.fault("F20")
@pytest.mark.parametrize("name", BAD)
def test_a_bad_save_leaves_the_old_rules_and_names_file_and_line(root: Path, ledger: Ledger, name: str):
    keeper = RuleKeeper(root, ledger, CLOCK)
    before = keeper.refresh().book.digest
    (root / "plan.yaml").write_bytes(BAD[name])
    in_force = keeper.refresh()
    assert in_force.book.digest == before
    assert in_force.broken[0].place.file.endswith("plan.yaml") or name == "empty"
    assert in_force.broken[0].place.line >= 1


@pytest.mark.fault("F20")
def test_a_folder_saved_while_it_is_read_is_read_again(root: Path, ledger: Ledger, monkeypatch: pytest.MonkeyPatch):
    """CP12: an editor saves the second of two files between our reading of both."""
    keeper = RuleKeeper(root, ledger, CLOCK)
    keeper.refresh()
    read = Path.read_bytes

    def saved_meanwhile(path: Path) -> bytes:
        data = read(path)
        if path.name == "plan.yaml" and not (root / "units2.yaml").exists():
            (root / "units2.yaml").write_text("单位:\n  - 名称: 县教育局\n", encoding="utf-8")
        return data

    write(root, GOOD.replace("单位:\n", SECOND, 1))
    monkeypatch.setattr(Path, "read_bytes", saved_meanwhile)
    keeper.refresh()
    assert "县教育局" in {unit.name for unit in keeper.refresh().book.units}


@pytest.mark.fault("F20")
def test_a_broken_edit_changes_nothing_and_is_reported(root: Path, ledger: Ledger):
    keeper = RuleKeeper(root, ledger, CLOCK)
    keeper.refresh()
    (root / "plan.yaml").write_text(GOOD.replace("期限: 6月底前", "期限：6月底前"), encoding="utf-8")
    in_force = keeper.refresh()
    assert [task.id for task in in_force.book.tasks] == ["A-1"]
    assert in_force.broken
    assert in_force.broken[0].place.line == 7


def test_a_start_with_broken_files_goes_on_with_the_last_good_ones(root: Path, ledger: Ledger):
    RuleKeeper(root, ledger, CLOCK).refresh()
    (root / "plan.yaml").write_text("任务：\n", encoding="utf-8")
    in_force = RuleKeeper(root, ledger, CLOCK).refresh()
    assert [task.id for task in in_force.book.tasks] == ["A-1"]
    assert in_force.broken


@pytest.mark.fault("F20")
def test_an_emptied_folder_does_not_forget_the_tasks(root: Path, ledger: Ledger):
    keeper = RuleKeeper(root, ledger, CLOCK)
    keeper.refresh()
    (root / "plan.yaml").unlink()
    assert ids(keeper) == ["A-1"]
    assert keeper.refresh().broken


def test_a_mended_file_comes_into_force_again(root: Path, ledger: Ledger):
    keeper = RuleKeeper(root, ledger, CLOCK)
    keeper.refresh()
    (root / "plan.yaml").write_text("任务：\n", encoding="utf-8")
    assert keeper.refresh().broken
    (root / "plan.yaml").write_text(GOOD.replace("单位:\n", SECOND, 1), encoding="utf-8")
    in_force = keeper.refresh()
    assert not in_force.broken
    assert [task.id for task in in_force.book.tasks] == ["A-1", "A-2"]


def test_broken_files_without_any_good_version_are_refused(root: Path, ledger: Ledger):
    (root / "plan.yaml").write_text("任务：\n", encoding="utf-8")
    with pytest.raises(RulesBroken) as caught:
        RuleKeeper(root, ledger, CLOCK).refresh()
    assert caught.value.problems


def write(root: Path, text: str) -> None:
    (root / "plan.yaml").write_text(text, encoding="utf-8")


EARLIER = GOOD.replace("6月底前", "5月底前")
DANGERS = {
    "earlier": (EARLIER, "A-1（公布目录）的截止日提前：2026-06-30 → 2026-05-31"),
    "vanished": (GOOD.replace("A-1", "A-9"), "A-1（公布目录）被删除，还有1项责任没有办结"),
    "undated": (GOOD.replace("6月底前", "持续推进"), "A-1（公布目录）不再有截止日2026-06-30"),
}


@pytest.mark.parametrize("name", DANGERS)
def test_a_dangerous_edit_waits_for_a_person(root: Path, ledger: Ledger, name: str):
    edited, danger = DANGERS[name]
    keeper = RuleKeeper(root, ledger, CLOCK)
    before = keeper.refresh().book
    write(root, edited)
    in_force = keeper.refresh()
    assert in_force.book.digest == before.digest
    assert in_force.held[0].text == danger
    assert ledger.active_digest() == before.digest


def test_a_dangerous_edit_waits_over_a_restart(root: Path, ledger: Ledger):
    RuleKeeper(root, ledger, CLOCK).refresh()
    write(root, EARLIER)
    in_force = RuleKeeper(root, ledger, CLOCK).refresh()
    assert in_force.held
    assert str(in_force.book.tasks[0].deadlines[0].due) == "2026-06-30"


def test_an_edit_taken_back_no_longer_waits(root: Path, ledger: Ledger):
    keeper = RuleKeeper(root, ledger, CLOCK)
    keeper.refresh()
    write(root, EARLIER)
    assert keeper.refresh().held
    write(root, GOOD + "\n")
    assert not keeper.refresh().held


def test_what_another_process_accepts_counts_at_the_next_look(root: Path, ledger: Ledger):
    keeper = RuleKeeper(root, ledger, CLOCK)
    keeper.refresh()
    write(root, EARLIER)
    assert keeper.refresh().held
    accepted = load(root)
    assert accepted.book is not None
    ledger.accept_rulebook(files_of(accepted), accepted.book.digest, CLOCK.now(), who="张三", why="督查室来函")
    in_force = keeper.refresh()
    assert not in_force.held
    assert in_force.book.digest == accepted.book.digest


def test_a_later_day_comes_into_force_by_itself(root: Path, ledger: Ledger):
    keeper = RuleKeeper(root, ledger, CLOCK)
    keeper.refresh()
    write(root, GOOD.replace("6月底前", "7月底前"))
    assert not keeper.refresh().held
    assert str(keeper.current.book.tasks[0].deadlines[0].due) == "2026-07-31"


@pytest.mark.fault("F20")
def test_a_task_that_is_done_may_go(root: Path, ledger: Ledger):
    write(
        root, GOOD.replace("单位:\n", SECOND + SECOND.replace("A-2", "A-3"), 1).replace("单位:\n  - 编号", "  - 编号")
    )
    keeper = RuleKeeper(root, ledger, CLOCK)
    assert len(keeper.refresh().book.tasks) == 3
    done = NewEvent(kind=EventKind.DONE, task="A-1", at=CLOCK.now(), actor="张三")
    ledger.record(done)
    write(root, (root / "plan.yaml").read_text(encoding="utf-8").replace("A-1", "B-1"))
    held = keeper.refresh().held
    assert [danger.text for danger in held] == ["3项责任中有1项（33%）不见了"]
