"""`gkbot export` and `gkbot import` as programs: output, exit codes, what lies on the disk afterwards."""

import json
import os
import subprocess
import sys
from pathlib import Path

from offices_on_sheets import ROOT, TASKS, TASKS_YAML, Desk, small_office
from openpyxl import load_workbook


def gkbot(desk: Desk, *arguments: str) -> tuple[int, str, str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("GKBOT_")}
    database = f"sqlite:///{desk.file.parent / 'gkbot.db'}"
    env = {**clean, "GKBOT_RULES": str(desk.root), "GKBOT_DATABASE_URL": database, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-m", "gkbot", *arguments],
        cwd=desk.file.parent,
        env=env,
        capture_output=True,
        text=True,
        timeout=120,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def edit(desk: Desk, cell: str, value: object) -> None:
    book = load_workbook(desk.file)
    book[TASKS][cell].value = value
    book.save(desk.file)


def test_out_and_back(tmp_path: Path) -> None:
    desk = small_office(tmp_path)
    status, out, err = gkbot(desk, "export", "台账.xlsx", "--date", "2026-03-05")
    assert (status, out) == (0, "")
    assert "任务台账3行、单位通讯录4行、单位组1行" in err
    assert gkbot(desk, "import", "台账.xlsx", "--yes") == (0, "", "没有改动。\n")


def test_a_change_is_shown_asked_for_and_written(tmp_path: Path) -> None:
    desk = small_office(tmp_path)
    gkbot(desk, "export", "台账.xlsx")
    edit(desk, "N2", "5月底前")
    status, out, err = gkbot(desk, "import", "台账.xlsx", "--dry-run")
    assert (status, err) == (0, "只是预览，没有写入。\n")
    assert out.splitlines() == [
        "任务台账：修改 1 条，新增 0 条，删除 0 条",
        "  ~ SL-001  公开预算（第2行）",
        "      完成时限（期限原文）：6月底前 → 5月底前",
        "      截止：2026-06-30 → 2026-05-31（提前了）",
    ]
    status, _, err = gkbot(desk, "import", "台账.xlsx")
    assert (status, "加上 --yes" in err) == (2, True)
    assert (desk.root / "tasks.yaml").read_text(encoding="utf-8") == TASKS_YAML
    status, _, err = gkbot(desk, "import", "台账.xlsx", "--yes")
    assert (status, "已写入 tasks.yaml" in err) == (0, True)
    assert (desk.root / "tasks.yaml").read_text(encoding="utf-8") == TASKS_YAML.replace("6月底前", "5月底前", 1)
    [backup] = (desk.root / ".导入前的备份").glob("*/tasks.yaml")
    assert backup.read_text(encoding="utf-8") == TASKS_YAML
    assert gkbot(desk, "import", "台账.xlsx", "--yes")[2] == "没有改动。\n"
    assert gkbot(desk, "check")[0] == 0


def test_a_mistake_keeps_everything_as_it_is(tmp_path: Path) -> None:
    desk = small_office(tmp_path)
    gkbot(desk, "export", "台账.xlsx")
    edit(desk, "N2", "择日")
    status, out, err = gkbot(desk, "import", "台账.xlsx", "--yes")
    assert status == 1
    assert "任务台账 第2行 N列“完成时限（期限原文）”：GK110" in out
    assert "没有写入：有 1 处错误" in err
    assert (desk.root / "tasks.yaml").read_text(encoding="utf-8") == TASKS_YAML
    status, out, _ = gkbot(desk, "import", "台账.xlsx", "--json")
    told = json.loads(out)
    assert (status, told["mistakes"][0]["row"], told["mistakes"][0]["column"]) == (1, 2, "N")


def test_wrong_files_are_told_in_chinese(tmp_path: Path) -> None:
    desk = small_office(tmp_path)
    assert gkbot(desk, "export", "台账.xls")[0] == 2
    assert gkbot(desk, "export", "nowhere/台账.xlsx")[0] == 2
    assert gkbot(desk, "export", "台账.xlsx", "--document", "没有的文件")[0] == 2
    status, _, err = gkbot(desk, "import", "台账.et")
    assert (status, err) == (2, "gkbot: 台账.et：没有这个文件。检查文件名和文件夹。\n")


def test_broken_rules_are_told_first(tmp_path: Path) -> None:
    desk = small_office(tmp_path)
    gkbot(desk, "export", "台账.xlsx")
    (desk.root / "tasks.yaml").write_text(TASKS_YAML.replace("期限: 6", "期限：6"), encoding="utf-8")
    status, _, err = gkbot(desk, "import", "台账.xlsx", "--yes")
    assert (status, "GK120" in err) == (1, True)
