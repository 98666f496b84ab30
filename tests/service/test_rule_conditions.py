"""Admins hear of broken and held rule files at once, once a day while it lasts, and once when it is over."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from gkbot.clock import FixedClock
from gkbot.ledger import Ledger
from gkbot.service.check import look_only, run_daily
from gkbot.service.daily import DailyResult
from gkbot.settings import Settings

ZONE = ZoneInfo("Asia/Shanghai")
RULES = """\
文件:
  标题: 试行县2023年政务公开要点
  印发日期: 2023-05-17
任务:
  - 编号: SX-01
    事项: 完善公开内容
    期限: 2023年7月底前
    责任单位: 甲县
  - 编号: SX-02
    事项: 公布目录
    期限: 2023年7月底前
    责任单位: 甲县
  - 编号: SX-03
    事项: 公布指南
    期限: 2023年12月20日前
    责任单位: 甲县
  - 编号: SX-04
    事项: 报送总结
    期限: 2023年12月20日前
    责任单位: 甲县
单位:
  - 名称: 甲县
    联络员: [{岗位: 公开岗, 邮箱: jia@example.gov.cn}]
管理员:
  - {岗位: 公开科, 邮箱: admin@example.gov.cn}
"""
BROKEN = RULES.replace("责任单位: 甲县", "责任单位: 丙县", 1)
EARLIER = RULES.replace("2023年12月20日前", "2023年11月20日前", 1)
OVER_BROKEN = "规则文件里的错误已经改好。"
OVER_HELD = "等待确认的规则改动已经处理，现在按规则文件提醒。"


class Office:
    """An office whose days are told by hand."""

    def __init__(self, folder: Path) -> None:
        self.rules = folder / "rules"
        self.rules.mkdir()
        self.settings = Settings(
            rules=self.rules,
            database_url=f"sqlite:///{folder / 'gkbot.db'}",
            outbox_dir=folder / "outbox",
        )

    def write(self, text: str) -> None:
        (self.rules / "plan.yaml").write_text(text, encoding="utf-8")

    def clock(self, day: str) -> FixedClock:
        return FixedClock(datetime.fromisoformat(f"{day}T09:00").replace(tzinfo=ZONE), ZONE)

    def check(self, day: str) -> DailyResult:
        return run_daily(self.settings, self.clock(day))

    def told(self, day: str) -> list[str]:
        """The first line of what the admin was told of the files on a day."""
        with Ledger.open(self.settings.database_url, clock=self.clock(day)) as ledger:
            entries = [e for e in ledger.outbox.entries() if e.address == "admin@example.gov.cn"]
        lines = [entry.facts["lines"] for entry in entries if entry.day.isoformat() == day]
        return [line for some in lines for line in some if line.startswith(("规则文件", "等待确认"))]

    def mails(self) -> int:
        return len(list(self.settings.outbox_dir.rglob("*.eml")))


@pytest.fixture
def office(tmp_path: Path) -> Office:
    found = Office(tmp_path)
    found.write(RULES)
    found.check("2023-07-10")
    return found


def test_admins_hear_at_once_even_after_the_days_list(office: Office):
    assert office.check("2023-07-31").planned == 2  # the unit's reminder and the admin's list
    office.write(BROKEN)
    result = office.check("2023-07-31")
    assert (result.planned, result.sent, len(result.problems)) == (1, 1, 1)
    assert office.told("2023-07-31") == ["规则文件有1处错误，改好之前继续按上一个正确的版本提醒。"]


def test_the_message_has_place_code_and_cure(office: Office):
    office.write(BROKEN)
    office.check("2023-07-11")
    with Ledger.open(office.settings.database_url, clock=office.clock("2023-07-11")) as ledger:
        (entry,) = [e for e in ledger.outbox.entries() if e.day.isoformat() == "2023-07-11"]
    assert f"{office.rules}/plan.yaml:8:11: GK130" in entry.facts["lines"][1]
    assert "units.yaml" in entry.facts["lines"][1] or "是不是" in entry.facts["lines"][1]


def test_one_message_a_day_while_it_lasts(office: Office):
    office.write(BROKEN)
    for day in ("2023-07-11", "2023-07-12", "2023-07-13"):
        office.check(day)
        assert office.check(day).planned == 0
        office.write(BROKEN + "\n" * int(day[-2:]))  # another broken edit on the same day
        assert office.check(day).planned == 0
        assert len(office.told(day)) == 1


def test_no_message_on_rest_days(office: Office):
    office.write(BROKEN)
    office.check("2023-07-15")
    assert office.told("2023-07-15") == []
    office.check("2023-07-17")
    assert len(office.told("2023-07-17")) == 1


def test_one_message_when_it_is_mended(office: Office):
    office.write(BROKEN)
    office.check("2023-07-11")
    office.write(RULES)
    office.check("2023-07-11")
    office.check("2023-07-11")
    office.check("2023-07-12")
    assert office.told("2023-07-11")[1:] == [OVER_BROKEN]
    assert office.told("2023-07-12") == []


def test_broken_again_on_the_same_day_is_told_again(office: Office):
    for text in (BROKEN, RULES, BROKEN):
        office.write(text)
        office.check("2023-07-11")
    told = office.told("2023-07-11")
    assert len(told) == 3
    assert told[1] == OVER_BROKEN


def test_mended_over_the_weekend_is_said_on_monday(office: Office):
    office.write(BROKEN)
    office.check("2023-07-14")
    office.write(RULES)
    office.check("2023-07-15")
    office.check("2023-07-17")
    assert office.told("2023-07-17") == [OVER_BROKEN]


def test_units_hear_what_the_last_good_version_says(office: Office):
    office.write(BROKEN)
    assert office.check("2023-07-24").sent == 2  # the unit's reminder and the admin's message


def test_held_changes_are_told_and_the_status_says_so(office: Office):
    office.write(EARLIER)
    result = office.check("2023-07-11")
    assert result.held == ("SX-03（公布指南）的截止日提前：2023-12-20 → 2023-11-20",)
    assert result.remarks[0] == "规则文件的改动里有1处要由人确认，确认之前继续按上一个版本提醒。"
    assert office.told("2023-07-11") == [result.remarks[0]]
    assert office.check("2023-07-11").planned == 0


def test_a_dry_run_says_what_would_be_held(office: Office):
    office.write(EARLIER)
    result = look_only(office.settings, office.clock("2023-07-11"))
    assert result.held
    assert office.mails() == 1  # of the first day


def test_held_changes_taken_back_are_told_once(office: Office):
    office.write(EARLIER)
    office.check("2023-07-11")
    office.write(RULES)
    office.check("2023-07-12")
    office.check("2023-07-13")
    assert office.told("2023-07-12") == [OVER_HELD]
    assert office.told("2023-07-13") == []


def test_an_office_whose_files_are_good_hears_nothing(office: Office):
    for day in ("2023-07-11", "2023-07-12"):
        office.check(day)
        assert office.told(day) == []
