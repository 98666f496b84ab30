"""Rules of the grammar for bounds and stretches: prefix, points, suffix. See `grammar`."""

import re

from gkbot.deadline import vocabulary as words
from gkbot.deadline.clauses import MOST_ITEMS, Clause, Parsed, Rules
from gkbot.deadline.lexer import Token
from gkbot.deadline.point import Point
from gkbot.deadline.points import STARTERS, adjacent, read_point

PREFIXES = {"upto": 1, "from": 2, "limit": 3, "now": 4, "notbefore": 5}  # the stronger wins
_SUFFIXES = frozenset({"before", "inside", "ending", "starting"})
_BEFORE_TO = ("", ",", "起", "起,", "开始", "日", "始")
# 截止申请日期为, 截止收件时间：
_NAMED_LIMIT = re.compile(r"[^,。;:|()0-9]{0,8}?(?:日期|时间|期限|时限|日)(?:及时间)?[为是:于在]*")
_REMARK_REACH = 16  # characters of a remark between a day and its 前
_FILLERS = frozenset("时间日期限为是:于在应要须前请务必限等均应当需不得约定原则上")


class BoundRules(Rules):
    """bound, stretch and the times in one year."""

    __slots__ = ()

    def bound(self, at: int) -> Parsed | None:
        text, tokens = self.text, self.tokens
        start = tokens[at].start
        prefix, here = self.prefixes(at)
        read = read_point(text, tokens, here)
        if read is None:
            return None
        point, here = read
        if prefix == "now":
            clause = Clause("stretch", start, point.end, point)
            clause.prefix = prefix
            return clause, self.suffix(clause, here)
        clause = Clause("bound", start if prefix else point.start, point.end, point)
        clause.prefix = prefix
        last = self.range_end(point, here)
        if last is not None:
            second, here = last
            clause.rule, clause.ranged = "stretch", True
            clause.points.append(second)
        elif prefix != "from":
            here = self.list(clause, here)
        here = self.suffix(clause, here)
        if clause.rule == "bound":
            counted = self.yearly_count(clause, here)
            if counted is not None:
                return counted
        if clause.suffix == "before" and point.scale == "day" and text.endswith("截止时间", 0, point.start):
            return None  # 投标截止时间15日前: a count before an event
        if point.month_shift is not None and not clause.suffix and self._counts_next(clause.end, here):
            return None  # 次月3个工作日内: a count
        if clause.prefix == "upto" and clause.suffix == "inside" and point.day is not None and point.month is None:
            return None  # 文到10日内: a count
        if clause.points[-1].scale == "bare" or (_is_number_word(self.tokens[at]) and not clause.suffix):
            self.tried = here  # a list of bare numbers is not tried again from each of them
            return None
        return clause, here

    def _counts_next(self, end: int, here: int) -> bool:
        counted = self.tokens[here : here + 2]
        return [token.kind for token in counted] == ["count", "inside"] and counted[0].start == end

    def prefixes(self, at: int) -> tuple[str, int]:
        """Operators before a point; the strictest word wins (最迟不得早于 is not-before)."""
        found, here = "", at
        while here < len(self.tokens) - 1 and here - at < 4:
            token = self.tokens[here]
            if token.kind not in PREFIXES:
                break
            following = self.tokens[here + 1]
            gap = self.text[token.end : following.start]
            if gap and not _fills(gap) and not (token.kind == "limit" and _NAMED_LIMIT.fullmatch(gap)):
                break
            if PREFIXES[token.kind] >= PREFIXES.get(found, 0):
                found = token.kind
            here += 1
        if found == "now" and self.tokens[here - 1].kind != "upto":
            return "", here
        return found, here

    def range_end(self, first: Point, here: int) -> tuple[Point, int] | None:
        tokens, text = self.tokens, self.text
        if here >= len(tokens):
            return None
        token = tokens[here]
        if token.kind == "starting" and token.start == first.end and here + 1 < len(tokens):
            following = tokens[here + 1]
            if following.kind == "upto" and following.start - token.end <= 1:
                here, token = here + 1, following
        if token.kind == "upto" and token.start - first.end <= 2 and text[first.end : token.start] in _BEFORE_TO:
            target = here + 1
            if target >= len(tokens) or tokens[target].start != token.end:
                return None
        elif text[first.end : token.start] in words.DASHES:
            target = here
        else:
            return None
        return read_point(text, tokens, target + 1 if tokens[target].kind == "same" else target)

    def list(self, clause: Clause, here: int) -> int:
        tokens, text = self.tokens, self.text
        while here < len(tokens) and len(clause.points) < MOST_ITEMS:
            gap = text[clause.points[-1].end : tokens[here].start]
            if not gap or gap not in words.LISTS or tokens[here].kind not in STARTERS:
                break
            read = read_point(text, tokens, here)
            if read is None:
                break
            clause.points.append(read[0])
            here = read[1]
        clause.end = clause.points[-1].end
        return here

    def suffix(self, clause: Clause, here: int) -> int:
        tokens = self.tokens
        clause.end = clause.points[-1].end
        if clause.points[0].inside and len(clause.points) == 1:
            clause.suffix = "inside"
        here = self._remark(clause, here)
        if here < len(tokens) and adjacent(self.text, clause.end, tokens[here]):
            token = tokens[here]
            kind = "ending" if token.kind == "limit" and token.word in ("截止", "截至") else token.kind
            if kind in _SUFFIXES and not self._belongs_to_next(here):
                clause.suffix, clause.end, here = kind, token.end, here + 1
                clause.word = token.word
        if here < len(tokens) and tokens[here].kind == "counted" and tokens[here].start == clause.end:
            clause.points[-1].counted = tokens[here].value
            clause.end, here = tokens[here].end, here + 1
        return here

    def _remark(self, clause: Clause, here: int) -> int:
        """10月20日（含当日）前, 6月30日（以邮戳为准）前: a remark between the day and its 前."""
        tokens, text = self.tokens, self.text
        if not text.startswith("(", clause.end):
            return here
        closed = text.find(")", clause.end, clause.end + _REMARK_REACH) + 1
        after = here
        while after < len(tokens) and tokens[after].start < closed:
            after += 1
        if not closed or after >= len(tokens) or tokens[after].start != closed or tokens[after].kind != "before":
            return here
        if tokens[here].kind == "counted":
            clause.points[-1].counted = tokens[here].value
        clause.end = closed
        return after

    def _belongs_to_next(self, here: int) -> bool:
        """截止 before another day belongs to it: 6月1日截止6月5日."""
        token = self.tokens[here]
        if token.kind != "limit" or here + 1 >= len(self.tokens):
            return False
        following = self.tokens[here + 1]
        return following.start == token.end and following.kind in STARTERS

    def yearly_count(self, clause: Clause, here: int) -> Parsed | None:
        """年内至少1次: so many times within the year named."""
        point = clause.points[0]
        if point.scale != "year" or len(clause.points) > 1 or clause.prefix or clause.suffix not in ("", "inside"):
            return None
        times = self.times(here, clause.end, 20)
        if times is None or (not times[1] and clause.suffix != "inside"):
            return None
        clause.rule = "yearly_count"
        clause.times, clause.at_least, clause.end, here = times
        return clause, here


def _fills(gap: str) -> bool:
    """Words that may stand between an operator and its point: 截止时间为2020年."""
    return len(gap) <= 8 and _FILLERS.issuperset(gap)


def _is_number_word(token: Token) -> bool:
    """15号 alone may be a paper, a house or a line; only with 前 or a month it is a day."""
    return token.kind == "day" and token.word.endswith("号")
