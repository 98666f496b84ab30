"""The work itself: the last check in time, nothing stuck, no channel switched off."""

from collections.abc import Iterator
from datetime import timedelta

from gkbot.deadline import Calendar
from gkbot.errors import LedgerError
from gkbot.ledger import Ledger, NoticeState, ledger_exists
from gkbot.planning import NoticeKind
from gkbot.rulebook import load
from gkbot.service.doctor.database import is_current
from gkbot.service.doctor.values import Finding, Patient, Report
from gkbot.service.lateness import expected_check
from gkbot.service.ways import named_channel

CHECK = Report("last_check", "每日检查")
NOTICES = Report("notices", "消息")
CHANNELS = Report("channels", "渠道")
STUCK_AFTER = timedelta(hours=1)
MOST_NAMED = 3
START = "启动后台服务 gkbot serve，或每个工作日上午执行一次 gkbot daily"


def probe_work(patient: Patient) -> Iterator[Finding]:
    """What the ledger says of the last days; nothing before the first check."""
    if not ledger_exists(patient.settings.database_url):
        yield CHECK.caution("还没有检查过", START)
        return
    if not is_current(patient):
        yield CHECK.caution("看不了：数据库不是本程序的版本，或者用不了", "先照“数据库”一行处理")
        return
    try:
        with Ledger.open(patient.settings.database_url, clock=patient.clock) as ledger:
            yield _last_check(patient, ledger)
            yield _notices(patient, ledger)
            yield _channels(patient, ledger)
    except LedgerError as error:
        yield CHECK.bad(f"看不了数据库：{error}", "先照“数据库”一行处理")


def _last_check(patient: Patient, ledger: Ledger) -> Finding:
    last = ledger.last_scan()
    if last is None:
        return CHECK.caution("还没有检查过", START)
    book = load(patient.settings.rules, patient.clock.today()).book
    expected = expected_check(patient.settings, patient.clock, Calendar.builtin() if book is None else book.calendar)
    if last < expected:
        return CHECK.bad(f"上次检查是 {last}，{expected} 该检查而没有检查", START)
    return CHECK.good(f"上次检查是 {last}")


def _notices(patient: Patient, ledger: Ledger) -> Finding:
    held = ledger.outbox.entries(state=NoticeState.HELD)
    drafts = sum(entry.kind == NoticeKind.ESCALATION for entry in held)
    unclear = [entry for entry in held if entry.kind != NoticeKind.ESCALATION]
    counts = ledger.counts()
    lost = counts[NoticeState.DEAD] + counts[NoticeState.EXPIRED]
    stuck = ledger.outbox.overdue_to_send(patient.clock.now() - STUCK_AFTER)
    told = [f"已发 {counts[NoticeState.SENT]} 条"]
    told += [f"草稿 {drafts} 份等人审发"] if drafts else []
    wrong = [f"{len(stuck)} 条该发没有发"] if stuck else []
    wrong += [f"{len(unclear)} 条结果不明等人处理"] if unclear else []
    wrong += [f"{lost} 条没有送达"] if lost else []
    if not wrong:
        return NOTICES.good("，".join(told))
    fix = "用 gkbot outbox 查看是哪些；没有送达的，同样的内容在发件文件夹里"
    return NOTICES.caution("，".join([*told, *wrong]), fix)


def _channels(patient: Patient, ledger: Ledger) -> Finding:
    disabled = ledger.outbox.disabled_channels()
    if not disabled:
        return CHANNELS.good("没有停用的渠道")
    zone = patient.settings.zone
    some = disabled[:MOST_NAMED]
    named = "、".join(
        f"{named_channel(each.channel_id)}（{each.reason}，{each.since.astimezone(zone):%m-%d %H:%M}起）"
        for each in some
    )
    more = f" 等 {len(disabled)} 个" if len(disabled) > MOST_NAMED else ""
    return CHANNELS.bad(f"停用：{named}{more}", "改好密码或地址，再重新启动后台服务；停用满1小时的启动时重新试")
