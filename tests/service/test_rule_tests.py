"""Rule tests: what a case compares, how a difference is told, and the mistakes in test files."""

from pathlib import Path

import pytest

from gkbot.errors import RulesBroken, UsageError
from gkbot.rulebook import format_problem
from gkbot.service.rule_tests import FileOutcome, mismatch, run_tests

RULES = """\
文件:
  标题: 试行县2023年政务公开要点
  印发日期: 2023-05-17
任务:
  - 编号: SX-01
    事项: 完善公开内容
    期限: 2023年7月底前
    责任单位: 各县
  - 编号: SX-02
    事项: 公开批复
    期限: 批复后20个工作日内
    责任单位: 甲县
    起算: {事件: 批复}
单位:
  - 名称: 甲县人民政府
    别名: [甲县]
    联络员: [{岗位: 公开岗, 邮箱: jia@example.gov.cn}]
    分管领导: {岗位: 副县长, 邮箱: jia-leader@example.gov.cn}
  - 名称: 乙县人民政府
    别名: [乙县]
    联络员: [{岗位: 公开岗, 邮箱: yi@example.gov.cn}]
单位组:
  - 名称: 各县
    成员: 甲县、乙县
管理员:
  - {岗位: 公开科, 邮箱: admin@example.gov.cn}
"""


def run(folder: Path, cases: str) -> FileOutcome:
    (folder / "要点.yaml").write_text(RULES, encoding="utf-8")
    path = folder / "要点.test.yaml"
    path.write_text("用例:\n" + cases, encoding="utf-8")
    (tested,) = run_tests([path], folder)
    return tested


def case(day: str, *lines: str) -> str:
    return f"  - 说明: 一个用例\n    今天: {day}\n" + "".join(f"    {line}\n" for line in lines)


def differences(tested: FileOutcome) -> list[str]:
    assert tested.problems == ()
    return [line for failure in tested.failures for line in failure.lines()]


def test_a_case_that_is_met_says_nothing(tmp_path: Path):
    tested = run(tmp_path, case("2023-07-24", "预期:", "  - {编号: SX-01, 单位: 各县, 类型: 提前提醒, 剩余天数: 7}"))
    assert tested.is_good
    assert len(tested.outcomes) == 1


def test_a_missing_and_a_surplus_notice_are_both_told(tmp_path: Path):
    tested = run(tmp_path, case("2023-07-24", "预期:", "  - {编号: SX-01, 单位: 各县, 剩余天数: 6}"))
    assert differences(tested) == [
        "- 应有而没有：SX-01 各县 还剩6天",
        "+ 多出来的：SX-01 甲县人民政府、乙县人民政府 提前提醒 到期前7天 截止2023-07-31 还剩7天",
    ]


def test_an_empty_list_means_that_nothing_goes_out(tmp_path: Path):
    assert run(tmp_path, case("2023-07-25", "预期: []")).is_good
    assert not run(tmp_path, case("2023-07-24", "预期: []")).is_good


def test_one_unit_of_a_group_left_out_is_noticed(tmp_path: Path):
    tested = run(tmp_path, case("2023-07-31", "预期:", "  - {编号: SX-01, 单位: 甲县}"))
    assert differences(tested) == ["+ 多出来的：SX-01 乙县人民政府 到期提醒 到期当日 截止2023-07-31 今日到期"]


def test_what_must_not_go_out_is_told_where_it_does(tmp_path: Path):
    tested = run(tmp_path, case("2023-07-31", "不应有:", "  - {编号: SX-01, 单位: 乙县, 类型: 到期提醒}"))
    assert len(differences(tested)) == 1
    assert "不应有“SX-01 乙县 到期提醒”" in differences(tested)[0]


def test_what_happened_counts_from_the_day_it_was_recorded(tmp_path: Path):
    done = ("已发生:", "  - {情况: 办结, 编号: SX-01, 单位: 甲县, 日期: 2023-07-28}")
    on_friday = case("2023-07-24", "预期:", "  - {编号: SX-01, 单位: 各县}")
    on_monday = case("2023-07-31", *done, "预期:", "  - {编号: SX-01, 单位: 乙县, 类型: 到期提醒}")
    assert run(tmp_path, on_friday + on_monday).is_good


def test_an_event_starts_a_period(tmp_path: Path):
    happened = ("已发生:", "  - {情况: 事件发生, 编号: SX-02, 日期: 2023-06-01}")
    expected = ("预期:", "  - {编号: SX-02, 单位: 甲县, 类型: 开始计时, 截止: 2023-06-30}")
    assert run(tmp_path, case("2023-06-01", *happened, *expected)).is_good


def test_drafts_count_only_where_a_case_speaks_of_them(tmp_path: Path):
    silent = case("2023-08-03", "预期: []")
    spoken = case("2023-08-03", "预期:", "  - {编号: SX-01, 单位: 甲县, 类型: 催办函草稿}")
    assert run(tmp_path, silent + spoken).is_good


def test_rules_loaded_late_tell_their_tasks_on_that_day(tmp_path: Path):
    loaded = ("首次载入: 2023-07-10", "预期:", "  - {编号: SX-01, 单位: 各县, 类型: 任务录入}")
    tested = run(tmp_path, case("2023-07-10", *loaded, "  - {编号: SX-02, 单位: 甲县, 类型: 任务录入}"))
    assert differences(tested) == []


def test_a_difference_is_shown_with_its_place(tmp_path: Path):
    tested = run(tmp_path, case("2023-07-24", "预期: []"))
    shown = format_problem(mismatch(tested.failures[0]))
    assert shown.startswith(f"{tmp_path}/要点.test.yaml:2:9: GK210 用例“一个用例”与预期不符（今天 2023-07-24）")
    assert "+ 多出来的：SX-01" in shown


MISTAKES = {
    "GK201 规则": ("", "规则: [没有.yaml]\n"),
    "GK202 编号": (case("2023-07-24", "预期:", "  - {编号: SX-1}"), ""),
    "GK203 单位": (case("2023-07-24", "预期:", "  - {编号: SX-01, 单位: 丙县}"), ""),
    "GK204 延期": (
        case("2023-07-24", "已发生:", "  - {情况: 延期, 编号: SX-01, 日期: 2023-07-20}", "预期: []"),
        "",
    ),
    "GK205 将来": (
        case("2023-07-24", "已发生:", "  - {情况: 办结, 编号: SX-01, 日期: 2023-07-25}", "预期: []"),
        "",
    ),
    "GK206 没有预期": (case("2023-07-24"), ""),
    "GK145 类型": (case("2023-07-24", "预期:", "  - {编号: SX-01, 类型: 提醒}"), ""),
    "GK145 阶段": (case("2023-07-24", "预期:", "  - {编号: SX-01, 阶段: 七天前}"), ""),
    "GK146 天数": (case("2023-07-24", "预期:", "  - {编号: SX-01, 剩余天数: 七}"), ""),
    "GK144 日期": (case("2023-02-30", "预期: []"), ""),
    "GK140 键": (case("2023-07-24", "期望: []", "预期: []"), ""),
    "GK142 缺": ("  - 说明: 没有今天\n    预期: []\n", ""),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_in_a_test_file_has_place_code_and_cure(tmp_path: Path, name: str):
    cases, head = MISTAKES[name]
    (tmp_path / "要点.yaml").write_text(RULES, encoding="utf-8")
    path = tmp_path / "要点.test.yaml"
    path.write_text(head + "用例:\n" + (cases or case("2023-07-25", "预期: []")), encoding="utf-8")
    (tested,) = run_tests([path], tmp_path)
    assert [problem.code for problem in tested.problems] == [name[:5]]
    assert tested.problems[0].fix
    assert 1 <= tested.problems[0].place.line <= len(path.read_text(encoding="utf-8").splitlines())
    assert not tested.is_good


def test_an_empty_or_torn_test_file_is_a_problem_and_no_traceback(tmp_path: Path):
    (tmp_path / "要点.yaml").write_text(RULES, encoding="utf-8")
    path = tmp_path / "要点.test.yaml"
    for data in (b"", b"\xff\xfe\x00", "用例：\n".encode(), b"[", b"text"):
        path.write_bytes(data)
        (tested,) = run_tests([path], tmp_path)
        assert not tested.is_good


def test_broken_rules_and_a_folder_without_tests_are_told(tmp_path: Path):
    (tmp_path / "要点.yaml").write_text(RULES, encoding="utf-8")
    with pytest.raises(UsageError, match="没有找到规则测试"):
        list(run_tests([], tmp_path))
    with pytest.raises(UsageError, match="没有这个文件"):
        list(run_tests([tmp_path / "无.test.yaml"], tmp_path))
    (tmp_path / "要点.test.yaml").write_text("用例:\n" + case("2023-07-25", "预期: []"), encoding="utf-8")
    (tmp_path / "要点.yaml").write_text("任务：\n", encoding="utf-8")
    with pytest.raises(RulesBroken):
        list(run_tests([], tmp_path))
