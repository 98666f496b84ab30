"""Rule files as an admin types them: right ones, and wrong ones with the place that an editor must mark."""

from dataclasses import dataclass

DOCUMENT = "文件:\n  标题: 要点\n  印发日期: 2026-01-20\n"
TASK = DOCUMENT + "任务:\n  - 编号: A-1\n    事项: 公开预算\n    期限: 6月底前\n    责任单位: 县财政局\n"
UNIT = "单位:\n  - 名称: 县财政局\n    联络员:\n      - 岗位: 办公室\n"


@dataclass(frozen=True, slots=True)
class Wrong:
    """A wrong file.

    Attributes:
        path: Where check-jsonschema sees the mistake.
        line, column, end_column: What yaml-language-server marks; counted from 1, the end exclusive.
        message: What it says there.
    """

    text: str
    path: str
    line: int
    column: int
    end_column: int
    message: str


WRONG = {
    "unknown key of a task": Wrong(
        TASK + "    牵头单元: 县财政局\n",
        "$.任务[0]",
        9,
        5,
        9,
        "“任务”里可以写的键：编号、事项、条款、期限、",
    ),
    "unknown key at the top": Wrong(
        TASK + "任务清单: 无\n", "$", 9, 1, 5, "“规则文件”里可以写的键：文件、格式版本、默认、任务、"
    ),
    "key of another section": Wrong(
        DOCUMENT + "  期限: 6月底前\n", "$.文件", 4, 3, 5, "“文件”里可以写的键：标题、文号、印发日期、"
    ),
    "missing key": Wrong(
        TASK.replace("    事项: 公开预算\n", ""), "$.任务[0]", 5, 5, 6, "“任务”缺少“事项”，加上一行“事项: …”"
    ),
    "task without a unit": Wrong(
        TASK.replace("    责任单位: 县财政局\n", ""), "$.任务[0]", 5, 5, 6, "任务要有“牵头单位”或“责任单位”"
    ),
    "needed value left empty": Wrong(TASK.replace("6月底前", ""), "$.任务[0].期限", 7, 9, 9, "“期限”后面没有内容"),
    "day that does not exist": Wrong(
        DOCUMENT.replace("2026-01-20", "2026-02-30"), "$.文件.印发日期", 3, 9, 19, "日期写成 年-月-日"
    ),
    "choice that is none": Wrong(
        TASK + "    遇休息日: 推迟\n", "$.任务[0].遇休息日", 9, 11, 13, "“遇休息日”只能写：不顺延、顺延、提前"
    ),
    "list in place of text": Wrong(
        TASK + "    备注: [甲, 乙]\n", "$.任务[0].备注", 9, 9, 15, "“备注”这里写文字，不能写列表"
    ),
    "text in place of a list": Wrong(
        "单位: 县财政局\n", "$.单位", 1, 5, 9, "“单位”写一项一项的列表，每一项以“- 名称: …”"
    ),
    "mail with a wide character": Wrong(
        UNIT + "        邮箱: a＠example.gov.cn\n", "$.单位[0].联络员[0].邮箱", 5, 13, 29, "邮箱写成 名称@域名"
    ),
    "short mobile number": Wrong(UNIT + "        手机: 138\n", "$.单位[0].联络员[0].手机", 5, 13, 16, "手机写11位数字"),
    "robot in small letters": Wrong(UNIT + "    机器人: counties\n", "$.单位[0].机器人", 5, 10, 18, "机器人只写名称，"),
    "days with a word": Wrong(
        "提醒方案:\n  - 名称: 甲\n    到期前: 15天\n", "$.提醒方案[0].到期前", 3, 10, 13, "“到期前”写用“、”隔开的天数"
    ),
    "number out of limits": Wrong(
        "提醒方案:\n  - 名称: 甲\n    逾期:\n      首次: 0\n",
        "$.提醒方案[0].逾期.首次",
        4,
        11,
        12,
        "“首次”写1到366之间的整数",
    ),
    "holiday without a year": Wrong("放假:\n  - 元旦: 2027-01-01\n", "$", 1, 1, 2, "日历文件缺少“年份”"),
    "task without a document": Wrong(
        TASK.removeprefix(DOCUMENT), "$", 1, 1, 2, "有“任务”没有“文件”，在前面加上“文件:”"
    ),
}
