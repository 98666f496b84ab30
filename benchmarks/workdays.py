"""How fast the working-day calendar answers, beside chinesecalendar and `holidays`.

Bars: 1,000,000 workday questions in 0.3 s, 100,000 "20 working days from" in 1 s, on one core.
Where a peer is slow it is asked less often and the figure scaled up.
"""

from collections.abc import Callable, Iterator
from datetime import date, timedelta

import chinese_calendar
import holidays

from benchmarks.measuring import median_seconds
from benchmarks.tables import Bar, Table
from gkbot.deadline.calendar import Calendar
from gkbot.deadline.counting import count_from
from gkbot.deadline.schedule import Roll, Unit

ASKED = Bar(value=0.3, unit=" s")
COUNTED = Bar(value=1, unit=" s")
ROUNDS = 5
MILLION = 1_000_000
FIRST = date(2004, 1, 1)
SPAN = (date(2026, 11, 30) - FIRST).days  # a count of 20 from the last day stays within 2026


def run(questions: int = MILLION) -> Iterator[Table]:
    """One table; figures are for a million questions and a hundred thousand counts, however many were put."""
    days = [FIRST + timedelta(days=index % SPAN) for index in range(questions)]
    yield Table(
        title=f"Working days: CPU seconds, medians of {ROUNDS} rounds",
        columns=("question", "who", "CPU", "bar"),
        rows=[*_asked(days), *_counted(days)],
        notes=(
            "chinesecalendar answers a hundredth of the questions, holidays a tenth of the counts; both scaled up.",
        ),
    )


def _asked(days: list[date]) -> Iterator[tuple[str, ...]]:
    calendar = Calendar.builtin()
    china = holidays.country_holidays("CN", years=range(2004, 2027))
    seconds = _seconds(calendar.is_workday, days, MILLION)
    yield ("1,000,000 × is it a workday", "gkbot", f"{seconds:.3f} s", ASKED.judge(seconds))
    yield ("", "holidays", f"{_seconds(china.is_working_day, days, MILLION):.3f} s")
    yield ("", "chinesecalendar", f"{_seconds(chinese_calendar.is_workday, days[: len(days) // 100], MILLION):.3f} s")
    yield ("a new calendar, every day of 2004–2026 once", "gkbot", f"{median_seconds(_ask_new_calendar, ROUNDS):.3f} s")


def _counted(days: list[date]) -> Iterator[tuple[str, ...]]:
    calendar = Calendar.builtin()
    china = holidays.country_holidays("CN", years=range(2004, 2027))
    hundred_thousand = MILLION // 10

    def reckoned(day: date) -> object:
        return count_from(day, 20, Unit.WORKDAYS, calendar=calendar, roll=Roll.FOLLOWING)

    some, few = days[: len(days) // 10], days[: len(days) // 1000]
    added = _seconds(lambda day: calendar.add_workdays(day, 20), some, hundred_thousand)
    counted = _seconds(reckoned, some, hundred_thousand)
    yield ("100,000 × 20 working days from", "gkbot add_workdays", f"{added:.3f} s", COUNTED.judge(added))
    yield ("", "gkbot count_from", f"{counted:.3f} s", COUNTED.judge(counted))
    told = _seconds(lambda day: len(reckoned(day).steps), few, hundred_thousand)
    yield ("", "gkbot count_from, steps told", f"{told:.3f} s")
    peer = _seconds(lambda day: china.get_nth_working_day(day, 20), days[: len(days) // 100], hundred_thousand)
    yield ("", "holidays", f"{peer:.3f} s")
    peer = _seconds(lambda day: chinese_calendar.find_workday(20, day), few, hundred_thousand)
    yield ("", "chinesecalendar", f"{peer:.3f} s")


def _seconds(question: Callable[[date], object], days: list[date], scaled_to: int) -> float:
    """Median CPU seconds for asking the question of every day, scaled to a number of days."""

    def ask() -> None:
        for day in days:
            question(day)

    return median_seconds(ask, ROUNDS) * scaled_to / len(days)


def _ask_new_calendar() -> None:
    """Every day once, of a calendar that has worked out no year yet."""
    calendar = Calendar.builtin()
    for index in range(SPAN):
        calendar.is_workday(FIRST + timedelta(days=index))
