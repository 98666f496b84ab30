"""The words of the language of deadlines, by the part they play. Simplified script, half width.

A new word for a known part is one entry here. Patterns (numbers with units, 每…) are in `lexer`.
"""

from gkbot.deadline.schedule import Freq, Unit

# --- numbers with a unit ------------------------------------------------------------------------------------

# unit → (token kind, what is counted); "year", "month" … may be names (2023年, 3月) or counts (3年)
UNITS: dict[str, tuple[str, Unit | int | None]] = {
    "年": ("year", None),
    "年度": ("year", None),
    "周年": ("count", Unit.YEARS),
    "个月": ("count", Unit.MONTHS),
    "个多月": ("other", None),
    "月": ("month", None),
    "月份": ("month", None),
    "个季度": ("count", Unit.MONTHS),  # three months each
    "季度": ("quarter", None),
    "季": ("quarter", None),
    "周": ("count", Unit.WEEKS),
    "个周": ("count", Unit.WEEKS),
    "个星期": ("count", Unit.WEEKS),
    "星期": ("count", Unit.WEEKS),
    "个礼拜": ("count", Unit.WEEKS),
    "日": ("day", None),
    "号": ("day", None),
    "天": ("count", Unit.DAYS),
    "个自然日": ("count", Unit.DAYS),
    "自然日": ("count", Unit.DAYS),
    "个日历日": ("count", Unit.DAYS),
    "日历天": ("count", Unit.DAYS),
    "个工作日": ("count", Unit.WORKDAYS),
    "工作日": ("count", Unit.WORKDAYS),
    "个法定工作日": ("count", Unit.WORKDAYS),
    "个工作天": ("count", Unit.WORKDAYS),
    "工作天": ("count", Unit.WORKDAYS),
    "小时": ("count", Unit.HOURS),
    "个小时": ("count", Unit.HOURS),
    "个钟头": ("count", Unit.HOURS),
    "时": ("hour", None),
    "点": ("hour", None),
    "点钟": ("hour", None),
    "时整": ("hour", None),
    "时正": ("hour", None),
    "点正": ("hour", None),
    "点整": ("hour", None),
    "点半": ("hour", 30),
    "时半": ("hour", 30),
    "分": ("minute", None),
    "次": ("times", 1),
    "回": ("times", 1),
    "遍": ("times", 1),
    "场": ("times", 1),
    "场次": ("times", 1),
    "轮": ("times", 1),
    "期": ("times", 0),
    "篇": ("times", 0),
    "条": ("times", 0),
    "份": ("times", 0),
    "件": ("times", 0),
    "批": ("times", 0),
    "个百分点": ("other", None),
    "年级": ("other", None),
    "年来": ("other", None),
    "年间": ("other", None),
    "周岁": ("other", None),
    "日游": ("other", None),
    "日常": ("other", None),
    "日志": ("other", None),
    "月子": ("other", None),
    "时代": ("other", None),
    "时期": ("other", None),
    "时段": ("other", None),
    "分之": ("other", None),
    "次性": ("other", None),
    "次数": ("other", None),
    "次会议": ("other", None),
    "号令": ("other", None),
    "号文": ("other", None),
    "号楼": ("other", None),
    "号线": ("other", None),
    "点意见": ("other", None),
    "点要求": ("other", None),
    "条例": ("other", None),
    "件事": ("other", None),
}

# --- rhythms ------------------------------------------------------------------------------------------------

# word for a period → (rhythm, periods in one)
PERIODS: dict[str, tuple[Freq, int]] = {
    "年": (Freq.YEARLY, 1),
    "年度": (Freq.YEARLY, 1),
    "半年": (Freq.HALFYEARLY, 1),
    "半年度": (Freq.HALFYEARLY, 1),
    "学期": (Freq.HALFYEARLY, 1),
    "季": (Freq.QUARTERLY, 1),
    "季度": (Freq.QUARTERLY, 1),
    "半个月": (Freq.MONTHLY, 1),  # twice a month: see rhythm_patterns
    "半月": (Freq.MONTHLY, 1),
    "月": (Freq.MONTHLY, 1),
    "月度": (Freq.MONTHLY, 1),
    "月份": (Freq.MONTHLY, 1),
    "单月": (Freq.MONTHLY, 2),
    "双月": (Freq.MONTHLY, 2),
    "周": (Freq.WEEKLY, 1),
    "星期": (Freq.WEEKLY, 1),
    "礼拜": (Freq.WEEKLY, 1),
    "双周": (Freq.WEEKLY, 2),
    "旬": (Freq.MONTHLY, 1),  # three times a month: see rhythm_patterns
    "日": (Freq.DAILY, 1),
    "天": (Freq.DAILY, 1),
    "工作日": (Freq.DAILY, 1),
}
# a rhythm that names its months
ALTERNATE_MONTHS = {"单月": tuple(range(1, 13, 2)), "双月": tuple(range(2, 13, 2))}
# what follows 周、月、季、年 in “周小结、月报告、季通报、年考核”
RHYTHM_DEEDS = (
    "小结|报告|通报|考核|总结|调度|督查|督导|督办|评估|评比|评议|点评|排名|例会|巡查|会商|研判|分析|公示|公开|"
    "清零|清查|汇报|检查|推进|交账|盘点|销号|反馈|述职|报表|报|评|查|结|审|讲|考"
)

# --- words --------------------------------------------------------------------------------------------------

YEARS_FROM_NOW = {
    "今年": 0, "本年": 0, "本年度": 0, "当年": 0, "当年度": 0, "年内": 0, "今年度": 0,
    "明年": 1, "次年": 1, "翌年": 1, "来年": 1, "下年": 1, "下年度": 1, "下一年": 1, "下一年度": 1, "第二年": 1,
    "后年": 2, "去年": -1, "上年": -1, "上年度": -1, "上一年": -1, "上一年度": -1, "前年": -2,
}  # fmt: skip
MONTHS_FROM_NOW = {
    "月内": 0, "本月": 0, "当月": 0, "这个月": 0, "本月份": 0,
    "下月": 1, "次月": 1, "下个月": 1, "翌月": 1, "下一个月": 1, "下月份": 1,
    "上月": -1, "上个月": -1, "上月份": -1,
}  # fmt: skip
QUARTERS_FROM_NOW = {
    "季内": 0, "季度内": 0, "本季度": 0, "当季": 0, "当季度": 0, "本季": 0,
    "下季度": 1, "下一季度": 1, "下季": 1, "次季": 1, "次季度": 1, "下个季度": 1,
    "上季度": -1, "上一季度": -1,
}  # fmt: skip
MONTH_NAMES = {"元月": 1, "元月份": 1}
DAYS_FROM_NOW = {"今日": 0, "今天": 0, "明日": 1, "明天": 1, "后天": 2}
HALVES = {"上半年": 1, "下半年": 2}

# parts of the unit named before them; 年… and 月… also stand alone
PARTS = {
    "底": "底", "末": "末", "尾": "末", "初": "初", "中": "中",
    "上旬": "上旬", "中旬": "中旬", "下旬": "下旬", "上中旬": "上中旬", "中下旬": "中下旬",
    "上、中旬": "上中旬", "中、下旬": "中下旬",
    "最后一天": "底", "最后一日": "底", "最后1天": "底", "最后1日": "底",
    "首月": "首月", "首个月": "首月", "末月": "末月", "最后一个月": "末月", "最后1个月": "末月", "首日": "首日",
    "首周": "首周", "末周": "底",
}  # fmt: skip
YEAR_PARTS = {
    "年底": "底", "年末": "底", "岁末": "底", "年终": "底", "年尾": "底", "岁尾": "底", "年初": "初", "年中": "中",
}  # fmt: skip
MONTH_PARTS = {"月底": "底", "月末": "底", "月尾": "底", "月初": "初", "月中": "中"}
QUARTER_PARTS = {"季末": "底", "季度末": "底", "季底": "底", "季度底": "底", "季初": "初", "季度初": "初"}

DAY_PARTS = {
    "凌晨": 0, "早上": 0, "早晨": 0, "上午": 0, "中午": 12, "正午": 12,
    "下午": 12, "午后": 12, "傍晚": 12, "晚上": 12, "晚": 12, "晚间": 12, "夜间": 12,
}  # fmt: skip

BEFORE = ("前", "之前", "以前", "前夕", "前夜")
INSIDE = ("内", "以内", "之内", "期间", "间")
ENDING = ("止", "为止", "结束", "完毕", "届满", "到期")
STARTING = ("起", "开始", "启动", "展开", "后", "之后", "以后")
LIMITS = (
    "截至", "截止", "截至到", "截止到", "截止至", "不迟于", "不晚于", "不得迟于", "不得晚于", "最迟", "最晚", "至迟",
    "最迟于", "最迟在", "最迟不得超过", "最迟不超过", "最晚于", "最晚在", "最迟不晚于", "最晚不超过", "最迟应于",
    "最迟应在", "最迟要在", "不能迟于", "不能晚于", "不应迟于", "不应晚于", "至迟不得超过", "至迟于", "至迟在",
)  # fmt: skip
NOT_BEFORE = ("不早于", "不得早于", "不能早于", "不应早于", "最早于", "最早不早于")
FROM = ("自", "从", "由", "自从")
UP_TO = ("到", "至", "直到", "直至", "延至", "延长至", "延期至", "顺延至", "推迟至", "起至", "起到", "开始至", "开始到")
DASHES = ("-", "--", "~", "~~", "->", "--->")
LISTS = ("、", "和", "及", "与", "以及", "或", "或者")
LEAST = (
    "至少", "不少于", "不低于", "最少", "不得少于", "不应少于", "不得低于", "不能少于", "不应低于", "起码", "应不少于",
)  # fmt: skip
MOST = ("不超过", "不得超过", "最长", "最多", "最长不超过", "最长不得超过", "不能超过", "不应超过", "不多于", "至多")
NOW = ("即日起", "自即日起", "从即日起", "自即日", "从即日", "从现在起", "现在起", "即日开始", "从现在开始")
ABOUT = ("前后", "左右")
DURATION = ("为期", "为时", "历时")
ADVANCE = ("提前",)
SKIPPED = ("及时间",)  # 截止日期及时间: not 及时
OFF_WORK = ("下班", "下班时", "下班时间")

# one character alone means something only between these: word → (characters before, characters after)
_NUMERALS = "0123456789〇一二三四五六七八九十元两"
_AFTER_TO = _NUMERALS + '"同本今明次下上年月当农腊正民国春岁后'
GUARDS: dict[str, tuple[str, str]] = {
    "底": ("年月季度期五0123456789", ""),
    "末": ("年月季度期五旬", ""),
    "尾": ("年月", ""),
    "初": ("年月季度", ""),
    "中": ("年月", ""),
    "晚": ("日号天", ""),
    "间": ("月日号年", ""),
    "自": ("", _AFTER_TO),
    "从": ("", _AFTER_TO),
    "由": ("", _NUMERALS),
    "到": ("", _AFTER_TO),
    "至": ("", _AFTER_TO),
    "止": ("日号底末月年旬时点分0123456789", ""),
    "后": ("日号底末月年旬天时分", ""),
    "起": ("日号底末月年旬时分度初后始晚", ""),
    "内": ("日号月年天时度周期节份", ""),
}

# --- words without a day ------------------------------------------------------------------------------------

ONGOING = (
    "长期坚持", "长期公开", "长期有效", "长期推进", "长期", "常年坚持", "常年", "全年坚持", "全年推进",
    "全年", "持续推进", "持续公开", "持续开展", "持续更新", "持续", "常态化推进", "常态化开展", "常态化",
    "随时公开", "随时更新", "随时", "经常性", "经常", "不断", "始终", "日常", "长效", "动态更新",
    "动态调整", "动态管理", "实时更新", "实时", "不间断", "贯穿全年", "贯穿始终", "一以贯之", "滚动推进",
    "常抓不懈", "坚持不懈", "永久",
)  # fmt: skip
VAGUE = (
    "及时", "尽快", "尽早", "适时", "按要求", "按照要求", "同步", "按时", "按期", "如期", "立即", "即时",
    "限期", "定期", "定时", "不定期", "第一时间", "择机", "视情", "按时间节点", "按照时间节点", "按上级部署",
    "按上级要求", "按规定时间", "按规定时限", "规定时限内", "规定时间内", "规定期限内", "法定时限内",
    "法定期限内", "待定", "另行通知", "马上", "抓紧", "早日", "近期", "按进度", "按计划", "根据工作需要",
    "根据上级要求", "根据工作安排", "根据实际需要", "适当时候", "适当时机", "按需", "当场", "即办",
    "即时办结", "按节点", "按序时进度", "逐步", "有序推进", "加快推进", "按照上级部署", "按省统一部署",
)  # fmt: skip
