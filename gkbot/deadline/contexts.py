"""Is it a deadline at all? The words around a clause decide.

Refused: dates of papers and laws (印发, 施行, 通过), past events (已, 了), statistics (截至…, 根据1至3月数据), conditions of
age or scope (前年满18周岁, 以后制发的), plan names, first days (起, 开始), and dates that say nothing more than themselves.
"""

import re

from gkbot.deadline.days import Frame, Stretch
from gkbot.deadline.grammar import Clause
from gkbot.deadline.normal import Folded

_BOUNDARY_LEFT = "|。;:([\n"
_BOUNDARY_RIGHT = "|。;)]\n"

_LABEL = re.compile(
    r"(?:截止|完成|办结|报送|上报|反馈|提交|报名|申报|征求意见|征集|公示|公告|受理|整改|办理|公开|推进|活动|投票|考试|缴费|起止|"
    r"答复|交付|竣工|验收|工作|总结|检查|自查|回复|最后|目标|责任|要求|预计|计划|结束|到期)*"
    r"(?:时间|日期|时限|期限|节点|要求|安排|进度|期间|公示期|公告期|征集期|报名期|时段)\)?[:为是|\"]*(?:自|从|在|于)?$"
)
_NO_LABEL = re.compile(
    r"(?:发布|发文|成文|印发|颁布|公布|实施|施行|制定|修订|生效|更新|来源|落款|签发|出生|统计|有效|来文|收文|入库|登记|注册|标准|"
    r"开始|起始|启动|启用|召开|举行|开工|成立|通过|批准|会议|数据|报告期|浏览|点击|任期|执行|适用|保质|保修|试用|上传|录入|开放|开馆|上班|办公)"
    r"(?:时间|日期|时点|期限?|期间)?(?:于|为|是|:|\|)*(?:自|从|在)?$"
)
_ANNOUNCED = re.compile(r"(?:将|拟|定|计划|预计|争取|力争|确保|原则上|初步|暂定|请|须|应|要|务必|分别|原定|需|可|可以|集中)?(?:于|在)$|(?:力争|争取|确保|计划|预计|拟|将|务必)$")
_PLANNED = re.compile(r"(?:将|拟|定|计划|预计|争取|力争|确保)(?:于|在)?$")
_FINISH = re.compile(
    r"(?:[^,。;|]{0,8}?)(?:完成|报送|上报|提交|办结|反馈|上线|公开|验收|建成|实现|达到|到位|公布|发布|出台|印发|报|交|完工|竣工|投用|"
    r"投入使用|送|缴|结题|结项|关闭|清零|销号|整改|答复|截止|结束|见效|形成|落实|解决|取缔|淘汰|覆盖|达标|交付|兑现|拨付|建立)"
)
_ARRANGE = re.compile(r"(?:左右|前后)?,?(?:将|拟|集中|分批|统一|组织|对|在|全面)?[^,。;|]{0,4}?(?:开展|组织|召开|举办|举行|进行|实施|督查|检查|测评|评估|考核|普查|抽查|培训)")
_BEGINS = re.compile(
    r"(?:左右|前后|正式|全面|陆续|将|陆|续|起|零时|[0-9]{1,2}时)*(?:开始|启动|展开|开工|开通|起|施行|实施|生效|执行|启用|开放|开馆|开学|开幕|后|以后|之后|以来|至今)"
)
_PAPER = re.compile(
    r"(?:\(?[^,。;|()]{0,10}?(?:第[0-9一二三四五六七八九十百]+[次届号]|会议|常务会|全会|令|批准|通过|印发|发布|修订|颁布|公布|施行|实施|成立|召开|制定|签发|审议)|"
    r"以来|讯|电|报道|消息|的|版|年度|全省|全市|全县|全区|全国|第)"
)
_DONE = re.compile(r"[^。;|]{0,14}?(?:已(?!建|登|知|有|批)|曾|作了|进行了|召开了|完成了|取得了|开展了|举行了|发布了|印发了|通报了|以来)")
_DONE_SOON = re.compile(r",?[^,。;|]{0,8}?(?:已(?!建|登|知|有|批)|曾经?|[^,。;|]了)")
_SCOPE = re.compile(
    r"(?:,|的)?(?:已经?|依法|经|正式|首次|在[^,。;]{1,10})*(?:年满|未满|不满|周岁|出生|满[0-9一二三四五六七八九十]+(?:周?岁|年)|"
    r"(?:毕业|注册|登记|成立|设立|制发|投产|建成|竣工|入职|入学|入伍|退休|取得|购买|购置|生产|出厂|参加工作|在册|在岗|户籍|迁入|开工|立案|签订|参保|发生)[^,。;|]{0,16}?(?:的(?!通知|意见|报告|方案)|者|且))"
)
_SCOPE_PAST = re.compile(r"[^,。;|]{0,12}?(?:制发|印发|发布|出台|颁布|公布|批准|申请|受理|核发|发放|施行|实施|形成|产生|存在)[^,。;|]{0,12}?的")
_FIGURE = re.compile(r"的?[^,。;|0-9]{0,6}[0-9.]+(?:%|万|亿|个百分点|倍|家|人|件|项|户)")
_RISING = re.compile(r"(?:提高|增长|增加|上升|下降|降低|提升|减少|压缩|缩减|扩大|由|从[^,。;]{1,12})$")
_VALID = re.compile(r"(?:有效期?(?:限|为|自|延长)?|有效|任期|试行|施行|执行|适用|保质期?|保修期?|聘期|服务期|合同期?|学制|追溯|许可期限)[^,。;|]{0,8}$")
_STATISTICS = re.compile(r"(?:统计|报告期|同比|根据|依据|数据|截数|资料|核算|期间为|所属期|报告年度|履职|测评期|考核期|监测期|评价期|审计|近|过去|最近|比|较|对比)[^,。;|]{0,6}$")
_PLAN_NAME = re.compile(r"(?:方案|规划|计划|纲要|行动|要点|意见|办法|任务|工程|清单|目标)[^,。;|]{0,3}[(\[<《\"]$")
_NAME_NEXT = re.compile(r"\)?(?:\"|》|年?(?:规划|计划|方案|行动|纲要|工作要点|学年|学期|财年|版|届|任期))")
_NOT_BEFORE = re.compile(r"(?:不得|不能|不应|不要|严禁|禁止|未到|不可)(?:在|于)?$")
_RATE_LEFT = re.compile(r"(?:人|户|家|平均|人均|件|吨|名|元|亩|公里|/|米|株|辆|头|台|套|座|岁)$")
_RATE_RIGHT = re.compile(
    r"(?:,|以|按|平均|都|均|约|将|可|最高|最低|给予|补助|补贴|发放|奖励|支付|缴纳?|享受|投入|安排|财政|资金|不超过|不低于|不少于|达|为)*"
    r"(?:[0-9.,]+|[一二三四五六七八九十百千两]+)(?:元|万|亿|%|个?小时|分钟|公斤|吨|人(?!次)|名|毫克|立方|千瓦|度|户|亩|课时|学时)|"
    r"(?:增长|递增|下降|减少|提高|上涨|增加|以[0-9.]+%|的今天|人民|有[0-9]|都有|约有|计划|预算|目标|任务|度?工作要点|产量|产值|销售|人均)"
)
_NO_PERIOD = re.compile(r"(?:近|最近|过去|前|连续|累计|任意|每|任职|距|离|未来|每隔|学制|上|下|第|将近|超|×|x|X|\*)$")
_PERIOD_STATE = re.compile(
    r"(?:,|累计|均|连续|曾|内)*(?:无|未(?!经|提|按|作|予|能)|没有|不得(?!超|少|低)|禁止|不予|曾|累计|有过|受过|受到|发生过|因|出现[^,。;]{0,8}的|发生[^,。;]{0,8}的|有效|免费|热线|值班|值守|服务热线|全天)"
)
_TITLE_LEFT = re.compile(r"[《<][^《》<>。;\n]{0,40}$")


class Surroundings:
    """The words around one clause."""

    __slots__ = ("folded", "left", "right", "text")

    def __init__(self, folded: Folded, clause: Clause) -> None:
        self.folded = folded
        text = self.text = folded.text
        self.left = text[max(0, clause.start - 20) : clause.start]
        self.right = text[clause.end : clause.end + 32]

    def is_alone(self, clause: Clause) -> bool:
        """It fills a cell, a bracket or a line of its own."""
        text, breaks = self.folded.text, self.folded.breaks
        start, end = clause.start, clause.end
        left = start == 0 or text[start - 1] in _BOUNDARY_LEFT or start in breaks
        right = end == len(text) or text[end] in _BOUNDARY_RIGHT or end in breaks
        return left and right

    def has_label(self) -> bool:
        """完成时限：, 公示期为 …: a name for deadlines right before."""
        return _LABEL.search(self.left) is not None and not self.has_other_label()

    def in_title(self) -> bool:
        """《广元市2023年要点》: part of a name."""
        return "》" in self.right and "《" in self.left and _TITLE_LEFT.search(self.left) is not None

    def has_other_label(self) -> bool:
        """发布日期：, 统计时间 …: a name for something else."""
        return _NO_LABEL.search(self.left) is not None


def bound_is_deadline(clause: Clause, around: Surroundings, days: Stretch, frame: Frame) -> bool:
    """A point in time with its operators; `days` is what it names."""
    left, right = around.left, around.right
    if clause.prefix in ("from", "notbefore", "now") or clause.suffix == "starting":
        return False
    if any((point.year_shift or 0) < 0 or (point.month_shift or 0) < 0 for point in clause.points):
        return False
    if _SCOPE.match(right) or around.in_title():
        return False
    past = days.last <= frame.issued
    if clause.suffix == "before":
        return _before_is_deadline(clause, around, days, frame)
    if past and _DONE.match(right):
        return False
    if clause.suffix == "inside":
        festive = clause.points[0].festival is not None
        return not festive and days.last >= frame.issued and not (clause.word == "间" and _NAME_NEXT.match(right))
    if clause.prefix == "limit":
        plain = "截" in around.text[clause.start : clause.points[0].start]
        label = any(word in around.text[clause.start : clause.points[0].start] for word in ("时间", "日期", "期限", "日", ":"))
        return label or not plain or not past or around.has_label()
    if clause.suffix == "ending":
        return not past or clause.word == "截止"
    if clause.prefix == "upto":
        return _up_to_is_deadline(around, days, frame)
    return _bare_is_deadline(clause, around, days, frame)


def _before_is_deadline(clause: Clause, around: Surroundings, days: Stretch, frame: Frame) -> bool:
    if _NOT_BEFORE.search(around.left):
        return False
    past = days.last <= frame.issued
    if past and (_DONE_SOON.match(around.right) or _SCOPE_PAST.match(around.right)):
        return False
    if past and clause.word == "以前" and around.right.startswith("的"):
        return False
    return not (past and not days.sharp and days.first.year < frame.issued.year and days.year_written)


def _up_to_is_deadline(around: Surroundings, days: Stretch, frame: Frame) -> bool:
    if _VALID.search(around.left) or _STATISTICS.search(around.left):
        return False
    if _FIGURE.match(around.right) and around.right.startswith("的") or _RISING.search(around.left):
        return False
    return days.last >= frame.issued


def _bare_is_deadline(clause: Clause, around: Surroundings, days: Stretch, frame: Frame) -> bool:
    """No operator: only a label, a cell of its own, or 于 with a verb of completion make it a deadline."""
    left, right = around.left, around.right
    point = clause.points[-1]
    if around.has_other_label() or _VALID.search(left) or _STATISTICS.search(left):
        return False
    if around.has_label():
        return True
    if around.is_alone(clause):
        if point.scale == "year" and point.year is not None:
            return days.last > frame.issued and left[-1:] != "("
        return days.last > frame.issued or (point.scale == "part" and point.year is None)
    if days.last < frame.issued or _BEGINS.match(right):
        return False
    if point.scale == "part" and days.sharp:
        return True
    if point.scale == "year":
        if _PLANNED.search(left):
            return bool(_FINISH.match(right) or _ARRANGE.match(right))
        return False
    if _ANNOUNCED.search(left):
        if point.scale == "day":
            return _FINISH.match(right) is not None
        return bool(_FINISH.match(right) or _ARRANGE.match(right))
    if point.scale in ("part", "month", "quarter", "half"):
        return re.match(r"(?:前后|左右)?(?:基本|全面|全部|力争|确保|要)?(?:完成|报送|上报|办结|建成|实现|完工|竣工|公布|报|提交)", right) is not None
    return False


def arranges(around: Surroundings) -> bool:
    """Something is held or carried out in the time named, rather than finished by its end."""
    finish, arrange = _FINISH.match(around.right), _ARRANGE.match(around.right)
    if arrange is None:
        return False
    return finish is None or arrange.end() <= finish.end()


def begins(around: Surroundings) -> bool:
    """The clause names a first day (8月1日展开, 自…起)."""
    return _BEGINS.match(around.right) is not None


def stretch_is_deadline(clause: Clause, around: Surroundings, first: Stretch, last: Stretch, frame: Frame) -> bool:
    """A first and a last day."""
    left, right = around.left, around.right
    if _STATISTICS.search(left) or _VALID.search(left) or _RISING.search(left):
        return False
    labelled = around.has_label()
    if around.has_other_label() and not labelled:
        return False
    if around.in_title():
        return False
    years_only = all(point.scale == "year" for point in clause.points)
    if years_only and not labelled:
        bracketed = left[-1:] in ("(", "[", "《", '"')
        if bracketed or _NAME_NEXT.match(right) or not (around.is_alone(clause) or clause.prefix == "from" or right[:1] == "," or clause.suffix):
            return False
    if last.last < frame.issued:
        return labelled and not _DONE.match(right) or around.is_alone(clause) and not _PLAN_NAME.search(left)
    if _DONE_SOON.match(right) and first.first <= frame.issued and last.last <= frame.issued:
        return False
    return not _PLAN_NAME.search(left) and not _NAME_NEXT.match(right)


def recurrence_is_deadline(clause: Clause, around: Surroundings) -> bool:
    """每年 of a rate or a price is none (每年增长5%, 每人每月200元)."""
    if clause.times or clause.points or clause.offset:
        return True
    return not _RATE_LEFT.search(around.left) and not _RATE_RIGHT.match(around.right)


def count_is_deadline(clause: Clause, around: Surroundings) -> bool:
    """A period that something must happen in, not one in which something was or is (近3年内无…)."""
    if _PERIOD_STATE.match(around.right):
        return False
    if clause.suffix == "inside" and _NO_PERIOD.search(around.left):
        return False
    return clause.prefix != "most" or re.match(r"(?:未|没有|不)", around.right) is None
