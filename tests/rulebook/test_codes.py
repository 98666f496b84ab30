"""Every code has an example that shows it and a cure that heals it; the page of codes says what the table says."""

import re
from datetime import date
from pathlib import Path

import pytest

from gkbot.rulebook import CODES, Severity, load_files
from gkbot.rulebook.code_examples import EXAMPLES
from gkbot.rulebook.code_pages import explained, page
from gkbot.rulebook.codes import full_code, near_codes

PAGE = Path(__file__).parents[2] / "docs" / "检查代码.md"
TODAY = date(2023, 6, 1)
TOLD_IN_WORDS = {"GK100", "GK101", "GK102", "GK103", "GK105", "GK106", "GK148", "GK162", "GK163"}
UNSEEN = {"〔Tab〕": "\t", "〔全角空格〕": "\u3000", "〔零宽空格〕": "\u200b"}
SECTIONS = {
    "文件": "文件:\n  标题: 要点\n  印发日期: 2023-05-17",
    "任务": "任务:",
    "单位": "单位:\n  - 名称: 县财政局\n    联络员: [{岗位: 办公室, 邮箱: a@example.gov.cn}]\n"
    "  - 名称: 县发展和改革局\n    联络员: [{岗位: 办公室, 邮箱: b@example.gov.cn}]",
}
TASK = {"编号": "A-1", "事项": "公开预算", "期限": "2023年7月底前", "责任单位": "县财政局"}
TOP_LEVEL = re.compile(r"^(文件|任务|单位|单位组|提醒方案|停止办公|年份):", re.MULTILINE)


def whole_file(piece: str) -> str:
    """An example as it stands in a file; a calendar is a file of its own."""
    for words, char in UNSEEN.items():
        piece = piece.replace(words, char)
    parts = TOP_LEVEL.findall(piece)
    if "年份" in parts:
        return piece
    task = [] if "任务" in parts else task_lines("" if parts else piece)
    texts = {**SECTIONS, "任务": "\n".join(["任务:", *task])}
    kept = [text for name, text in texts.items() if name not in parts]
    return "\n".join([*kept[:1], *([piece] if parts else []), *kept[1:]]) + "\n"


def task_lines(piece: str) -> list[str]:
    if re.match(r"[-－]", piece):
        return [f"  {line}" for line in piece.splitlines()]
    unwritten = {key: value for key, value in TASK.items() if f"{key}:" not in piece and f"{key}：" not in piece}
    lines = [f"{key}: {value}" for key, value in unwritten.items()]
    own = [line if line[:1] in "\t\u3000" else f"    {line}" for line in piece.splitlines()]
    return [f"  - {lines[0]}", *(f"    {line}" for line in lines[1:]), *own]


def found(piece: str) -> dict[str, Severity]:
    problems = load_files({"plan.yaml": whole_file(piece).encode()}, TODAY).problems
    return {problem.code: problem.severity for problem in problems}


@pytest.mark.parametrize("code", sorted(code for code in CODES if code < "GK2" and code not in TOLD_IN_WORDS))
def test_an_example_shows_the_mistake_and_its_cure(code: str) -> None:
    example = EXAMPLES[code]
    assert code in found(example.wrong)
    healed = found(example.right)
    assert code not in healed
    assert Severity.ERROR not in healed.values()


def test_every_code_has_an_example_and_is_explained_on_the_page() -> None:
    assert list(EXAMPLES) == list(CODES)
    assert all(f"\n### {code}\n" in page() for code in CODES)


def test_the_page_of_codes_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == page()


def test_a_code_is_explained_in_a_few_lines() -> None:
    assert explained("GK104").splitlines() == [
        "GK104 看不懂的单位词",
        "",
        "期限里的数量后面不是小时、日、工作日、周、月或年。",
        "改法：改成“工作日”“日”“个月”等。",
        "",
        "写成了：",
        "    期限: 批复后20个公作日内",
        "应当写：",
        "    期限: 批复后20个工作日内",
    ]


@pytest.mark.parametrize("written", ["GK104", "gk104", "104", "GK 104", " gk104 "])
def test_a_code_may_be_written_in_several_ways(written: str) -> None:
    assert full_code(written) == "GK104"


def test_near_codes_are_proposed() -> None:
    assert "GK104" in near_codes("GKI04")
    assert near_codes("XYZ") == []
