"""Good files: what they say, whose names they see, and what is kept from one reading to the next."""

from datetime import date
from pathlib import Path

from gkbot.deadline import Roll
from gkbot.rulebook import Loader, LoadResult, Role, Rulebook, Task, load, load_files

TODAY = date(2023, 6, 1)
DOCUMENT = "文件:\n  标题: 要点\n  文号: 某政办发〔2023〕12号\n  印发日期: 2023-05-17\n"
UNITS = """单位:
  - 名称: 县财政局
    别名: [财政局]
    联络员:
      - {岗位: 办公室, 邮箱: a@example.gov.cn, 企业微信: zhangsan, 手机: "13800000000"}
    机器人: COUNTIES
    分管领导: {岗位: 副局长, 邮箱: b@example.gov.cn}
  - 名称: 县发展和改革局
    联络员:
      - {岗位: 办公室, 邮箱: c@example.gov.cn}
单位组:
  - 名称: 各部门、单位
    成员: [县财政局, 县发展和改革局]
  - 名称: 全部
    成员: 各部门、单位
管理员:
  - {岗位: 政务公开科, 邮箱: admin@example.gov.cn}
"""


def task(**keys: str) -> str:
    """A file with one task; keys replace or add lines."""
    lines = {"编号": "A-1", "事项": "公开预算", "期限": "2023年7月底前", "责任单位": "县财政局"} | keys
    return DOCUMENT + "任务:\n  - " + "\n    ".join(f"{key}: {value}" for key, value in lines.items()) + "\n"


def read(files: dict[str, str], today: date | None = TODAY) -> LoadResult:
    return load_files({path: text.encode() for path, text in files.items()}, today, shown_root="rules")


def book_of(files: dict[str, str]) -> Rulebook:
    result = read(files)
    assert result.book is not None, result.errors
    return result.book


def only_task(files: dict[str, str]) -> Task:
    (found,) = book_of(files).tasks
    return found


def test_a_task_carries_its_words_its_document_and_its_deadline() -> None:
    found = only_task({"units.yaml": UNITS, "plan.yaml": task(条款="三（二）1", 依据="条例: 略".replace(": ", "："))})
    assert found.words == ("2023年7月底前",)
    assert [deadline.due for deadline in found.deadlines] == [date(2023, 7, 31)]
    assert (found.clause, found.basis) == ("三（二）1", "条例：略")
    assert (found.document.id, found.document.file) == ("plan.yaml", "rules/plan.yaml")
    assert (found.document.year, found.document.number) == (2023, "某政办发〔2023〕12号")
    assert found.responsible == ("县财政局",)


def test_a_group_stands_for_its_units_and_may_hold_a_list_comma_in_its_name() -> None:
    found = only_task({"units.yaml": UNITS, "plan.yaml": task(责任单位="各部门、单位")})
    assert found.responsible == ("各部门、单位",)
    assert [each.unit.name for each in found.assignments] == ["县财政局", "县发展和改革局"]


def test_a_group_may_hold_a_group() -> None:
    found = only_task({"units.yaml": UNITS, "plan.yaml": task(责任单位="全部")})
    assert len(found.assignments) == 2


def test_names_are_equal_whatever_their_brackets_script_and_width() -> None:
    units = UNITS.replace("各部门、单位", "各县（区）")
    found = only_task({"units.yaml": units, "plan.yaml": task(责任单位="各縣(區)、縣財政局")})
    assert found.responsible == ("各縣(區)", "縣財政局")
    assert {each.unit.name for each in found.assignments} == {"县财政局", "县发展和改革局"}


def test_a_unit_in_several_parts_has_the_first_of_lead_responsible_support() -> None:
    keys = {"牵头单位": "财政局", "责任单位": "各部门、单位", "配合单位": "[县财政局, 县发展和改革局]"}
    found = only_task({"units.yaml": UNITS, "plan.yaml": task(**keys)})
    assert [(each.unit.name, each.role) for each in found.assignments] == [
        ("县财政局", Role.LEAD),
        ("县发展和改革局", Role.RESPONSIBLE),
    ]


def test_a_name_is_looked_up_in_the_nearest_folder_upward() -> None:
    own = "单位:\n  - 名称: 县财政局\n    备注: 自己的\n    联络员: [{岗位: 甲, 邮箱: z@example.gov.cn}]\n"
    files = {"units.yaml": UNITS, "a/units.yaml": own, "a/plan.yaml": task(), "b/plan.yaml": task(编号="B-1")}
    book = book_of(files)
    folders = {each.id: each.assignments[0].unit.folder for each in book.tasks}
    assert folders == {"A-1": "a", "B-1": ""}
    assert book.resolve_unit("縣財政局", "b") == book.tasks[1].assignments[0].unit
    assert book.resolve_unit("县财政局") is None  # two offices have one
    assert [admin.post for admin in book.admins_for("a")] == ["政务公开科"]


def test_defaults_hold_for_the_tasks_of_their_own_file_and_a_task_may_differ() -> None:
    plans = "提醒方案:\n  - 名称: 紧急\n    到期前: 0、1、3\n    逾期: {首次: 2, 间隔: 1, 最多: 0}\n"
    defaults = "默认:\n  提醒: 紧急\n  遇休息日: 提前\n"
    files = {"units.yaml": UNITS + plans, "a.yaml": defaults + task(), "b.yaml": task(编号="B-1", 遇休息日="顺延")}
    first, second = book_of(files).tasks
    assert (first.plan.name, first.plan.advances, first.plan.overdue_most) == ("紧急", (3, 1, 0), 0)
    assert (first.roll, second.roll) == (Roll.PRECEDING, Roll.FOLLOWING)
    assert (second.plan.name, second.plan.advances) == ("常规", (15, 7, 3, 1, 0))


def test_a_day_that_is_not_included_is_due_one_day_earlier() -> None:
    found = only_task({"units.yaml": UNITS, "plan.yaml": task(期限="2023年7月10日前", 含当日="否")})
    assert [deadline.due for deadline in found.deadlines] == [date(2023, 7, 9)]
    assert not found.inclusive


def test_a_task_without_a_day_gets_the_check_in_of_its_file() -> None:
    defaults = "默认:\n  持续推进: 每季度末月25日前\n"
    files = {"units.yaml": UNITS, "a.yaml": defaults + task(期限="持续推进"), "b.yaml": defaults + task(编号="B-1")}
    ongoing, dated = book_of(files).tasks
    assert ongoing.check_in is not None
    assert dated.check_in is None


def test_a_confirmation_settles_a_vague_phrase() -> None:
    confirmed = "{截止: 2023-07-31, 确认人: 李某, 日期: 2023-06-01, 理由: 附件写明}"
    result = read({"units.yaml": UNITS, "plan.yaml": task(期限="尽快", 确认=confirmed)})
    assert result.problems == ()
    assert result.book is not None
    assert result.book.tasks[0].confirmation is not None
    assert result.book.tasks[0].confirmation.due == date(2023, 7, 31)


def test_a_trigger_may_wait_for_its_day() -> None:
    found = only_task({"units.yaml": UNITS, "plan.yaml": task(期限="批复后20日内", 起算="{事件: 批复}")})
    assert found.trigger is not None
    assert (found.trigger.event, found.trigger.on) == ("批复", None)


def test_a_calendar_file_makes_a_year_published() -> None:
    notice = """年份: 2027
依据: 通知
放假: [{元旦: 2027-01-01 至 2027-01-03}, {春节: 2027-02-05 至 2027-02-12}, {清明节: 2027-04-05},
  {劳动节: 2027-05-01 至 2027-05-03}, {端午节: 2027-06-09}, {中秋节: 2027-09-15}, {国庆节: 2027-10-01 至 2027-10-05}]
上班: [2027-02-13]
"""
    book = book_of({"units.yaml": UNITS, "plan.yaml": task(), "calendars/2027.yaml": notice})
    assert book.calendar.is_published(2027)
    assert book.calendar.is_workday(date(2027, 2, 13))


def test_a_missing_holiday_notice_is_a_warning_even_in_december() -> None:
    files = {"units.yaml": UNITS, "plan.yaml": task(期限="2027年3月底前")}
    result = read(files, date(2026, 12, 20))
    assert [(problem.code, problem.place.file) for problem in result.problems] == [
        ("GK163", "rules/calendars/2027.yaml")
    ]
    assert result.book is not None


def test_doubts_about_an_archived_document_are_left_out() -> None:
    archived = task(期限="及时").replace("任务:", "  归档日期: 2023-06-01\n任务:")
    assert read({"units.yaml": UNITS, "plan.yaml": archived}, date(2023, 6, 1)).problems == ()
    assert read({"units.yaml": UNITS, "plan.yaml": archived}, date(2023, 5, 31)).problems != ()


def test_tests_samples_and_hidden_files_are_no_rule_files(tmp_path: Path) -> None:
    (tmp_path / "plan.yaml").write_text(UNITS + task(), encoding="utf-8")
    for name in (".hidden.yaml", "plan.test.yaml", "2027.yaml.sample", "README.md"):
        (tmp_path / name).write_text("：", encoding="utf-8")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "x.yaml").write_text("：", encoding="utf-8")
    result = load(tmp_path, TODAY)
    assert result.problems == ()
    assert [file.path for file in result.files] == ["plan.yaml"]


def test_a_folder_that_is_missing_or_empty_is_an_error(tmp_path: Path) -> None:
    assert [problem.code for problem in load(tmp_path / "rules", TODAY).problems] == ["GK100"]
    assert [problem.code for problem in load(tmp_path, TODAY).problems] == ["GK100"]


def test_one_file_can_be_checked_alone(tmp_path: Path) -> None:
    (tmp_path / "plan.yaml").write_text(UNITS + task(), encoding="utf-8")
    assert load(tmp_path / "plan.yaml", TODAY).problems == ()


def test_the_same_files_have_the_same_digest_in_any_order() -> None:
    files = {"units.yaml": UNITS, "plan.yaml": task()}
    assert book_of(files).digest == book_of(dict(reversed(files.items()))).digest
    assert book_of(files).digest != book_of(files | {"plan.yaml": task(备注="改")}).digest


def test_files_kept_from_a_load_give_the_same_rule_book_again() -> None:
    result = read({"units.yaml": UNITS, "plan.yaml": task()})
    again = load_files({file.path: file.data for file in result.files}, TODAY, shown_root="rules")
    assert again == result


def test_a_loader_reads_only_what_changed_and_says_the_same_as_a_fresh_one() -> None:
    loader = Loader()
    files = {"units.yaml": UNITS.encode(), "a.yaml": task().encode(), "b.yaml": task(编号="B-1").encode()}
    before = loader.load_files(files, TODAY)
    files["a.yaml"] = task(期限="2023年8月底前").encode()
    after = loader.load_files(files, TODAY)
    assert before.book is not None
    assert after.book is not None
    assert after.book.tasks[0].deadlines[0].due == date(2023, 8, 31)
    assert after.book.tasks[1] is before.book.tasks[1]
    assert after == load_files(files, TODAY)
    files["units.yaml"] = UNITS.replace("县财政局", "县审计局").encode()
    assert loader.load_files(files, TODAY) == load_files(files, TODAY)


def test_a_file_in_gbk_is_checked_as_well() -> None:
    text = task(责任单位="县教育局")
    result = load_files({"units.yaml": UNITS.encode(), "plan.yaml": text.encode("gb18030")}, TODAY)
    assert [problem.code for problem in result.problems] == ["GK102", "GK130"]


def test_every_mistake_is_found_in_one_go() -> None:
    text = task(期限="看情况", 责任单位="县教育局、县公安局", 提醒="特急", 备住="说明").replace("标题: ", "标题：")
    result = read({"units.yaml": UNITS, "plan.yaml": text})
    assert sorted(problem.code for problem in result.problems) == [
        "GK110", "GK120", "GK130", "GK130", "GK140", "GK154",
    ]  # fmt: skip


def test_a_robots_address_is_never_shown() -> None:
    units = UNITS.replace("COUNTIES", "https://robot.example.com/send?key=0123-secret")
    result = read({"units.yaml": units, "plan.yaml": task()})
    assert [problem.code for problem in result.problems] == ["GK136"]
    assert "secret" not in repr(result.problems)


def test_a_day_named_without_its_own_day_is_due_the_day_before_and_says_so() -> None:
    result = load_files({"a.yaml": EXCLUSIVE.encode()})
    assert result.book is not None
    [deadline] = result.book.task("A-1").deadlines
    assert str(deadline.due) == "2026-06-29"
    assert "不含当日" in deadline.why
    assert [str(problem.code) for problem in result.problems if problem.code == "GK119"] == []
    rhythm = load_files({"a.yaml": EXCLUSIVE.replace("6月底前", "每月25日前").encode()})
    assert "GK119" not in {problem.code for problem in rhythm.problems}


EXCLUSIVE = """\
文件: {标题: 县2026年工作要点, 印发日期: 2026-01-20}
任务:
  - {编号: A-1, 事项: 公布目录, 期限: 6月底前, 含当日: 否, 责任单位: 县财政局}
单位:
  - {名称: 县财政局, 联络员: [{岗位: 办公室, 邮箱: a@example.gov.cn}]}
"""
