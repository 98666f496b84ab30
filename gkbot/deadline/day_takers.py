"""Bounds and stretches of a text: each judged by its surroundings and by what came before it. See `reader`."""

import re
from collections.abc import Iterator
from dataclasses import replace

from gkbot.deadline import contexts, meaning, repeating
from gkbot.deadline.clauses import Clause
from gkbot.deadline.days import stretch_of
from gkbot.deadline.frame import Stretch
from gkbot.deadline.lexer import Token
from gkbot.deadline.meaning import Reading
from gkbot.deadline.memory import Memory
from gkbot.deadline.point import Point
from gkbot.deadline.schedule import By, Freq, Recurring, Within
from gkbot.deadline.surroundings import Surroundings
from gkbot.deadline.triggers import event_before

PAIR_REACH = 40  # characters between 8月1日展开 and 至9月30日结束
SAME_YEAR_REACH = 60  # characters between 每年7月15日前 and 12月15日前
_YEAR_WORD = re.compile(r"[0-9]{4}年|[今本当明次去上翌]年|每|首次")


class DayTakers(Memory):
    """bound and stretch."""

    __slots__ = ()

    def take_bound(self, clause: Clause) -> list[Reading]:
        """Each point is a deadline of its own."""
        if len(clause.points) > 1:
            meaning.share(clause.points, ranged=False)
        around = Surroundings(self.folded, clause)
        if clause.suffix != "before":
            self._keep_first_day(clause, around)
        following = None
        if self.rhythm is not None:
            following = self._in_same_year(clause, around) or self._in_next_period(clause)
        if following is not None:
            self.carry(following, clause)
            return [following]
        return [reading for point in clause.points for reading in self._take_point(clause, point, around)]

    def _keep_first_day(self, clause: Clause, around: Surroundings) -> None:
        """8月1日展开, 自3月份起: a first day waits for its last."""
        starting = clause.suffix == "starting"
        if not (starting or clause.prefix in ("from", "notbefore") or contexts.begins(around)):
            return
        days = stretch_of(clause.points[0], self.frame)
        if not clause.suffix or starting:
            self.first_day = (days, clause.start, clause.end)
            self.not_before = clause.prefix == "notbefore"

    def _take_point(self, clause: Clause, point: Point, around: Surroundings) -> tuple[Reading, ...]:
        days = stretch_of(point, self.frame)
        if not contexts.bound_is_deadline(clause, around, days, self.frame):
            return ()
        held = not clause.suffix and not clause.prefix and not days.sharp and contexts.arranges(around)
        reading = meaning.bound(clause, point, days, self.frame, held=held)
        self.carry(reading, clause)
        if clause.prefix == "upto":
            reading = self._from_own_issue(clause, reading) or reading
        if self.first_day is not None:
            reading = self._paired(clause, reading, around) or reading
        if point is not clause.points[-1] and point.scale != "bare":
            reading.end = clause.end
        return (reading,)

    def _in_same_year(self, clause: Clause, around: Surroundings) -> Reading | None:
        """每年7月15日前…，12月15日前…: without a year of its own a further day of the yearly rhythm before it."""
        before = self._yearly_days()
        if before is None or clause.suffix != "before" or clause.start - before.end > SAME_YEAR_REACH:
            return None
        if any(point.has_year or point.month is None or point.scale not in ("day", "part") for point in clause.points):
            return None
        days = [stretch_of(point, self.frame) for point in clause.points]
        if _YEAR_WORD.search(self.folded.text, before.end, clause.start) or not all(
            contexts.bound_is_deadline(clause, around, day, self.frame) for day in days
        ):
            return None
        return self._with_marks(before, clause)

    def _yearly_days(self) -> Reading | None:
        """The last reading, where it names days of every year."""
        last = self.found[-1] if self.found else None
        if last is None or not isinstance(last.schedule, Recurring) or not last.schedule.marks:
            return None
        return last if last.schedule.freq is Freq.YEARLY is self.rhythm else None

    def _with_marks(self, before: Reading, clause: Clause) -> Reading | None:
        marked = Clause("recurrence", clause.start, clause.end, *clause.points)
        marked.rhythm, marked.suffix = Token("every", clause.start, clause.start, 1, Freq.YEARLY.value), clause.suffix
        more = repeating.recurrence(marked, None, None).schedule
        known = before.schedule
        assert isinstance(more, Recurring)  # noqa: S101  # a rhythm is nothing else
        assert isinstance(known, Recurring)  # noqa: S101  # the caller asked
        if more.at != known.at or not more.marks:
            return None
        self.found.pop()
        kept = sorted({*known.marks, *more.marks}, key=lambda mark: (mark.later, mark.month or 0, mark.day or 0))
        return replace(before, end=clause.end, schedule=replace(known, marks=tuple(kept)))

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

    def take_stretch(self, clause: Clause) -> Iterator[Reading]:
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
