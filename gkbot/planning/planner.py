"""Goes through the days: finds the duties a day asks about and hands them to its desk."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta, tzinfo
from typing import Self

from gkbot.planning.agenda import Agenda
from gkbot.planning.conditions import Condition, tell_conditions
from gkbot.planning.desk import Desk
from gkbot.planning.digest import told_by
from gkbot.planning.duties import duty_of, is_current, task_duties
from gkbot.planning.folding import Today
from gkbot.planning.memory import ONE_DAY, Memory, Window
from gkbot.planning.office import (
    is_first_workday_of_week,
    remark_drafts,
    remark_told,
    remind_of_late,
)
from gkbot.planning.past import Past
from gkbot.planning.quiet import Quiet
from gkbot.planning.recipients import Directory
from gkbot.planning.shifts import Shifts
from gkbot.planning.stages import REST_RUN
from gkbot.planning.suppressions import Suppression
from gkbot.planning.telling import announced_new
from gkbot.planning.values import Channels, Duty, History, Plan, Reason, Silence
from gkbot.planning.withdrawals import Withdrawal
from gkbot.planning.withdrawing import tell_withdrawn
from gkbot.rulebook.values import Task


@dataclass(slots=True)
class Planner:
    """Plans one day after another, as if every notice had gone out.

    Attributes:
        arrivals: Tasks by the day they, or one of their fixed periods, were first in force.
        unseen: Tasks and periods never seen before.
        continuing: The day before was planned by this planner, so nothing older can be waiting.
    """

    agenda: Agenda
    directory: Directory
    past: Past
    memory: Memory
    shifts: Shifts
    zone: tzinfo
    last_scan: date | None
    suppressions: tuple[Suppression, ...] = ()
    withdrawals: tuple[Withdrawal, ...] = ()
    arrivals: dict[date, dict[str, Task]] = field(default_factory=dict)
    unseen: dict[str, Task] = field(default_factory=dict)
    continuing: bool = False

    @classmethod
    def of(cls, agenda: Agenda, history: History, channels: Channels, day: date) -> Self:
        """Prepare to plan from `day` on."""
        past = Past.of(history)
        today = Today(day=day, zone=history.zone, calendar=agenda.book.calendar)
        planner = cls(
            agenda=agenda,
            directory=Directory.of(agenda.book, channels),
            past=past,
            memory=Memory.of(history.told, day),
            shifts=Shifts.of(past, agenda, today),
            zone=history.zone,
            last_scan=history.last_scan,
            suppressions=history.suppressions,
            withdrawals=history.withdrawals,
        )
        planner._sort_arrivals()
        return planner

    def plan(self, day: date, conditions: Sequence[Condition] = ()) -> Plan:
        """What `day` asks for; nothing on a rest day.

        Args:
            conditions: States of the files that the admins are to know of.
        """
        calendar = self.agenda.open_days.anywhere()
        if not calendar.is_workday(day):
            return Plan(day=day, notices=(), is_rest=True)
        desk = self._desk(day)
        for duty in sorted(self._asked_about(desk), key=self._place):
            desk.take(duty)
        tell_withdrawn(desk, self.withdrawals, self.agenda.book, self.past)
        if is_first_workday_of_week(day, calendar):
            remind_of_late(desk, self._past_due(desk.today))
        remark_drafts(desk)
        tell_conditions(desk, conditions)
        remark_told(desk)
        notices = desk.digests.notices(day, self._off(desk.window), self.agenda.order, self.directory)
        return Plan(day=day, notices=notices, silences=tuple(desk.silences))

    def go_on(self, plan: Plan) -> None:
        """Take a day's plan as carried out and get ready for the next day."""
        for task in self.unseen.values():
            self._see(task, plan.day)
        self.unseen.clear()
        if plan.is_rest and not self.continuing:
            self.memory.served.clear()  # nothing was said: what is to be made up for waits for a working day
            return
        for told in told_by(plan.notices):
            self.memory.note(told, plan.day)
        self.last_scan = plan.day
        desk = self._desk(plan.day + ONE_DAY)
        self.memory.next_day(desk.quiet.oldest(desk.window))
        self.continuing = True

    def silences(self, day: date, tasks: Iterable[Task]) -> tuple[Silence, ...]:
        """For each duty of some tasks that is not spoken of on `day`, why, in words."""
        desk = self._desk(day)
        desk.explains = True
        is_rest = not self.agenda.book.calendar.is_workday(day)
        is_closed = not is_rest and not self.agenda.open_days.anywhere().is_workday(day)
        for task in tasks:
            for duty in self._whole(task, desk.window, desk.today):
                if is_rest or is_closed:
                    desk.be_silent(duty, Reason.REST_DAY if is_rest else Reason.OFFICE_CLOSED)
                else:
                    desk.take(duty)
        return tuple(desk.silences)

    def _desk(self, day: date) -> Desk:
        today = self._today(day)
        return Desk(
            today=today,
            window=Window.of(self.last_scan, day),
            timetables=self.agenda.timetables,
            directory=self.directory,
            memory=self.memory,
            quiet=Quiet(self.suppressions, self.agenda.open_days, today),
        )

    def _today(self, day: date) -> Today:
        return Today(day=day, zone=self.zone, calendar=self.agenda.book.calendar)

    def _asked_about(self, desk: Desk) -> Iterator[Duty]:
        """The duties with something on the days looked at; of arriving and shifted tasks, all duties."""
        today, window = desk.today, desk.quiet.reach(desk.window)
        days = self._unsaid_days(today) if self.continuing and window is desk.window else tuple(window.days())
        whole = self._arriving(window, today, days) | self.shifts.on(days)
        for task in whole.values():
            yield from self._whole(task, window, today)
        for occurrence in self.agenda.spoken_of(days):
            if occurrence.task.id in whole or not is_current(occurrence, self.past, today.day):
                continue
            for assignment in occurrence.task.assignments:
                yield duty_of(occurrence, assignment, self.past, today)

    def _unsaid_days(self, today: Today) -> tuple[date, ...]:
        """Today, and the closed days right before it, on which nothing could be said."""
        return today.day, *self.agenda.open_days.shut_before(today.day)

    def _place(self, duty: Duty) -> tuple[int, str]:
        """In document order, then by period; the units of one stand as they were assigned."""
        return self.agenda.order[duty.task.id], duty.period or ""

    def _whole(self, task: Task, window: Window, today: Today) -> Iterable[Duty]:
        found = task_duties(task, self.past, today)
        since = self.past.task_since(task, today.day)
        on = today.calendar.workday_on_or_after(since)
        return announced_new(found, on, today.day) if window.holds(on) else found

    def _arriving(self, window: Window, today: Today, days: Collection[date]) -> dict[str, Task]:
        """Tasks that came into force, or got a new due day, so lately that it is still to be said."""
        found = dict(self.unseen)
        for count in range((today.day - window.after).days + REST_RUN):
            seen = today.day - timedelta(days=count)
            on = today.calendar.workday_on_or_after(seen)
            if window.holds(on):
                arrived = self.arrivals.get(seen, {})
                found |= {key: task for key, task in arrived.items() if self._may_be_untold(key, on, days)}
        return {key: task for key, task in found.items() if task.document.issued <= today.day}

    def _may_be_untold(self, task_id: str, on: date, days: Collection[date]) -> bool:
        """A planner that goes on has told of an arrival on its day, unless an event kept it silent then."""
        return not self.continuing or on in days or task_id in self.past.events

    def _past_due(self, today: Today) -> Iterator[Duty]:
        for occurrence in self.agenda.past_due(today.day):
            task = occurrence.task
            if task.id in self.past.shifted:
                continue
            if occurrence.due < self.past.period_since(task, occurrence.period, today.day):
                for assignment in task.assignments:
                    yield duty_of(occurrence, assignment, self.past, today)
        for task in self.shifts.tasks:
            yield from task_duties(task, self.past, today)

    def _off(self, window: Window) -> tuple[date, date] | None:
        """The days nobody looked at, unless nobody would have worked on them anyway."""
        off = window.off()
        if off is None or self.agenda.book.calendar.workdays_between(off[0] - ONE_DAY, off[1]) == 0:
            return None
        return off

    def _sort_arrivals(self) -> None:
        for task in self.agenda.live.values():
            if task.id in self.past.first_seen:
                self._arrive(task, self.past.first_seen[task.id])
            else:
                self.unseen[task.id] = task
        for (task_id, _), seen in self.past.periods_seen.items():
            known = self.agenda.live.get(task_id)
            if known is not None:
                self._arrive(known, seen)
        for task_id, period in self.agenda.fixed:
            is_moved = task_id in self.past.tracked and (task_id, period) not in self.past.periods_seen
            known = self.agenda.live.get(task_id) if is_moved else None
            if known is not None:
                self.unseen[task_id] = known

    def _see(self, task: Task, day: date) -> None:
        if task.id not in self.past.first_seen:
            self.past.first_seen[task.id] = day
        if task.id in self.past.tracked:
            for period in self.agenda.periods_of(task):
                self.past.periods_seen.setdefault((task.id, period), day)
        self._arrive(task, day)

    def _arrive(self, task: Task, day: date) -> None:
        since = max(day, task.document.issued)
        self.arrivals.setdefault(since, {})[task.id] = task
