"""Counts and recurrences of a text, with the events and days before them that they lean on. See `reader`."""

from collections.abc import Iterator
from dataclasses import replace

from gkbot.deadline import count_contexts, counts, meaning, repeating
from gkbot.deadline.clauses import Clause
from gkbot.deadline.days import stretch_of
from gkbot.deadline.meaning import Reading
from gkbot.deadline.memory import Memory
from gkbot.deadline.schedule import AfterEvent, Recurring, Unit, Within
from gkbot.deadline.surroundings import Surroundings

HELD_REACH = 3  # characters between 2023—2025年 and 每年 that it limits


class CountTakers(Memory):
    """count, recurrence, yearly_count, deeds and running."""

    __slots__ = ()

    def take_count(self, clause: Clause) -> Iterator[Reading]:
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

    def take_recurrence(self, clause: Clause) -> Iterator[Reading]:
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

    def take_yearly_count(self, clause: Clause) -> Iterator[Reading]:
        days = stretch_of(clause.points[0], self.frame)
        around = Surroundings(self.folded, clause)
        if days.last >= self.frame.issued and count_contexts.yearly_count_is_deadline(clause, around):
            yield repeating.yearly_count(clause, days)

    def take_deeds(self, clause: Clause) -> Iterator[Reading]:
        yield from repeating.deeds(clause)

    def take_running(self, clause: Clause) -> Iterator[Reading]:
        if self.first_day is None or clause.unit is None:
            return
        days, start, _ = self.first_day
        last = meaning.running(days.first, clause.amount, clause.unit)
        self.first_day = None
        if last is not None and last >= self.frame.issued:
            why = f"自{meaning.day_words(days.first)}起{clause.amount}个单位，至{meaning.day_words(last)}（含当日）"
            yield Reading(start, clause.end, Within(start=days.first, due=last), why, rule="running")
