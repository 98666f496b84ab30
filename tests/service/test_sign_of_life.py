"""The morning's sign of life: from the service only, once a working day, honest; its absence is the alarm."""

from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import select, update
from test_rule_conditions import BROKEN, RULES, ZONE

from gkbot.clock import FixedClock
from gkbot.ledger import Entry, Ledger, NoticeState
from gkbot.ledger.tables import NOTICE
from gkbot.service.background import Service
from gkbot.service.check import run_daily
from gkbot.service.stopping import Stopper
from gkbot.settings import Settings

ADMIN = "admin@example.gov.cn"


class Running:
    """A service whose days are told by hand; what it plans is taken as sent."""

    def __init__(self, folder: Path, *, sign_of_life: bool = True) -> None:
        self.rules = folder / "rules"
        self.rules.mkdir()
        self.write(RULES)
        self.settings = Settings(
            rules=self.rules,
            database_url=f"sqlite:///{folder / 'gkbot.db'}",
            outbox_dir=folder / "outbox",
            state_dir=folder / "state",
            sign_of_life=sign_of_life,
        )

    def write(self, text: str) -> None:
        (self.rules / "plan.yaml").write_text(text, encoding="utf-8")

    def look(self, moment: str, *, sent: bool = True) -> None:
        """One look of a service that was started just now."""
        clock = FixedClock(datetime.fromisoformat(moment).replace(tzinfo=ZONE), ZONE)
        with Ledger.open(self.settings.database_url, clock=clock) as ledger:
            Service(settings=self.settings, clock=clock, ledger=ledger, stopper=Stopper()).look()
            if sent:
                with ledger._database.writing() as connection:
                    connection.execute(update(NOTICE).values(state=NoticeState.SENT, next_at=None))

    def told(self, day: str) -> list[list[str]]:
        """The lines of each message to the admin on a day."""
        return [list(entry.facts["lines"]) for entry in self.entries(day) if entry.address == ADMIN]

    def ledger(self) -> Ledger:
        return Ledger.open(self.settings.database_url, clock=FixedClock(datetime(2023, 8, 1, tzinfo=ZONE), ZONE))

    def entries(self, day: str) -> list[Entry]:
        with self.ledger() as ledger:
            found = [entry for entry in ledger.outbox.entries() if str(entry.day) == day]
        return sorted(found, key=lambda entry: entry.id)


@pytest.fixture
def running(tmp_path: Path) -> Running:
    found = Running(tmp_path)
    found.look("2023-07-10T09:00")
    return found


def signs(told: list[list[str]]) -> list[str]:
    return [line for lines in told for line in lines if line.startswith("今日到期")]


def test_each_working_morning_has_one_sign_of_life(running: Running) -> None:
    for moment in ("2023-07-11T09:00", "2023-07-11T09:05", "2023-07-11T16:00", "2023-07-12T09:01"):
        running.look(moment)
    assert running.told("2023-07-11") == [["今日到期0项，系统正常，昨日发送 2/2。"]]
    assert running.told("2023-07-12") == [["今日到期0项，系统正常，昨日发送 1/1。"]]


def test_it_is_of_the_morning_and_not_of_the_night(running: Running) -> None:
    running.look("2023-07-11T08:59")
    assert running.told("2023-07-11") == []
    running.look("2023-07-11T09:00")
    assert len(running.told("2023-07-11")) == 1


def test_there_is_none_on_a_day_of_rest_and_monday_speaks_of_friday(running: Running) -> None:
    running.look("2023-07-14T09:00")
    running.look("2023-07-15T09:00")
    running.look("2023-07-17T09:00")
    assert running.told("2023-07-15") == []
    assert running.told("2023-07-17") == [["今日到期0项，系统正常，上个工作日（7月14日）发送 2/2。"]]


def test_where_the_admin_has_a_list_it_is_a_line_of_it(running: Running) -> None:
    for day in ("2023-07-24", "2023-07-28", "2023-07-31"):
        running.look(f"{day}T09:00")
    (lines,) = running.told("2023-07-31")
    assert signs([lines]) == ["今日到期2项，系统正常，上个工作日（7月28日）发送 2/2。"]
    assert len(lines) > 1


def test_what_the_auditor_found_is_said_instead(running: Running) -> None:
    running.write(BROKEN)
    running.look("2023-07-11T09:00", sent=False)
    (line,) = signs(running.told("2023-07-11"))
    found = "系统有1处要处理：规则文件有1处错误，按上一个正确的版本提醒。"
    assert line == f"今日到期0项，{found}昨日发送 2/2。用 gkbot status 查看怎么办。"


def test_what_was_not_sent_is_counted(running: Running) -> None:
    running.look("2023-07-11T09:00", sent=False)
    running.look("2023-07-12T09:00")
    (line,) = signs(running.told("2023-07-12"))
    assert "昨日发送 0/1" in line
    assert "系统有1处要处理：1条消息到时间15分钟了没有发出" in line


def test_an_unclear_sign_is_dropped_and_an_old_one_is_not_sent(running: Running) -> None:
    running.look("2023-07-11T09:00", sent=False)
    (entry,) = running.entries("2023-07-11")
    with running.ledger() as ledger, ledger._database.reading() as connection:
        policy = connection.execute(select(NOTICE.c.policy).where(NOTICE.c.id == entry.id)).scalar_one()
    assert policy == "drop"
    assert entry.expires_at is not None
    assert (entry.expires_at - entry.created_at).total_seconds() < 9 * 3600


def test_it_takes_nothing_from_the_day(running: Running) -> None:
    running.look("2023-07-11T09:00")
    running.write(BROKEN)
    running.look("2023-07-11T10:00")
    assert running.told("2023-07-11")[1][0] == "规则文件有1处错误，改好之前继续按上一个正确的版本提醒。"


def test_the_daily_command_and_an_office_that_wants_none_give_none(tmp_path: Path) -> None:
    quiet = Running(tmp_path, sign_of_life=False)
    quiet.look("2023-07-10T09:00")
    quiet.look("2023-07-11T09:00")
    clock = FixedClock(datetime(2023, 7, 12, 9, tzinfo=ZONE), ZONE)
    run_daily(quiet.settings, clock)
    assert [signs(quiet.told(f"2023-07-{day}")) for day in (10, 11, 12)] == [[], [], []]
