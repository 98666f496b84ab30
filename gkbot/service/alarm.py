"""The alarm clock: APScheduler wakes the service; what was done stands in the ledger.

Measured defaults that lose runs are switched off (facts/delivery.md 2.4): a late alarm still
rings (`misfire_grace_time=None`), missed ones ring once (`coalesce`), and the zone is the
trigger's own.
"""

from collections.abc import Callable
from datetime import time
from zoneinfo import ZoneInfo

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger


class Alarm:
    """Calls `wake` at the daily time and every few seconds; a missed call costs nothing."""

    def __init__(self, wake: Callable[[], None], *, daily_at: time, every_seconds: int, zone: ZoneInfo) -> None:
        defaults = {"coalesce": True, "misfire_grace_time": None, "max_instances": 1}
        self._scheduler = BackgroundScheduler(job_defaults=defaults, timezone=zone)
        at = CronTrigger(hour=daily_at.hour, minute=daily_at.minute, timezone=zone)
        self._scheduler.add_job(wake, at, id="daily")
        self._scheduler.add_job(wake, IntervalTrigger(seconds=every_seconds, timezone=zone), id="look")

    def start(self) -> None:
        """Begin to ring."""
        self._scheduler.start()

    def stop(self) -> None:
        """Ring no more."""
        self._scheduler.shutdown(wait=False)
