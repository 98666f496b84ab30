"""Rules of the grammar for recurrences: a rhythm, its marks and its times. See `grammar`."""

from gkbot.deadline import hours, points
from gkbot.deadline import vocabulary as words
from gkbot.deadline.bound_rules import BoundRules
from gkbot.deadline.clauses import MOST_ITEMS, Clause, Parsed, bridges
from gkbot.deadline.point import Point
from gkbot.deadline.points import STARTERS, read_point
from gkbot.deadline.schedule import Unit

_LOOSE_MARKS = frozenset({"hour", "clock", "daypart", "offwork", "part", "nthmonth", "nthweek", "nthday"})
_MARKS = STARTERS | _LOOSE_MARKS
_FILLERS = "的,在于应须要"


class RhythmRules(BoundRules):
    """recurrence, marks and season."""

    __slots__ = ()

    def recurrence(self, at: int, *, inside: bool = False) -> Parsed | None:
        rhythm = self.tokens[at]
        clause = Clause("recurrence", rhythm.start, rhythm.end)
        clause.rhythm = rhythm
        here = self._marks(clause, at + 1)
        inner = None if inside else self._inner_rhythm(clause, here)
        if inner is not None:
            return inner
        times = self.times(here, clause.end, 18)
        if times is not None:
            clause.times, clause.at_least, clause.end, here = times
        return clause, here

    def _marks(self, clause: Clause, here: int) -> int:
        """Days inside the period, right after the rhythm or a few words later."""
        tokens = self.tokens
        after_period = self._after_period(clause, here)
        if after_period is not None:
            return after_period
        prefix, begin = self.prefixes(here) if here < len(tokens) else ("", here)
        if begin >= len(tokens) or tokens[begin].kind not in _MARKS or prefix in ("notbefore", "now"):
            return here
        gap = self.text[clause.end : tokens[here].start]
        if not bridges(gap):
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

    def _mark_points(self, clause: Clause, begin: int) -> Parsed | None:
        marks = Clause("bound", clause.start, clause.end)
        token = self.tokens[begin]
        if token.kind in _LOOSE_MARKS:
            read: tuple[Point, int] | None = self._loose_mark(begin)
        else:
            read = read_point(self.text, self.tokens, begin)
        if read is None:
            return None
        marks.points.append(read[0])
        last = self.range_end(read[0], read[1])
        if last is not None:
            marks.points.append(last[0])
            marks.ranged = True
            return marks, self.suffix(marks, last[1])
        return marks, self.suffix(marks, self.list(marks, read[1]))

    def _loose_mark(self, begin: int) -> tuple[Point, int]:
        """A part or an hour without the unit it belongs to: that is the rhythm's period."""
        token = self.tokens[begin]
        point = Point(token.start, token.start)
        here = begin
        if token.kind == "nthweek":
            point.nth_week, point.end = token.value, token.end
            return point, here + 1
        if token.kind == "nthday":
            point.nth, point.nth_weekday, point.end = token.value, token.more[0], token.end
            return point, hours.time_of_day(self.text, self.tokens, here + 1, point)
        if token.kind in ("part", "nthmonth"):
            if token.kind == "part":
                point.part = words.PARTS[token.word]
            number = {"首月": 1, "末月": -1}.get(point.part or "")
            if token.kind == "nthmonth" or number is not None:
                number = number or token.value
                here = points.nth_month_of(self.text, self.tokens, here, point, number)
                return point, hours.time_of_day(self.text, self.tokens, here, point)
            point.end = token.end
            here += 1
        return point, hours.time_of_day(self.text, self.tokens, here, point)

    def _after_period(self, clause: Clause, here: int) -> int | None:
        """每季度结束后10日内."""
        tokens = self.tokens
        for at in range(here, min(here + 3, len(tokens))):
            token = tokens[at]
            gap = self.text[clause.end : token.start]
            if len(gap) > 6:
                return None
            if (token.kind in ("count", "day") and gap[-1:] == "后") or (
                at > here
                and tokens[at - 1].kind == "starting"
                and tokens[at - 1].word.endswith("后")
                and token.kind in ("count", "day")
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

    def _inner_rhythm(self, clause: Clause, here: int) -> Parsed | None:
        """每年的3月至12月每月: the outer rhythm gives the season, the inner one the frequency."""
        if here >= len(self.tokens) or self.tokens[here].kind != "every":
            return None
        gap = self.text[clause.end : self.tokens[here].start]
        if len(gap) > 4 or not clause.points or clause.points[0].scale != "month":
            return None
        inner = self.recurrence(here, inside=True)
        if inner is None:
            return None
        inner[0].season, inner[0].ranged_season = tuple(clause.points), clause.ranged
        inner[0].start = clause.start
        return inner


def _is_day(marks: Clause) -> bool:
    return any(point.scale in ("day", "part") for point in marks.points)
