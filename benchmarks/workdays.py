"""How fast the working-day calendar answers, beside chinesecalendar and `holidays`.

    python benchmarks/workdays.py

Bars (issue 3): 1,000,000 workday questions in 0.3 s, 100,000 "20 working days from" in 1 s, on one core.
Medians of seven rounds in one process; chinesecalendar runs a hundredth of the questions, scaled up.
"""

import statistics
import sys
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from time import perf_counter

sys.path.insert(0, str(Path(__file__).parent.parent))

import chinese_calendar
import holidays

from gkbot.deadline.calendar import Calendar
from gkbot.deadline.counting import count_from
from gkbot.deadline.schedule import Roll, Unit

ROUNDS = 7
FIRST = date(2004, 1, 1)
SPAN = (date(2026, 11, 30) - FIRST).days  # a count of 20 from the last day stays within 2026
DAYS = [FIRST + timedelta(days=index % SPAN) for index in range(1_000_000)]


def median_seconds(task: Callable[[], None], rounds: int = ROUNDS) -> float:
    """Median duration of a task."""
    taken = []
    for _ in range(rounds):
        begun = perf_counter()
        task()
        taken.append(perf_counter() - begun)
    return statistics.median(taken)


def each(question: Callable[[date], object], days: list[date]) -> Callable[[], None]:
    """Ask the question of every day."""

    def ask() -> None:
        for day in days:
            question(day)

    return ask


def main() -> int:
    """Print the table; 1 when a bar is missed."""
    calendar = Calendar.builtin()
    china = holidays.country_holidays("CN", years=range(2004, 2027))

    def reckoned(day: date) -> object:
        return count_from(day, 20, Unit.WORKDAYS, calendar=calendar, roll=Roll.FOLLOWING)

    asked = median_seconds(each(calendar.is_workday, DAYS))
    added = median_seconds(each(lambda day: calendar.add_workdays(day, 20), DAYS[:100_000]))
    counted = median_seconds(each(reckoned, DAYS[:100_000]))
    told = 100 * median_seconds(each(lambda day: len(reckoned(day).steps), DAYS[:1_000]), 3)
    cold = median_seconds(ask_new_calendar)
    rows = [
        ("1,000,000 × is_workday", "gkbot", asked, 0.3),
        ("", "holidays", median_seconds(each(china.is_working_day, DAYS), 3), None),
        ("", "chinesecalendar", 100 * median_seconds(each(chinese_calendar.is_workday, DAYS[:10_000]), 3), None),
        ("100,000 × 20 working days from", "gkbot add_workdays", added, 1.0),
        ("", "gkbot count_from", counted, 1.0),
        ("", "gkbot count_from, steps told", told, None),
        ("", "holidays", 10 * median_seconds(each(lambda d: china.get_nth_working_day(d, 20), DAYS[:10_000]), 3), None),
        ("", "chinesecalendar", 100 * median_seconds(each(find_workday, DAYS[:1_000]), 3), None),
        ("new calendar, every day of 2004–2026 once", "gkbot", cold, None),
    ]
    for what, who, seconds, bar in rows:
        verdict = "" if bar is None else f"   bar {bar} s: {'met' if seconds <= bar else 'MISSED'}"
        print(f"{what:44}{who:32}{seconds:9.3f} s{verdict}")
    return int(any(bar is not None and seconds > bar for _, _, seconds, bar in rows))


def ask_new_calendar() -> None:
    """Every day once, of a calendar that has worked out no year yet."""
    calendar = Calendar.builtin()
    for day in DAYS[:SPAN]:
        calendar.is_workday(day)


def find_workday(day: date) -> date:
    """The twentieth working day after a day, by chinesecalendar."""
    return chinese_calendar.find_workday(20, day)


if __name__ == "__main__":
    sys.exit(main())
