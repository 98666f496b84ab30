"""The event a period is counted from: found in the words before the count.

    event = [自|从|在] words 之日起 | 之日 | 起 | 后 | 之后 | 以后     count
          | words 的 [,] …                                           count
          | a verb such as 收到, 接到, 受理 and its object            count
    before = words [的] count 前 | words 前 count                    (会议召开3日前, 届满前30日)

The words are given as they stand; the leading 自/在 and the trailing 之日起/后 are left out.
"""

import re
from dataclasses import dataclass

REACH = 64  # characters: no event is named further back

_START_MARK = re.compile(
    r"(?:的?(?:之)?(?:当日|次日|第二日|翌日|当天|次日零时|日)起?|之时起?|起|以来)(?:计算|算起|算)?(?:的|,)?(?:最迟)?(?:在|于)?$"
)
_AFTER_MARK = re.compile(r"(?:之后|以后|后)(?:的|,)?(?:最迟|应当?|须|要|必须|一般)?(?:在|于)?(?:的)?(?:第)?$")
_LINKS = re.compile(
    r"(?:(?:(?<![反响适相供对效回感照呼])应当?|须|(?<![重主必需])要|需|必须|一般|原则上|可以?|均|分别|最迟|最长|最多|时间|时限|期限|务必|确保|争取|力争|并|且|不得|"
    r"不超过|为|是|在|于|的|,|自|其|之|可|将|:|\"|每件)*)$"
)
_COUNT_IN = re.compile(r"(?:[0-9]+|[一二三四五六七八九十]+)(?:个?工作日|日|天|个?小时|个月)(?:之|以)?内")
_OR_AT_ONCE = re.compile(r"(?:当场|当日|当天|当即|即时|立即)?(?:或者?|或是)(?:在|于)?$")
_OPENER = re.compile(r"(?:^|[。;])(?:[^。;,]*?,)?(?:涉及|对于|对|遇有|遇到|遇|发生|出现)([^,。;]{2,30}),[^。;]*$")
_SUBJECT_ENDS = frozenset("在于应须要需最一原时期不")
_STOP = re.compile(
    r"[,。;:!?|\n]|\((?![^()]*\))|^[0-9一二三四五六七八九十]+、|(?<=[,。;:])[0-9一二三四五六七八九十]+、"
)
_HARD_STOP = re.compile(r"[。;:!?|\n]")
_FROM = re.compile(r"(?:自从|自(?!然|己|行|主|觉|愿|动|身|助|建|治|查|评|由|来|贸)|从(?!事|业|严|而|重|快|优|简))")
_LEAD = re.compile(
    r"^(?:应当?|须|要|需|必须|并|但|且|均|可以?|也|将|在|于|自|从|其中|一般|原则上|对于?|凡|如|若|经|由|当|待|各单位|各部门|"
    r"有关部门|责任单位|承办单位)+(?=.{2})"
)
_VERB = re.compile(
    r"(?:收到|接到|[文函件货款]到|送到|报到|到账|到位|送达|接收|接|受理|收件|作出|做出|签订|签署|签收|送达|批复|批准|形成|变更|发生|发现|取得|领取|知道|得知|"
    r"完成|通过|公布|发布|印发|下达|下发|交办|转办|立项|验收|办结|获得|提交|提出|确定|生效|成立|结束|届满|期满)"
)
_BEFORE_EVENT = re.compile(
    r"(?:召开|举行|举办|届满|期满|到期|开始|实施|启动|开标|会议|活动|考试|开工|开庭|听证|施行|执行|出发|截止|截止时间|截止日期|表决|审议|开会|"
    r"有效期|期限|使用|开业|放假|结束|开学|开考|离境|生效|演出|上会|报到|播出|投票|选举|交付|入库|到达|上市|会|届满)的?$"
)
_OWN = re.compile(
    r"^(?:本|该|此)(?:通知|公告|通告|方案|办法|文件|意见|规定|细则|通报|指引|要点|文|决定|函|公示|条例|计划|清单|办法规定)"
    r"(?:公布|发布|印发|下发|公告|施行|实施|生效|签发|发出|执行)?$|^(?:文件|通知|方案|公告|要点)?(?:印发|下发|发文|签发)$|^(?:通知|公告|文件)(?:发布|公布)$"
)
_NOT_AFTER = re.compile(r"(?:今|最|然|售|先|前|此|落|背|滞|幕|延|向|随|往|善|殿|病|产|课|饭|战|灾|国|午)后$")
_NEEDS_SUBJECT = {"结束", "完成", "通过", "期满", "届满", "到期"}


@dataclass(frozen=True, slots=True)
class Event:
    """Where an event is named in the folded text (an empty stretch where it is not), and how."""

    start: int
    end: int
    clause_start: int  # where the whole phrase begins, with 自 and the like
    named: bool
    own_document: bool = False


def event_before(text: str, count_start: int) -> Event:
    """The event named before a count (…之日起20日内, …后24小时内), or an empty one."""
    floor = max(0, count_start - REACH)
    left = _OR_AT_ONCE.sub("", text[floor:count_start])
    mark = _START_MARK.search(left)
    if mark and mark.start() > 0:
        return _from_start(text, floor, left, mark.start())
    mark = _AFTER_MARK.search(left)
    if mark and not _NOT_AFTER.search(left[: mark.start() + 1]):
        return _from_clause(text, floor, left[: mark.start()], extend=True)
    return _implied(text, floor, left, count_start)


def event_after_before(text: str, place: int) -> Event:
    """The event named before 前 (会议召开前3日, 会议召开3日前); `place` is where the words end."""
    floor = max(0, place - REACH)
    left = text[floor:place].removesuffix("的")
    return _from_clause(text, floor, left, extend=False)


def names_an_event(text: str, place: int) -> bool:
    """The words that end here name something that will happen."""
    return _BEFORE_EVENT.search(text, max(0, place - 8), place) is not None


def _from_start(text: str, floor: int, left: str, end: int) -> Event:
    """…之日起: from the last 自 or 从, else from the beginning of the clause."""
    words = left[:end]
    hard = _last_end(_HARD_STOP, words)
    begun = [match for match in _FROM.finditer(words, hard) if match.end() < end]
    if begun:
        start = begun[-1].end()
        return _event(text, floor + start, floor + end, floor + begun[-1].start())
    return _from_clause(text, floor, words, extend=False)


def _from_clause(text: str, floor: int, words: str, *, extend: bool) -> Event:
    start = _last_end(_STOP, words)
    begun = [match for match in _FROM.finditer(words, start) if match.end() < len(words)]
    if begun:
        start = begun[-1].end()
    else:
        within = max(words.rfind("在", start), words.rfind("于", start))
        if start <= within < len(words) - 1 and words[within - 1 : within + 1] not in (
            "关于",
            "对于",
            "现在",
            "存在",
            "由于",
            "属于",
        ):
            start = within + 1
    lead = _LEAD.match(words[start:])
    if lead and not begun:
        start += lead.end()
    if extend and words[start:] in _NEEDS_SUBJECT and start and words[start - 1] == ",":
        start = _last_end(_STOP, words[: start - 1])
    return _event(text, floor + start, floor + len(words), floor + start)


def _implied(text: str, floor: int, left: str, count_start: int) -> Event:
    """收到申请的，应当在5日内; 会议决策事项在30个工作日内: the condition or the subject before the count."""
    links = _LINKS.search(left)
    words = left[: links.start()] if links else left
    tail = left[len(words) :]
    start = _last_end(_STOP, words)
    clause = words[start:]
    verb = None if _COUNT_IN.search(clause) else _VERB.search(clause)
    if "," in tail or tail.startswith("的"):
        condition = clause.removesuffix("时").removesuffix("的").removesuffix("后")
        if len(condition) >= 2 and (verb or condition != clause or tail.startswith("的")):
            lead = _lead_length(condition)
            return _event(text, floor + start + lead, floor + start + len(condition), floor + start + lead)
    elif verb and len(clause) - verb.start() <= 20:
        start += verb.start()
        return _event(text, floor + start, floor + len(words), floor + start)
    opened = _OPENER.search(left)
    if opened:
        return Event(floor + opened.start(1), floor + opened.end(1), count_start, named=True)
    if 2 <= len(clause) <= 14 and tail and tail[0] in _SUBJECT_ENDS:
        start += _lead_length(clause)
        return Event(floor + start, floor + len(words), count_start, named=False)
    return Event(count_start, count_start, count_start, named=False)


def _lead_length(words: str) -> int:
    lead = _LEAD.match(words)
    return lead.end() if lead else 0


def _event(text: str, start: int, end: int, clause_start: int) -> Event:
    words = text[start:end]
    if words == "即" and text.startswith("日", end):
        return Event(start, end + 1, clause_start, named=True, own_document=True)
    if words.endswith("之"):
        end -= 1
        words = words[:-1]
    return Event(
        start, end, clause_start, named=bool(words), own_document=_OWN.match(words.replace('"', "")) is not None
    )


def _last_end(pattern: re.Pattern[str], words: str) -> int:
    end = 0
    for match in pattern.finditer(words):
        end = match.end()
    return end
