"""Is it a deadline at all? The words around a clause decide.

Refused: dates of papers and laws (印发, 施行, 通过), past events (已, 了), statistics (截至…, 根据1至3月数据),
conditions of age or scope (前年满18周岁, 以后制发的), plan names, first days (起, 开始), and dates that say nothing
more than themselves. The words are in `context_words`; here is the order they are asked in.
"""

import re

from gkbot.deadline import context_words as words
from gkbot.deadline.clauses import Clause
from gkbot.deadline.frame import Frame, Stretch
from gkbot.deadline.surroundings import Surroundings, any_of

# --- what stands before, up to the clause ---
_ANNOUNCED = re.compile(rf"{any_of(words.ANNOUNCED)}?(?:于|在)$|{any_of(words.PLANNED)}$|务必$")
_PLANNED = re.compile(rf"{any_of(words.PLANNED)}(?:于|在)?$")
_NOT_BEFORE = re.compile(rf"{any_of(words.FORBIDDEN_BEFORE)}(?:在|于)?$")
_VALID = re.compile(rf"{any_of(words.VALIDITY)}[^,。;|]{{0,8}}$")
_STATISTICS = re.compile(rf"{any_of(words.STATISTICS)}[^,。;|]{{0,6}}$")
_RISING = re.compile(rf"{any_of(words.RISING)}$")
_PLAN_NAME = re.compile(rf"{any_of(words.PLAN_NAMES)}[^,。;|]{{0,3}}[(\[<《\"]$")
# --- what follows it ---
_FINISH = re.compile(rf"[^,。;|]{{0,8}}?{any_of(words.FINISHING)}")
_FINISH_AT_ONCE = re.compile(rf"(?:前后|左右)?(?:基本|全面|全部|力争|确保|要)?{any_of(words.FINISHING_AT_ONCE)}")
_FINISH_WHOLLY = re.compile(rf"(?:,)?(?:力争|确保|要)?(?:基本|全面|全部){any_of(words.FINISHING)}")
_ARRANGE = re.compile(
    rf"(?:左右|前后)?,?(?:将|拟|集中|分批|统一|组织|对|在|全面)?[^,。;|]{{0,4}}?{any_of(words.ARRANGING)}"
)
_ACTS = re.compile(rf",?[^,。;|]{{0,12}}?{any_of((*words.FINISHING, *words.ARRANGING, *words.ACTS))}")
_FORETOLD = re.compile(rf"[^。;|]{{0,24}}?{any_of(words.FORETOLD)}")
_NAMED_ACT = re.compile(rf"[^,。;|]{{0,16}}?{any_of(words.NAMED_ACTS)}(?:[的》)和|。]|$)")
_ERA = re.compile(any_of(words.ERAS))
_WEB_TIME = re.compile(r"[0-9]{4}([-/.])[0-9]{1,2}\1[0-9]{1,2} ?[0-9]{1,2}:|.*[0-9]:[0-9]{2}:[0-9]{2}$")
_BEGINS = re.compile(rf"(?:左右|前后|正式|全面|陆续|将|陆|续|起|零时|[0-9]{{1,2}}时)*{any_of(words.BEGINNING)}")
_DONE = re.compile(rf"[^。;|]{{0,14}}?{any_of(words.DONE)}")
_DONE_SOON = re.compile(rf",?[^,。;|]{{0,8}}?{any_of(words.DONE_SOON)}")
_SCOPE = re.compile(
    rf"(?:,|的)?(?:已经?|依法|经|正式|首次|在[^,。;]{{1,10}})*"
    rf"(?:{any_of(words.AGES)}|{any_of(words.SCOPES)}[^,。;|]{{0,16}}?(?:的(?!通知|意见|报告|方案)|者|且))"
)
_SCOPE_PAST = re.compile(rf"[^,。;|]{{0,12}}?{any_of(words.SCOPES_PAST)}[^,。;|]{{0,12}}?的")
_FIGURE = re.compile(r"的?[^,。;|0-9]{0,6}[0-9.]+(?:%|万|亿|个百分点|倍|家|人|件|项|户)")
_TOLD = re.compile(rf"(?:期?间)?,[^。;|]{{0,24}}?{any_of(words.FIGURES_TOLD)}")
_DAY_TOLD = re.compile(  # what follows a month or half-year that is a name: its days are told after it
    r"[^,。;|]{0,12}?(?:(?:截止|截至|延长|顺延|延期|推迟)(?:时间|日期|期限)?|时间|日期|期限)[为是于由自到至:]*"
    r"(?:[0-9]{4}年)?[0-9]{1,2}月[0-9]{1,2}日|[^,。;|]{0,10}?[0-9]{1,2}月[0-9]{1,2}日(?:开始|起|截止|止|至|到|-)"
)
_NAME_NEXT = re.compile(rf"\)?(?:\"|》|年?{any_of(words.NAME_ENDS)})")
LONGEST_MONTH = 31
_CLAUSE_OPENERS = ("", *",。;:、|()\n")


def bound_is_deadline(clause: Clause, around: Surroundings, days: Stretch, frame: Frame) -> bool:
    """A point in time with its operators; `days` is what it names."""
    right = around.right
    if clause.prefix in ("from", "notbefore", "now") or clause.suffix == "starting":
        return False
    for point in clause.points:
        if (point.year_shift or 0) < 0 or (point.month_shift or 0) < 0:
            return False
    if _SCOPE.match(right) or around.in_title() or (clause.points[0].plan and _ERA.match(right)):
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
    if _WEB_TIME.match(around.text, clause.start, clause.end):
        return False
    if around.is_alone(clause) and not (point.scale == "day" and left[-1:] == ":"):
        if point.scale == "year" and point.year is not None:
            return days.last > frame.issued and left[-1:] != "("
        return days.last > frame.issued or (point.scale == "part" and point.year is None)
    if days.last < frame.issued or _BEGINS.match(right) or right.startswith("已"):
        return False
    if point.scale in ("month", "quarter", "half") and _DAY_TOLD.match(right):
        return False
    if point.scale == "part" and days.sharp:
        return True
    if point.scale == "year":
        return _year_is_deadline(around, days, frame)
    if _ANNOUNCED.search(left):
        if point.scale == "day":
            return _FINISH.match(right) is not None
        return bool(_FINISH.match(right) or _ARRANGE.match(right))
    return point.scale in ("part", "month", "quarter", "half") and _is_planned(around, days, frame)


def _year_is_deadline(around: Surroundings, days: Stretch, frame: Frame) -> bool:
    if _PLANNED.search(around.left):
        return bool(_FINISH.match(around.right) or _ARRANGE.match(around.right))
    return days.first > frame.issued and _FINISH_WHOLLY.match(around.right) is not None


def _is_planned(around: Surroundings, days: Stretch, frame: Frame) -> bool:
    """三季度开工, 12月下旬开展总结: a part of the time to come that opens a clause, with what is done in it."""
    if _FINISH_AT_ONCE.match(around.right):
        return True
    running = days.first <= frame.issued <= days.last and (days.last - days.first).days > LONGEST_MONTH
    if (days.first <= frame.issued and not running) or around.left[-1:] not in _CLAUSE_OPENERS:
        return False
    if _FORETOLD.match(around.right) or _NAMED_ACT.match(around.right):
        return False
    return _ACTS.match(around.right) is not None


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
    if _is_numbers(clause) and not (labelled or clause.suffix or around.is_alone(clause)):
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


def _is_numbers(clause: Clause) -> bool:
    """1-20号整改任务: numbers of items; without a month they are days only where an operator says so."""
    return all(point.month is None and point.month_shift is None and point.day is not None for point in clause.points)
