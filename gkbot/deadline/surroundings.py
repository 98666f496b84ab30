"""The words around a clause: labels, titles, cells of their own."""

import re
from collections.abc import Iterable

from gkbot.deadline import context_words as words
from gkbot.deadline.clauses import Clause
from gkbot.deadline.normal import Folded

_BOUNDARY_LEFT = "|。;:([\n"
_BOUNDARY_RIGHT = "|。;)]\n"


def any_of(several: Iterable[str]) -> str:
    """Words or patterns as one alternation."""
    return f"(?:{'|'.join(several)})"


_DUTY_LABEL = re.compile(
    rf"(?:{any_of(words.DUTIES)}+(?:时间|日期|期间|时段)|时限|期限|截止日|公示期|公告期|征集期|报名期|{any_of(words.LABELS_WITH_COLON)}"
    r"\)?[:为是|\"])\)?[:为是|\"]*(?:在|于)?$"
)
_LABEL = re.compile(
    rf"{any_of(words.DUTIES)}*(?:{any_of(words.LABELS)}\)?[:为是|\"]*|{any_of(words.LABELS_WITH_COLON)}\)?[:为是|\"]+)"
    r"(?:自|从|在|于)?$"
)
_NO_LABEL = re.compile(rf"{any_of(words.OTHER_DATES)}(?:时间|日期|时点|期限?|期间)?(?:于|为|是|:|\|)*(?:自|从|在)?$")
_SUB_LABEL = re.compile(r"(?<=[日间期限]\|)[^|,。;:]{1,8}:$")  # 截止日｜第一梯次：
_TITLE = re.compile(r"《[^《》。;\n]{0,40}$")


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
        left = _SUB_LABEL.sub("", self.left) if self.left[-1:] == ":" else self.left
        return (_DUTY_LABEL if of_duty else _LABEL).search(left) is not None and not self.has_other_label()

    def in_title(self) -> bool:
        """《广元市2023年要点》: part of a name."""
        return "》" in self.right and "《" in self.left and _TITLE.search(self.left) is not None

    def has_other_label(self) -> bool:
        """发布日期：, 统计时间 …: a name for something else."""
        return _NO_LABEL.search(self.left) is not None
