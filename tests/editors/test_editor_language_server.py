"""What editors with yaml-language-server show in rule files: its real answers, as recorded here."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from editor_client import Editor
from editor_programs import language_server
from editor_samples import DOCUMENT, TASK, WRONG, Wrong

ROOT = Path(__file__).resolve().parents[2]
RULES = sorted(path for path in (ROOT / "rules").rglob("*.yaml") if not path.name.endswith(".test.yaml"))
NEW_TASK = """编号: ${1:编号}
  事项: ${2:做什么}
  条款: ${3:条款}
  期限: ${4:照抄原文里的期限}
  责任单位: ${5:单位}"""


@pytest.fixture(scope="module")
def editor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Editor]:
    opened = Editor(language_server(), ROOT / "schema" / "rules.v1.json", tmp_path_factory.mktemp("editor"))
    yield opened
    opened.close()


def inserted(items: list[dict[str, Any]]) -> dict[str, str]:
    """Label → text put into the file."""
    return {item["label"]: item.get("insertText") or item["textEdit"]["newText"] for item in items}


def test_hovering_over_a_key_tells_its_meaning_with_an_example(editor: Editor) -> None:
    assert editor.hover(TASK.replace("期限", "期▮限")) == (
        "#### 期限\n\n照抄原文里的期限；没有期限的写“持续推进”（必填）。\n\n例：\n\n```yaml\n期限: 2023年7月底前\n```"
    )


def test_hovering_over_a_choice_tells_what_each_means(editor: Editor) -> None:
    shown = editor.hover(TASK + "    遇休▮息日: 顺延\n")
    assert shown.startswith("#### 遇休息日\n\n截止日是休息日时怎么办。")
    assert "- 顺延：移到休息日之后的第一个工作日\n" in shown
    assert "* `顺延`\n* `不顺延`\n* `提前`" in shown


def test_hovering_over_a_section_shows_one_written_out(editor: Editor) -> None:
    assert editor.hover("任▮务" + TASK.partition("任务")[2]) == (
        "#### 任务\n\n文件里的任务。\n\n例：\n\n```yaml\n任务:\n  - 编号: GK2026-01\n    事项: 公开本级预算\n"
        "    期限: 批准后20日内\n    责任单位: 县财政局\n```"
    )


def test_inside_a_task_the_keys_that_are_not_there_yet_are_proposed(editor: Editor) -> None:
    found = inserted(editor.completions(TASK + "    ▮"))
    assert found["牵头单位"] == "牵头单位: "
    assert found["起算"] == "起算:\n  "
    assert {"条款", "配合单位", "依据", "办理要求", "备注", "提醒", "遇休息日", "含当日", "持续推进", "确认"} < set(
        found
    )
    assert not {"编号", "事项", "期限", "责任单位", "标题", "名称"} & set(found)


def test_a_proposed_key_brings_its_meaning(editor: Editor) -> None:
    (item,) = [item for item in editor.completions(TASK + "    ▮") if item["label"] == "条款"]
    assert item["documentation"]["value"] == "在文件中的位置。\n\n例：\n\n```yaml\n条款: 三（二）1\n```"


def test_after_a_dash_a_whole_new_task_is_proposed(editor: Editor) -> None:
    found = inserted(editor.completions(TASK + "  - ▮"))
    assert found["新任务（责任单位）"] == NEW_TASK
    assert {"新任务（牵头、配合）", "新任务（从事件起算）"} < set(found)


@pytest.mark.parametrize(
    ("text", "label", "first_line"),
    [
        ("▮", "新的任务文件", "文件:"),
        ("▮", "新的通讯录", "单位:"),
        ("▮", "新的放假日历", "年份: ${1:2027}"),
        ("单位:\n  - ▮", "新单位", "名称: ${1:单位名称}"),
        ("单位组:\n  - ▮", "新单位组", "名称: ${1:统称}"),
        ("提醒方案:\n  - ▮", "新提醒方案", "名称: ${1:名称}"),
    ],
)
def test_other_new_pieces_are_proposed_where_they_belong(
    editor: Editor, text: str, label: str, first_line: str
) -> None:
    assert inserted(editor.completions(text))[label].splitlines()[0] == first_line


def test_after_a_key_with_choices_only_the_choices_are_proposed(editor: Editor) -> None:
    found = editor.completions(TASK + "    遇休息日: ▮")
    assert [(item["label"], item["documentation"]) for item in found] == [
        ("不顺延", "就在那一天截止，哪怕是休息日"),
        ("提前", "移到休息日之前的最后一个工作日"),
        ("顺延", "移到休息日之后的第一个工作日"),
    ]


def test_after_other_keys_no_true_false_or_null_is_proposed(editor: Editor) -> None:
    assert list(inserted(editor.completions(TASK + "    备注: ▮"))) == ["例：原文只写“及时”，没有日期"]
    assert inserted(editor.completions(DOCUMENT + "  归档日期: ▮")) == {"年-月-日": "${1:年}-${2:月}-${3:日}"}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_a_mistake_is_marked_at_its_place_in_our_words(editor: Editor, wrong: Wrong) -> None:
    (mark,) = editor.marks(wrong.text)
    assert (mark.line, mark.column, mark.end_column) == (wrong.line, wrong.column, wrong.end_column)
    assert mark.message.startswith(wrong.message)


def test_an_optional_key_left_empty_is_not_marked(editor: Editor) -> None:
    assert editor.marks(TASK + "    备注:\n    遇休息日:\n    配合单位:\n") == []


def test_nothing_is_marked_in_the_shipped_rule_files(editor: Editor) -> None:
    marked = {str(path): editor.marks(path.read_text(encoding="utf-8")) for path in RULES}
    assert {path: marks for path, marks in marked.items() if marks} == {}
