"""Clauses: what the grammar finds in the tokens of a text, before anything is known about days."""

from collections.abc import Sequence
from typing import Literal

from gkbot.deadline.lexer import Token
from gkbot.deadline.point import Point
from gkbot.deadline.schedule import Unit

Rule = Literal["bound", "stretch", "count", "recurrence", "yearly_count", "deeds", "wordless", "running"]
MOST_ITEMS = 24  # nobody lists more days in one clause; bounds the work on hostile lists


class Clause:
    """A clause as parsed. Defaults are class attributes: most clauses set few of them.

    Attributes:
        rule: The grammar rule that made it.
        prefix, suffix: Kinds of the operators before and after (limit, upto, from, notbefore; before, inside …).
        points: Points of a bound or marks of a recurrence; of a stretch the first and the last.
        amount, unit: Of a count.
        rhythms: `every` tokens of a recurrence.
        season: Months in which a recurrence holds: the first and the last, or a list.
        times, at_least: N次.
        offset: Days after the end of the period (每季度结束后10日内).
    """

    prefix: str = ""
    suffix: str = ""
    ranged: bool = False
    amount: int = 0
    unit: Unit | None = None
    rhythm: Token | None = None
    season: tuple[Point, ...] = ()
    ranged_season: bool = False
    times: int = 0
    at_least: bool = False
    offset: bool = False
    word: str = ""

    def __init__(self, rule: Rule, start: int, end: int, *points: Point) -> None:
        self.rule = rule
        self.start = start
        self.end = end
        self.points = list(points)


Parsed = tuple[Clause, int]  # a clause and the token after it
_STOPS = frozenset("。;!?|\n")
_PASSED_OVER = frozenset({"vague", "ongoing", "inside", "starting", "other", "ending"})


class Rules:
    """The text and its tokens, and what all rules share."""

    __slots__ = ("text", "tokens", "tried")

    def __init__(self, text: str, tokens: Sequence[Token]) -> None:
        self.text = text
        self.tokens = tokens
        self.tried = 0

    def times(self, here: int, end: int, reach: int) -> tuple[int, bool, int, int] | None:
        """[至少] N次 [以上] within a few characters: count, whether a minimum, where it ends, next token."""
        least = False
        limit = end + reach
        for at in range(here, min(here + 5, len(self.tokens))):
            token = self.tokens[at]
            if token.start > limit or _breaks(self.text, end, token.start):
                return None
            if token.kind == "least":
                least, limit = True, token.end + 14
            elif token.kind == "times" and (token.more[0] == 1 or least) and not self._is_other_rhythm(token):
                more = self.text.startswith("以上", token.end)
                return token.value, least or more, token.end + (2 if more else 0), at + 1
            elif token.kind not in _PASSED_OVER:
                return None
        return None

    def _is_other_rhythm(self, token: Token) -> bool:
        return token.value == 0 or self.text.startswith("性", token.end)


def bridges(gap: str) -> bool:
    """Words that may stand between 每年 and its day: few, and no end of sentence."""
    return len(gap) <= 16 and not _STOPS.intersection(gap) and gap.count(",") <= 1


def _breaks(text: str, start: int, end: int) -> bool:
    return not _STOPS.isdisjoint(text[start:end])
