"""Is a count or a rhythm a deadline at all? See `contexts`, which asks the same of days."""

import re

from gkbot.deadline import context_words as words
from gkbot.deadline.clauses import Clause
from gkbot.deadline.surroundings import Surroundings, any_of

_RATE_LEFT = re.compile(rf"{any_of(words.RATES)}$")
_RATE_RIGHT = re.compile(
    rf"{any_of(words.RATE_FILLERS)}*(?:[0-9.,]+|[一二三四五六七八九十百千两]+){any_of(words.MEASURES)}|"
    rf"{any_of(words.RATE_VERBS)}"
)
_STATE = re.compile(rf"(?:,|累计|均|连续|曾|仍|内)*{any_of(words.STATES)}")
_LOOKING_BACK = re.compile(rf"{any_of(words.LOOKING_BACK)}$")
# an end that was reached early, not one to be kept: 提前一年完成
_REACHED_EARLY = re.compile(rf"(?:全面|全部|基本|超额|顺利|圆满|就|即)*{any_of(words.REACHED)}")
_HELD = re.compile(rf"{any_of(words.HELD)}(?:限|间)?(?:为|是|一般|最长|原则上)*$")
_COUNTED_UP = re.compile(any_of(words.COUNTED_UP))
_TOLD = re.compile(rf"[^。;|]{{0,14}}?{any_of(words.TOLD)}")


def recurrence_is_deadline(clause: Clause, around: Surroundings) -> bool:
    """每年 of a rate or a price is none (每年增长5%, 每人每月200元)."""
    if clause.times or clause.points or clause.offset:
        return True
    return not _RATE_LEFT.search(around.left) and not _RATE_RIGHT.match(around.right)


def count_is_deadline(clause: Clause, around: Surroundings) -> bool:
    """A period that something must happen in, not one in which something was or is (近3年内无…)."""
    if _STATE.match(around.right) and not (around.right.startswith("未") and around.left.endswith("之日起")):
        return False
    if clause.suffix == "inside" and _LOOKING_BACK.search(around.left):
        return False
    if clause.prefix == "advance" and _REACHED_EARLY.match(around.right):
        return False
    if clause.prefix == "most" and _HELD.search(around.left):
        return False
    return clause.prefix != "most" or re.match(r"(?:未|没有|不)", around.right) is None


def yearly_count_is_deadline(clause: Clause, around: Surroundings) -> bool:
    """全年至少4次 is a duty, 全年共召开4次 a report on it."""
    if clause.at_least:
        return True
    return not _COUNTED_UP.search(around.text, clause.start, clause.end) and not _TOLD.match(around.right)
