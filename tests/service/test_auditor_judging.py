"""What the auditor thinks of a state of affairs: every alarm, and the silence where all is well."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from gkbot.ledger import DisabledChannel
from gkbot.ledger.watching import Seen, Some
from gkbot.service.auditing.judging import Disk, Facts, judge
from gkbot.service.auditing.values import Audit, Severity, Status
from gkbot.service.auditing.vitals import LOOK, WRITING, Sign

NOW = datetime(2023, 7, 24, 2, 0, tzinfo=UTC)  # Monday, ten in the morning in Beijing
EARLIER = NOW - timedelta(hours=2)
TODAY = date(2023, 7, 24)
SHANGHAI = ZoneInfo("Asia/Shanghai")
SOME = Some(count=3, since=EARLIER, numbers=("A1", "A2", "A3"))
SEEN = Seen(now=NOW, scanned=True, last_scan=TODAY, active_digest="d1")
WELL = Facts(
    now=NOW,
    seen=SEEN,
    expected=(TODAY, datetime(2023, 7, 24, 9, 30, tzinfo=SHANGHAI)),
    digest="d1",
    disks=(Disk(place="var", free_bytes=50, size_bytes=100),),
    signs=(Sign(name=LOOK, silent_seconds=5, patience_seconds=300),),
)
ROBOT_OFF = DisabledChannel(channel_id="wecom:COUNTIES", reason="93000", since=EARLIER)


def seen(**changes: object) -> Callable[[Facts], Facts]:
    return lambda facts: replace(facts, seen=replace(SEEN, **changes))  # type: ignore[arg-type]


def facts(**changes: object) -> Callable[[Facts], Facts]:
    return lambda known: replace(known, **changes)  # type: ignore[arg-type]


def sign(**changes: object) -> Callable[[Facts], Facts]:
    made = replace(Sign(name="sender:email", silent_seconds=1, patience_seconds=700), **changes)  # type: ignore[arg-type]
    return lambda known: replace(known, signs=(made,))


def codes(found: Audit) -> list[tuple[str, Severity]]:
    return [(finding.code, finding.severity) for finding in found.findings]


def test_where_all_is_well_nothing_is_said() -> None:
    found = judge(WELL)
    assert (found.findings, found.is_clean, found.status, found.last_check) == ((), True, Status.OK, TODAY)


@pytest.mark.parametrize(
    ("change", "code", "severity", "words"),
    [
        (seen(late=SOME), "late", "fail", "3条消息到时间15分钟了没有发出（编号 A1、A2、A3）"),
        (seen(retrying=SOME), "retrying", "warn", "3条消息一个多小时没有发成"),
        (seen(crashing=SOME), "crashing", "warn", "连续两次发到一半没有结果"),
        (seen(abandoned=Some(count=1, since=EARLIER)), "abandoned", "warn", "1次发送开始了，过了期限没有结果"),
        (seen(held=SOME), "held", "warn", "3条消息结果不明，等人决定"),
        (seen(dead=SOME), "dead", "warn", "3条消息没有送达"),
        (seen(expired=SOME), "expired", "warn", "3条消息过期没有送出"),
        (seen(disabled=(ROBOT_OFF,)), "channel-disabled", "fail", "群机器人 COUNTIES 停用（93000）"),
        (seen(last_scan=date(2023, 7, 21)), "scan-missing", "fail", "今天的检查没有做（上次是2023-07-21）"),
        (seen(last_scan=None), "scan-missing", "fail", "今天的检查没有做（上次是从来没有）"),
        (seen(scan_ahead=date(2023, 8, 24)), "scan-ahead", "note", "2023-08-24 还没有到，却已经检查过"),
        (seen(active_digest="d2"), "rules-other", "warn", "规则文件和数据库里生效的版本不一样"),
        (facts(broken=2), "rules-broken", "warn", "规则文件有2处错误"),
        (facts(held=1), "rules-held", "warn", "1处等人确认"),
        (facts(no_rules=True), "rules-none", "fail", "也没有上一个正确的版本"),
        (facts(missing_year=2023), "calendar-missing", "warn", "没有2023年的放假安排"),
        (facts(missing_year=2024), "calendar-next", "note", "还没有2024年的放假安排"),
        (facts(disks=(Disk(place="var", free_bytes=4, size_bytes=100),)), "disk-low", "warn", "var 所在的磁盘只剩4.0%"),
        (facts(seen=None, trouble="磁盘已满。请清理。"), "database", "fail", "数据库读不了：磁盘已满。请清理"),
        (facts(unfed_since=EARLIER), "watchdog-failed", "note", "外部看门狗通知不到"),
        (sign(silent_seconds=541), "thread-silent", "fail", "发送（邮件）停住了"),
        (sign(name=LOOK, silent_seconds=301, patience_seconds=300), "thread-silent", "fail", "每日检查停住了"),
        (sign(failing_since=EARLIER, trouble="x@y:1"), "sending-stopped", "fail", "发送（邮件）出错：x@y:1"),
        (sign(name=LOOK, failing_since=NOW, trouble="x"), "look-failed", "fail", "每日检查出错：x"),
        (sign(name=WRITING, failing_since=NOW, trouble="x"), "database-write", "fail", "写数据库出错：x"),
    ],
)
def test_each_trouble_is_one_finding_with_a_cure(
    change: Callable[[Facts], Facts], code: str, severity: str, words: str
) -> None:
    found = judge(change(WELL))
    assert codes(found) == [(code, severity)]
    assert words in found.findings[0].what
    assert found.findings[0].cure
    assert found.is_clean is (severity == "note")


@pytest.mark.parametrize(
    "change",
    [
        facts(disks=(Disk(place="var", free_bytes=5, size_bytes=100),)),
        facts(now=datetime(2023, 7, 24, 1, 29, tzinfo=UTC), expected=(date(2023, 7, 21), EARLIER)),
        facts(expected=(date(2023, 7, 21), EARLIER), seen=replace(SEEN, last_scan=None)),
        sign(silent_seconds=540),
        sign(silent_seconds=9999, patience_seconds=0),
        sign(failing_since=NOW - timedelta(seconds=59), trouble="x", is_busy=True),
    ],
)
def test_what_is_within_bounds_is_no_finding(change: Callable[[Facts], Facts]) -> None:
    assert judge(change(WELL)).findings == ()


def test_a_database_that_stays_busy_is_told_after_a_minute() -> None:
    busy = sign(name=WRITING, failing_since=NOW - timedelta(seconds=60), trouble="x", is_busy=True)
    assert codes(judge(busy(WELL))) == [("database-write", Severity.FAIL)]


def test_the_worst_comes_first() -> None:
    many = replace(WELL, missing_year=2024, broken=1, seen=replace(SEEN, late=SOME))
    assert [severity for _, severity in codes(judge(many))] == ["fail", "warn", "note"]
    assert judge(many).status is Status.FAIL
