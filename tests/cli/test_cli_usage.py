"""The command line's own talk: Chinese help, clear complaints, exact exit codes."""

import json
import os
import shutil
from pathlib import Path

import pytest

from gkbot.cli.app import COMMANDS, run
from tests.acceptance.program import Office
from tests.acceptance.small import FIRST_DAY, small_office

ROOT = Path(__file__).parents[2]


def call(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        run(arguments)
    printed = capsys.readouterr()
    return int(ended.value.code or 0), printed.out, printed.err


@pytest.mark.parametrize("command", [[], *([name] for name in COMMANDS)])
def test_every_help_page_is_chinese_with_an_example_and_exit_codes(
    command: list[str], capsys: pytest.CaptureFixture[str]
):
    status, out, _ = call(capsys, *command, "--help")
    assert status == 0
    assert "例：gkbot" in out
    assert "退出码" in out
    assert not {"Usage", "Options", "Show this", "required"} & set(out.replace(":", " ").split())


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nosuch"], "没有这个命令"),
        (["when"], "要写一段文字"),
        (["when", "x", "--refs"], "没有选项 --refs"),
        (["when", "x", "--ref", "2023-02-30"], "这一天不存在"),
        (["when", "x", "--ref", "明天"], "写法：年-月-日"),
        (["when", "x", "--year"], "后面要写值"),
        (["plan", "--date", "2023-01-01", "--from", "2023-01-01"], "不能同时使用"),
        (["plan", "--from", "2023-01-01"], "要一起写"),
        (["plan", "--from", "2023-01-02", "--to", "2023-01-01"], "不能早于"),
        (["done", "A-1"], "缺少 --unit"),
        (["event", "A-1", "--at", "2026-03-05T25:00"], "看不懂时刻"),
        (["daily", "--date", "0001-01-01"], "只能写 2000-01-01 至 2199-12-31 的日期"),
        (["plan", "--date", "9999-12-31"], "只能写 2000-01-01 至 2199-12-31 的日期"),
        (["tasks", "--date", "1999-12-31"], "只能写 2000-01-01 至 2199-12-31 的日期"),
        (["event", "A-1", "--at", "2200-01-01"], "只能写 2000-01-01 至 2199-12-31 的日期"),
        (["outbox", "list", "--state", "foo"], "“foo”不在可写的几种里：pending、"),
        (["outbox", "audit", "--last", "0"], "只能写 1 至 100000，写的是 0"),
        (["silence", "end", "x", "--why", "y"], "“x”不是整数"),
        (["clock", "reject"], "“reject”不对，只能写 accept"),
        (["bounce", "/nowhere/x.eml"], "打不开文件 /nowhere/x.eml（没有这个文件或文件夹）"),
        (["when", "--batch", "/nowhere/x"], "读不到文件 /nowhere/x（没有这个文件或文件夹）"),
        (["db", "backup", "/"], "“/”是文件夹，要写文件"),
        (["when", "x", "--ref", "1899-12-31"], "只能写 1900-01-01 至 2199-12-31 的日期"),
    ],
)
def test_wrong_usage_is_told_in_chinese_and_ends_with_2(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
):
    status, out, err = call(capsys, *arguments)
    assert status == 2
    assert out == ""
    assert words in err
    assert "Traceback" not in err


def test_when_prints_one_json_document(capsys: pytest.CaptureFixture[str]):
    status, out, err = call(capsys, "when", "于8月底前完成", "--ref", "2023-05-17", "--json")
    assert (status, err) == (0, "")
    [deadline] = json.loads(out)["deadlines"]
    assert (deadline["text"], deadline["span"], deadline["kind"], deadline["due"]) == (
        "8月底前",
        [1, 5],
        "by",
        "2023-08-31",
    )


def test_the_task_year_goes_before_the_year_of_issue(capsys: pytest.CaptureFixture[str]):
    _, out, _ = call(capsys, "when", "8月底前", "--ref", "2022-12-20", "--year", "2023", "--json")
    assert json.loads(out)["deadlines"][0]["due"] == "2023-08-31"


def test_an_old_document_can_still_be_read(capsys: pytest.CaptureFixture[str]):
    _, out, _ = call(capsys, "when", "8月底前", "--ref", "1985-05-17", "--json")
    assert json.loads(out)["deadlines"][0]["due"] == "1985-08-31"


@pytest.mark.parametrize("day", ["2000-01-01", "2199-12-31"])
@pytest.mark.parametrize("command", ["daily", "plan", "tasks"])
def test_the_first_and_the_last_day_work(
    command: str,
    day: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
):
    monkeypatch.chdir(tmp_path)
    shutil.copytree(ROOT / "rules" / "statutory", tmp_path / "rules" / "statutory")
    status, _, err = call(capsys, command, "--date", day)
    assert status == 0, err


def test_the_tasks_of_a_group_are_those_of_its_members(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.chdir(tmp_path)
    shutil.copytree(ROOT / "rules" / "guangyuan", tmp_path / "rules" / "guangyuan")
    status, out, err = call(capsys, "tasks", "--date", "2023-07-24", "--unit", "各县（区）", "--json")
    assert status == 0, err
    units = {duty["unit"] for task in json.loads(out) for duty in task["duties"]}
    assert {"苍溪县", "旺苍县", "利州区"} <= units
    assert "市财政局" not in units
    status, _, err = call(capsys, "tasks", "--unit", "各县市")
    assert status == 2
    assert "没有名为“各县市”的单位" in err


def test_a_text_without_a_deadline_gives_an_empty_list(capsys: pytest.CaptureFixture[str]):
    status, out, _ = call(capsys, "when", "国办发〔2019〕54号", "--ref", "2023-05-17", "--json")
    assert (status, json.loads(out)) == (0, {"deadlines": []})


def test_a_batch_answers_line_by_line_in_order(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    batch = tmp_path / "phrases.jsonl"
    lines = [
        {"id": "b", "text": "8月底前", "ref": "2023-05-17"},
        {"id": 1, "text": "没有期限", "ref": "2023-05-17"},
        {"id": "a", "text": "8月底前", "ref": "2023-05-17", "year": 2024},
    ]
    batch.write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in lines), encoding="utf-8")
    status, out, _ = call(capsys, "when", "--batch", str(batch))
    answers = [json.loads(line) for line in out.splitlines()]
    assert status == 0
    assert [answer["id"] for answer in answers] == ["b", 1, "a"]
    assert [[d["due"] for d in answer["deadlines"]] for answer in answers] == [["2023-08-31"], [], ["2024-08-31"]]


def test_a_bad_line_of_a_batch_is_named_and_the_others_are_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    batch = tmp_path / "phrases.jsonl"
    batch.write_text(
        '{"id": 1, "text": "8月底前", "ref": "2023-05-17"}\nnot json\n{"id": 2, "text": "x", "ref": "2023-02-30"}\n'
        '{"id": 3, "text": "9月底前", "ref": "2023-05-17"}\n',
        encoding="utf-8",
    )
    status, out, err = call(capsys, "when", "--batch", str(batch))
    assert status == 1
    assert [json.loads(line)["id"] for line in out.splitlines()] == [1, 3]
    assert f"{batch}:2:1:" in err
    assert f"{batch}:3:1:" in err


def test_a_failure_of_the_program_is_told_without_its_text(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    def broken() -> None:
        raise ZeroDivisionError("MARKED-SECRET")

    monkeypatch.setattr("gkbot.cli.when._today", broken)
    status, out, err = call(capsys, "when", "8月底前")
    assert (status, out) == (1, "")
    assert "ZeroDivisionError@" in err
    assert "MARKED-SECRET" not in err


@pytest.mark.fault("F12")
def test_without_zone_data_nothing_starts_and_the_cure_is_told(tmp_path: Path):
    hidden = "class Hidden:\n    def find_spec(self, name, path=None, target=None):\n"
    hidden += "        if name.startswith('tzdata'): raise ModuleNotFoundError(name=name)\n"
    (tmp_path / "sitecustomize.py").write_text(f"import sys\n{hidden}sys.meta_path.insert(0, Hidden())\n")
    where = {"PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}", "PYTHONTZPATH": str(tmp_path / "none")}
    office = Office(tmp_path, settings=where)
    for command in (["daily"], ["serve"], ["plan", "--date", "2026-03-05"]):
        finished = office.run(*command)
        assert finished.status == 2
        assert "没有时区数据" in finished.said
        assert "pip install tzdata" in finished.said


def test_a_change_is_accepted_as_of_a_day(tmp_path: Path):
    office = small_office(tmp_path)
    assert office.run("daily", "--date", FIRST_DAY).status == 0
    finished = office.run("accept", "--yes", "--date", FIRST_DAY)
    assert finished.status == 0, finished.said
    assert "已生效" in finished.out
