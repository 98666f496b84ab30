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

from collections.abc import Sequence
from typing import Literal

from gkbot.deadline import vocabulary as words
from gkbot.deadline.lexer import Token
from gkbot.deadline.points import STARTERS, Point, adjacent, read_point
from gkbot.deadline.schedule import Unit
from gkbot.deadline.triggers import names_an_event

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


class Parser:
    """Reads clauses from the tokens of one text, from left to right."""

    __slots__ = ("text", "tokens", "tried")

    def __init__(self, text: str, tokens: Sequence[Token]) -> None:
        self.text = text
        self.tokens = tokens
        self.tried = 0

    def clause(self, at: int) -> tuple[Clause, int] | None:
        """The clause that begins with token `at` and the token after it, or None."""
        kind = self.tokens[at].kind
        if kind == "every":
            return self._recurrence(at)
        if kind in _COUNTING:
            counted = self._count(at)
            if counted is not None or kind in ("count", "advance", "most", "before"):
                return counted
        if kind in _PREFIXES or kind in STARTERS:
            return (self._count(at) if kind == "limit" else None) or self._bound(at)
        token = self.tokens[at]
        if kind == "deeds":
            return _word_clause("deeds", token), at + 1
        if kind in ("ongoing", "vague"):
            return self._wordless(at)
        if kind == "duration":
            return self._running(at)
        return None

    # --- bounds and stretches ---------------------------------------------------------------------------------

    def _bound(self, at: int) -> tuple[Clause, int] | None:
        text, tokens = self.text, self.tokens
        start = tokens[at].start
        prefix, here = self._prefixes(at)
        read = read_point(text, tokens, here)
        if read is None:
            return None
        point, here = read
        if prefix == "now":
            clause = Clause("stretch", start, point.end, point)
            clause.prefix = prefix
            return clause, self._suffix(clause, here)
        clause = Clause("bound", start if prefix else point.start, point.end, point)
        clause.prefix = prefix
        last = self._range_end(point, here)
        if last is not None:
            second, here = last
            clause.rule, clause.ranged = "stretch", True
            clause.points.append(second)
        elif prefix != "from":
            here = self._list(clause, here)
        here = self._suffix(clause, here)
        if clause.rule == "bound":
            counted = self._yearly_count(clause, here)
            if counted is not None:
                return counted
        if clause.suffix == "before" and point.scale == "day" and text.endswith("截止时间", 0, point.start):
            return None  # 投标截止时间15日前: a count before an event
        if clause.points[-1].scale == "bare" or (_is_number_word(self.tokens[at]) and not clause.suffix):
            self.tried = here  # a list of bare numbers is not tried again from each of them
            return None
        return clause, here

    def _prefixes(self, at: int) -> tuple[str, int]:
        """Operators before a point; the strictest word wins (最迟不得早于 is not-before)."""
        found, here = "", at
        while here < len(self.tokens) - 1 and here - at < 4:
            token = self.tokens[here]
            if token.kind not in _PREFIXES:
                break
            following = self.tokens[here + 1]
            gap = self.text[token.end : following.start]
            if gap and not _fills(gap):
                break
            if _PREFIXES[token.kind] >= _PREFIXES.get(found, 0):
                found = token.kind
            here += 1
        if found == "now" and self.tokens[here - 1].kind != "upto":
            return "", here
        return found, here

    def _range_end(self, first: Point, here: int) -> tuple[Point, int] | None:
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
        return read_point(text, tokens, target)

    def _list(self, clause: Clause, here: int) -> int:
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

    def _suffix(self, clause: Clause, here: int) -> int:
        tokens = self.tokens
        clause.end = clause.points[-1].end
        if clause.points[0].inside and len(clause.points) == 1:
            clause.suffix = "inside"
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

    def _belongs_to_next(self, here: int) -> bool:
        """截止 before another day belongs to it: 6月1日截止6月5日."""
        token = self.tokens[here]
        if token.kind != "limit" or here + 1 >= len(self.tokens):
            return False
        following = self.tokens[here + 1]
        return following.start == token.end and following.kind in STARTERS

    # --- counts -----------------------------------------------------------------------------------------------

    def _count(self, at: int) -> tuple[Clause, int] | None:
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

    def _judged_count(self, clause: Clause, amount: Token, after: int) -> tuple[Clause, int] | None:
        """A count proper, or times in a period (一年两次), or nothing."""
        if not clause.prefix and not clause.suffix:
            times = self._times(after, clause.end, 8 if amount.word.startswith("半年") else 2)
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

    # --- recurrences ------------------------------------------------------------------------------------------

    def _recurrence(self, at: int, *, inside: bool = False) -> tuple[Clause, int] | None:
        rhythm = self.tokens[at]
        clause = Clause("recurrence", rhythm.start, rhythm.end)
        clause.rhythm = rhythm
        here = self._marks(clause, at + 1)
        inner = None if inside else self._inner_rhythm(clause, here)
        if inner is not None:
            return inner
        times = self._times(here, clause.end, 18)
        if times is not None:
            clause.times, clause.at_least, clause.end, here = times
        return clause, here

    def _marks(self, clause: Clause, here: int) -> int:
        """Days inside the period, right after the rhythm or a few words later."""
        tokens = self.tokens
        after_period = self._after_period(clause, here)
        if after_period is not None:
            return after_period
        prefix, begin = self._prefixes(here) if here < len(tokens) else ("", here)
        if begin >= len(tokens) or tokens[begin].kind not in _MARKS or prefix in ("notbefore", "now"):
            return here
        gap = self.text[clause.end : tokens[here].start]
        if not _bridges(gap):
            return here
        read = self._mark_points(clause, begin)
        if read is None:
            return here
        marks, end = read
        loose = len(gap.strip("的,在于应须要")) > 0
        if marks.points[0].year is not None or (
            loose and marks.suffix not in ("before", "ending", "inside") and not _is_day(marks)
        ):
            return here
        clause.points, clause.ranged, clause.suffix = marks.points, marks.ranged, marks.suffix
        clause.prefix, clause.end, clause.word = prefix, marks.end, marks.word
        return self._more_marks(clause, end)

    def _more_marks(self, clause: Clause, here: int) -> int:
        """每月5日前、20日前: marks that each have their 前."""
        tokens = self.tokens
        while clause.suffix and here < len(tokens) and len(clause.points) < MOST_ITEMS:
            if self.text[clause.end : tokens[here].start] not in words.LISTS or tokens[here].kind not in STARTERS:
                break
            read = self._mark_points(clause, here)
            if read is None or read[0].suffix != clause.suffix or read[0].points[0].has_year:
                break
            clause.points += read[0].points
            clause.end, here = read[0].end, read[1]
        return here

    def _mark_points(self, clause: Clause, begin: int) -> tuple[Clause, int] | None:
        marks = Clause("bound", clause.start, clause.end)
        token = self.tokens[begin]
        if token.kind in _LOOSE_MARKS:
            read: tuple[Point, int] | None = self._loose_mark(begin)
        else:
            read = read_point(self.text, self.tokens, begin)
        if read is None:
            return None
        marks.points.append(read[0])
        last = self._range_end(read[0], read[1])
        if last is not None:
            marks.points.append(last[0])
            marks.ranged = True
            return marks, self._suffix(marks, last[1])
        return marks, self._suffix(marks, self._list(marks, read[1]))

    def _loose_mark(self, begin: int) -> tuple[Point, int]:
        """A part or an hour without the unit it belongs to: that is the rhythm's period."""
        from gkbot.deadline import points

        token = self.tokens[begin]
        point = Point(token.start, token.start)
        here = begin
        if token.kind == "nthweek":
            point.nth_week, point.end = token.value, token.end
            return point, here + 1
        if token.kind in ("part", "nthmonth"):
            if token.kind == "part":
                point.part = words.PARTS[token.word]
            number = {"首月": 1, "末月": -1}.get(point.part or "")
            if token.kind == "nthmonth" or number is not None:
                number = number or token.value
                here = points._nth_month(self.text, self.tokens, here, point, number)
                return point, points._time(self.text, self.tokens, here, point)
            point.end = token.end
            here += 1
        return point, points._time(self.text, self.tokens, here, point)

    def _after_period(self, clause: Clause, here: int) -> int | None:
        """每季度结束后10日内."""
        tokens = self.tokens
        for at in range(here, min(here + 3, len(tokens))):
            token = tokens[at]
            gap = self.text[clause.end : token.start]
            if len(gap) > 6:
                return None
            if (
                (token.kind in ("count", "day")
                and gap[-1:] == "后")
                or (
                    at > here
                    and tokens[at - 1].kind == "starting"
                    and tokens[at - 1].word.endswith("后")
                    and token.kind in ("count", "day")
                )
            ):
                clause.offset, clause.amount, clause.unit = True, token.value, token.unit or Unit.DAYS
                clause.end = token.end
                if (
                    at + 1 < len(tokens)
                    and tokens[at + 1].kind in ("inside", "before")
                    and tokens[at + 1].start == token.end
                ):
                    clause.end, at = tokens[at + 1].end, at + 1  # noqa: PLW2901
                return at + 1
        return None

    def _inner_rhythm(self, clause: Clause, here: int) -> tuple[Clause, int] | None:
        """每年的3月至12月每月: the outer rhythm gives the season, the inner one the frequency."""
        if here >= len(self.tokens) or self.tokens[here].kind != "every":
            return None
        gap = self.text[clause.end : self.tokens[here].start]
        if len(gap) > 4 or not clause.points or clause.points[0].scale != "month":
            return None
        inner = self._recurrence(here, inside=True)
        if inner is None:
            return None
        inner[0].season, inner[0].ranged_season = tuple(clause.points), clause.ranged
        inner[0].start = clause.start
        return inner

    def _times(self, here: int, end: int, reach: int) -> tuple[int, bool, int, int] | None:
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

    def _yearly_count(self, clause: Clause, here: int) -> tuple[Clause, int] | None:
        """年内至少1次: so many times within the year named."""
        point = clause.points[0]
        if point.scale != "year" or len(clause.points) > 1 or clause.prefix or clause.suffix not in ("", "inside"):
            return None
        times = self._times(here, clause.end, 20)
        if times is None or (not times[1] and clause.suffix != "inside"):
            return None
        clause.rule = "yearly_count"
        clause.times, clause.at_least, clause.end, here = times
        return clause, here

    # --- the rest ---------------------------------------------------------------------------------------------

    def _wordless(self, at: int) -> tuple[Clause, int]:
        token = self.tokens[at]
        if token.word in ("全年", "贯穿全年"):
            times = self._times(at + 1, token.end, 20)
            if times is not None:
                year = Point(token.start, token.end)
                year.year_shift = 0
                clause = Clause("yearly_count", token.start, times[2], year)
                clause.suffix, clause.times, clause.at_least = "inside", times[0], times[1]
                return clause, times[3]
        return _word_clause("wordless", token), at + 1

    def _running(self, at: int) -> tuple[Clause, int] | None:
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


_PREFIXES = {"upto": 1, "from": 2, "limit": 3, "now": 4, "notbefore": 5}
_SUFFIXES = frozenset({"before", "inside", "ending", "starting"})
_COUNTING = frozenset({"count", "day", "bare", "before", "advance", "most"})
_MARKS = STARTERS | {"part", "nthweek", "hour", "clock", "daypart", "offwork", "nthmonth"}
_LOOSE_MARKS = frozenset({"hour", "clock", "daypart", "offwork", "part", "nthmonth", "nthweek"})
_PASSED_OVER = frozenset({"vague", "ongoing", "inside", "starting", "other", "ending"})
_BEFORE_TO = ("", ",", "起", "起,", "开始", "日", "始")
_FILLERS = frozenset("时间日期限为是:于在应要须前请务必限等均应当需不得约定原则上")


def _fills(gap: str) -> bool:
    """Words that may stand between an operator and its point: 截止时间为2020年."""
    return len(gap) <= 8 and _FILLERS.issuperset(gap)


def _bridges(gap: str) -> bool:
    """Words that may stand between 每年 and its day: few, and no end of sentence."""
    return len(gap) <= 16 and not _STOPS.intersection(gap) and gap.count(",") <= 1


_STOPS = frozenset("。;!?|\n")


def _breaks(text: str, start: int, end: int) -> bool:
    return not _STOPS.isdisjoint(text[start:end])


def _is_day(marks: Clause) -> bool:
    return any(point.scale in ("day", "part") for point in marks.points)


def _starts_counting(text: str, start: int) -> bool:
    """自决定作出起7个工作日: the word before the count starts it, though 内 is missing."""
    return text.endswith("起", 0, start) and not text.endswith("一起", 0, start)


def _word_clause(rule: Rule, token: Token) -> Clause:
    clause = Clause(rule, token.start, token.end)
    clause.prefix, clause.word = token.kind, token.word
    return clause


def _is_number_word(token: Token) -> bool:
    """15号 alone may be a paper, a house or a line; only with 前 or a month it is a day."""
    return token.kind == "day" and token.word.endswith("号")
