"""The alarm clock: APScheduler wakes the service at the hour of the daily check; what was done stands in the ledger.

Measured defaults that lose runs are switched off (facts/delivery.md 2.4): a late alarm still
rings (`misfire_grace_time=None`), missed ones ring once (`coalesce`), and the zone is the
trigger's own. The look every few seconds is no job of it: after a jump of the clock APScheduler
walks through every run it missed, six million a year.
"""

from collections.abc import Callable
from datetime import time
from zoneinfo import ZoneInfo

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger


class Alarm:
    """Calls `wake` at the daily time; a missed call costs nothing."""

    def __init__(self, wake: Callable[[], None], *, daily_at: time, zone: ZoneInfo) -> None:
        defaults = {"coalesce": True, "misfire_grace_time": None, "max_instances": 1}
        self._scheduler = BackgroundScheduler(job_defaults=defaults, timezone=zone)
        at = CronTrigger(hour=daily_at.hour, minute=daily_at.minute, timezone=zone)
        self._scheduler.add_job(wake, at, id="daily")

    def start(self) -> None:
        """Begin to ring."""
        self._scheduler.start()

    def stop(self) -> None:
        """Ring no more."""
        self._scheduler.shutdown(wait=False)
