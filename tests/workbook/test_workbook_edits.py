"""What people do in the workbook, each with the lines of YAML that it changes."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from offices_on_sheets import (
    GROUPS,
    PEOPLE,
    TASKS,
    TODAY,
    append,
    at,
    delete,
    diff,
    put,
    reverse,
    small_office,
)

from gkbot.service.workbook.importing import prepare

Edit = Callable[[Any], object]
WORDS = "完成时限（期限原文）"


def both(*edits: Edit) -> Edit:
    """Several edits in one sitting."""

    def edit(book: Any) -> None:
        for each in edits:
            each(book)

    return edit


EDITS: dict[str, tuple[Edit, list[str]]] = {
    "words": (put(TASKS, "SL-001", WORDS, "7月底前"), ["-    期限: 6月底前", "+    期限: 7月底前"]),
    "one of several words": (
        put(TASKS, "SL-002", WORDS, "6月底前\n10月底前"),
        ["-      - 9月底前", "+      - 10月底前"],
    ),
    "one more deadline": (
        put(TASKS, "SL-001", WORDS, "6月底前\n年底前"),
        ["-    期限: 6月底前", "+    期限:", "+      - 6月底前", "+      - 年底前"],
    ),
    "a comment beside the value stays": (
        put(TASKS, "SL-001", "工作任务（事项）", "公开预算#1: 甲"),
        ["-    事项: 公开预算          # 每年都有", "+    事项: '公开预算#1: 甲'          # 每年都有"],
    ),
    "quotes stay": (
        put(TASKS, "SL-001", "具体要求（办理要求）", "写网址"),
        ["-    办理要求: '含“三公”经费'", "+    办理要求: '写网址'"],
    ),
    "units in one string": (
        put(TASKS, "SL-001", "牵头单位", "县财政局、\n县发改局"),
        ["-    牵头单位: 县财政局", "+    牵头单位: 县财政局、县发改局"],
    ),
    "units in a list": (
        put(TASKS, "SL-002", "牵头单位", "县财政局、县直各部门"),
        ["-      - 县发改局", "+      - 县直各部门"],
    ),
    "a key that was missing": (put(TASKS, "007", "条款", "二"), ["+    条款: 二"]),
    "a key that goes": (put(TASKS, "SL-001", "条款", None), ["-    条款: 一（一）"]),
    "inside brackets": (
        put(TASKS, "SL-002", "起算日期", "2026/3/1"),
        ["-    起算: {事件: 批复, 日期: 2026-02-06}", "+    起算: {事件: 批复, 日期: 2026-03-01}"],
    ),
    "out of brackets": (
        put(TASKS, "SL-002", "起算日期", None),
        ["-    起算: {事件: 批复, 日期: 2026-02-06}", "+    起算: {事件: 批复}"],
    ),
    "a confirmation": (
        both(
            put(TASKS, "SL-001", "确认截止", "2026-06-30"),
            put(TASKS, "SL-001", "确认人", "李某"),
            put(TASKS, "SL-001", "确认日期", "2026年3月1日"),
            put(TASKS, "SL-001", "确认理由", "原文"),
        ),
        [
            "+    确认:",
            "+      截止: 2026-06-30",
            "+      确认人: 李某",
            "+      日期: 2026-03-01",
            "+      理由: 原文",
        ],
    ),
    "blanks and full-width spaces are no change": (
        both(put(TASKS, "SL-001", WORDS, "　6月底前 \n"), put(TASKS, "SL-001", "条款", "\u200b一（一）\xa0")),
        [],
    ),
    "a number made of 007 is no change": (put(TASKS, "007", "编号", 7), []),
    "a computed column is no change": (put(TASKS, "SL-001", "截止日", "2026-12-31"), []),
    "a line break in a text": (
        put(TASKS, "SL-001", "工作任务（事项）", "公开\n预算草案"),
        ["-    事项: 公开预算          # 每年都有", "+    事项: 公开预算草案          # 每年都有"],
    ),
    "a new task": (
        append(TASKS, **{"编号": "SL-004", "工作任务（事项）": "=1+1", WORDS: "10月底前", "责任单位": "县发改局"}),
        ["+  - 编号: SL-004", "+    事项: =1+1", "+    期限: 10月底前", "+    责任单位: 县发改局"],
    ),
    "a task gone with its comment": (
        delete(TASKS, 3),
        [
            "-  # SL-002 是人大定的",
            "-  - 编号: SL-002",
            "-    事项: 公开决算",
            "-    期限:",
            "-      - 6月底前",
            "-      - 9月底前",
            "-    牵头单位:",
            "-      - 县财政局",
            "-      - 县发改局",
            "-    起算: {事件: 批复, 日期: 2026-02-06}",
        ],
    ),
    "another order": (reverse(TASKS), []),
    "another order and a change": (
        both(reverse(TASKS), put(TASKS, "SL-001", WORDS, "7月底前")),
        ["-    期限: 6月底前", "+    期限: 7月底前"],
    ),
    "a mail address": (
        put(PEOPLE, "县财政局", "邮箱", "new@example.gov.cn"),
        ["-        邮箱: a@example.gov.cn   # 每天看", "+        邮箱: new@example.gov.cn   # 每天看"],
    ),
    "a telephone as a number": (
        put(PEOPLE, "县财政局", "手机", 13900000000.0),
        ['-        手机: "13800000000"', '+        手机: "13900000000"'],
    ),
    "a new contact": (
        append(PEOPLE, 单位="县发改局", 类别="联络员", 岗位="公开岗", 手机="13800000001"),
        ["+      - 岗位: 公开岗", '+        手机: "13800000001"'],
    ),
    "a new 分管领导": (
        append(PEOPLE, 单位="县发改局", 类别="分管领导", 岗位="副局长", 邮箱="e@example.gov.cn"),
        ["+    分管领导:", "+      岗位: 副局长", "+      邮箱: e@example.gov.cn"],
    ),
    "a contact gone": (delete(PEOPLE, 3), ["-      - 岗位: 国库股", "-        邮箱: b@example.gov.cn"]),
    "the 分管领导 gone": (delete(PEOPLE, 4), ["-    分管领导: {岗位: 副局长, 邮箱: c@example.gov.cn}"]),
    "the last contact gone and the unit kept by a new one": (
        both(delete(PEOPLE, 5), append(PEOPLE, 单位="县发改局", 岗位="值班室", 邮箱="f@example.gov.cn")),
        [
            "-      - 岗位: 办公室",
            "-        邮箱: d@example.gov.cn",
            "+      - 岗位: 值班室",
            "+        邮箱: f@example.gov.cn",
        ],
    ),
    "an alias, said in one row": (
        put(PEOPLE, "县财政局", "单位别名", "财政局\n县财政"),
        ["-    别名: [财政局]", "+    别名: [财政局, 县财政]"],
    ),
    "a new unit that joins a group": (
        both(
            append(PEOPLE, 单位="县统计局", 类别="联络员", 岗位="办公室", 邮箱="t@example.gov.cn", 单位别名="统计局"),
            append(PEOPLE, 单位="县统计局", 类别="分管领导", 岗位="副局长"),
            put(GROUPS, "县直各部门", "成员", "县财政局\n县发改局\n县统计局"),
        ),
        [
            "+  - 名称: 县统计局",
            "+    别名:",
            "+      - 统计局",
            "+    联络员:",
            "+      - 岗位: 办公室",
            "+        邮箱: t@example.gov.cn",
            "+    分管领导:",
            "+      岗位: 副局长",
            "-    成员: [县财政局, 县发改局]",
            "+    成员: [县财政局, 县发改局, 县统计局]",
        ],
    ),
    "a new group": (
        append(GROUPS, 单位组="经济部门", 成员="县财政局\n县发改局"),
        ["+  - 名称: 经济部门", "+    成员:", "+      - 县财政局", "+      - 县发改局"],
    ),
    "a sheet that was deleted": (lambda book: book.remove(book[PEOPLE]), []),
    "more columns and sheets": (
        lambda book: (book.create_sheet("我的笔记"), setattr(book[TASKS]["AZ1"], "value", "领导批示")),
        [],
    ),
    "a title above": (lambda book: book[TASKS].insert_rows(1), []),
}


@pytest.mark.parametrize("name", EDITS)
def test_an_edit_changes_just_these_lines(name: str, tmp_path: Path) -> None:
    edit, expected = EDITS[name]
    found = small_office(tmp_path).edited(edit)
    assert [str(mistake) for mistake in found.mistakes] == []
    assert found.problems == []
    assert diff(found) == expected
    assert bool(found.wishes) == bool(expected)


def test_a_workbook_read_back_twice_changes_nothing_more(tmp_path: Path) -> None:
    desk = small_office(tmp_path)
    every = [edit for name, (edit, _) in EDITS.items() if name.startswith(("words", "a new", "a telephone"))]
    found = desk.edited(both(*every))
    assert len(found.wishes) == 8
    for path, data in found.new.items():
        (desk.root / path).write_bytes(data)
    again = prepare(desk.file, desk.root, TODAY)
    assert (again.wishes, again.mistakes) == ([], [])


def test_an_edit_of_the_file_since_then_is_kept(tmp_path: Path) -> None:
    desk = small_office(tmp_path)
    book = desk.export()
    path = desk.root / "tasks.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("一（一）", "一（二）"), encoding="utf-8")
    at(book[TASKS], "SL-001", WORDS).value = "7月底前"
    book.save(desk.file)
    assert diff(prepare(desk.file, desk.root, TODAY)) == ["-    期限: 6月底前", "+    期限: 7月底前"]


def test_tasks_that_were_not_exported_are_left_alone(tmp_path: Path) -> None:
    desk = small_office(tmp_path)
    desk.export(tasks=[])
    found = prepare(desk.file, desk.root, TODAY)
    assert (found.wishes, found.mistakes) == ([], [])


def test_what_was_overlooked_is_told(tmp_path: Path) -> None:
    edits = both(EDITS["more columns and sheets"][0], put(TASKS, "SL-001", "工作任务（事项）", "公开\n预算"))
    found = small_office(tmp_path).edited(edits)
    assert found.remarks == [
        "任务台账：AZ列“领导批示”不是导出的列，没有读",
        "任务台账 第2行 D列“工作任务（事项）”：单元格里的换行去掉了",
        "工作表“我的笔记”不是导出的，没有读",
    ]


def test_a_merged_cell_holds_for_all_its_rows(tmp_path: Path) -> None:
    def merge(book: Any) -> None:
        put(TASKS, "SL-001", "备注", "同前")(book)
        column = at(book[TASKS], "SL-001", "备注").column_letter
        book[TASKS].merge_cells(f"{column}2:{column}3")

    found = small_office(tmp_path).edited(merge)
    assert diff(found) == ["+    备注: 同前", "+    备注: 同前"]
    assert "各行按同一内容读" in found.remarks[0]
