"""What wakes the service: a wait that no wall clock can stretch, and an alarm that no jump of it can busy."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from pathlib import Path

import pytest

from gkbot.clock import DEFAULT_ZONE
from gkbot.service.alarm import Alarm
from gkbot.service.background import Service
from gkbot.service.stopping import Stopper
from tests.servers import RobotServer, SmtpServer
from tests.service.told_office import SEVEN_BEFORE, Office

LOOKS = 3


class Impatient(Stopper):
    """Waits for nothing, notes for how long it should have, and stops after some waits."""

    def __init__(self) -> None:
        super().__init__()
        self.waits: list[float] = []

    def wait_for_wake(self, seconds: float) -> None:
        self.waits.append(seconds)
        if len(self.waits) >= LOOKS:
            self.stop()


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with SmtpServer() as mail, RobotServer() as robot:
        yield Office(tmp_path, mail, robot)


def test_the_service_looks_every_five_seconds_of_the_monotonic_clock(office: Office):
    stopper = Impatient()
    with office.ledger(SEVEN_BEFORE) as ledger:
        clock = office.clock(SEVEN_BEFORE)
        Service(settings=office.settings, clock=clock, ledger=ledger, stopper=stopper, transports=lambda: ()).run()
    assert stopper.waits == [5.0] * LOOKS


def test_a_clock_ten_years_ahead_costs_the_alarm_one_run_a_day_missed():
    alarm = Alarm(lambda: None, daily_at=time(9), zone=DEFAULT_ZONE)
    (job,) = alarm._scheduler.get_jobs()
    begun = datetime(2026, 11, 23, 8, tzinfo=DEFAULT_ZONE)
    first = job.trigger.get_next_fire_time(None, begun)
    second = job.trigger.get_next_fire_time(first, first)
    assert (first, second - first) == (begun.replace(hour=9), timedelta(days=1))
