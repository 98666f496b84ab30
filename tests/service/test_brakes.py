"""A mass mailing that nobody can have meant waits for a person; what people meant goes out."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from gkbot.deadline import Calendar
from gkbot.ledger import Brake, NoticeState, Usual
from gkbot.service.brakes import BurstBrake
from gkbot.service.comparing import accept_files
from gkbot.settings import BrakeSettings
from tests.brake_offices import ADMIN, FIRST, ORDINARY, BrakeOffice, by
from tests.plans import many, notice
from tests.servers import SmtpServer

SLIP = "2023-06-12"  # the Monday on which somebody has written a wrong day for everybody
EVERYBODY = range(1, 21)
QUARTER_END = by("2023-06-13", EVERYBODY, "NEW")


@pytest.fixture
def office(tmp_path: Path) -> Iterator[BrakeOffice]:
    with SmtpServer() as mail:
        yield BrakeOffice(tmp_path, mail, f"sqlite:///{tmp_path / 'gkbot.db'}")


@pytest.fixture
def slipped(office: BrakeOffice) -> BrakeOffice:
    """An office in which a new task for everybody appears, due tomorrow."""
    office.settle_in()
    office.write(QUARTER_END)
    office.check(SLIP)
    return office


def brake(**settings: float) -> BurstBrake:
    made = BrakeSettings(**settings)  # type: ignore[arg-type]
    return BurstBrake(settings=made, calendar=Calendar.builtin(), day=date(2023, 6, 12))


def usual(fresh: int, **changes: object) -> Usual:
    known: dict[str, object] = {"scans": 5, "median": 2, "peak": 2, "last_scan": date(2023, 6, 9)}
    return Usual(fresh=frozenset(f"k{n}" for n in range(fresh)), **(known | changes))  # type: ignore[arg-type]


class TestTheRule:
    @pytest.mark.parametrize(
        ("fresh", "changes", "held"),
        [
            (51, {}, 51),
            (50, {}, 0),
            (51, {"scans": 4}, 0),
            (51, {"median": 5.5}, 0),
            (56, {"median": 5.5}, 56),
            (51, {"peak": 40}, 0),
            (61, {"peak": 40}, 61),
            (20, {"today": 40}, 20),
            (100, {"last_scan": date(2023, 6, 1)}, 0),  # seven working days of 20 were missed
        ],
    )
    def test_more_than_usual_by_far_is_held(self, fresh: int, changes: dict[str, object], held: int):
        found = brake()(many(fresh), usual(fresh, **changes))
        assert found == {f"k{n}": Brake.BURST for n in range(held)}

    def test_a_factor_of_0_switches_it_off(self):
        assert brake(factor=0)(many(500), usual(500)) == {}

    def test_too_many_to_one_address_are_held_and_the_others_go_out(self):
        flood = many(41, address="group@example.gov.cn")
        one = notice("other", address="b@example.gov.cn")
        assert brake()((*flood, one), Usual()) == {each.key: Brake.GROUP for each in flood}

    def test_what_the_address_got_today_counts(self):
        told = Usual(to_address={("email", "group@example.gov.cn"): 40})
        one = notice("k", address="group@example.gov.cn")
        assert brake()((one,), told) == {"k": Brake.GROUP}

    def test_drafts_are_never_held_by_it(self):
        drafts = [notice(f"d{n}", address="x@example.gov.cn", draft=True) for n in range(60)]
        assert brake()(drafts, usual(0)) == {}


class TestAnOffice:
    def test_the_first_look_tells_everybody(self, office: BrakeOffice):
        office.check(FIRST)
        assert len(office.to_units()) == 20

    @pytest.mark.fault("F23")
    def test_a_slip_reaches_no_unit(self, slipped: BrakeOffice):
        assert slipped.to_units() == []
        assert slipped.states(SLIP) == {"held": 20}

    def test_the_admin_hears_of_it_at_once_with_number_reason_and_what_to_do(self, slipped: BrakeOffice):
        text = "\n".join(slipped.to_admin())
        assert "有20条发给单位的消息暂扣未发（数量异常）：当天要发的消息比平时多得多" in text
        assert "涉及单位1、单位2" in text
        assert "gkbot outbox release --brake burst" in text

    def test_the_check_says_so(self, office: BrakeOffice):
        office.settle_in()
        office.write(QUARTER_END)
        result = office.check(SLIP)
        assert result.braked == 20
        assert "有20条消息暂扣未发" in "".join(result.remarks)

    def test_every_later_check_says_it_too_until_a_person_has_decided(self, slipped: BrakeOffice):
        said = "此前暂扣的20条消息还没有处理；用 gkbot outbox list --state held 查看。"
        assert said in slipped.check(SLIP).remarks
        with slipped.ledger() as ledger:
            ledger.braking.drop(Brake.BURST, who="李某", why="改错了")
        assert said not in slipped.check(SLIP).remarks

    def test_a_second_look_at_the_day_asks_no_second_time(self, slipped: BrakeOffice):
        before = len(slipped.to_admin())
        slipped.check(SLIP)
        assert len(slipped.to_admin()) == before
        assert slipped.states(SLIP) == {"held": 20}

    def test_once_released_everybody_hears_it_and_the_admin_that_it_is_over(self, slipped: BrakeOffice):
        with slipped.ledger() as ledger:
            assert ledger.braking.release(Brake.BURST, who="李某", why="新文件") == 20
        slipped.check(SLIP)
        assert len(slipped.to_units()) == 20
        assert "此前暂扣的消息已经处理完毕" in slipped.to_admin()[-1]

    def test_what_was_released_once_is_usual_from_then_on(self, slipped: BrakeOffice):
        with slipped.ledger() as ledger:
            ledger.braking.release(Brake.BURST, who="李某", why="新文件")
        slipped.check(SLIP)
        slipped.write(QUARTER_END, by("2023-06-14", EVERYBODY, "NEXT"))
        assert slipped.check("2023-06-13").braked == 0

    def test_dropped_messages_stay_unsent(self, slipped: BrakeOffice):
        with slipped.ledger() as ledger:
            assert ledger.braking.drop(Brake.BURST, who="李某", why="改错了") == 20
            assert [(e.who, e.what) for e in ledger.trail.audit()] == [("李某", "cancel brake-burst 20")]
        slipped.check(SLIP)
        assert slipped.to_units() == []

    def test_a_later_reminder_takes_the_place_of_a_held_one(self, slipped: BrakeOffice):
        slipped.check("2023-06-13")
        days = {entry.day.day for entry in slipped.entries(NoticeState.HELD) if entry.unit == "单位20"}
        assert days == {13}

    def test_while_it_lasts_the_admin_is_asked_again_each_day(self, slipped: BrakeOffice):
        slipped.mail.letters.clear()
        slipped.check("2023-06-13")
        assert "暂扣未发" in "\n".join(slipped.to_admin())

    def test_rules_that_a_person_accepted_are_no_slip(self, office: BrakeOffice):
        office.settle_in()
        office.write(QUARTER_END)
        accept_files(office.settings, office.clock, who="李某", why="年度任务")
        assert office.check(SLIP).braked == 0
        assert len(office.to_units()) == 20

    def test_new_units_that_were_never_told_anything_are_no_slip(self, office: BrakeOffice):
        office.settle_in()
        office.write(by("2023-06-30", range(21, 61), "COME"), units=60)
        assert office.check(SLIP).braked == 0
        assert len(office.to_units()) >= 40

    def test_quiet_days_do_not_make_the_usual_nothing(self, office: BrakeOffice):
        office.settle_in()
        with office.ledger() as ledger:
            runs = [run for run in ledger.scan_runs(date(2023, 6, 1)) if run.covered_by is None]
        scans = {run.day.isoformat(): run.counts["units"] for run in runs}
        assert scans[FIRST] == 0
        assert all(scans[day] > 0 for day in ORDINARY)

    def test_an_admin_who_is_a_contact_too_hears_of_the_brake(self, office: BrakeOffice):
        office.settle_in()
        office.write(QUARTER_END)
        file = office.folder / "rules" / "plan.yaml"
        file.write_text(file.read_text().replace("u1@example.gov.cn", ADMIN))
        office.check(SLIP)
        assert "暂扣未发" in "\n".join(office.to_admin())
