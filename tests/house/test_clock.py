"""The clock: days begin in the office's zone, whatever UTC says."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from gkbot.clock import FixedClock, ShiftedClock, SystemClock

SHANGHAI = ZoneInfo("Asia/Shanghai")


def test_the_day_changes_at_midnight_in_the_offices_zone():
    clock = FixedClock(datetime(2026, 3, 5, 15, 59, tzinfo=UTC))
    assert clock.today() == date(2026, 3, 5)
    clock.advance(60)
    assert clock.today() == date(2026, 3, 6)


def test_moments_are_told_in_utc():
    clock = FixedClock(datetime(2026, 3, 5, 9, 0, tzinfo=SHANGHAI))
    assert clock.now() == datetime(2026, 3, 5, 1, 0, tzinfo=UTC)
    assert clock.now().tzinfo is UTC


def test_the_system_clock_knows_its_zone():
    clock = SystemClock(ZoneInfo("America/New_York"))
    assert clock.today() == datetime.now(ZoneInfo("America/New_York")).date()
    assert clock.monotonic() <= clock.monotonic()


def test_a_shifted_clock_stays_on_its_day_while_time_passes():
    clock = ShiftedClock.to(date(2023, 7, 24), SHANGHAI)
    first, second = clock.now(), clock.now()
    assert clock.today() == date(2023, 7, 24)
    assert first <= second
    assert abs((first.astimezone(SHANGHAI).date() - date(2023, 7, 24)).days) <= 1
