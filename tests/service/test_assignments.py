"""A unit added to a task that is in force already is told of it, once."""

from datetime import UTC, datetime
from pathlib import Path

from gkbot.clock import FixedClock
from gkbot.service.check import run_daily
from gkbot.settings import Settings

RULES = """\
文件: {标题: 县2026年工作要点, 印发日期: 2026-10-09}
任务:
  - {编号: A-1, 事项: 公布目录, 期限: 12月31日前, 责任单位: 甲县}
单位:
  - {名称: 甲县, 联络员: [{岗位: 办公室, 邮箱: a@example.com}]}
  - {名称: 乙县, 联络员: [{岗位: 办公室, 邮箱: b@example.com}]}
"""


def check(tmp_path: Path, day: str, rules: str) -> list[str]:
    """Run the check of a day; give the addresses of the messages written."""
    (tmp_path / "rules").mkdir(exist_ok=True)
    (tmp_path / "rules" / "a.yaml").write_text(rules, encoding="utf-8")
    outbox = tmp_path / "outbox"
    before = set(outbox.glob("*")) if outbox.exists() else set()
    settings = Settings(rules=tmp_path / "rules", database_url=f"sqlite:///{tmp_path / 'gkbot.db'}", outbox_dir=outbox)
    run_daily(settings, FixedClock(datetime.fromisoformat(f"{day}T01:00").replace(tzinfo=UTC)))
    new = set(outbox.glob("*")) - before if outbox.exists() else set()
    return sorted(path.name.split("_")[1] for path in new)


def test_a_unit_added_a_month_later_is_told_once(tmp_path: Path) -> None:
    assert check(tmp_path, "2026-10-09", RULES) == ["甲县"]
    both = RULES.replace("责任单位: 甲县", "责任单位: 甲县、乙县")
    assert check(tmp_path, "2026-11-09", both) == ["乙县"]
    assert check(tmp_path, "2026-11-10", both) == []
    assert check(tmp_path, "2026-11-09", both) == []


def test_a_unit_that_changed_its_name_is_no_new_one(tmp_path: Path) -> None:
    assert check(tmp_path, "2026-10-09", RULES) == ["甲县"]
    renamed = RULES.replace("名称: 甲县,", "名称: 甲市, 别名: [甲县],")
    assert check(tmp_path, "2026-11-09", renamed) == []
