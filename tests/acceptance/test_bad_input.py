"""Mistakes in rule files: place, code, cause and cure; and the last good version keeps working."""

import json
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.acceptance.program import CHINESE, Finished, Office
from tests.acceptance.small import FIRST_DAY, SEVEN_DAYS_BEFORE, TASKS, UNITS, small_office

Edit = Callable[[str], bytes]


@dataclass(frozen=True)
class Break:
    """One mistake: how it comes into plan.yaml, where it is found, under which code."""

    edit: Edit
    line: int
    code: str


def swap(old: str, new: str) -> Edit:
    def edit(text: str) -> bytes:
        assert old in text
        return text.replace(old, new, 1).encode()

    return edit


BREAKS = {
    "unknown unit": Break(swap("责任单位: 各县", "责任单位: 丙县"), 10, "GK130"),
    "duplicate 编号": Break(swap("-02\n", "-01\n"), 11, "GK150"),
    "phrase not understood": Break(swap("2023年7月底前", "按领导的意思"), 9, "GK110"),
    "date before 印发日期": Break(swap("2023年7月底前", "2023年3月底前"), 9, "GK114"),
    "full-width colon": Break(swap("    条款: 一（一）", "    条款：一（一）"), 8, "GK120"),
    "full-width indent": Break(swap("    条款: 一（一）", "　　条款: 一（一）"), 8, "GK122"),
    "tab": Break(swap("    条款: 一（一）", "\t条款: 一（一）"), 8, "GK123"),
    "duplicate key": Break(swap("    条款: 一（一）", "    条款: 一（一）\n    条款: 一（二）"), 9, "GK141"),
    "GBK file": Break(lambda text: text.encode("gbk"), 1, "GK102"),
    "empty file": Break(lambda _text: b"", 1, "GK103"),
    "Chinese comma": Break(swap("责任单位: 各县", "责任单位: [甲县，乙县]"), 10, "GK124"),
    "no space after colon": Break(swap("    条款: 一（一）", "    条款:一（一）"), 8, "GK121"),
    "unknown key": Break(swap("    条款: 一（一）", "    条文: 一（一）"), 8, "GK140"),
    "day that does not exist": Break(swap("印发日期: 2023-05-17", "印发日期: 2023-02-30"), 4, "GK144"),
}
PLACE = re.compile(r"(?P<file>.*plan\.yaml):(?P<line>\d+):(?P<column>\d+): (?P<code>GK\d{3}) (?P<text>.+)$")

MUST_SHOW = 11  # the first of them: those that an issue names
breaks = pytest.mark.parametrize("name", BREAKS)


def broken(office: Office, mistake: Break) -> None:
    (office.folder / "rules" / "plan.yaml").write_bytes(mistake.edit(TASKS))


@pytest.fixture(scope="module")
def after_a_good_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("good") / "office"
    small_office(folder).ask("daily", "--date", FIRST_DAY)
    return folder


def copy_of(folder: Path, tmp_path: Path) -> Office:
    shutil.copytree(folder, tmp_path / "office")
    shutil.rmtree(tmp_path / "office" / "outbox")
    return Office(tmp_path / "office")


def test_the_small_office_has_no_mistakes(tmp_path: Path) -> None:
    finished = small_office(tmp_path).run("check", "--json")
    assert finished.status == 0
    assert [problem for problem in finished.json if problem["severity"] == "error"] == []


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory) -> tuple[Finished, Finished]:
    """What `gkbot check` says of all the mistakes at once, each in a folder of its own, to people and to programs."""
    folder = tmp_path_factory.mktemp("broken")
    for name, mistake in BREAKS.items():
        (folder / "rules" / name).mkdir(parents=True)
        (folder / "rules" / name / "units.yaml").write_text(UNITS, encoding="utf-8")
        edited = mistake.edit(TASKS.replace("SX2023", f"{name.replace(' ', '-')}"))
        (folder / "rules" / name / "plan.yaml").write_bytes(edited)
    office = Office(folder)
    return office.run("check"), office.run("check", "--json")


@breaks
def test_check_names_place_code_cause_and_cure_of(name: str, checked: tuple[Finished, Finished]) -> None:
    finished, mistake = checked[0], BREAKS[name]
    assert finished.status == 1, finished.said
    finished.assert_in_chinese()
    lines = finished.said.splitlines()
    found = {
        (int(match["line"]), match["code"]): (match, number)
        for number, line in enumerate(lines)
        if (match := PLACE.match(line)) and f"/{name}/" in match["file"]
    }
    assert (mistake.line, mistake.code) in found, finished.said
    match, number = found[mistake.line, mistake.code]
    assert int(match["column"]) >= 1
    assert CHINESE.search(match["text"])
    assert lines[number + 1].startswith("    "), "no line of the file, no cure"


@breaks
def test_check_gives_programs_the_same_of(name: str, checked: tuple[Finished, Finished]) -> None:
    finished, mistake = checked[1], BREAKS[name]
    assert finished.status == 1
    errors = [problem for problem in finished.json if problem["severity"] == "error"]
    problems = [problem for problem in errors if f"/{name}/" in problem["file"]]
    assert (mistake.line, mistake.code) in {(problem["line"], problem["code"]) for problem in problems}
    for problem in problems:
        assert (problem["line"], problem["column"]) <= (problem["end_line"], problem["end_column"])
        assert CHINESE.search(problem["message"])
        assert CHINESE.search(problem["fix"])


@pytest.mark.parametrize("name", list(BREAKS)[:MUST_SHOW])
def test_the_last_good_version_goes_on_reminding_after(name: str, after_a_good_run: Path, tmp_path: Path) -> None:
    office, mistake = copy_of(after_a_good_run, tmp_path), BREAKS[name]
    broken(office, mistake)
    finished = office.run("daily", "--date", SEVEN_DAYS_BEFORE, "--json")
    assert finished.status == 1, finished.said
    assert "Traceback" not in finished.said
    assert mistake.code in {problem["code"] for problem in finished.json["problems"]}
    told = b"".join(path.read_bytes() for path in office.written())
    for address in (b"jia@example.gov.cn", b"yi@example.gov.cn", b"admin@example.gov.cn"):
        assert address in told


def test_broken_rules_before_any_good_version_stop_the_check_with_exit_one(tmp_path: Path) -> None:
    office = small_office(tmp_path)
    broken(office, BREAKS["unknown unit"])
    finished = office.run("daily", "--date", SEVEN_DAYS_BEFORE)
    assert finished.status == 1
    finished.assert_in_chinese()
    assert "GK130" in finished.said
    assert office.written() == []


def test_mended_files_are_in_force_on_the_next_run(after_a_good_run: Path, tmp_path: Path) -> None:
    office = copy_of(after_a_good_run, tmp_path)
    broken(office, BREAKS["unknown unit"])
    assert office.run("daily", "--date", "2023-07-11").status == 1
    (office.folder / "rules" / "plan.yaml").write_text(TASKS, encoding="utf-8")
    result = office.ask("daily", "--date", SEVEN_DAYS_BEFORE)
    assert result["problems"] == []
    assert result["sent"] >= 2


def test_all_mistakes_of_all_files_are_shown_at_once(tmp_path: Path) -> None:
    office = small_office(tmp_path)
    text = TASKS.replace("2023年7月底前", "按领导的意思").replace("责任单位: 甲县", "责任单位: 丙县")
    (tmp_path / "rules" / "plan.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "rules" / "empty.yaml").write_bytes(b"")
    codes = {problem["code"] for problem in json.loads(office.run("check", "--json").out)}
    assert {"GK110", "GK130", "GK103"} <= codes


@pytest.mark.parametrize("command", ["check", "daily"])
@pytest.mark.parametrize("state", ["empty", "missing"])
def test_an_empty_or_missing_rules_folder_is_said_in_chinese(command: str, state: str, tmp_path: Path) -> None:
    office = Office(tmp_path)
    if state == "empty":
        (tmp_path / "rules").mkdir()
    finished = office.run(command)
    finished.assert_in_chinese()
    assert finished.status in ({1, 2} if state == "missing" else {0, 1, 2})


def test_a_rules_folder_emptied_by_mistake_silences_nobody(after_a_good_run: Path, tmp_path: Path) -> None:
    office = copy_of(after_a_good_run, tmp_path)
    for path in (office.folder / "rules").iterdir():
        path.unlink()
    finished = office.run("daily", "--date", SEVEN_DAYS_BEFORE)
    assert finished.status == 1, finished.said
    assert any(b"yi@example.gov.cn" in path.read_bytes() for path in office.written())


def test_a_rules_folder_that_is_gone_for_a_day_loses_nothing(after_a_good_run: Path, tmp_path: Path) -> None:
    office = copy_of(after_a_good_run, tmp_path)
    rules = office.folder / "rules"
    rules.rename(office.folder / "elsewhere")
    finished = office.run("daily", "--date", SEVEN_DAYS_BEFORE)
    assert finished.status in {1, 2}
    finished.assert_in_chinese()
    (office.folder / "elsewhere").rename(rules)
    office.ask("daily", "--date", "2023-07-25")
    assert any(b"yi@example.gov.cn" in path.read_bytes() for path in office.written())
