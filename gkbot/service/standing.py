"""While a brake stands nothing is planned; the admins are told at once, and again each working day."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from gkbot.clock import Clock
from gkbot.ledger import Brake, Ledger, Standing
from gkbot.planning import Channels, Notice, NoticeKind
from gkbot.planning.digest import notice_key
from gkbot.planning.recipients import Directory
from gkbot.rulebook import Rulebook
from gkbot.service.facts import FactsMaker
from gkbot.settings import Settings

DAY = timedelta(days=1)


def tell_standing(
    settings: Settings, clock: Clock, ledger: Ledger, book: Rulebook, standing: Standing, channels: Channels
) -> int:
    """Write a message to every admin, once a day while the brake stands; how many were new.

    They leave whatever the hour and whatever the day: until somebody answers, nobody is reminded of anything.
    """
    day = clock.today()
    if not book.calendar.is_workday(day) and day != standing.since.astimezone(clock.zone).date():
        return 0
    directory = Directory.of(book, channels)
    held = sum(notice.brake is standing.brake for notice in ledger.braking.held())
    notices = [
        Notice(
            key=notice_key(directory.home(admin), admin, day, f"brake-{standing.brake}-{standing.id}"),
            day=day,
            kind=NoticeKind.ADMIN,
            recipient=admin,
            items=(),
            lines=tuple(lines_of_standing(standing, held, clock)),
        )
        for admin in directory.all_admins()
    ]
    at = min(standing.expected, clock.now())
    return ledger.post(notices, FactsMaker(settings, clock, book).of, at=at, rules_digest=book.digest)


def lines_of_standing(standing: Standing, held: int, clock: Clock) -> Sequence[str]:
    """What stands still, why, and what to do."""
    expected, found = _moment(standing.expected, clock), _moment(standing.found, clock)
    if standing.brake is Brake.CLOCK:
        off = _span(standing.found - standing.expected)
        return (
            f"系统时钟异常，暂停计划和发送：时钟应在 {expected} 左右，却显示 {found}（{off}）。",
            f"时钟不准会误报逾期，所以发给单位的消息一律暂扣（{held}条），没有丢失。",
            "处理：请运维人员校正服务器时间。时间恢复正常后自动继续；"
            "如果现在的时间本来就是对的，运行 gkbot clock accept --why 原因。",
        )
    return (
        f"数据库像是从备份恢复的，暂停计划和发送：上次运行到 {expected}，库里的记录只到 {found}。",
        f"这之间发过的消息，库里没有记录，照常发送会重复；发给单位的消息一律暂扣（{held}条）。",
        "这之间登记的办结、延期、事件也不在库里，请先补登记。",
        "处理：用 gkbot outbox restored 选择一种办法："
        "--resend 按计划发送（可能重复）；--hold 逐条由人确认；--skip-before 日期 这一天以前的算已发过。",
    )


def _moment(moment: datetime, clock: Clock) -> str:
    return f"{moment.astimezone(clock.zone):%Y-%m-%d %H:%M}"


def _span(off: timedelta) -> str:
    word = "快" if off > timedelta(0) else "慢"
    off = abs(off)
    if off >= DAY:
        return f"{word}了约{off / DAY:.0f}天"
    return f"{word}了约{off / timedelta(hours=1):.1f}小时"
