"""Dates, counts and lateness as the words a notice uses."""

from collections.abc import Sequence
from datetime import date

WEEKDAYS = "一二三四五六日"
UNITS_NAMED = 8  # of many units so many are named, the rest counted
TITLE_LENGTH = 20  # characters of a title in a subject or first line; with the date, two lines of a phone


def full_day(day: date) -> str:
    """2023年7月31日."""
    return f"{day.year}年{day.month}月{day.day}日"


def short_day(day: date) -> str:
    """7月31日."""
    return f"{day.month}月{day.day}日"


def weekday(day: date) -> str:
    """周一."""
    return f"周{WEEKDAYS[day.weekday()]}"


def dated(day: date) -> str:
    """7月31日（周一）."""
    return f"{short_day(day)}（{weekday(day)}）"


def due_in_full(day: date, at: str | None, *, provisional: bool = False) -> str:
    """2023年7月31日（周一，含当日）; with an hour 2023年7月31日（周一）17:00前; 暂定 beside it where it is."""
    doubt = "，暂定" if provisional else ""
    if at:
        return f"{full_day(day)}（{weekday(day)}{doubt}）{at}前"
    return f"{full_day(day)}（{weekday(day)}，含当日{doubt}）"


def due_in_brief(day: date, at: str | None, today: date, *, provisional: bool = False, inclusive: bool = True) -> str:
    """7月31日（周一，含当日）; the year only where it is not this one; without `inclusive` 7月31日（周一）."""
    name = short_day(day) if day.year == today.year else full_day(day)
    remarks = [weekday(day), *(["含当日"] if inclusive and not at else []), *(["暂定"] if provisional else [])]
    return f"{name}（{'，'.join(remarks)}）" + (f"{at}前" if at else "")


def time_left(due: date, today: date) -> str:
    """还剩9天, 今日到期 or 已过3天."""
    days = (due - today).days
    if days > 0:
        return f"还剩{days}天"
    return "今日到期" if days == 0 else f"已过{-days}天"


def off_period(since: date, until: date) -> str:
    """（补发：系统于7月22日至7月25日停止运行）."""
    stretch = f"{short_day(since)}当日" if since == until else f"{short_day(since)}至{short_day(until)}"
    return f"（补发：系统于{stretch}停止运行）"


def listed(names: Sequence[str], most: int = UNITS_NAMED) -> str:
    """Names with 、 between them, the rest counted: 甲、乙等9个单位."""
    if len(names) <= most:
        return "、".join(names)
    return "、".join(names[:most]) + f"等{len(names)}个单位"


def shortened(title: str, length: int = TITLE_LENGTH) -> str:
    """A title cut to some characters."""
    return title if len(title) <= length else title[: length - 1] + "…"


def numeral(number: int) -> str:
    """一, 二, …, 十, 十一, … 九十九; digits beyond."""
    digits = "零一二三四五六七八九"
    if not 0 < number < 100:
        return str(number)
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else ("十" if tens == 1 else f"{digits[tens]}十")
    return head + (digits[ones] if ones else "")
