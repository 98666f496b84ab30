"""How days, stretches of days and amounts of time are said in Chinese."""

from collections.abc import Sequence
from datetime import date, datetime

from gkbot.deadline.calendar import WEEKDAYS
from gkbot.deadline.schedule import UNIT_WORDS, Unit


def amount_words(amount: int, unit: Unit) -> str:
    """An amount without its sign: 20个工作日, 3个月."""
    return f"{abs(amount)}{UNIT_WORDS[unit]}"


def full_day(day: date) -> str:
    """2026年2月14日（周六）."""
    return f"{day.year}年{short_day(day)}"


def short_day(day: date) -> str:
    """2月14日（周六）."""
    return f"{day.month}月{day.day}日（周{WEEKDAYS[day.weekday()]}）"


def moment_words(moment: datetime) -> str:
    """2026年2月14日（周六）9时05分."""
    return f"{full_day(moment)}{moment.hour}时{moment.minute:02}分"


def stretch_words(days: Sequence[date]) -> str:
    """Consecutive days: one, two joined by 、, more as first 至 last; the year is said on New Year's Day."""
    first, last = days[0], days[-1]
    say_first = full_day(first) if (first.month, first.day) == (1, 1) else short_day(first)
    if first == last:
        return say_first
    say_last = full_day(last) if last.year != first.year else short_day(last)
    return f"{say_first}{'、' if len(days) == 2 else '至'}{say_last}"
