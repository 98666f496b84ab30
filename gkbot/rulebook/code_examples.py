"""For each code of `gkbot check` a mistake and its cure, as they stand in a file.

What cannot be shown in a file is told in a sentence. 〔Tab〕, 〔全角空格〕 and 〔零宽空格〕 stand for characters
that nobody sees.
"""

from typing import NamedTuple


class Example(NamedTuple):
    """A piece of a rule file with the mistake in it, and the same without.

    What begins with a key of a task stands in a task, what begins with “- ” among the tasks, the rest in a file.
    """

    wrong: str
    right: str


_BOOK = "单位:\n  - 名称: 县财政局\n    联络员:\n      - 岗位: 办公室\n        "
_REACHED = _BOOK + "邮箱: a@example.gov.cn"
_ROBOT = f"{_REACHED}\n        企业微信: zhangsan\n    机器人: "
_HOLIDAYS = (
    "年份: 2027\n依据: 国务院办公厅关于2027年部分节假日安排的通知\n发布日期: 2026-12-01\n放假:\n"
    "  - 元旦: 2027-01-01 至 2027-01-03\n  - 春节: 2027-02-05 至 2027-02-12\n  - 清明节: 2027-04-05\n"
    "  - 劳动节: 2027-05-01 至 2027-05-03\n  - 端午节: 2027-06-09\n  - 中秋节: 2027-09-15\n"
    "  - 国庆节: 2027-10-01 至 2027-10-05\n上班:\n  - 2027-02-13"
)
_CONFIRMED = "确认: {截止: 2023-07-31, 确认人: 李某, 日期: 2023-06-01, 理由: 附件写明}"
_TEST = "用例:\n  - 说明: 到期前7天\n    今天: 2023-07-24\n    预期:\n      - {编号: A-1, 单位: 县财政局}"

EXAMPLES: dict[str, Example] = {
    # 10x: the file as a whole
    "GK100": Example("gkbot check rule（没有这个文件夹）", "gkbot check rules"),
    "GK101": Example("缩进、冒号、引号乱到程序说不出是哪一种错误", "从手册的例子复制一段，照着改"),
    "GK102": Example("记事本：另存为，编码 ANSI", "记事本：另存为，编码 UTF-8"),
    "GK103": Example("0字节的 2023.yaml", "写有“文件:”和“任务:”的 2023.yaml"),
    "GK105": Example("一个3MB的文件", "每年一个文件，各在2MB以内"),
    "GK106": Example("2023.yml、2023.yaml.txt", "2023.yaml"),
    # 104, 11x: deadline phrases
    "GK104": Example("期限: 批复后20个公作日内", "期限: 批复后20个工作日内"),
    "GK110": Example("期限: 按照县里的安排", "期限: 2023年7月底前"),
    "GK111": Example("期限: 及时公开", f"期限: 及时公开\n{_CONFIRMED}"),
    "GK112": Example("期限: 2023年8月前", f"期限: 2023年8月前\n{_CONFIRMED}"),
    "GK113": Example(f"期限: 2023年9月底前\n{_CONFIRMED}", f"期限: 2023年7月底前\n{_CONFIRMED}"),
    "GK114": Example("期限: 4月底前", "期限: 2024年4月底前"),
    "GK115": Example("期限: 批复后20日内", "期限: 批复后20日内\n起算: {事件: 批复, 日期: 2023-06-01}"),
    "GK116": Example(
        "期限: 决定作出之日起20个工作日内\n起算: {事件: 决定, 日期: 2030-12-10}",
        "期限: 决定作出之日起20个工作日内\n起算: {事件: 决定, 日期: 2023-06-01}",
    ),
    "GK117": Example(
        "期限: 决定作出之日起10日内\n依据: 《中华人民共和国行政许可法》第四十四条",
        "期限: 决定作出之日起10个工作日内\n依据: 《中华人民共和国行政许可法》第四十四条",
    ),
    "GK118": Example("期限: 2023年8月30前", "期限: 2023年8月30日前"),
    "GK119": Example("期限: 持续推进\n含当日: 否", "期限: 2023年7月31日前\n含当日: 否"),
    # 12x: traps of the raw text
    "GK120": Example("责任单位：县财政局", "责任单位: 县财政局"),
    "GK121": Example("责任单位:县财政局", "责任单位: 县财政局"),
    "GK122": Example("〔全角空格〕〔全角空格〕责任单位: 县财政局", "责任单位: 县财政局"),
    "GK123": Example("〔Tab〕责任单位: 县财政局", "责任单位: 县财政局"),
    "GK124": Example("责任单位: 县财政局，县发展和改革局", "责任单位: 县财政局、县发展和改革局"),
    "GK125": Example(
        "文件:\n  标题: 要点\n  文号: [2023]12号\n  印发日期: 2023-05-17",
        "文件:\n  标题: 要点\n  文号: 某政办发〔2023〕12号\n  印发日期: 2023-05-17",
    ),
    "GK126": Example("备注: 见 #3", "备注: '见 #3'"),
    "GK127": Example("依据: 条例: 第二十六条", "依据: 条例：第二十六条"),
    "GK128": Example("文件:\n  标题: 要点\n---\n  印发日期: 2023-05-17", "文件:\n  标题: 要点\n  印发日期: 2023-05-17"),
    "GK129": Example("备注: *号的项目优先", "备注: '*号的项目优先'"),
    # 13x: units and contacts
    "GK130": Example("责任单位: 县财整局", "责任单位: 县财政局"),
    "GK131": Example(f"{_REACHED}\n    机器人: COUNTIES", f"{_ROBOT}COUNTIES"),
    "GK132": Example(
        "任务:\n  - 编号: A-1\n    事项: 公开预算\n    期限: 2023年7月底前\n    责任单位: 县局\n"
        "单位:\n  - 名称: 县财政局\n    别名: 县局\n  - 名称: 县发展和改革局\n    别名: 县局",
        "任务:\n  - 编号: A-1\n    事项: 公开预算\n    期限: 2023年7月底前\n    责任单位: 县财政局\n"
        "单位:\n  - 名称: 县财政局\n    别名: 财政局\n  - 名称: 县发展和改革局\n    别名: 县发改局",
    ),
    "GK133": Example(f"{_REACHED}\n  - 名称: 县财政局", _REACHED),
    "GK134": Example(
        "单位组:\n  - 名称: 县直各部门\n    成员: 县财政局、县教育居",
        "单位组:\n  - 名称: 县直各部门\n    成员: 县财政局、县发展和改革局",
    ),
    "GK135": Example(f"{_BOOK}邮箱: a＠example.gov.cn", _REACHED),
    "GK136": Example(
        f"{_REACHED}\n    机器人: counties", f"{_REACHED}\n        企业微信: zhangsan\n    机器人: COUNTIES"
    ),
    "GK137": Example(f"{_REACHED}\n        手机: 1380000", f'{_REACHED}\n        手机: "13800000000"'),
    "GK138": Example("单位:\n  - 名称: 县财政局", _REACHED),
    "GK139": Example("责任单位: 县财政局、县财政局", "责任单位: 县财政局、县发展和改革局"),
    # 14x: keys and values
    "GK140": Example("备住: 说明", "备注: 说明"),
    "GK141": Example("备注: 一\n备注: 二", "备注: 一；二"),
    "GK142": Example(
        "- 编号: A-1\n  期限: 2023年7月底前\n  责任单位: 县财政局",
        "- 编号: A-1\n  事项: 公开预算\n  期限: 2023年7月底前\n  责任单位: 县财政局",
    ),
    "GK143": Example("期限: 批复后20日内\n起算: 批复", "期限: 批复后20日内\n起算: {事件: 批复, 日期: 2023-06-01}"),
    "GK144": Example("文件:\n  标题: 要点\n  印发日期: 2023年5月17日", "文件:\n  标题: 要点\n  印发日期: 2023-05-17"),
    "GK145": Example("遇休息日: 延后", "遇休息日: 顺延"),
    "GK146": Example(
        "文件:\n  标题: 要点\n  印发日期: 2023-05-17\n  年度: 二〇二三",
        "文件:\n  标题: 要点\n  印发日期: 2023-05-17\n  年度: 2023",
    ),
    "GK147": Example("期限:", "期限: 2023年7月底前"),
    "GK148": Example(
        "任务:\n  - 编号: A-1\n    …", "文件:\n  标题: 要点\n  印发日期: 2023-05-17\n任务:\n  - 编号: A-1\n    …"
    ),
    # 15x: tasks and plans
    "GK150": Example(
        "- 编号: A-1\n  事项: 公开预算\n  期限: 2023年7月底前\n  责任单位: 县财政局\n"
        "- 编号: A-1\n  事项: 公开决算\n  期限: 2023年9月底前\n  责任单位: 县财政局",
        "- 编号: A-1\n  事项: 公开预算\n  期限: 2023年7月底前\n  责任单位: 县财政局\n"
        "- 编号: A-2\n  事项: 公开决算\n  期限: 2023年9月底前\n  责任单位: 县财政局",
    ),
    "GK151": Example(
        "- 编号: A-1\n  事项: 公开预算\n  期限: 2023年7月底前",
        "- 编号: A-1\n  事项: 公开预算\n  期限: 2023年7月底前\n  责任单位: 县财政局",
    ),
    "GK152": Example("牵头单位: 县财政局、县发展和改革局", "牵头单位: 县财政局、县发展和改革局\n分别负责: 是"),
    "GK154": Example("提醒: 常归", "提醒: 常规"),
    "GK155": Example("事项: 公开预算（内部资料）", "事项: 公开预算"),
    "GK156": Example(
        "文件:\n  标题: 要点\n  印发日期: 2023-05-17\n  归档日期: 2022-04-01",
        "文件:\n  标题: 要点\n  印发日期: 2023-05-17\n  归档日期: 2024-04-01",
    ),
    "GK157": Example(
        "提醒方案:\n  - 名称: 紧急\n    到期前: 3、1\n  - 名称: 紧急\n    到期前: 5",
        "提醒方案:\n  - 名称: 紧急\n    到期前: 3、1\n  - 名称: 宽松\n    到期前: 5",
    ),
    "GK158": Example(
        "- 编号: A 1\n  事项: 公开预算\n  期限: 2023年7月底前\n  责任单位: 县财政局",
        "- 编号: A-1\n  事项: 公开预算\n  期限: 2023年7月底前\n  责任单位: 县财政局",
    ),
    # 16x: calendars
    "GK160": Example(_HOLIDAYS.replace("  - 清明节: 2027-04-05\n", ""), _HOLIDAYS),
    "GK161": Example(_HOLIDAYS + "\n  - 2027-01-31", _HOLIDAYS),
    "GK162": Example("calendars/2027.yaml 和 calendars/2027放假.yaml 都写着“年份: 2027”", "只留 calendars/2027.yaml"),
    "GK163": Example("11月了，还没有 calendars/2027.yaml", _HOLIDAYS),
    # 17x: more traps of the raw text
    "GK170": Example("“备注”: 说明", "备注: 说明"),
    "GK171": Example(
        "－ 编号: A-1\n  事项: 公开预算\n  期限: 2023年7月底前\n  责任单位: 县财政局",
        "- 编号: A-1\n  事项: 公开预算\n  期限: 2023年7月底前\n  责任单位: 县财政局",
    ),
    "GK172": Example("＃ 说明", "# 说明"),
    "GK173": Example("备注: 说〔零宽空格〕明", "备注: 说明"),
    "GK174": Example("条款: 一\n  备注: 说明", "条款: 一\n备注: 说明"),
    "GK175": Example('备注: "六稳"六保', "备注: '\"六稳\"六保'"),
    "GK176": Example("备注: >90%", "备注: '>90%'"),
    "GK177": Example("责任单位: [县财政局", "责任单位: [县财政局]"),
    # 18x: “已知” notes
    "GK180": Example("期限: 2023年8月前  # 已知 GK112", "期限: 2023年8月前  # 已知 GK112：李某 2023-06-01 核对过"),
    "GK181": Example(
        "期限: 2023年8月前  # 已知 GK192：李某 2023-06-01 核对过",
        "期限: 2023年8月前  # 已知 GK112：李某 2023-06-01 核对过",
    ),
    "GK182": Example("期限: 2023年8月底前  # 已知 GK112：李某 2023-06-01 核对过", "期限: 2023年8月底前"),
    "GK183": Example("期限: 4月底前  # 已知 GK114：李某 2023-06-01 核对过", "期限: 2024年4月底前"),
    # 2xx: rule tests
    "GK200": Example("gkbot test rules/没有.test.yaml", "gkbot test rules/2023.test.yaml"),
    "GK201": Example(f"规则: 去年.yaml\n{_TEST}", f"规则: 2023.yaml\n{_TEST}"),
    "GK202": Example(_TEST.replace("A-1", "A-01"), _TEST),
    "GK203": Example(_TEST.replace("县财政局", "县财整局"), _TEST),
    "GK204": Example(
        "已发生:\n  - {情况: 延期, 编号: A-1, 日期: 2023-07-20}",
        "已发生:\n  - {情况: 延期, 编号: A-1, 日期: 2023-07-20, 延至: 2023-08-31}",
    ),
    "GK205": Example(
        "今天: 2023-07-24\n已发生:\n  - {情况: 办结, 编号: A-1, 日期: 2023-07-25}",
        "今天: 2023-07-24\n已发生:\n  - {情况: 办结, 编号: A-1, 日期: 2023-07-20}",
    ),
    "GK206": Example(
        "用例:\n  - 说明: 春节不发\n    今天: 2023-01-23",
        "用例:\n  - 说明: 春节不发\n    今天: 2023-01-23\n    预期: []",
    ),
    "GK210": Example(_TEST.replace("07-24", "07-23"), _TEST),
}
