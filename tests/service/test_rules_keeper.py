"""The rule book in force: good edits count at once, broken ones never."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gkbot.clock import FixedClock
from gkbot.errors import RulesBroken
from gkbot.ledger import Ledger
from gkbot.service.rules import RuleKeeper

CLOCK = FixedClock(datetime(2026, 3, 5, 1, 0, tzinfo=UTC))
GOOD = """\
文件:
  标题: 县2026年政务公开工作要点
  印发日期: 2026-01-20
任务:
  - 编号: A-1
    事项: 公布目录
    期限: 6月底前
    责任单位: 县财政局
单位:
  - 名称: 县财政局
    联络员:
      - 岗位: 办公室
        邮箱: a@example.gov.cn
管理员:
  - 岗位: 公开科
    邮箱: admin@example.gov.cn
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
    (root / "plan.yaml").write_text(GOOD.replace("A-1", "A-22"), encoding="utf-8")
    assert ids(keeper) == ["A-22"]


def test_unchanged_files_are_not_read_again(root: Path, ledger: Ledger):
    keeper = RuleKeeper(root, ledger, CLOCK)
    assert keeper.refresh().book is keeper.refresh().book


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
    (root / "plan.yaml").write_text(GOOD.replace("A-1", "A-3"), encoding="utf-8")
    in_force = keeper.refresh()
    assert not in_force.broken
    assert [task.id for task in in_force.book.tasks] == ["A-3"]


def test_broken_files_without_any_good_version_are_refused(root: Path, ledger: Ledger):
    (root / "plan.yaml").write_text("任务：\n", encoding="utf-8")
    with pytest.raises(RulesBroken) as caught:
        RuleKeeper(root, ledger, CLOCK).refresh()
    assert caught.value.problems
