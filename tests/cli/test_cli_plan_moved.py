"""When a holiday notice arrives, `gkbot plan` says which days it moves."""

import json
import shutil
from pathlib import Path

import pytest

from gkbot.cli.app import run

ROOT = Path(__file__).parents[2]
NOTICE = """\
年份: 2027
依据: 国务院办公厅关于2027年部分节假日安排的通知
发布日期: 2026-12-01
放假:
  - 元旦: 2027-01-01 至 2027-01-03
  - 春节: 2027-02-05 至 2027-02-12
  - 清明节: 2027-04-03 至 2027-04-05
  - 劳动节: 2027-05-01 至 2027-05-05
  - 端午节: 2027-06-09 至 2027-06-09
  - 中秋节: 2027-09-15 至 2027-09-15
  - 国庆节: 2027-10-01 至 2027-10-07
上班:
  - 2027-01-16
"""


def call(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        run(arguments)
    printed = capsys.readouterr()
    return int(ended.value.code or 0), printed.out, printed.err


def test_a_new_holiday_notice_shows_the_days_it_moves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.chdir(tmp_path)
    shutil.copytree(ROOT / "rules" / "statutory", tmp_path / "rules" / "statutory")
    assert call(capsys, "daily", "--date", "2026-12-21")[0] == 0
    assert call(capsys, "event", "FD-GK-03", "--at", "2026-12-22")[0] == 0
    _, before, _ = call(capsys, "plan", "--date", "2026-12-23", "--json")
    assert json.loads(before)["moved"] == []
    (tmp_path / "rules" / "2027.yaml").write_text(NOTICE, encoding="utf-8")
    _, after, _ = call(capsys, "plan", "--date", "2026-12-23", "--json")
    moved = {(each["task"], each["old"], each["new"]) for each in json.loads(after)["moved"]}
    assert ("FD-GK-03", "2027-01-20", "2027-01-19") in moved
    _, _, talk = call(capsys, "plan", "--date", "2026-12-23")
    assert "截止 2027-01-20 → 2027-01-19" in talk
