"""`gkbot check`: which problems it lists, in which form, with which exit code."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine

from gkbot.cli.app import run
from gkbot.cli.check_formats import as_annotations
from gkbot.rulebook import Place, Problem, Severity

BAD = Path(__file__).parents[1] / "data" / "bad_rules"
GOOD = """\
文件:
  标题: 要点
  印发日期: 2023-05-17
任务:
  - 编号: A-1
    事项: 公开预算
    期限: 2023年8月前  # 已知 GK112：李某 2023-06-01 核对过
    责任单位: 县财政局
  - 编号: A-2
    事项: 公开决算
    期限: 及时公开
    责任单位: 县财政局
单位:
  - 名称: 县财政局
    联络员: [{岗位: 办公室, 邮箱: a@example.gov.cn}]
"""


@pytest.fixture
def rules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "rules"
    folder.mkdir()
    (folder / "plan.yaml").write_text(GOOD, encoding="utf-8")
    with time_machine.travel("2026-06-01T09:00+08:00"):  # from October on a missing holiday notice is told as well
        yield folder


def call(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        run(["check", *arguments])
    printed = capsys.readouterr()
    return int(ended.value.code or 0), printed.out, printed.err


def problem(message: str, **place: int) -> Problem:
    there = {"line": 2, "column": 3, "end_line": 2, "end_column": 6} | place
    return Problem(
        place=Place(file="rules/a,b:c.yaml", **there), severity=Severity.WARNING, code="GK112", message=message
    )


def test_accepted_problems_are_counted_but_not_listed(rules: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = call(capsys)
    assert (status, out) == (0, "")
    assert err == "检查了 1 个文件：0 个错误、0 个警告、1 个提示；另有 1 个已知（--all 列出）。\n"


@pytest.mark.parametrize("option", ["--all", "--hints"])
def test_all_lists_hints_and_accepted_ones_in_the_order_of_lines(
    option: str, rules: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, out, _ = call(capsys, option)
    heads = [line for line in out.splitlines() if line.startswith("rules/")]
    assert [head.partition(" ")[2][:9] for head in heads] == ["GK112 已知：", "GK111 提示："]
    assert "    已接受：李某 2023-06-01 核对过" in out.splitlines()


def test_json_names_accepted_ones_only_when_asked(rules: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert [each["code"] for each in json.loads(call(capsys, "--json")[1])] == ["GK111"]
    known, hint = json.loads(call(capsys, "--format", "json", "--all")[1])
    assert (known["code"], known["accepted"]) == ("GK112", "李某 2023-06-01 核对过")
    assert "accepted" not in hint


def test_github_gets_one_command_a_problem(rules: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wrong = GOOD.replace("责任单位: 县财政局\n  -", "责任单位: 县财整局\n  -")
    (rules / "plan.yaml").write_text(wrong, encoding="utf-8")
    status, out, err = call(capsys, "--format", "github", "rules")
    assert status == 1
    assert out == (
        "::error file=rules/plan.yaml,line=8,col=11,endLine=8,endColumn=14,title=GK130::"
        "通讯录里没有“县财整局”%0A是不是“县财政局”？\n"
    )
    assert err.startswith("检查了 1 个文件：1 个错误、")


def test_what_github_would_misread_is_escaped() -> None:
    assert as_annotations([problem("100%，\r\n两行: a, b")]) == (
        "::warning file=rules/a%2Cb%3Ac.yaml,line=2,col=3,endLine=2,endColumn=5,title=GK112::100%25，%0D%0A两行: a, b"
    )


def test_github_takes_no_columns_across_lines() -> None:
    (line,) = as_annotations([problem("两行", end_line=3)]).splitlines()
    assert ",line=2,endLine=3,title=" in line


@pytest.mark.parametrize("written", ["GK104", "gk104", "104"])
def test_a_code_is_explained(written: str, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = call(capsys, "--explain", written)
    assert (status, err) == (0, "")
    assert out.startswith("GK104 看不懂的单位词\n")
    assert "    期限: 批复后20个公作日内\n" in out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--explain", "GKI04"], "相近的有：GK104（看不懂的单位词）"),
        (["--explain", "什么"], "没有代码“什么”。"),
        (["--format", "xml"], "只能是 text、github、json"),
        (["--json", "--format", "github"], "不能同时使用"),
        (["nowhere"], "没有这个文件或文件夹：nowhere"),
    ],
)
def test_wrong_usage_ends_with_2(
    arguments: list[str], words: str, rules: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, out, err = call(capsys, *arguments)
    assert (status, out) == (2, "")
    assert words in err


def test_many_bad_files_are_told_file_by_file_with_the_counts_at_the_end(tmp_path: Path) -> None:
    paths = sorted(BAD.glob("*.yaml"))
    for path in paths:  # a folder each: nobody's units are the others'
        (tmp_path / path.stem).mkdir()
        (tmp_path / path.stem / path.name).write_bytes(path.read_bytes())
    done = subprocess.run(
        [sys.executable, "-m", "gkbot", "check", "."],
        cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", check=False,
    )  # fmt: skip
    *blocks, last = done.stdout.split("\n\n")
    files = [{line.partition(":")[0] for line in block.splitlines() if ".yaml:" in line[:80]} for block in blocks]
    assert done.returncode == 1
    assert len(paths) >= 60
    assert all(len(named) == 1 for named in files)
    assert len(set.union(*files)) == len(files)
    assert re.match(rf"检查了 {len(paths)} 个文件，列出 \d+ 个：\d+ 个错误、", last.splitlines()[-1])
    assert "Traceback" not in done.stdout
