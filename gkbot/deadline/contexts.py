"""Is it a deadline at all? The words around a clause decide.

Refused: dates of papers and laws (印发, 施行, 通过), past events (已, 了), statistics (截至…, 根据1至3月数据),
conditions of age or scope (前年满18周岁, 以后制发的), plan names, first days (起, 开始), and dates that say nothing
more than themselves. The words are in `context_words`; here is the order they are asked in.
"""

import re
from collections.abc import Iterable

from gkbot.deadline import context_words as words
from gkbot.deadline.clauses import Clause
from gkbot.deadline.days import Frame, Stretch
from gkbot.deadline.normal import Folded

_BOUNDARY_LEFT = "|。;:([\n"
_BOUNDARY_RIGHT = "|。;)]\n"


def _any(several: Iterable[str]) -> str:
    return f"(?:{'|'.join(several)})"


# --- what stands before, up to the clause ---
_DUTY_LABEL = re.compile(
    rf"(?:{_any(words.DUTIES)}+(?:时间|日期|期间|时段)|时限|期限|公示期|公告期|征集期|报名期|{_any(words.LABELS_WITH_COLON)}"
    r"\)?[:为是|\"])\)?[:为是|\"]*(?:在|于)?$"
)
_LABEL = re.compile(
    rf"{_any(words.DUTIES)}*(?:{_any(words.LABELS)}\)?[:为是|\"]*|{_any(words.LABELS_WITH_COLON)}\)?[:为是|\"]+)"
    r"(?:自|从|在|于)?$"
)
_NO_LABEL = re.compile(rf"{_any(words.OTHER_DATES)}(?:时间|日期|时点|期限?|期间)?(?:于|为|是|:|\|)*(?:自|从|在)?$")
_ANNOUNCED = re.compile(rf"{_any(words.ANNOUNCED)}?(?:于|在)$|{_any(words.PLANNED)}$|务必$")
_PLANNED = re.compile(rf"{_any(words.PLANNED)}(?:于|在)?$")
_NOT_BEFORE = re.compile(rf"{_any(words.FORBIDDEN_BEFORE)}(?:在|于)?$")
_VALID = re.compile(rf"{_any(words.VALIDITY)}[^,。;|]{{0,8}}$")
_STATISTICS = re.compile(rf"{_any(words.STATISTICS)}[^,。;|]{{0,6}}$")
_RISING = re.compile(rf"{_any(words.RISING)}$")
_PLAN_NAME = re.compile(rf"{_any(words.PLAN_NAMES)}[^,。;|]{{0,3}}[(\[<《\"]$")
_RATE_LEFT = re.compile(rf"{_any(words.RATES)}$")
_LOOKING_BACK = re.compile(rf"{_any(words.LOOKING_BACK)}$")
_TITLE = re.compile(r"《[^《》。;\n]{0,40}$")
# --- what follows it ---
_FINISH = re.compile(rf"[^,。;|]{{0,8}}?{_any(words.FINISHING)}")
_FINISH_AT_ONCE = re.compile(rf"(?:前后|左右)?(?:基本|全面|全部|力争|确保|要)?{_any(words.FINISHING_AT_ONCE)}")
_FINISH_WHOLLY = re.compile(rf"(?:,)?(?:力争|确保|要)?(?:基本|全面|全部){_any(words.FINISHING)}")
_ARRANGE = re.compile(
    rf"(?:左右|前后)?,?(?:将|拟|集中|分批|统一|组织|对|在|全面)?[^,。;|]{{0,4}}?{_any(words.ARRANGING)}"
)
_BEGINS = re.compile(rf"(?:左右|前后|正式|全面|陆续|将|陆|续|起|零时|[0-9]{{1,2}}时)*{_any(words.BEGINNING)}")
_DONE = re.compile(rf"[^。;|]{{0,14}}?{_any(words.DONE)}")
_DONE_SOON = re.compile(rf",?[^,。;|]{{0,8}}?{_any(words.DONE_SOON)}")
_SCOPE = re.compile(
    rf"(?:,|的)?(?:已经?|依法|经|正式|首次|在[^,。;]{{1,10}})*"
    rf"(?:{_any(words.AGES)}|{_any(words.SCOPES)}[^,。;|]{{0,16}}?(?:的(?!通知|意见|报告|方案)|者|且))"
)
_SCOPE_PAST = re.compile(rf"[^,。;|]{{0,12}}?{_any(words.SCOPES_PAST)}[^,。;|]{{0,12}}?的")
_FIGURE = re.compile(r"的?[^,。;|0-9]{0,6}[0-9.]+(?:%|万|亿|个百分点|倍|家|人|件|项|户)")
_TOLD = re.compile(rf"(?:期?间)?,[^。;|]{{0,24}}?{_any(words.FIGURES_TOLD)}")
_NAME_NEXT = re.compile(rf"\)?(?:\"|》|年?{_any(words.NAME_ENDS)})")
_RATE_RIGHT = re.compile(
    rf"{_any(words.RATE_FILLERS)}*(?:[0-9.,]+|[一二三四五六七八九十百千两]+){_any(words.MEASURES)}|"
    rf"{_any(words.RATE_VERBS)}"
)
_STATE = re.compile(rf"(?:,|累计|均|连续|曾|仍|内)*{_any(words.STATES)}")


class Surroundings:
    """The words around one clause."""

    __slots__ = ("folded", "left", "right", "start", "text")

    def __init__(self, folded: Folded, clause: Clause) -> None:
        self.folded = folded
        text = self.text = folded.text
        self.start = clause.start
        self.left = text[max(0, clause.start - 20) : clause.start]
        self.right = text[clause.end : clause.end + 32]

    def is_alone(self, clause: Clause) -> bool:
        """It fills a cell, a bracket or a line of its own."""
        text, breaks = self.folded.text, self.folded.breaks
        start, end = clause.start, clause.end
        left = start == 0 or text[start - 1] in _BOUNDARY_LEFT or start in breaks
        right = end == len(text) or text[end] in _BOUNDARY_RIGHT or end in breaks
        return left and right

    def has_label(self, *, of_duty: bool = False) -> bool:
        """完成时限：, 公示期为 …: a name for deadlines right before; a plain 时间： counts for stretches only."""
        if self.start in self.folded.breaks and self.left[-1:] not in (":", "|"):
            return False
        return (_DUTY_LABEL if of_duty else _LABEL).search(self.left) is not None and not self.has_other_label()

    def in_title(self) -> bool:
        """《广元市2023年要点》: part of a name."""
        return "》" in self.right and "《" in self.left and _TITLE.search(self.left) is not None

    def has_other_label(self) -> bool:
        """发布日期：, 统计时间 …: a name for something else."""
        return _NO_LABEL.search(self.left) is not None


def bound_is_deadline(clause: Clause, around: Surroundings, days: Stretch, frame: Frame) -> bool:
    """A point in time with its operators; `days` is what it names."""
    right = around.right
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
        label = any(
            word in around.text[clause.start : clause.points[0].start] for word in ("时间", "日期", "期限", "日", ":")
        )
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
    if (_FIGURE.match(around.right) and around.right.startswith("的")) or _RISING.search(around.left):
        return False
    return days.last >= frame.issued


def _bare_is_deadline(clause: Clause, around: Surroundings, days: Stretch, frame: Frame) -> bool:
    """No operator: only a label, a cell of its own, or 于 with a verb of completion make it a deadline."""
    left, right = around.left, around.right
    point = clause.points[-1]
    if around.has_other_label() or _VALID.search(left) or _STATISTICS.search(left):
        return False
    if around.has_label(of_duty=point.scale == "day"):
        return True
    if around.is_alone(clause) and not (point.scale == "day" and left[-1:] == ":"):
        if point.scale == "year" and point.year is not None:
            return days.last > frame.issued and left[-1:] != "("
        return days.last > frame.issued or (point.scale == "part" and point.year is None)
    if days.last < frame.issued or _BEGINS.match(right) or right.startswith("已"):
        return False
    if point.scale == "part" and days.sharp:
        return True
    if point.scale == "year":
        if _PLANNED.search(left):
            return bool(_FINISH.match(right) or _ARRANGE.match(right))
        return days.first > frame.issued and _FINISH_WHOLLY.match(right) is not None
    if _ANNOUNCED.search(left):
        if point.scale == "day":
            return _FINISH.match(right) is not None
        return bool(_FINISH.match(right) or _ARRANGE.match(right))
    return point.scale in ("part", "month", "quarter", "half") and _FINISH_AT_ONCE.match(right) is not None


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
        if (
            bracketed
            or _NAME_NEXT.match(right)
            or not (around.is_alone(clause) or clause.prefix == "from" or right[:1] == "," or clause.suffix)
        ):
            return False
    if last.last < frame.issued:
        if labelled:
            return _DONE.match(right) is None
        written = any(point.year is not None for point in clause.points)
        return not written and around.is_alone(clause) and not _PLAN_NAME.search(left)
    if _DONE_SOON.match(right) and first.first <= frame.issued and last.last <= frame.issued:
        return False
    if first.first < frame.issued and not labelled and _TOLD.match(right):
        return False
    return not _PLAN_NAME.search(left) and not _NAME_NEXT.match(right)


def recurrence_is_deadline(clause: Clause, around: Surroundings) -> bool:
    """每年 of a rate or a price is none (每年增长5%, 每人每月200元)."""
    if clause.times or clause.points or clause.offset:
        return True
    return not _RATE_LEFT.search(around.left) and not _RATE_RIGHT.match(around.right)


def count_is_deadline(clause: Clause, around: Surroundings) -> bool:
    """A period that something must happen in, not one in which something was or is (近3年内无…)."""
    if _STATE.match(around.right):
        return False
    if clause.suffix == "inside" and _LOOKING_BACK.search(around.left):
        return False
    return clause.prefix != "most" or re.match(r"(?:未|没有|不)", around.right) is None
