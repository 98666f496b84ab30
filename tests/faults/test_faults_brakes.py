"""The clock jumps, a backup is restored, the service was off for long: nobody gets what is wrong (F11, F13, F15)."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date, timedelta
from pathlib import Path

import pytest

from gkbot.errors import UsageError
from gkbot.ledger import Brake, Instance, Ledger, NoticeState
from gkbot.service.background import Service
from gkbot.service.restoring import Choice, settle
from tests.brake_offices import FIRST, BrakeOffice, at, by
from tests.servers import SmtpServer

MONDAY, TUESDAY, THURSDAY = "2023-06-05", "2023-06-06", "2023-06-08"
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def office(tmp_path: Path, url: str) -> Iterator[BrakeOffice]:
    with SmtpServer() as mail:
        yield BrakeOffice(tmp_path, mail, url, units=4, is_busy=False)


class Running:
    """The service of an office, looked after by hand: it looks, it sends."""

    def __init__(self, office: BrakeOffice, stack: ExitStack) -> None:
        self.office = office
        self.ledger = stack.enter_context(office.ledger())
        self.service: Service = office.service(self.ledger)
        self.activation = self.service._activate()
        self.instance: Instance = stack.enter_context(self.activation)
        self.service.keeper.refresh()
        self.service.watch.start(besides=self.instance.epoch)

    def look(self) -> None:
        self.service.look()
        self.office.send(self.service, self.instance)

    def jump(self, **by_: float) -> None:
        """The wall clock alone moves."""
        self.office.clock.moment += timedelta(**by_)

    def pass_time(self, **by_: float) -> None:
        self.office.clock.advance(timedelta(**by_).total_seconds())


@pytest.fixture
def running(office: BrakeOffice) -> Iterator[Running]:
    """A service that has done its check of Monday."""
    office.check(FIRST)
    office.clock.advance((at(MONDAY) - office.clock.moment).total_seconds())
    with ExitStack() as stack:
        found = Running(office, stack)
        found.look()
        office.clock.advance(3600)
        found.look()
        office.mail.letters.clear()
        yield found


@pytest.mark.fault("F11")
class TestAClockThatJumps:
    @pytest.mark.parametrize("days", [3, -1, 365])
    def test_nothing_is_planned_and_no_unit_hears_anything(self, running: Running, days: int):
        before = running.ledger.last_scan()
        running.jump(days=days)
        for _ in range(3):
            running.look()
            running.pass_time(minutes=30)
        assert running.office.to_units() == []
        assert running.ledger.last_scan() == before

    @pytest.mark.parametrize(("days", "word"), [(3, "快了约3天"), (-1, "慢了约1天"), (365, "快了约365天")])
    def test_the_office_is_told_once_with_both_moments_and_what_to_do(self, running: Running, days: int, word: str):
        running.jump(days=days)
        running.look()
        running.look()
        (text,) = running.office.to_admin()
        assert "时钟应在 2023-06-05 10:30 左右" in text
        assert word in text
        assert "gkbot clock accept" in text

    def test_what_waited_is_held_and_goes_out_when_the_clock_comes_back(self, running: Running):
        running.office.write(by("2023-06-13", (1, 2), "LATE"))
        running.service.look()  # planned, not sent yet
        running.jump(days=3)
        running.look()
        assert {e.reason for e in running.office.entries(NoticeState.HELD)} == {"brake-clock"}
        running.jump(days=-3)
        running.pass_time(minutes=15)
        running.look()
        assert running.office.to_units() == ["u1@example.gov.cn", "u2@example.gov.cn"]
        assert running.ledger.trail.audit()[0].why == "时钟已恢复"

    def test_a_jump_just_before_the_wire_is_seen(self, running: Running):
        running.office.write(by("2023-06-13", (1, 2), "LATE"))
        running.service.look()
        running.pass_time(minutes=15)
        running.jump(days=3)
        running.office.send(running.service, running.instance)
        assert running.office.to_units() == []
        running.jump(days=-3)
        running.look()
        assert len(running.office.to_units()) == 2

    def test_a_person_who_says_that_the_clock_is_right_lets_it_go_on(self, running: Running):
        running.jump(days=3)
        running.look()
        running.ledger.braking.lift(Brake.CLOCK, who="李某", why="校时")
        running.look()
        assert running.ledger.last_scan() == date.fromisoformat(THURSDAY)

    @pytest.mark.parametrize("minutes", [-9, 9])
    def test_a_step_of_the_time_service_is_no_jump(self, running: Running, minutes: int):
        running.jump(minutes=minutes)
        running.look()
        running.jump(minutes=minutes)
        running.look()
        assert running.ledger.braking.standing(Brake.CLOCK) is None

    @pytest.mark.fault("F11", except_for={"I2": "only the wall clock jumps: the lease looks over and is not"})
    def test_leases_do_not_run_out_by_it(self, running: Running):
        running.office.write(by("2023-06-13", (1,), "LATE"))
        running.service.look()
        with running.office.ledger() as other:
            lease(other, running.instance)
        leased = [entry.number for entry in running.office.entries(NoticeState.LEASED)]
        assert leased
        running.jump(days=3)
        running.look()
        assert [entry.number for entry in running.office.entries(NoticeState.LEASED)] == leased

    def test_a_restart_does_not_forget_it(self, running: Running):
        running.jump(days=3)
        running.look()
        running.activation.release()
        with ExitStack() as stack:
            again = Running(running.office, stack)
            again.look()
            assert again.office.to_units() == []
            again.jump(days=-3)
            again.look()
            assert again.ledger.braking.standing(Brake.CLOCK) is None

    def test_a_start_with_a_clock_behind_the_last_sign_of_life_is_held(self, office: BrakeOffice):
        office.check(FIRST)
        office.check(MONDAY)
        office.clock.moment -= timedelta(days=2)
        result = office.check(office.clock.today().isoformat())
        assert result.standing is Brake.CLOCK
        assert "慢了约2天" in "".join(result.remarks)

    def test_once_accepted_a_clock_that_went_back_is_not_held_again(self, office: BrakeOffice):
        office.check(FIRST)
        office.check(MONDAY)
        office.clock.moment -= timedelta(days=2)
        office.check(office.clock.today().isoformat())
        with office.ledger() as ledger:
            ledger.braking.lift(Brake.CLOCK, who="李某", why="原来快了两天")
        assert office.check(office.clock.today().isoformat()).standing is None

    @pytest.mark.fault("F11", except_for={"I8": "a person names two days, years apart, the later one first"})
    def test_a_day_that_a_person_names_trips_nothing(self, office: BrakeOffice):
        for day in ("2027-03-01", MONDAY):
            gkbot(office, "daily", "--date", day)
        with office.ledger() as ledger:
            assert ledger.braking.standing(Brake.CLOCK) is None
            assert ledger.braking.last_sign(at("2030-01-01")) is None


def gkbot(office: BrakeOffice, *words: str) -> str:
    """The program itself, with the system's clock; what it printed."""
    env = {
        **os.environ,
        "GKBOT_RULES": str(office.folder / "rules"),
        "GKBOT_DATABASE_URL": office.url,
        "GKBOT_OUTBOX_DIR": str(office.folder / "outbox"),
        "GKBOT_STATE_DIR": str(office.folder / "state"),
    }
    command = [sys.executable, "-m", "gkbot", *words]
    done = subprocess.run(command, env=env, cwd=ROOT, check=False, capture_output=True, text=True)
    assert done.returncode in {0, 1}, done.stderr
    return done.stdout


def lease(ledger: Ledger, instance: Instance) -> None:
    """Somebody is in the middle of sending one."""
    from sqlalchemy import update

    from gkbot.ledger.tables import NOTICE

    with ledger._database.writing() as connection:
        later = ledger._database.clock.now() + timedelta(days=9)
        values = {"state": NoticeState.LEASED, "lease_owner": instance.epoch, "next_at": later}
        connection.execute(update(NOTICE).where(NOTICE.c.state == NoticeState.PENDING).values(values))


@pytest.mark.fault("F13")
class TestALongStop:
    def test_a_day_later_what_was_missed_is_made_up_for_once(self, office: BrakeOffice):
        office.check(FIRST)
        office.write(by("2023-06-09", (1,), "SHORT"))
        office.check(MONDAY)
        office.mail.letters.clear()
        office.check("2023-06-07")
        assert office.to_units().count("u1@example.gov.cn") == 1

    @pytest.mark.parametrize(
        ("back", "stage"), [("2023-06-05", "before-7"), ("2023-06-13", "overdue-1"), ("2024-07-08", "overdue-5")]
    )
    def test_each_recipient_gets_one_message_with_the_most_urgent_stage_only(
        self, office: BrakeOffice, back: str, stage: str
    ):
        office.write(by("2023-06-09", range(1, 5), "MANY"))
        office.check(FIRST)
        office.mail.letters.clear()
        office.check(back)
        assert sorted(office.to_units()) == [f"u{n}@example.gov.cn" for n in range(1, 5)]
        (facts,) = (
            e.facts for e in office.entries() if e.day == date.fromisoformat(back) and e.unit == "单位1" and not e.draft
        )
        assert [(each["stage"], each["catch_up"]) for each in facts["entries"] if each["task"] == "MANY"] == [
            (stage, True)
        ]
        assert "补发" in office.mail.letters[0].message.get_body(("plain",)).get_content()  # type: ignore[union-attr]

    @pytest.mark.parametrize("days", [1, 10, 400])
    def test_no_day_is_without_its_record(self, office: BrakeOffice, days: int):
        office.check(FIRST)
        last = date.fromisoformat(MONDAY) + timedelta(days=7 * (days // 7 + 1))
        office.check(last.isoformat())
        with office.ledger() as ledger:
            looked = [run.day for run in ledger.scan_runs(date(2023, 1, 1))]
        first = date.fromisoformat(FIRST)
        assert looked == [first + timedelta(days=n) for n in range((last - first).days + 1)]

    def test_a_long_stop_is_no_jump_of_the_clock(self, office: BrakeOffice):
        office.check(FIRST)
        office.clock.moment += timedelta(days=400)
        office.clock.seconds = 0.0  # the machine was started again
        assert office.check(office.clock.today().isoformat()).standing is None

    def test_a_hundred_made_up_items_are_one_message_to_each(self, office: BrakeOffice):
        office.write(*(by("2023-06-14", range(1, 5), f"M-{n}") for n in range(100)))
        office.check(FIRST)
        office.mail.letters.clear()
        office.check("2023-06-15")
        assert sorted(office.to_units()) == [f"u{n}@example.gov.cn" for n in range(1, 5)]
        text = office.mail.letters[0].message.as_string()
        assert len(text) < 1_000_000


@pytest.mark.fault("F15")
class TestARestoredBackup:
    @pytest.fixture
    def restored(self, office: BrakeOffice, tmp_path: Path) -> BrakeOffice:
        """Backed up on Monday evening, used on Tuesday, restored before Thursday."""
        office.write(by("2023-06-13", (1, 2), "A"), by("2023-06-15", (3,), "B"))
        office.check(FIRST)
        office.check(MONDAY)
        keep = copy_out(office.url, tmp_path)
        office.check(TUESDAY)
        copy_in(office.url, keep)
        office.mail.letters.clear()
        return office

    def test_nothing_is_sent_and_the_office_is_asked(self, restored: BrakeOffice):
        result = restored.check(THURSDAY)
        assert result.standing is Brake.RESTORED
        assert restored.to_units() == []
        (text,) = restored.to_admin()
        assert "上次运行到 2023-06-06 09:30，库里的记录只到 2023-06-05 09:30" in text
        assert "gkbot outbox restored" in text

    def test_it_is_asked_again_each_day_and_after_each_start(self, restored: BrakeOffice):
        restored.check(THURSDAY)
        restored.check("2023-06-09")
        assert len(restored.to_admin()) == 2
        assert restored.to_units() == []

    def test_a_service_that_runs_for_months_in_one_epoch_is_told_apart_too(self, office: BrakeOffice, tmp_path: Path):
        office.check(FIRST)
        with ExitStack() as stack:
            running = Running(office, stack)
            running.activation.heartbeat()
            keep = copy_out(office.url, tmp_path)
            office.clock.advance(86400)
            running.activation.heartbeat()
        copy_in(office.url, keep)
        assert office.check("2023-06-05").standing is Brake.RESTORED

    def test_resend_sends_as_planned(self, restored: BrakeOffice):
        restored.check(THURSDAY)
        done = settle(restored.settings, restored.clock, Choice.RESEND, who="李某", why="宁可重复")
        assert done.skipped == 0
        restored.check(THURSDAY)
        assert "u1@example.gov.cn" in restored.to_units()

    def test_skip_takes_what_lies_before_as_said(self, restored: BrakeOffice):
        restored.check(THURSDAY)
        day = date.fromisoformat(THURSDAY)
        settle(restored.settings, restored.clock, Choice.SKIP, who="李某", why="都发过了", before=day)
        restored.check(THURSDAY)
        assert restored.to_units() == ["u3@example.gov.cn"]  # whose own day it is
        with restored.ledger() as ledger:
            assert ledger.last_scan() == day

    def test_hold_leaves_it_to_a_person_message_by_message(self, restored: BrakeOffice):
        restored.check(THURSDAY)
        done = settle(restored.settings, restored.clock, Choice.HOLD, who="李某", why="逐条看")
        assert done.held > 0
        restored.check(THURSDAY)
        assert restored.to_units() == []
        assert "选择了逐条由人确认" in "\n".join(restored.to_admin())
        number = next(e.number for e in restored.entries(NoticeState.HELD) if e.reason == "brake-restored")
        with restored.ledger() as ledger:
            ledger.outbox.release(number, who="李某", why="没收到")
        restored.check(THURSDAY)
        assert len(restored.to_units()) == 1

    def test_the_choice_is_on_record(self, restored: BrakeOffice):
        restored.check(THURSDAY)
        settle(restored.settings, restored.clock, Choice.RESEND, who="李某", why="宁可重复")
        with restored.ledger() as ledger:
            last = ledger.trail.audit()[0]
        assert (last.who, last.what, last.why) == ("李某", "lift restored", "按计划发送：宁可重复")

    def test_the_program_itself_asks_and_takes_the_answer(self, office: BrakeOffice, tmp_path: Path):
        gkbot(office, "daily")
        keep = copy_out(office.url, tmp_path)
        gkbot(office, "daily")
        copy_in(office.url, keep)
        assert json.loads(gkbot(office, "daily", "--json"))["standing"] == "restored"
        said = gkbot(office, "outbox", "restored", "--hold", "--yes", "--why", "逐条看", "--who", "李某")
        assert "今后照常计划和发送" in said
        assert json.loads(gkbot(office, "daily", "--json"))["standing"] is None
        audit = json.loads(gkbot(office, "outbox", "audit", "--json"))
        assert [(each["who"], each["what"]) for each in audit] == [
            ("李某", "lift restored"),
            ("gkbot", "brake restored"),
        ]

    def test_without_a_restored_database_there_is_nothing_to_choose(self, office: BrakeOffice):
        office.check(FIRST)
        with pytest.raises(UsageError, match="不用选择"):
            settle(office.settings, office.clock, Choice.RESEND, who="李某", why="试试")


def copy_out(url: str, folder: Path) -> Path | dict[str, list[tuple[object, ...]]]:
    """A backup: the file of a SQLite database (nobody writes now), the rows of a PostgreSQL schema."""
    if url.startswith("sqlite"):
        return Path(shutil.copy(url.removeprefix("sqlite:///"), folder / "backup.db"))
    from gkbot.ledger.tables import METADATA

    with postgresql(url) as connection:
        return {t.name: connection.execute(t.select()).all() for t in METADATA.sorted_tables}  # type: ignore[misc]


def copy_in(url: str, backup: Path | dict[str, list[tuple[object, ...]]]) -> None:
    """Restore it."""
    if isinstance(backup, Path):
        target = Path(url.removeprefix("sqlite:///"))
        for name in (f"{target}-wal", f"{target}-shm"):
            Path(name).unlink(missing_ok=True)
        shutil.copy(backup, target)
        return
    from gkbot.ledger.tables import METADATA

    with postgresql(url) as connection:
        for table in reversed(METADATA.sorted_tables):
            connection.execute(table.delete())
        for table in METADATA.sorted_tables:
            if backup[table.name]:
                connection.execute(table.insert(), [row._asdict() for row in backup[table.name]])  # type: ignore[attr-defined]


def postgresql(url: str):  # type: ignore[no-untyped-def]
    from sqlalchemy import create_engine
    from sqlalchemy.pool import NullPool

    return create_engine(url.replace("postgresql:", "postgresql+psycopg:"), poolclass=NullPool).begin()
