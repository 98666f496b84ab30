"""Rule files edited as text: what is asked for changes, and not one other byte."""

import difflib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gkbot.errors import CannotEdit
from gkbot.rulebook.editing import Change, add_item, changed, put, records_of, take_out
from gkbot.rulebook.editing.layout import laid_out
from gkbot.rulebook.editing.records import plain

RULES = Path(__file__).parents[2] / "rules"
FILES = sorted(path for path in RULES.rglob("*.yaml") if not path.name.endswith(".test.yaml"))
STYLES = """\
# head
文件:   # the document
  标题: '一''二'
  印发日期: 2026-01-20


任务:
  # heading over two

  - 编号: A-1   # kept
    事项: "双引号 \\u4e2d"  # kept too
    期限:
      - 6月底前  # first
      # between
      - 9月底前
    责任单位: [甲, '乙、丙']
    办理要求: >-
      折起来的
      两行

    备注: |
      竖线

  # of A-2
  - 编号: A-2
    事项: 一行写
      到下一行
    期限: 批复后20日内
    起算: {事件: 批复, 日期: 2026-02-06}
    责任单位: 甲
    # at the end of A-2
  - 编号: A-3
    事项:
      下一行
    期限: 持续推进
    责任单位: 甲
"""

words = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")), min_size=1, max_size=20).map(
    lambda text: " ".join(text.replace("\ufeff", "").split())
)
tricky = st.text(st.sampled_from("甲a1 :#-?'\"[]{}&*!|>%@`,、：\\~=+"), min_size=1, max_size=8).map(
    lambda text: " ".join(text.split())
)
texts = (words | tricky).filter(bool)


def diff(old: str, new: str) -> list[str]:
    """The lines that differ, as - and +."""
    lines = difflib.unified_diff(old.splitlines(), new.splitlines(), n=0, lineterm="")
    return [line for line in list(lines)[2:] if not line.startswith("@@")]


def fields_of(text: str) -> list[tuple[tuple[str | int, ...], int, int]]:
    """Every field of every record: its path, its first and last line from 1."""
    records = records_of("x.yaml", text)
    return [((*each.path, *path), f.first, f.last) for each in records for path, f in each.fields.items()]


def told(text: str) -> object:
    return plain(laid_out(text).root)


def replaced(data: object, path: tuple[str | int, ...], value: object) -> object:
    """The data with one value changed."""
    if not path:
        return [value] if isinstance(data, list) else value
    if isinstance(data, list):
        return [replaced(each, path[1:], value) if n == path[0] else each for n, each in enumerate(data)]
    assert isinstance(data, dict)
    return {key: replaced(each, path[1:], value) if key == path[0] else each for key, each in data.items()}


@settings(deadline=None, max_examples=300)
@given(data=st.data(), text=texts, crlf=st.booleans())
def test_a_field_is_changed_and_nothing_else(data: st.DataObject, text: str, crlf: bool) -> None:
    before = STYLES.replace("\n", "\r\n") if crlf else STYLES
    path, first, last = data.draw(st.sampled_from(fields_of(before)))
    after = put(before, path, text)
    assert told(after) == replaced(told(before), path, text)
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    assert new[: first - 1] == old[: first - 1]
    assert new[len(new) - (len(old) - last) :] == old[last:]


@settings(deadline=None, max_examples=150)
@given(data=st.data())
def test_a_field_taken_out_leaves_the_others(data: st.DataObject) -> None:
    path, _, _ = data.draw(st.sampled_from([each for each in fields_of(STYLES) if len(each[0]) == 3]))
    after = take_out(STYLES, path)
    kept = [p for p, _, _ in fields_of(STYLES) if p != path]
    assert [p for p, _, _ in fields_of(after)] == kept
    assert all(line.startswith("-") or "编号" in line or "事项" in line for line in diff(STYLES, after))


@settings(deadline=None, max_examples=150)
@given(st.lists(texts, min_size=1, max_size=5))
def test_a_list_becomes_any_other_list(items: list[str]) -> None:
    for path in (("任务", 0, "期限"), ("任务", 0, "责任单位")):
        after = put(STYLES, path, tuple(items))
        assert told(after) == {**told(STYLES), "任务": told(after)["任务"]}  # type: ignore[dict-item, index]
        assert told(after)["任务"][0][path[2]] == items  # type: ignore[index]


@settings(deadline=None, max_examples=60)
@given(data=st.data(), text=texts)
def test_many_changes_of_a_real_file_give_just_them(data: st.DataObject, text: str) -> None:
    before = data.draw(st.sampled_from(FILES)).read_text(encoding="utf-8")
    wanted = data.draw(st.lists(st.sampled_from(fields_of(before)), max_size=6, unique_by=lambda each: each[0]))
    after = changed(before, [Change(path=path, value=text) for path, _, _ in wanted])
    untouched = {line for path, first, last in fields_of(before) for line in range(first, last + 1)} - {
        line for _, first, last in wanted for line in range(first, last + 1)
    }
    lines = after.splitlines()
    assert all(before.splitlines()[number - 1] in lines for number in untouched)
    assert sum(line.strip().startswith("#") for line in lines) >= before.count("\n#")


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_no_change_gives_the_same_bytes(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert changed(text, []) == text


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        (("任务", 0, "事项"), "甲: 乙", ['-    事项: "双引号 \\u4e2d"  # kept too', '+    事项: "甲: 乙"  # kept too']),
        (("任务", 0, "编号"), "#1", ["-  - 编号: A-1   # kept", "+  - 编号: '#1'   # kept"]),
        (("任务", 0, "期限"), ("6月底前", "9月底前", "12月底前"), ["+      - 12月底前"]),
        (("任务", 0, "期限"), ("9月底前",), ["-      - 6月底前  # first"]),
        (("任务", 0, "责任单位"), ("甲", "丁"), ["-    责任单位: [甲, '乙、丙']", "+    责任单位: [甲, 丁]"]),
        (("任务", 0, "备注"), "短", ["-    备注: |", "-      竖线", "+    备注: 短"]),
        (("任务", 1, "期限"), ("甲", "乙"), ["-    期限: 批复后20日内", "+    期限:", "+      - 甲", "+      - 乙"]),
        (("任务", 1, "条款"), "二", ["+    条款: 二"]),
        (("任务", 2, "起算", "事件"), "批复", ["+    起算:", "+      事件: 批复"]),
        (("任务", 2, "事项"), "改", ["-      下一行", "+      改"]),
        (("文件", "标题"), "三'四", ["-  标题: '一''二'", "+  标题: '三''四'"]),
        (
            ("任务", 1, "起算", "日期"),
            "2026-03-01",
            ["-    起算: {事件: 批复, 日期: 2026-02-06}", "+    起算: {事件: 批复, 日期: 2026-03-01}"],
        ),
    ],
)
def test_values_are_put_in_the_style_of_the_place(path, value, expected) -> None:
    assert diff(STYLES, put(STYLES, path, value)) == expected


def test_an_item_takes_its_own_comments_along_but_not_a_heading() -> None:
    assert "# of A-2" not in (gone := take_out(STYLES, ("任务", 1)))
    assert "# at the end of A-2" not in gone
    assert "# heading over two" in take_out(STYLES, ("任务", 0))


def test_what_becomes_empty_goes_too() -> None:
    text = "任务:\n  - 编号: A\n    起算:\n      事件: 批复\n    期限: 持续推进\n"
    assert take_out(text, ("任务", 0, "起算", "事件")) == "任务:\n  - 编号: A\n    期限: 持续推进\n"


def test_an_item_is_added_as_the_others_are_written() -> None:
    text = "任务:\n- 编号: A\n  期限: 甲\n\n- 编号: B\n  期限: 乙\n# end"
    new = add_item(text, ("任务",), {"期限": ("甲", "乙"), "编号": "C", "起算": {"事件": "批复"}})
    assert new == text.replace("\n# end", "\n\n- 编号: C\n  期限:\n  - 甲\n  - 乙\n  起算:\n    事件: 批复\n# end")


def test_a_file_without_line_end_gets_none() -> None:
    assert add_item("单位:\r\n  - 名称: 甲", ("单位",), {"名称": "乙"}) == "单位:\r\n  - 名称: 甲\r\n  - 名称: 乙"


@pytest.mark.parametrize(
    ("text", "change"),
    [
        ("单位: [{名称: 甲}]\n", Change(path=("单位",), value={"名称": "乙"}, adds=True)),
        ("单位组:\n  - 名称: 甲\n    成员: [乙,\n      丙]\n", Change(path=("单位组", 0, "成员"), value=("丁", "乙"))),
        ("单位:\n  - 名称: 甲\n", Change(path=("单位", 3, "名称"), value="乙")),
        ("单位:\n  - 名称: &a 甲\n", Change(path=("单位", 0, "名称"), value="乙")),
    ],
)
def test_what_only_a_person_can_edit_is_refused(text: str, change: Change) -> None:
    with pytest.raises(CannotEdit):
        changed(text, [change])
