"""When a notice may leave: inside working time, not all in one minute (facts/notices.md, sections 2 and 5)."""

import hashlib
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from gkbot.deadline import Calendar

WORK_ENDS = time(17, 30)
SPREAD_MINUTES = 12
CROWDED_MINUTES = frozenset({0, 30})  # everybody's robots speak at :00 and :30 (WeCom docs, path/90236)
MINUTE = 60


def leaves_at(
    now: datetime, address: str, *, last_day: date | None, daily_at: time, calendar: Calendar, zone: ZoneInfo
) -> datetime:
    """The moment from which a notice to `address` may be sent, aware.

    Args:
        now: Aware; the moment of planning, or of a later try.
        last_day: The earliest due day still ahead that the notice speaks of. A notice that would
            have to wait until this day or later does not wait.
        daily_at: Local time of the daily check; messages spread over the twelve minutes after it.
        calendar: Of the days on which the office sends.
    """
    local = now.astimezone(zone)
    opening = _spread(datetime.combine(local.date(), daily_at, zone), address)
    if calendar.is_workday(local.date()):
        if local.time() < daily_at:
            return opening
        if local.time() < WORK_ENDS:
            return _uncrowded(max(local, opening), address)
    next_day = calendar.workday_on_or_after(local.date() + timedelta(days=1))
    if last_day is not None and local.date() <= last_day <= next_day:
        return _uncrowded(local, address)
    return _spread(datetime.combine(next_day, daily_at, zone), address)


def nearest_day(days: Iterable[date], today: date) -> date | None:
    """The earliest day from today on; what is past cannot be missed any more."""
    return min((day for day in days if day >= today), default=None)


def _spread(opening: datetime, address: str) -> datetime:
    """The opening, moved by a minute that stays the same for this address."""
    moment = opening + timedelta(seconds=_seed(address) % (SPREAD_MINUTES * MINUTE))
    return moment + timedelta(minutes=1) if moment.minute in CROWDED_MINUTES else moment


def _uncrowded(moment: datetime, address: str) -> datetime:
    """The moment, or some second of the next minute where this one is crowded."""
    if moment.minute not in CROWDED_MINUTES:
        return moment
    following = moment.replace(second=0, microsecond=0) + timedelta(minutes=1)
    return following + timedelta(seconds=_seed(address) % MINUTE)


def _seed(address: str) -> int:
    return int.from_bytes(hashlib.sha256(address.encode()).digest()[:4], "big")
