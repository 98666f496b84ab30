"""The schema accepts what `gkbot check` accepts, and marks at its place what check refuses."""

import pytest

from tests.rulebook.schema_files import check_mistakes, file_with, schema_mistakes

TEXTS = ["要点", "007", "2023", "12.5", "yes", "true", "2023-05-17", "12:30", '"要点"']
LISTS = ["县财政局", "县财政局、各部门", "[县财政局]", "[县财政局, 007]"]

ACCEPTED = {
    "文件.标题": TEXTS,
    "文件.文号": [*TEXTS, ""],
    "文件.印发日期": ["2023-05-17", '"2023-05-17"', "2024-02-29"],
    "文件.归档日期": ["2024-04-01", "", '""', "[]"],
    "文件.年度": ["2023", '"2023"', "1949", "2100", ""],
    "格式版本": ["1", '"1"'],
    "默认.提醒": TEXTS,
    "默认.遇休息日": ["不顺延", "顺延", "提前", '"提前"', ""],
    "任务.编号": TEXTS,
    "任务.期限": ["7月底前", "20230731", "[7月底前, 8月底前]"],
    "任务.责任单位": LISTS,
    "任务.配合单位": [*LISTS, "", "[]"],
    "任务.含当日": ["是", "否", ""],
    "任务.敏感程度": ["普通", "内部"],
    "任务.备注": [*TEXTS, "", "~", '""'],
    "单位.别名": ["财政局", "[财政局, 县财政]", "", "[]"],
    "单位.机器人": ["COUNTIES", "GOV_2", "007", "2023", "NO", ""],
    "单位.联络员.邮箱": ["a@example.gov.cn", "a.b+c@x-y.example.com", ""],
    "单位.联络员.手机": ["13800000000", '"13800000000"', ""],
    "单位组.成员": LISTS,
    "提醒方案.到期前": ["15、7、3、1、0", "7", '"7"', "15,7", "15， 7", "366、007", ""],
    "提醒方案.计日": ["自然日", "工作日"],
    "提醒方案.逾期.首次": ["1", "366", '"3"', ""],
    "提醒方案.逾期.最多": ["0", "366"],
    "管理员.机器人": ["OFFICE"],
}
REFUSED = {
    "文件.标题": ["", '""', "[]", "[要点]", "{名: 要点}", None],
    "文件.印发日期": ["", "2023-02-30", "2023-13-01", "2023/5/17", "2023-5-17", "20230517", "[2023-05-17]", None],
    "文件.年度": ["1948", "2101", "二〇二三", "2023年", "20.5", "[2023]", "true"],
    "文件.主题": ["要点"],
    "文件": ["", "要点", "[要点]", None],
    "格式版本": ["0", "2", "一"],
    "默认.遇休息日": ["推迟", "yes", "1", "[顺延]"],
    "任务": ["", "[]", "公开预算", "[公开预算]", "{编号: A-1}"],
    "任务.编号": ["", "[A-1]", None],
    "任务.期限": ["", "[]", '""', "{日: 7月}", "[{日: 7月}]", '["", 7月底前]', None],
    "任务.责任单位": ["{单位: 县财政局}", "[[县财政局]]", None],
    "任务.牵头单元": ["县财政局"],
    "任务.含当日": ["yes", "true", "对"],
    "任务.起算": ["", "批复", "{日期: 2023-05-17}"],
    "任务.起算.日期": ["5月17日"],
    "任务.确认.理由": ["", None],
    "单位.联络员": ["", "[]", "办公室", "{岗位: 办公室}"],
    "单位.联络员.岗位": [None],
    "单位.联络员.邮箱": ["a＠example.gov.cn", "a@example", "张三", "123", "[a@example.gov.cn]"],
    "单位.联络员.手机": ["138", "23800000000", '"1380000000"', "138000000000"],
    "单位.机器人": ["counties", "县区", "https://qyapi.example.com/send?key=1", "[COUNTIES]"],
    "单位组.成员": ["", "[]", None],
    "提醒方案.到期前": ["15天", "一周", "367", "-1", "[15, 7]", "15;7", "、".join(["1"] * 31)],
    "提醒方案.计日": ["日历日"],
    "提醒方案.逾期.首次": ["0", "367", "一", "-1"],
    "提醒方案.逾期.最多": ["367"],
    "提醒方案.升级": ["3", "{}"],
    "提醒方案.升级.逾期": ["0"],
}


def rows(table: dict[str, list[str]] | dict[str, list[str | None]]) -> list[tuple[str, str | None]]:
    return [(path, value) for path, values in table.items() for value in values]


@pytest.mark.parametrize(("path", "value"), rows(ACCEPTED))
def test_the_schema_accepts_what_check_accepts(path: str, value: str) -> None:
    text = file_with(path, value)
    assert check_mistakes(text) == []
    assert schema_mistakes(text) == []


@pytest.mark.parametrize(("path", "value"), rows(REFUSED))
def test_what_check_refuses_is_marked_at_its_place(path: str, value: str | None) -> None:
    text = file_with(path, value)
    assert check_mistakes(text) != []
    outer = path.rpartition(".")[0]
    places = [".".join(part for part in place.split(".") if not part.isdecimal()) for place, _ in schema_mistakes(text)]
    assert {place.startswith(path) or place == outer for place in places} == {True}


CALENDAR = "年份: 2027\n依据: 通知\n发布日期: 2026-11-05\n"


@pytest.mark.parametrize(
    "lines",
    [
        "放假:\n  - 元旦: 2027-01-01 至 2027-01-03\n",
        "放假:\n  - 元旦: 2027-01-01\n  - 春节: 2027-02-05到2027-02-12\n",
        "放假:\n  元旦: 2027-01-01 ~ 2027-01-03\n  春节: 2027-02-05 - 2027-02-12\n",
        "上班: 2027-01-31、2027-02-13\n",
        "上班:\n  - 2027-01-31\n  - 2027-02-13\n",
    ],
)
def test_a_calendar_may_be_written_as_check_reads_it(lines: str) -> None:
    assert check_mistakes(CALENDAR + lines) == []
    assert schema_mistakes(CALENDAR + lines) == []


@pytest.mark.parametrize(
    ("lines", "place"),
    [
        ("放假:\n  - 2027-01-01 至 2027-01-03\n", "放假.0"),
        ("放假:\n  - 元旦: 1月1日至3日\n", "放假.0.元旦"),
        ("放假: 元旦\n", "放假"),
        ("上班: 1月31日\n", "上班"),
        ("上班:\n  - 2027-02-31\n", "上班.0"),
    ],
)
def test_a_wrong_day_in_a_calendar_is_marked(lines: str, place: str) -> None:
    assert check_mistakes(CALENDAR + lines) != []
    assert [found for found, _ in schema_mistakes(CALENDAR + lines)] == [place]


def test_a_calendar_needs_its_year() -> None:
    assert schema_mistakes("上班: 2027-01-31\n") == [("", "'年份' is a required property")]
