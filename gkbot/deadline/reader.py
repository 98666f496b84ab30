"""Going through the clauses of a text: each is judged by its surroundings and by what came before it.

A year carries on (2017年4月底前…11月底前), a first day waits for its last (8月1日展开，至9月30日结束), an event serves
several counts, a rhythm its next periods (每月25日前…，次月5日前).
"""

from collections.abc import Callable, Iterable

from gkbot.deadline.clauses import Clause
from gkbot.deadline.count_takers import CountTakers
from gkbot.deadline.day_takers import DayTakers
from gkbot.deadline.frame import NoSuchDay
from gkbot.deadline.grammar import Parser
from gkbot.deadline.meaning import Reading
from gkbot.deadline.schedule import Ongoing, Vague


class Reader(DayTakers, CountTakers):
    """Goes through the clauses of one text and keeps what later ones need from earlier ones."""

    __slots__ = ()

    def readings(self) -> list[Reading]:
        """Every deadline, in order."""
        tokens = self.tokens
        parser = Parser(self.folded.text, tokens)
        parse = parser.clause
        at, done, count = 0, 0, len(tokens)
        while at < count:
            start = tokens[at].start
            if self.found or self.first_day is not None or self.frame.told is not None:
                self.forget(start)
            elif start > self.sentence:
                self.sentence = start
            parsed = parse(at) if start >= done else None
            if parsed is None:
                at = parser.tried if parser.tried > at else at + 1
                continue
            clause, following = parsed
            verdict = self._take(clause)
            if self.verdicts is not None:
                self.verdicts.append((clause, verdict))
            if verdict == "deadline":
                done = self.found[-1].end
            at = following if following > at else at + 1
        if self.wordless:
            self._add_wordless()
        return self.found

    def _take(self, clause: Clause) -> str:
        if clause.rule == "wordless":
            self.wordless.append(clause)
            return "no day"
        try:
            readings = [*_TAKERS[clause.rule](self, clause)]
        except (NoSuchDay, OverflowError, ValueError):  # a 13th month, a day before the year 1
            return "no such day"
        if readings and clause.rule != "bound":  # a bound carries from point to point
            for reading in readings:
                self.carry(reading, clause)
        self.found += readings
        for point in clause.points:
            if point.year is not None:
                self.frame.told = point.year
        return "deadline" if readings else "refused"

    def _add_wordless(self) -> None:
        """Words without a day count only where no day is named, and once; 并持续推进 goes on after its day."""
        if self.found:
            text = self.folded.text
            for clause in self.wordless:
                if (
                    clause.prefix == "ongoing"
                    and text[clause.start - 1 : clause.start] in ("并", "后")
                    and not text[clause.end : clause.end + 1]
                ):
                    self.found.append(_wordless(clause))
            return
        if self.wordless:
            ongoing = [clause for clause in self.wordless if clause.prefix == "ongoing"]
            self.found.append(_wordless((ongoing or self.wordless)[0]))


_TAKERS: dict[str, Callable[[Reader, Clause], Iterable[Reading]]] = {
    "bound": Reader.take_bound,
    "stretch": Reader.take_stretch,
    "count": Reader.take_count,
    "recurrence": Reader.take_recurrence,
    "yearly_count": Reader.take_yearly_count,
    "deeds": Reader.take_deeds,
    "running": Reader.take_running,
}


def _wordless(clause: Clause) -> Reading:
    if clause.prefix == "ongoing":
        return Reading(
            clause.start,
            clause.end,
            Ongoing(word=clause.word),
            f"“{clause.word}”没有截止日，需持续办理",
            rule="wordless",
        )
    return Reading(
        clause.start, clause.end, Vague(word=clause.word), f"“{clause.word}”推算不出日期，需由专人确定", rule="wordless"
    )
