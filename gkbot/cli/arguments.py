"""Kinds of arguments that several commands share."""

import getpass
import re
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import click

DATE_PATTERN = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
FIRST_DAY = date(2000, 1, 1)
LAST_DAY = date(2199, 12, 31)


class Day(click.ParamType[date]):
    """A day written YYYY-MM-DD, `first <= day <= last`."""

    name = "日期"

    def __init__(self, *, first: date = FIRST_DAY, last: date = LAST_DAY) -> None:
        """Take the days that make sense; far from today, periods would run out of the years there are."""
        self.first = first
        self.last = last

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """The day; a value that already is one passes."""
        if isinstance(value, date):
            return value
        match = DATE_PATTERN.fullmatch(str(value).strip())
        if match is None:
            self.fail(f"“{value}”不是日期，写法：年-月-日，例 2023-07-24。", param, ctx)
        try:
            day = date(*map(int, match.groups()))
        except ValueError:
            self.fail(f"“{value}”这一天不存在。", param, ctx)
        if not self.first <= day <= self.last:
            self.fail(f"“{value}”太早或太晚，只能写 {self.first} 至 {self.last} 的日期。", param, ctx)
        return day


class Moment(click.ParamType[datetime]):
    """A day, or a day and hour, written YYYY-MM-DD or YYYY-MM-DDTHH:MM; naive, in the office's zone."""

    name = "日期或时刻"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """The moment; midnight stands for a day without an hour."""
        if isinstance(value, datetime):
            return value
        text = str(value).strip().replace("T", " ")
        day_text, _, hour_text = text.partition(" ")
        day = DAY.convert(day_text, param, ctx)
        if not hour_text:
            return datetime.combine(day, time())
        match = re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d)", hour_text)
        if match is None:
            self.fail(f"看不懂时刻“{hour_text}”，写法：时:分，例 2026-03-05T14:30。", param, ctx)
        return datetime.combine(day, time(int(match[1]), int(match[2])))


DAY = Day()
ISSUED = Day(first=date(1900, 1, 1))  # documents may be old
MOMENT = Moment()


def in_zone(moment: datetime, zone: ZoneInfo) -> datetime:
    """The naive moment as people in the office mean it."""
    return moment.replace(tzinfo=zone)


json_option = click.option("--json", "as_json", is_flag=True, help="输出 JSON，供程序使用。")


def current_user() -> str:
    """Who is at the terminal, for what is recorded without a name."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "命令行"
