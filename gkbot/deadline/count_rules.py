"""Rules of the grammar for counts: 20个工作日内, 会前3天, 提前5日, 不超过30日. See `grammar`."""

from gkbot.deadline import vocabulary as words
from gkbot.deadline.clauses import Clause, Parsed, Rules
from gkbot.deadline.lexer import Token
from gkbot.deadline.schedule import Unit
from gkbot.deadline.triggers import names_an_event

COUNTING = frozenset({"count", "day", "bare", "before", "advance", "most"})


class CountRules(Rules):
    """count, and a recurrence written as one: 一年两次."""

    __slots__ = ()

    def count(self, at: int) -> Parsed | None:
        tokens = self.tokens
        first = tokens[at]
        lead, here = "", at
        if first.kind in ("before", "advance", "most", "limit"):
            lead, here = first.kind, at + 1
            if here < len(tokens) and tokens[here].kind == "least":
                here += 1
            if here >= len(tokens) or tokens[here].start - tokens[here - 1].end > (1 if lead == "most" else 0):
                return None
        here = self._upper_of_range(here)
        amount = tokens[here]
        if amount.kind not in ("count", "day") or (amount.kind == "day" and amount.word.endswith("号")):
            return None
        if lead == "limit":
            if amount.kind == "day" and "超过" not in first.word:
                return None
            lead = "most"
        clause = Clause("count", first.start, amount.end)
        clause.prefix, clause.amount, clause.unit, clause.word = (
            lead,
            amount.value,
            amount.unit or Unit.DAYS,
            amount.word,
        )
        after = here + 1
        if after < len(tokens) and tokens[after].start == amount.end:
            kind = tokens[after].kind
            if kind in ("inside", "before") and tokens[after].word not in ("间", "期间", "前夕"):
                clause.suffix, clause.end, after = kind, tokens[after].end, after + 1
        return self._judged_count(clause, amount, after)

    def _judged_count(self, clause: Clause, amount: Token, after: int) -> Parsed | None:
        """A count proper, or times in a period (一年两次), or nothing."""
        if not clause.prefix and not clause.suffix:
            times = self.times(after, clause.end, 8 if amount.word.startswith("半年") else 2)
            if times is not None and amount.unit in (Unit.YEARS, Unit.MONTHS, Unit.WEEKS):
                clause.rule = "recurrence"
                clause.times, clause.at_least, clause.end, after = times
                return clause, after
            if not _starts_counting(self.text, clause.start) or self.text.startswith(
                ("后", "以后", "之后"), clause.end
            ):
                return None
        if clause.prefix == "before" and not self._is_event_before(clause.start):
            return None
        if amount.kind == "day" and clause.suffix == "before" and not names_an_event(self.text, clause.start):
            return None
        return clause, after

    def _is_event_before(self, start: int) -> bool:
        return start > 0 and self.text[start - 1] not in ",。;:、|(的目日以之此事"

    def _upper_of_range(self, at: int) -> int:
        """5-7个工作日: the larger counts."""
        tokens, text = self.tokens, self.text
        if at + 1 < len(tokens) and tokens[at].kind == "bare":
            following = tokens[at + 1]
            if text[tokens[at].end : following.start] in words.DASHES:
                return at + 1
            if following.kind == "upto" and at + 2 < len(tokens) and tokens[at + 2].start == following.end:
                return at + 2
        return at


def _starts_counting(text: str, start: int) -> bool:
    """自决定作出起7个工作日: the word before the count starts it, though 内 is missing."""
    return text.endswith("起", 0, start) and not text.endswith("一起", 0, start)
