"""Laws of planning that hold for every rule book and day."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from hypothesis import assume, given, settings
from hypothesis import strategies as st
from small_books import (
    AFTER_APPROVAL,
    CALENDAR,
    CANGXI,
    FINANCE,
    MONTHLY,
    ONGOING,
    WANGCANG,
    WEEKLY,
    book,
    by,
    known,
    stages,
    task,
)

from gkbot.planning import CLOSED, Event, EventKind, History, Plan, duties, plan_day, plan_range, told_by
from gkbot.planning.agenda import Agenda
from gkbot.rulebook.values import ReminderPlan, Role, Rulebook

FIRST = date(2023, 5, 17)
ONE_DAY = timedelta(days=1)
EXAMPLES = 60
days = st.dates(FIRST, date(2023, 12, 31))
plans = st.builds(
    ReminderPlan,
    name=st.just("试"),
    advances=st.lists(st.integers(0, 30), max_size=5).map(tuple),
    workdays=st.booleans(),
    overdue_first=st.integers(1, 5),
    overdue_every=st.integers(1, 5),
    overdue_most=st.integers(0, 5),
    escalate_after=st.none() | st.integers(1, 10),
)
schedules = days.map(lambda due: by(due.isoformat())) | st.sampled_from([MONTHLY, WEEKLY, ONGOING, AFTER_APPROVAL])
units = st.lists(st.sampled_from([CANGXI, WANGCANG, FINANCE]), min_size=1, max_size=3, unique=True)


@st.composite
def books(draw: st.DrawFn) -> Rulebook:
    """Up to three tasks with plans and units of their own."""
    made = []
    for number in range(draw(st.integers(1, 3))):
        roles = [(unit, draw(st.sampled_from(Role))) for unit in draw(units)]
        made.append(task(f"GY-{number}", draw(schedules), units=roles, plan=draw(plans)))
    return book(*made)


@st.composite
def happenings(draw: st.DrawFn) -> tuple[Event, ...]:
    """Events of every kind, recorded in the order of their days."""
    recorded = sorted(draw(st.lists(days, max_size=4)))
    return tuple(
        Event(
            id=number,
            kind=draw(st.sampled_from(EventKind)),
            task=f"GY-{draw(st.integers(0, 2))}",
            unit=draw(st.sampled_from([None, CANGXI.name, WANGCANG.name])),
            at=datetime.combine(on, time(2), tzinfo=UTC),
            actor="试",
            until=draw(days),
            occurred_on=on,
        )
        for number, on in enumerate(recorded, start=1)
    )


@given(book=books(), events=happenings(), start=days, length=st.integers(1, 40))
@settings(deadline=None, max_examples=EXAMPLES)
def test_a_stretch_is_planned_as_its_days_are(
    book: Rulebook, events: tuple[Event, ...], start: date, length: int
) -> None:
    last = start + timedelta(days=length)
    # A duty taken over on a day still to come counts as taken over from the start, until that day shifts its dates.
    assume(not any(event.kind is EventKind.ADOPTED and event.at.date() > start for event in events))
    history = History(events=events)
    stretch = [plan.notices for plan in plan_range(book, history, start, last)]
    assert stretch == [plan.notices for plan in day_by_day(book, history, start, last)]


@given(book=books(), events=happenings(), start=days, length=st.integers(1, 40))
@settings(deadline=None, max_examples=EXAMPLES)
def test_nobody_is_told_twice_in_a_day_nor_on_a_rest_day(
    book: Rulebook, events: tuple[Event, ...], start: date, length: int
) -> None:
    for plan in plan_range(book, History(events=events), start, start + timedelta(days=length)):
        recipients = Counter((n.recipient.channel, n.recipient.address, n.draft) for n in plan.notices)
        assert all(count == 1 for count in recipients.values())
        assert CALENDAR.is_workday(plan.day) or not plan.notices


@given(book=books(), events=happenings(), start=days, length=st.integers(1, 60))
@settings(deadline=None, max_examples=EXAMPLES)
def test_a_stage_is_told_once_and_a_key_is_used_once(
    book: Rulebook, events: tuple[Event, ...], start: date, length: int
) -> None:
    plans = list(plan_range(book, History(events=events), start, start + timedelta(days=length)))
    told = Counter(replace(entry, day=None) for plan in plans for entry in told_by(plan) if entry.task)
    keys = Counter(notice.key for plan in plans for notice in plan.notices)
    assert max(told.values(), default=1) == 1
    assert max(keys.values(), default=1) == 1


@given(book=books(), events=happenings(), day=days, missed=st.integers(0, 20))
@settings(deadline=None, max_examples=EXAMPLES)
def test_the_same_day_planned_again_says_nothing(
    book: Rulebook, events: tuple[Event, ...], day: date, missed: int
) -> None:
    history = known(*book.tasks, events=events, last_scan=day - timedelta(days=missed))
    first = plan_day(book, history, day)
    again = replace(history, told=frozenset(told_by(first)), last_scan=day)
    assert plan_day(book, again, day).notices == ()


@given(book=books(), day=days, kind=st.sampled_from([EventKind.DONE, EventKind.REPORTED, EventKind.CANCELLED]))
@settings(deadline=None, max_examples=EXAMPLES)
def test_nothing_is_said_after_the_end(book: Rulebook, day: date, kind: EventKind) -> None:
    at = datetime.combine(day, time(2), tzinfo=UTC)
    closing = tuple(
        Event(id=number, kind=kind, task=duty.task.id, unit=duty.unit.name, period=duty.period, at=at, actor="试")
        for number, duty in enumerate(duties(book, known(*book.tasks), day), start=1)
    )
    history = known(*book.tasks, events=closing)
    assert all(duty.status in CLOSED for duty in duties(book, history, day))
    assert plan_day(book, history, day).notices == ()


@given(due=days, off=st.integers(1, 6), plan=plans)
@settings(deadline=None, max_examples=EXAMPLES)
def test_a_missed_day_is_caught_up(due: date, off: int, plan: ReminderPlan) -> None:
    one = task("GY-0", by(due.isoformat()), units=((CANGXI, Role.LEAD),), plan=plan)
    rules = book(one)
    whole = [found for found in plan_range(rules, known(one), FIRST, due + timedelta(days=60)) if stages(found)]
    for told in whole:
        back = CALENDAR.workday_on_or_after(told.day + timedelta(days=off))
        caught = plan_day(rules, known(one, last_scan=told.day - ONE_DAY), back)
        if any(found.day == back for found in whole) or (told.day <= due) == (back <= due):
            assert stages(caught)


@given(book=books(), events=happenings(), day=days)
@settings(deadline=None, max_examples=EXAMPLES)
def test_an_agenda_of_a_year_gives_the_same_as_one_of_a_day(
    book: Rulebook, events: tuple[Event, ...], day: date
) -> None:
    history = known(*book.tasks, events=events)
    agenda = Agenda.of(book, date(2023, 1, 1), date(2023, 12, 31))
    assert plan_day(book, history, day, agenda=agenda).notices == plan_day(book, history, day).notices


def day_by_day(book: Rulebook, history: History, first: date, last: date) -> Iterator[Plan]:
    """Plan each day afresh, as the daily check does."""
    day = first
    agenda = Agenda.of(book, first - timedelta(days=10), last)
    while day <= last:
        plan = plan_day(book, history, day, agenda=agenda)
        yield plan
        history = replace(
            history,
            told=frozenset({*history.told, *told_by(plan)}),
            first_seen={**{found.id: day for found in book.tasks}, **history.first_seen},
            last_scan=day,
        )
        day += ONE_DAY
