"""Admins hear of messages that reached nobody: in the run that failed, once each, and counted once a week."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from gkbot.ledger import Ledger, NoticeState, Substitute
from gkbot.service.background import Service, Stopper
from gkbot.service.daily import DailyResult
from gkbot.service.undelivered import masked
from tests.servers import RobotServer, SmtpServer
from tests.service.told_office import FIRST, SEVEN_BEFORE, WITH_ROBOT, Office


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with SmtpServer() as mail, RobotServer() as robot:
        yield Office(tmp_path, mail, robot)


def refuse_one(office: Office) -> DailyResult:
    office.check(FIRST)
    office.mail.letters.clear()
    office.mail.answer("rcpt", "550 5.1.1 no such user")
    return office.check(SEVEN_BEFORE)


def test_a_refused_mail_is_told_to_the_admin_in_the_same_run(office: Office):
    result = refuse_one(office)
    assert result.failed == 1
    assert len(office.letters_to_admin()) == 1
    number = office.failed_number(SEVEN_BEFORE)
    assert office.told(SEVEN_BEFORE) == [
        "有1条消息未送达：",
        f"甲县 公开岗（邮件 j***@example.gov.cn，错误码 550，编号 {number}）",
    ]


def test_its_copy_lies_in_the_folder_after_the_same_run(office: Office):
    result = refuse_one(office)
    assert result.deferred == 0
    assert len(office.files()) == 1


def test_the_next_runs_say_nothing_of_it(office: Office):
    refuse_one(office)
    assert office.check(SEVEN_BEFORE).planned == 0
    office.check("2023-07-25")
    assert office.told("2023-07-25") == []


def test_what_is_left_is_counted_on_the_next_monday_until_somebody_disposes_of_it(office: Office):
    refuse_one(office)
    office.check("2023-07-31")
    office.check("2023-08-01")
    with office.ledger("2023-08-04") as ledger:
        ledger.outbox.cancel(office.failed_number("2023-08-04"), who="公开科", why="已电话联系")
    office.check("2023-08-07")
    assert [line[:20] for line in office.told("2023-07-31")] == ["此前告知的未送达消息还有1条没有处理。用"]
    assert office.told("2023-08-01") == []
    assert office.told("2023-08-07") == []


def test_a_refused_notice_to_the_admin_is_a_remark_and_starts_no_round(office: Office):
    office.check(FIRST)
    office.mail.always("rcpt", "550 5.1.1 no such user")
    result = office.check(SEVEN_BEFORE)
    assert result.failed == 3  # both units, and the one notice to the admin
    assert len(result.remarks) == 3
    office.mail.always("rcpt", None)
    assert office.check(SEVEN_BEFORE).planned == 0
    office.check("2023-07-25")
    assert office.told("2023-07-25") == []


def test_a_robot_that_is_gone_is_told_at_once(office: Office):
    office.write(WITH_ROBOT)
    office.check(FIRST)
    office.robot.answer(errcode=93000, errmsg="invalid webhook url")
    assert office.check(SEVEN_BEFORE).failed == 1
    number = office.failed_number(SEVEN_BEFORE)
    assert office.told(SEVEN_BEFORE)[1] == f"甲县（群机器人 COUNTIES，错误码 93000，编号 {number}）"
    assert len(office.files()) == 1
    assert [line for line in office.told(SEVEN_BEFORE) if "停用" in line] == [
        "群机器人 COUNTIES 停用（93000）：不再往这个群发，该发的写进发件文件夹，请转达。"
        "换上新地址（GKBOT_WECOM_ROBOT_COUNTIES），开着后台服务的重新启动它，"
        "再执行 gkbot outbox enable wecom:COUNTIES --why 原因。"
    ]
    office.check(SEVEN_BEFORE)
    assert len([line for line in office.told(SEVEN_BEFORE) if "停用" in line]) == 1


def test_the_service_plans_the_notice_at_its_next_look(office: Office):
    office.check(FIRST)
    with office.ledger(SEVEN_BEFORE) as ledger:
        service = Service(settings=office.settings, clock=office.clock(SEVEN_BEFORE), ledger=ledger, stopper=Stopper())
        service.keeper.refresh()
        service.look()
        lose_one(ledger)
        service.look()
        service.look()
    assert office.told(SEVEN_BEFORE)[0] == "有1条消息未送达："
    assert len([line for line in office.told(SEVEN_BEFORE) if not line.startswith("今日到期")]) == 2


def lose_one(ledger: Ledger) -> None:
    """The first message that waits is given up, as the sender does for a channel that is of no use."""
    entry = ledger.outbox.entries(state=NoticeState.PENDING)[0]
    copy = Substitute(reason="fallback_of", channel="file", address=entry.address, contact=entry.contact)
    assert ledger.outbox.divert(entry, "channel disabled", copy)


@pytest.mark.parametrize(
    ("address", "shown"), [("jia@example.gov.cn", "j***@example.gov.cn"), ("counties", "counties")]
)
def test_mail_addresses_are_masked(address: str, shown: str):
    assert masked(address) == shown


def test_what_expired_is_said_in_chinese_where_the_check_was_called_for(office: Office) -> None:
    office.mail.always("connect", "421 4.3.2 later")
    office.check(SEVEN_BEFORE)
    remarks = office.check("2027-07-25").remarks  # a Sunday: nothing newer takes their place
    expired = [remark for remark in remarks if "未送达" in remark]
    assert expired
    assert all(remark.endswith("，邮件）未送达：过期，多次重试仍未送出") for remark in expired)
