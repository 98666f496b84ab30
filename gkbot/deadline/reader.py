"""Going through the clauses of a text: each is judged by its surroundings and by what came before it.

A year carries on (2017年4月底前…11月底前), a first day waits for its last (8月1日展开，至9月30日结束), an event serves
several counts, a rhythm its next periods (每月25日前…，次月5日前).
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from gkbot.deadline import contexts, count_contexts, counts, meaning, repeating
from gkbot.deadline.clauses import Clause
from gkbot.deadline.days import Frame, NoSuchDay, Stretch, stretch_of
from gkbot.deadline.grammar import Parser
from gkbot.deadline.lexer import Token
from gkbot.deadline.meaning import Reading
from gkbot.deadline.normal import Folded
from gkbot.deadline.schedule import AfterEvent, By, Freq, Ongoing, Recurring, Unit, Vague, Within
from gkbot.deadline.surroundings import Surroundings
from gkbot.deadline.triggers import event_before

if TYPE_CHECKING:
    from gkbot.deadline.calendar import Calendar

PAIR_REACH = 40  # characters between 8月1日展开 and 至9月30日结束
HELD_REACH = 3  # characters between 2023—2025年 and 每年 that it limits
SENTENCE_ENDS = frozenset("。!?|")


class Reader:
    """Goes through the clauses of one text and keeps what later ones need from earlier ones."""

    __slots__ = (
        "calendar",
        "event",
        "firm_year",
        "first_day",
        "folded",
        "found",
        "frame",
        "not_before",
        "rhythm",
        "sentence",
        "stretch",
        "tokens",
        "verdicts",
        "wordless",
    )

    def __init__(self, folded: Folded, found: list[Token], frame: Frame, calendar: "Calendar") -> None:
        self.calendar = calendar
        self.folded = folded
        self.tokens = found
        self.frame = frame
        self.found: list[Reading] = []
        self.wordless: list[Clause] = []
        self.firm_year = False
        self.event: AfterEvent | None = None  # of the last count in the sentence
        self.rhythm: Freq | None = None  # of the last recurrence in the sentence
        self.not_before = False
        self.stretch: Reading | None = None
        self.first_day: tuple[Stretch, int, int] | None = None  # days, clause start, clause end
        self.verdicts: list[tuple[Clause, str]] = []
        self.sentence = 0

    def readings(self) -> list[Reading]:
        parser = Parser(self.folded.text, self.tokens)
        at, done = 0, 0
        while at < len(self.tokens):
            self._forget(self.tokens[at].start)
            parsed = parser.clause(at) if self.tokens[at].start >= done else None
            if parsed is None:
                at = max(at + 1, parser.tried)
                continue
            clause, following = parsed
            verdict = self._take(clause)
            self.verdicts.append((clause, verdict))
            if verdict == "deadline":
                done = self.found[-1].end
            at = max(following, at + 1)
        self._add_wordless()
        return self.found

    def _forget(self, place: int) -> None:
        """A year carries through its paragraph; a first day only through its sentence."""
        text = self.folded.text
        if self.found or self.first_day is not None or self.frame.told is not None:
            passed = text[self.sentence : place]
            if not SENTENCE_ENDS.isdisjoint(passed):
                self.first_day = self.event = self.rhythm = self.frame.told = None
                if not self.firm_year or self._line_ends(self.sentence, place):
                    self.frame.carried = None
        self.sentence = max(self.sentence, place)

    def _line_ends(self, start: int, end: int) -> bool:
        breaks = self.folded.breaks
        return bool(breaks) and any(place in breaks for place in range(start + 1, end + 1))

    def _take(self, clause: Clause) -> str:
        if clause.rule == "wordless":
            self.wordless.append(clause)
            return "no day"
        try:
            readings = list(_TAKERS[clause.rule](self, clause))
        except (NoSuchDay, OverflowError, ValueError):  # a 13th month, a day before the year 1
            return "no such day"
        for reading in readings:
            self._carry(reading, clause)
        self.found += readings
        for point in clause.points:
            if point.year is not None:
                self.frame.told = point.year
        return "deadline" if readings else "refused"

    def _carry(self, reading: Reading, clause: Clause) -> None:
        """2017年4月底前…11月底前: the year goes on; past a full stop only a year with a month (not 到2025年)."""
        if reading.carries is not None:
            self.frame.carried = reading.carries
            far = any(point.scale == "year" or point.part_of == "year" or point.plan for point in clause.points)
            self.firm_year = not far and reading.carries >= self.frame.year

    # --- one rule each ----------------------------------------------------------------------------------------

    def _take_bound(self, clause: Clause) -> Iterator[Reading]:
        meaning.share(clause.points, ranged=False)
        around = Surroundings(self.folded, clause)
        if clause.suffix != "before" and (
            clause.prefix in ("from", "notbefore") or clause.suffix == "starting" or contexts.begins(around)
        ):
            days = stretch_of(clause.points[0], self.frame)
            if not clause.suffix or clause.suffix == "starting":
                self.first_day = (days, clause.start, clause.end)
                self.not_before = clause.prefix == "notbefore"
        following = self._in_next_period(clause)
        if following is not None:
            yield following
            return
        for point in clause.points:
            days = stretch_of(point, self.frame)
            if not contexts.bound_is_deadline(clause, around, days, self.frame):
                continue
            held = not clause.suffix and not clause.prefix and not days.sharp and contexts.arranges(around)
            reading = meaning.bound(clause, point, days, self.frame, held=held)
            paired = self._from_own_issue(clause, reading) or self._paired(clause, reading, around)
            if len(clause.points) > 1 and point is not clause.points[-1] and point.scale != "bare":
                reading.end = clause.end
            yield paired or reading
            self._carry(reading, clause)

    def _in_next_period(self, clause: Clause) -> Reading | None:
        """每月25日前…，次月5日前…: after a rhythm, the next month or year is that of every period."""
        if self.rhythm is None or clause.suffix not in ("before", "inside"):
            return None
        point = clause.points[0]
        if {Freq.MONTHLY: point.month_shift, Freq.YEARLY: point.year_shift}.get(self.rhythm) != 1:
            return None
        marked = Clause("recurrence", clause.start, clause.end, *clause.points)
        marked.rhythm = Token("every", clause.start, clause.start, 1, self.rhythm.value)
        return repeating.recurrence(marked, None, None)

    def _from_own_issue(self, clause: Clause, reading: Reading) -> Reading | None:
        """自本通知印发之日起至12月31日."""
        place = clause.start + 1
        if clause.prefix != "upto" or not self.folded.text.startswith("起", clause.start):
            return None
        event = event_before(self.folded.text, place)
        if not event.own_document or not isinstance(reading.schedule, By) or reading.schedule.due < self.frame.issued:
            reading.start = place
            return None
        schedule = Within(start=self.frame.issued, due=reading.schedule.due, at=reading.schedule.at)
        why = f"自印发日期{meaning.day_words(schedule.start)}起，{reading.why}"
        return Reading(event.clause_start, clause.end, schedule, why, [], reading.doubts, reading.carries, "stretch")

    def _paired(self, clause: Clause, reading: Reading, around: Surroundings) -> Reading | None:
        """8月1日展开，至9月30日结束: with the first day named before, a stretch."""
        if self.first_day is None or not isinstance(reading.schedule, By):
            return None
        days, start, end = self.first_day
        ends = (
            clause.prefix == "upto"
            or clause.suffix == "ending"
            or around.right.startswith(("结束", "截止", "止", "完成"))
        )
        if not self.not_before and (not ends or clause.suffix == "before"):
            return None
        if clause.start - end > PAIR_REACH or days.first > reading.schedule.due:
            return None
        schedule = Within(start=days.first, due=reading.schedule.due, at=reading.schedule.at)
        why = f"自{meaning.day_words(schedule.start)}开始，{reading.why}"
        self.first_day = None
        return Reading(
            start, clause.end, schedule, why, reading.alternatives, reading.doubts, reading.carries, "stretch"
        )

    def _take_stretch(self, clause: Clause) -> Iterator[Reading]:
        around = Surroundings(self.folded, clause)
        if clause.prefix == "now":
            last = stretch_of(clause.points[0], self.frame)
            first = Stretch(self.frame.issued, self.frame.issued)
        else:
            meaning.share(clause.points, ranged=True)
            first = stretch_of(clause.points[0], self.frame)
            carried, self.frame.carried = self.frame.carried, first.first.year
            last = stretch_of(clause.points[1], self.frame)
            self.frame.carried = carried
        if clause.prefix == "notbefore":
            return
        reading = meaning.stretch(clause, first, last)
        self.stretch = reading
        last.last = reading.schedule.due  # type: ignore[union-attr]  # a stretch is a Within
        if contexts.stretch_is_deadline(clause, around, first, last, self.frame):
            yield reading

    def _take_count(self, clause: Clause) -> Iterator[Reading]:
        around = Surroundings(self.folded, clause)
        dated = self._from_day(clause)
        if dated is not None:
            yield dated
        elif count_contexts.count_is_deadline(clause, around):
            reading = counts.period(clause, self.folded)
            if reading is not None:
                floor = self.found[-1].end if self.found else 0
                reading.start = max(reading.start, min(floor, clause.start))
                yield self._with_event(reading)

    def _from_day(self, clause: Clause) -> Reading | None:
        """自6月1日起10日内, 自5月18日起5个工作日: from a day; without 内 that day is the first of the stretch."""
        if self.first_day is None or self.first_day[2] != clause.start or clause.unit in (None, Unit.HOURS):
            return None
        days, start, _ = self.first_day
        trigger = days.first if clause.suffix == "inside" else days.first - meaning.ONE_DAY
        due = counts.counted(trigger, clause, self.calendar)
        if due is None or due < max(days.first, self.frame.issued):
            return None
        self.first_day = None
        why = f"自{meaning.day_words(days.first)}起{clause.word}，至{meaning.day_words(due)}（含当日）"
        return Reading(start, clause.end, Within(start=days.first, due=due), why, rule="stretch")

    def _with_event(self, reading: Reading) -> Reading:
        """自公告之日起60日内…，6个月内…: a count without an event goes on from the one before in its sentence."""
        schedule = reading.schedule
        assert isinstance(schedule, AfterEvent)  # noqa: S101  # a count is nothing else
        if schedule.event and not reading.doubts:
            self.event = schedule
        elif not schedule.event and self.event is not None and schedule.amount > 0:
            reading.schedule = replace(schedule, event=self.event.event, own_document=self.event.own_document)
            reading.doubts = [("event", f"起算事件承前文按“{self.event.event}”计，请确认")]
            reading.why = counts.why(reading.schedule)
        return reading

    def _take_recurrence(self, clause: Clause) -> Iterator[Reading]:
        around = Surroundings(self.folded, clause)
        meaning.share(clause.points, ranged=clause.ranged) if clause.points else None
        if count_contexts.recurrence_is_deadline(clause, around):
            yield self._held(clause)

    def _held(self, clause: Clause) -> Reading:
        """With the days from and until which it holds, where the words before name them."""
        if self.stretch is not None and clause.start - self.stretch.end <= HELD_REACH:
            held = self.stretch
            if self.found and self.found[-1] is held:
                self.found.pop()
            span = held.schedule
            assert isinstance(span, Within)  # noqa: S101  # a stretch is nothing else
            reading = repeating.recurrence(clause, span.start, span.due)
            reading.start = held.start
        else:
            reading = repeating.recurrence(clause, self.first_day[0].first if self.first_day else None, None)
            reading.start = self.first_day[1] if self.first_day else reading.start
        self.first_day = self.stretch = None
        if isinstance(reading.schedule, Recurring):
            self.rhythm = reading.schedule.freq
        return reading

    def _take_yearly_count(self, clause: Clause) -> Iterator[Reading]:
        days = stretch_of(clause.points[0], self.frame)
        around = Surroundings(self.folded, clause)
        if days.last >= self.frame.issued and count_contexts.yearly_count_is_deadline(clause, around):
            yield repeating.yearly_count(clause, days)

    def _take_deeds(self, clause: Clause) -> Iterator[Reading]:
        yield from repeating.deeds(clause)

    def _take_running(self, clause: Clause) -> Iterator[Reading]:
        if self.first_day is None or clause.unit is None:
            return
        days, start, _ = self.first_day
        last = meaning.running(days.first, clause.amount, clause.unit)
        self.first_day = None
        if last is not None and last >= self.frame.issued:
            why = f"自{meaning.day_words(days.first)}起{clause.amount}个单位，至{meaning.day_words(last)}（含当日）"
            yield Reading(start, clause.end, Within(start=days.first, due=last), why, rule="running")

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


_TAKERS = {
    "bound": Reader._take_bound,
    "stretch": Reader._take_stretch,
    "count": Reader._take_count,
    "recurrence": Reader._take_recurrence,
    "yearly_count": Reader._take_yearly_count,
    "deeds": Reader._take_deeds,
    "running": Reader._take_running,
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
