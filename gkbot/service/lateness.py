"""Whether the daily check was forgotten."""

from datetime import date, datetime, timedelta

from gkbot.clock import Clock
from gkbot.deadline import Calendar
from gkbot.settings import Settings

GRACE = timedelta(minutes=30)  # facts/delivery.md 4 (d)


def expected_check(settings: Settings, clock: Clock, calendar: Calendar) -> date:
    """The last day that must have been looked at by now: today half an hour after its time, else the workday before."""
    zone = settings.zone
    now = clock.now().astimezone(zone)
    due = datetime.combine(now.date(), settings.daily_at, zone) + GRACE
    day = now.date() if now >= due else now.date() - timedelta(days=1)
    return calendar.workday_on_or_before(day)
