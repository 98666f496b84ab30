"""The keys of rule tests (*.test.yaml): which stand where, what they hold, what they mean."""

from gkbot.rulebook.keys import Form, Key, Section

TO_UNITS = ("任务录入", "提前提醒", "到期提醒", "逾期提示", "开始计时", "期限调整", "退回补办")
DRAFT, TO_ADMINS = "催办函草稿", "管理员"
KINDS = (*TO_UNITS, DRAFT, TO_ADMINS)
HAPPENINGS = ("办结", "报完成", "签收", "退回", "延期", "事件发生", "停办", "接管", "暂停", "恢复")
EXTENDED, PAUSED, OCCURRED = "延期", "暂停", "事件发生"

_NOTE = Key("备注", Form.TEXT, "给管理员看的说明")

HAPPENED = Section(
    "已发生",
    (
        Key("情况", Form.CHOICE, "发生了什么", required=True, choices=HAPPENINGS),
        Key("编号", Form.TEXT, "哪项任务", required=True),
        Key("单位", Form.TEXT, "哪个单位；不写指全部责任单位"),
        Key("日期", Form.DATE, "哪一天发生", required=True),
        Key("登记日期", Form.DATE, "哪一天登记，默认和“日期”同一天"),
        Key("周期", Form.TEXT, "哪一期，例如 2026-03-25；不写指当时正在办的各期"),
        Key("延至", Form.DATE, "延期后的截止日，或者暂停到哪一天"),
        Key("批准人", Form.TEXT, "由谁批准"),
        Key("依据", Form.TEXT, "批准的文件"),
        _NOTE,
    ),
)
EXPECTED = Section(
    "预期",
    (
        Key("编号", Form.TEXT, "哪项任务", required=True),
        Key("单位", Form.UNITS, "发给哪些单位；写单位组指它的每个成员，不写指任何单位"),
        Key("类型", Form.CHOICE, "哪一种通知", choices=KINDS),
        Key("截止", Form.DATE, "通知里的截止日"),
        Key("剩余天数", Form.TEXT, "当天还剩几天，逾期写负数"),
        Key("阶段", Form.TEXT, "例如 到期前7天、到期当日、逾期第1次"),
        _NOTE,
    ),
)
CASE = Section(
    "用例",
    (
        Key("说明", Form.TEXT, "这个用例检查什么", required=True),
        Key("今天", Form.DATE, "在哪一天", required=True),
        Key("首次载入", Form.DATE, "规则哪一天载入，默认是文件的印发日期"),
        Key("已发生", Form.LIST, "今天为止发生的事", section=HAPPENED),
        Key("预期", Form.LIST, "今天发出的全部提醒；一条都没有写 []", section=EXPECTED),
        Key("不应有", Form.LIST, "今天不能出现的提醒", section=EXPECTED),
        _NOTE,
    ),
)
TEST_FILE = Section(
    "规则测试",
    (
        Key("规则", Form.TEXTS, "检查哪些规则文件或文件夹，默认是测试文件所在的文件夹"),
        Key("用例", Form.LIST, "一个一个的用例", required=True, section=CASE),
        _NOTE,
    ),
)
