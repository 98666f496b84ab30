"""Counting a period from its trigger to its due day.

The rules: the trigger's day is not counted, a month ends on the same day number or on its last day, an end on a
rest day may move, the law or the parties may say otherwise (Civil Code arts. 201–204); 以内 includes the last day
(art. 1259). A pause stops the clock (条例 art. 33 ¶3), an extension goes on from the old due day; a restart
(补正, 条例 art. 30) is nothing but a later trigger.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from gkbot.deadline import counting_words as words
from gkbot.deadline.calendar import Calendar
from gkbot.deadline.extension import Extension
from gkbot.deadline.reckoning import Reckoning, Step, Steps
from gkbot.deadline.schedule import Roll, Unit

Pause = tuple[date, date]
ONE_DAY = timedelta(days=1)


def count_from(
    trigger: date | datetime,
    amount: int,
    unit: Unit,
    *,
    calendar: Calendar,
    roll: Roll,
    pauses: Iterable[Pause] = (),
    extensions: Sequence[Extension] = (),
) -> Reckoning:
    """The due day of `amount` units after `trigger`, or before it when negative.

    Args:
        trigger: Day or moment of the event; its day is not counted (Civil Code art. 201). Moments are taken as
            local: give them in the office's time zone. Hours counted from a mere day start at 0:00, the safe side.
        amount: 0 is the trigger's own day.
        roll: For the end of the period and of each extension; workdays need none, hours never roll.
        pauses: First and last day, both inclusive, on which the clock stands still; in any order, they may
            overlap. A count backwards is not paused.
        extensions: In the order they were granted.

    Raises:
        OverflowError: The result lies outside the years 1–9999.
    """
    stops = _merged(pauses) if pauses else ()
    if unit is Unit.HOURS:
        return _count_hours(trigger, amount, calendar=calendar, roll=roll, stops=stops, extensions=extensions)
    day = trigger.date() if isinstance(trigger, datetime) else trigger
    first = _leg(day, amount, unit, calendar, roll, stops)
    if not extensions:
        return _reckoning(first, None, (), Steps(lambda: words.leg_steps(first, calendar)))
    legs = _extended(first.due, unit, calendar, roll, stops, extensions)
    return _reckoning(
        first,
        None,
        legs,
        Steps(lambda: [*words.leg_steps(first, calendar), *words.extension_steps(legs, extensions, calendar)]),
    )


def rolled(
    day: date,
    roll: Roll,
    calendar: Calendar,
    *,
    at: time | None = None,
    start: date | None = None,
    because: str | None = None,
) -> Reckoning:
    """A fixed day, moved off a rest day as `roll` says; NONE asks no calendar and is never provisional.

    `at` and `start` are carried along; `because` is the first step, where the day itself needs a reason.
    """
    due = _roll(day, roll, calendar)
    missing = () if roll is Roll.NONE else calendar.unpublished(min(day, due), max(day, due))
    return Reckoning(
        due=due,
        at=at,
        nominal=day,
        start=start,
        provisional=bool(missing),
        steps=Steps(lambda: words.roll_steps(day, due, roll, missing, calendar, because)),
    )


@dataclass(frozen=True, slots=True)
class Leg:
    """One counted stretch: the period itself, or an extension of it."""

    after: date  # not counted
    amount: int
    unit: Unit
    plain: date  # end without pauses
    nominal: date
    due: date
    roll: Roll
    stops: tuple[Pause, ...]
    missing: tuple[int, ...]  # years whose notice the stretch needs and lacks


def _leg(after: date, amount: int, unit: Unit, calendar: Calendar, roll: Roll, stops: tuple[Pause, ...]) -> Leg:
    plain = calendar.add_workdays(after, amount) if unit is Unit.WORKDAYS else plain_end(after, amount, unit)
    nominal = _past_stops(after, plain, unit, calendar, stops) if stops and amount > 0 else plain
    due = nominal if roll is Roll.NONE or calendar.is_workday(nominal) else _roll(nominal, roll, calendar)
    if due <= after and due < nominal and amount >= 0:  # a period cannot end before it began
        due = calendar.workday_on_or_after(nominal)
    if unit is Unit.WORKDAYS and amount:
        missing = calendar.unpublished(min(after + ONE_DAY, due), max(after - ONE_DAY, due))
    elif roll is Roll.NONE:
        missing = ()
    else:
        missing = calendar.unpublished(min(nominal, due), max(nominal, due))
    return Leg(after, amount, unit, plain, nominal, due, roll, stops, missing)


def plain_end(after: date, amount: int, unit: Unit) -> date:
    """The day so many days, weeks, months or years away; month ends clamp (Civil Code art. 202).

    Raises:
        OverflowError: The result lies outside the years 1–9999.
    """
    if unit is Unit.DAYS:
        return after + timedelta(days=amount)
    if unit is Unit.WEEKS:
        return after + timedelta(weeks=amount)
    from dateutil.relativedelta import relativedelta  # here, since it costs a third of the room's import

    try:
        return after + (relativedelta(months=amount) if unit is Unit.MONTHS else relativedelta(years=amount))
    except ValueError as error:
        raise OverflowError("日期超出公元1年至9999年") from error


def _extended(
    due: date,
    unit: Unit,
    calendar: Calendar,
    roll: Roll,
    stops: tuple[Pause, ...],
    extensions: Sequence[Extension],
) -> tuple[Leg, ...]:
    legs: list[Leg] = []
    for extension in extensions:
        if extension.until is not None:
            end = extension.until
            leg = Leg(due, 0, Unit.DAYS, end, end, end, Roll.NONE, (), ())
        else:
            leg = _leg(due, extension.amount or 0, extension.unit or unit, calendar, roll, stops)
        legs.append(leg)
        due = leg.due
    return tuple(legs)


def _reckoning(first: Leg, at: time | None, more: tuple[Leg, ...], steps: Sequence[Step]) -> Reckoning:
    last = more[-1] if more else first
    return Reckoning(
        due=last.due,
        at=at,
        nominal=last.nominal,
        start=first.after + ONE_DAY if first.amount > 0 else None,
        provisional=bool(first.missing) or any(leg.missing for leg in more),
        steps=steps,
    )


def _count_hours(
    trigger: date | datetime,
    amount: int,
    *,
    calendar: Calendar,
    roll: Roll,
    stops: tuple[Pause, ...],
    extensions: Sequence[Extension],
) -> Reckoning:
    """Hours run through rest days and nights; a pause stops them for whole days."""
    begun = trigger if isinstance(trigger, datetime) else datetime.combine(trigger, time())
    moment = _past_stopped_hours(begun, begun + timedelta(hours=amount), stops if amount > 0 else ())
    legs: list[Leg] = []
    ends = [moment]
    for extension in extensions:
        if extension.amount is not None and extension.unit in {None, Unit.HOURS}:
            more = moment + timedelta(hours=extension.amount)
            moment = _past_stopped_hours(moment, more, stops if extension.amount > 0 else ())
        else:
            (leg,) = _extended(moment.date(), Unit.DAYS, calendar, roll, stops, [extension])
            legs.append(leg)
            moment = datetime.combine(leg.due, moment.timetz())
        ends.append(moment)
    return Reckoning(
        due=moment.date(),
        at=moment.time().replace(second=0, microsecond=0),
        nominal=moment.date(),
        start=begun.date() if amount > 0 else None,
        provisional=any(leg.missing for leg in legs),
        steps=Steps(lambda: words.hour_steps(trigger, begun, amount, ends, stops, extensions)),
    )


def _roll(day: date, roll: Roll, calendar: Calendar) -> date:
    if roll is Roll.FOLLOWING:
        return calendar.workday_on_or_after(day)
    if roll is Roll.PRECEDING:
        return calendar.workday_on_or_before(day)
    return day


def _merged(pauses: Iterable[Pause]) -> tuple[Pause, ...]:
    """Pauses in order, without overlap; reversed ones are dropped."""
    merged: list[Pause] = []
    for first, last in sorted(pauses):
        if last < first:
            continue
        if merged and first <= merged[-1][1] + ONE_DAY:
            merged[-1] = (merged[-1][0], max(merged[-1][1], last))
        else:
            merged.append((first, last))
    return tuple(merged)


def _past_stops(after: date, end: date, unit: Unit, calendar: Calendar, stops: tuple[Pause, ...]) -> date:
    """The end of the count when the days of `stops` do not count."""
    for first, last in stops:
        begin = max(first, after + ONE_DAY)
        if begin > end:
            break
        if begin > last:
            continue
        if unit is Unit.WORKDAYS:
            end = calendar.add_workdays(end, calendar.workdays_between(begin - ONE_DAY, last))
        else:
            end += last - begin + ONE_DAY
    return end


def _past_stopped_hours(begun: datetime, end: datetime, stops: tuple[Pause, ...]) -> datetime:
    for first, last in stops:
        stop = max(datetime.combine(first, time(), begun.tzinfo), begun)
        resume = datetime.combine(last + ONE_DAY, time(), begun.tzinfo)
        if stop < resume and stop < end:
            end += resume - stop
    return end
