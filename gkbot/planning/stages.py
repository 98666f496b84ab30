"""The days on which a due day is spoken of: a reminder plan and a due day give a timetable."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from gkbot.deadline import Calendar
from gkbot.planning.open_days import OpenDays
from gkbot.rulebook.values import ReminderPlan

SUPPORT_ADVANCE = 7  # facts/notices.md 2: support units hear at 7 days and on the first overdue day
BULLETIN_AFTER = 10  # working days; facts/notices.md 2
ESCALATION, URGE, BULLETIN = "escalation", "urge", "bulletin"
LETTERS = (ESCALATION, URGE, BULLETIN)  # drafted for a person, each a letter of its own
REST_RUN = 20  # days; no run of rest days is longer, so a stage never moves further


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One point of a timetable.

    Attributes:
        name: before-15 …, due, overdue-1 …, escalation, urge, bulletin, office-due, office-overdue.
        day: The working day on which it is said.
        planned: The day before it was moved off a rest day.
        count: Days before due (workdays where the plan counts so), or the number of the overdue notice.
        workdays: `count` is in workdays.
        merged: Larger advances that fall on the same day.
        number, of: Place among the reminders before due, or among the overdue notices.
        after_due: It is only said after the due day; the others only up to it.
    """

    name: str
    day: date
    planned: date
    count: int = 0
    workdays: bool = False
    merged: tuple[int, ...] = ()
    number: int | None = None
    of: int | None = None
    after_due: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Timetable:
    """Who hears of a due day when; each series in order of days.

    Attributes:
        owner: For lead and responsible units.
        support: For support units.
        leader: For the unit's 分管领导, as drafts.
        office: For the office's admins.
        urging: For the unit, as drafts (催办通知).
        bulletin: For the office to issue, as drafts (逾期情况通报).
    """

    owner: tuple[Stage, ...]
    support: tuple[Stage, ...]
    leader: tuple[Stage, ...]
    office: tuple[Stage, ...]
    urging: tuple[Stage, ...] = ()
    bulletin: tuple[Stage, ...] = ()

    def days(self) -> frozenset[date]:
        """Every day on which somebody is told something."""
        series = (self.owner, self.support, self.leader, self.office, self.urging, self.bulletin)
        return frozenset(stage.day for stages in series for stage in stages)


@dataclass(slots=True)
class Timetables:
    """Timetables by plan and due day, each worked out once: counted by the calendar, moved to days open."""

    open_days: OpenDays
    _known: dict[tuple[ReminderPlan, date, date, Calendar], Timetable] = field(default_factory=dict)

    def of(self, plan: ReminderPlan, due: date, overdue_from: date, folder: str) -> Timetable:
        """The timetable of a due day.

        Args:
            overdue_from: Overdue notices are counted from here: the due day, or the day of adoption.
            folder: Of the document; its office's closures move what is said.
        """
        in_folder = self.open_days.in_folder(folder)
        key = (plan, due, overdue_from, in_folder)
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = timetable(plan, due, overdue_from, self.open_days.calendar, in_folder)
        return known


def timetable(
    plan: ReminderPlan, due: date, overdue_from: date, calendar: Calendar, open_days: Calendar | None = None
) -> Timetable:
    """Work out all series of one due day; days are counted by `calendar` and moved to days open."""
    open_days = open_days or calendar
    advance = advance_stages(plan, due, calendar, open_days)
    overdue = overdue_stages(plan, overdue_from, calendar, open_days)
    support = _support_stage(plan, due, calendar, open_days)
    first_overdue = overdue[:1]
    letters = plan.escalate_after is not None  # a plan without letters to leaders wants no others either
    return Timetable(
        owner=advance + overdue,
        support=support + first_overdue,
        leader=_escalation(plan, overdue_from, calendar, open_days),
        office=_office(due, overdue_from, calendar, open_days),
        urging=_letter(URGE, 1, overdue_from, calendar, open_days) if letters else (),
        bulletin=_letter(BULLETIN, BULLETIN_AFTER, overdue_from, calendar, open_days) if letters else (),
    )


def advance_stages(
    plan: ReminderPlan, due: date, calendar: Calendar, open_days: Calendar | None = None
) -> tuple[Stage, ...]:
    """Reminders up to the due day, each on the nearest earlier day open; the smallest advance names the day."""
    by_day: dict[date, list[int]] = {}
    for count in sorted(set(plan.advances)):
        by_day.setdefault(_advance_day(plan, due, count, calendar, open_days or calendar), []).append(count)
    days = sorted(by_day)
    return tuple(
        Stage(
            name=f"before-{by_day[day][0]}" if by_day[day][0] else "due",
            day=day,
            planned=_planned(plan, due, by_day[day][0], calendar),
            count=by_day[day][0],
            workdays=plan.workdays,
            merged=tuple(by_day[day][1:]),
            number=number,
            of=len(days),
        )
        for number, day in enumerate(days, start=1)
    )


def overdue_stages(
    plan: ReminderPlan, overdue_from: date, calendar: Calendar, open_days: Calendar | None = None
) -> tuple[Stage, ...]:
    """Overdue notices: the first some workdays after, then at an even pace, at most so many."""
    found = []
    for number in range(1, plan.overdue_most + 1):
        count = plan.overdue_first + (number - 1) * plan.overdue_every
        day = calendar.add_workdays(overdue_from, count)
        found.append(
            Stage(
                name=f"overdue-{number}",
                day=(open_days or calendar).workday_on_or_after(day),
                planned=day,
                count=count,
                workdays=True,
                number=number,
                of=plan.overdue_most,
                after_due=True,
            )
        )
    return tuple(found)


def days_ahead(plan: ReminderPlan) -> int:
    """Days before a due day within which its first stage lies, at most."""
    return _spread(max((SUPPORT_ADVANCE, *plan.advances)), workdays=plan.workdays)


def days_behind(plan: ReminderPlan) -> int:
    """Days after a due day within which its last stage lies, at most."""
    last = plan.overdue_first + plan.overdue_every * max(plan.overdue_most - 1, 0)
    letters = 0 if plan.escalate_after is None else max(plan.escalate_after, BULLETIN_AFTER)
    return _spread(max(last, letters, 1), workdays=True)


def _spread(count: int, *, workdays: bool) -> int:
    # Holidays make seven workdays stretch over at most twice as many days as the plain week does.
    return (count * 14 // 5 if workdays else count) + REST_RUN


def _planned(plan: ReminderPlan, due: date, count: int, calendar: Calendar) -> date:
    if plan.workdays and count:
        return calendar.add_workdays(due, -count)
    return due - timedelta(days=count)


def _advance_day(plan: ReminderPlan, due: date, count: int, calendar: Calendar, open_days: Calendar) -> date:
    return open_days.workday_on_or_before(_planned(plan, due, count, calendar))


def _support_stage(plan: ReminderPlan, due: date, calendar: Calendar, open_days: Calendar) -> tuple[Stage, ...]:
    if not plan.advances:
        return ()
    return (
        Stage(
            name=f"before-{SUPPORT_ADVANCE}",
            day=_advance_day(plan, due, SUPPORT_ADVANCE, calendar, open_days),
            planned=_planned(plan, due, SUPPORT_ADVANCE, calendar),
            count=SUPPORT_ADVANCE,
            workdays=plan.workdays,
        ),
    )


def _escalation(plan: ReminderPlan, overdue_from: date, calendar: Calendar, open_days: Calendar) -> tuple[Stage, ...]:
    if plan.escalate_after is None:
        return ()
    return _letter(ESCALATION, plan.escalate_after, overdue_from, calendar, open_days)


def _letter(name: str, count: int, overdue_from: date, calendar: Calendar, open_days: Calendar) -> tuple[Stage, ...]:
    """A draft so many workdays after the due day."""
    day = calendar.add_workdays(overdue_from, count)
    return (
        Stage(
            name=name,
            day=open_days.workday_on_or_after(day),
            planned=day,
            count=count,
            workdays=True,
            after_due=True,
        ),
    )


def _office(due: date, overdue_from: date, calendar: Calendar, open_days: Calendar) -> tuple[Stage, ...]:
    """What admins hear: the list of the due day and of the first working day after it, whatever the plan."""
    told = open_days.workday_on_or_before(due)
    after = calendar.add_workdays(overdue_from, 1)
    said = open_days.workday_on_or_after(after)
    return (
        Stage(name="office-due", day=told, planned=due),
        Stage(name="office-overdue", day=said, planned=after, count=1, workdays=True, after_due=True),
    )
