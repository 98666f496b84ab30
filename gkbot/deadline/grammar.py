"""Grammar of deadlines: tokens → clauses. What a clause means in days is told in `meaning`.

text       = { skipped | clause }
clause     = recurrence | count | stretch | bound | deeds | wordless
bound      = { prefix } points [suffix] [counted]
stretch    = { prefix } point to point [suffix]  |  即日起 to point
points     = point { list point }                 list = 、 | 和 | 及 | 与 …   (the last gives the others their unit)
prefix     = 截至 | 不迟于 | 最迟 … | 到 | 至 | 自 | 从 | 不早于 …
suffix     = 前 | 之前 | 以前 … | 内 | 期间 | 止 | 截止 | 起 | 开始 …
to         = 至 | 到 | 起至 | - | ~
counted    = （含当日） | （不含当日）
count      = amount [内] | 前 amount | amount 前 | 提前 amount | 不超过 amount      (its event: see `triggers`)
recurrence = rhythm [season] [marks [suffix]] [[至少] N次 [以上]]
rhythm     = 每 [N] period | 按 period | 逐 period | 一 period 一 …
marks      = points | to-range | period 后 N 日内
wordless   = 长期坚持 | 持续推进 … (ongoing) | 及时 | 尽快 … (vague)
"""

from gkbot.deadline.bound_rules import PREFIXES
from gkbot.deadline.clauses import Clause, Parsed, Rule
from gkbot.deadline.count_rules import COUNTING, CountRules
from gkbot.deadline.lexer import Token
from gkbot.deadline.point import Point
from gkbot.deadline.points import STARTERS
from gkbot.deadline.rhythm_rules import RhythmRules


class Parser(RhythmRules, CountRules):
    """Reads clauses from the tokens of one text, from left to right."""

    __slots__ = ()

    def clause(self, at: int) -> Parsed | None:
        """The clause that begins with token `at` and the token after it, or None."""
        kind = self.tokens[at].kind
        if kind == "every":
            return self.recurrence(at)
        if kind in COUNTING:
            counted = self.count(at)
            if counted is not None or kind in ("count", "advance", "most", "before"):
                return counted
        if kind in PREFIXES or kind in STARTERS:
            return (self.count(at) if kind == "limit" else None) or self.bound(at)
        token = self.tokens[at]
        if kind == "deeds":
            return _word_clause("deeds", token), at + 1
        if kind in ("ongoing", "vague"):
            return self._wordless(at)
        if kind == "duration":
            return self._running(at)
        return None

    def _wordless(self, at: int) -> Parsed:
        token = self.tokens[at]
        if token.word in ("全年", "贯穿全年"):
            times = self.times(at + 1, token.end, 20)
            if times is not None:
                year = Point(token.start, token.end)
                year.year_shift = 0
                if at and self.tokens[at - 1].kind == "year" and self.tokens[at - 1].end == token.start:
                    year.year, year.year_shift = self.tokens[at - 1].value, None
                clause = Clause("yearly_count", token.start, times[2], year)
                clause.suffix, clause.times, clause.at_least = "inside", times[0], times[1]
                return clause, times[3]
        return _word_clause("wordless", token), at + 1

    def _running(self, at: int) -> Parsed | None:
        """为期三个月: the length of a stretch whose first day was named before."""
        here = at + 1
        if (
            here >= len(self.tokens)
            or self.tokens[here].kind != "count"
            or self.tokens[here].start != self.tokens[at].end
        ):
            return None
        amount = self.tokens[here]
        clause = Clause("running", self.tokens[at].start, amount.end)
        clause.amount, clause.unit = amount.value, amount.unit
        return clause, here + 1


def _word_clause(rule: Rule, token: Token) -> Clause:
    clause = Clause(rule, token.start, token.end)
    clause.prefix, clause.word = token.kind, token.word
    return clause
