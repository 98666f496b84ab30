"""Is all well? Judged from facts alone, so that every alarm can be tried on any day (facts/delivery.md 4)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from gkbot.clock import DEFAULT_ZONE
from gkbot.ledger.watching import Seen
from gkbot.service.auditing.messages import about_messages
from gkbot.service.auditing.values import Audit, Finding, Severity
from gkbot.service.auditing.vitals import LOOK, SENDER, WRITING, Sign
from gkbot.service.ways import named_channel

LEAST_FREE = 0.05
SILENCE_SECONDS = 540.0
"""A thread silent for longer is reported, so that the heartbeat outside stops within ten minutes."""
BUSY_FOR = timedelta(seconds=60)
"""A database that another program writes to at the moment is no trouble yet."""
_ORDER = (Severity.FAIL, Severity.WARN, Severity.NOTE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Disk:
    """Room on a disk that is written to."""

    place: str
    free_bytes: int
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All that is known at the moment of an audit.

    Attributes:
        now: By this machine's clock.
        seen: None where the ledger cannot be read (`trouble` then says why), or where there is none yet.
        expected: The last day that must have been looked at by now, and from when that was so.
        missing_year: Whose holiday notice an office should have by now; None where all is there.
        no_rules: There is no rule book at all.
        broken, held: Errors of the rule files; changes that wait for a person.
        digest: Of the rule book this process plans from; None where it has none of its own.
        signs: Of the running service's threads; empty where another process looks.
        unfed_since: Since when the heartbeat outside cannot be fed although all is well.
        further: What others found, such as a brake.
    """

    now: datetime
    zone: ZoneInfo = DEFAULT_ZONE
    seen: Seen | None = None
    trouble: str = ""
    expected: tuple[date, datetime] | None = None
    missing_year: int | None = None
    no_rules: bool = False
    broken: int = 0
    held: int = 0
    digest: str | None = None
    disks: tuple[Disk, ...] = ()
    signs: tuple[Sign, ...] = ()
    most_silent_seconds: float = SILENCE_SECONDS
    unfed_since: datetime | None = None
    further: tuple[Finding, ...] = ()


def judge(facts: Facts) -> Audit:
    """Everything that is not as it should be, the worst first."""
    found = [finding for question in _QUESTIONS for finding in question(facts)]
    found += facts.further
    return Audit(
        at=facts.now,
        findings=tuple(sorted(found, key=lambda finding: _ORDER.index(finding.severity))),
        last_check=None if facts.seen is None else facts.seen.last_scan,
    )


def _ledger(facts: Facts) -> Iterator[Finding]:
    if facts.seen is None and facts.trouble:
        what = f"数据库读不了：{facts.trouble.rstrip('。')}"
        yield _fail("database", what, "照上面的话处理；好了以后自动恢复，没有发出的不会丢")


def _sending(facts: Facts) -> Iterator[Finding]:
    """(a), (b), (c), (e): late, tried in vain, without outcome, waiting for a person; channels switched off."""
    if facts.seen is None:
        return
    yield from about_messages(facts.seen)
    for channel in facts.seen.disabled:
        cure = f"改好密码或地址，再执行 gkbot outbox enable {channel.channel_id} --why 原因"
        yield _fail(
            "channel-disabled", f"{named_channel(channel.channel_id)} 停用（{channel.reason}）", cure, channel.since
        )


def _check(facts: Facts) -> Iterator[Finding]:
    """(d): the day's check; before the first one ever, only today's can be missing."""
    if facts.seen is None or facts.expected is None:
        return
    day, due_at = facts.expected
    last, today = facts.seen.last_scan, facts.now.astimezone(facts.zone).date()
    if (last is None and day == today) or (last is not None and last < day):
        what = f"{'今天' if day == today else day}的检查没有做（上次是{last or '从来没有'}）"
        yield _fail("scan-missing", what, "启动后台服务，或执行一次 gkbot daily；看日志里的 look failed", due_at)
    if facts.seen.scan_ahead is not None:
        what = f"{facts.seen.scan_ahead} 还没有到，却已经检查过，那天的提醒提前发出了"
        cure = "核对服务器时间；是有人执行了 gkbot daily --date 的，告知收件人；到那天自动消除"
        yield _note("scan-ahead", what, cure)


def _calendar(facts: Facts) -> Iterator[Finding]:
    """(f): the holiday notice."""
    year = facts.missing_year
    if year is None:
        return
    cure = f"国务院办公厅的通知公布以后，在 calendars/{year}.yaml 里照抄（见管理员手册第八节）"
    if year == facts.now.astimezone(facts.zone).year:
        yield _warn("calendar-missing", f"没有{year}年的放假安排，工作日可能算错", cure)
    else:
        yield _note("calendar-next", f"还没有{year}年的放假安排，算到那一年的日子都是暂定的", cure)


def _disks(facts: Facts) -> Iterator[Finding]:
    """(g): room to write."""
    for disk in facts.disks:
        if disk.free_bytes < LEAST_FREE * disk.size_bytes:
            percent = 100 * disk.free_bytes / disk.size_bytes
            what = f"{disk.place} 所在的磁盘只剩{percent:.1f}%"
            yield _warn("disk-low", what, "清理磁盘；满了以后什么也发不出去")


def _rules(facts: Facts) -> Iterator[Finding]:
    """(h): the files against what is in force."""
    if facts.no_rules:
        yield _fail("rules-none", "规则文件有错误，也没有上一个正确的版本", "用 gkbot check 逐条查看并改正")
    elif facts.broken:
        what = f"规则文件有{facts.broken}处错误，按上一个正确的版本提醒"
        yield _warn("rules-broken", what, "用 gkbot check 逐条查看并改正")
    elif facts.held:
        what = f"规则文件的改动里有{facts.held}处等人确认，按上一个版本提醒"
        yield _warn("rules-held", what, "用 gkbot diff 查看；确实要改的用 gkbot accept，改错了的改回来")
    elif facts.seen is not None and facts.digest is not None and facts.seen.active_digest != facts.digest:
        what = "规则文件和数据库里生效的版本不一样"
        yield _warn("rules-other", what, "几台机器一起发送时，各台的规则文件要一样；只有一台的，用 gkbot diff 查看")


def _service(facts: Facts) -> Iterator[Finding]:
    """The service's own threads: each beats, and what it does succeeds."""
    for sign in facts.signs:
        seconds = min(sign.patience_seconds, facts.most_silent_seconds)
        if 0 < seconds < sign.silent_seconds:
            since = facts.now - timedelta(seconds=sign.silent_seconds)
            yield _fail("thread-silent", f"{_thread(sign)}停住了", "重新启动后台服务，并把日志留给维护人员", since)
        since_failing = sign.failing_since
        if since_failing is None or (sign.is_busy and facts.now - since_failing < BUSY_FOR):
            continue
        code, cure = _FAILING[sign.name if sign.name in _FAILING else SENDER]
        yield _fail(code, f"{_thread(sign)}出错：{sign.trouble.rstrip('。')}", cure, since_failing)


def _heartbeat(facts: Facts) -> Iterator[Finding]:
    if facts.unfed_since is not None:
        cure = "核对 GKBOT_WATCHDOG 和网络；文件的话，看文件夹的权限"
        yield _note("watchdog-failed", "外部看门狗通知不到", cure, facts.unfed_since)


_FAILING = {
    LOOK: ("look-failed", "看日志里的 look failed；下一次检查会接着做"),
    WRITING: ("database-write", "照上面的话处理；好了以后自动恢复，没有发出的不会丢"),
    SENDER: ("sending-stopped", "照上面的话处理；好了以后自动恢复，没有发出的不会丢"),
}
_THREADS = {LOOK: "每日检查", WRITING: "写数据库"}
_QUESTIONS: tuple[Callable[[Facts], Iterator[Finding]], ...] = (
    _ledger,
    _service,
    _sending,
    _check,
    _rules,
    _disks,
    _calendar,
    _heartbeat,
)


def _thread(sign: Sign) -> str:
    return _THREADS.get(sign.name) or f"发送（{named_channel(sign.name.removeprefix(SENDER))}）"


def _finding(severity: Severity, code: str, what: str, cure: str, since: datetime | None = None) -> Finding:
    return Finding(code=code, severity=severity, what=what, cure=cure, since=since)


_fail = partial(_finding, Severity.FAIL)
_warn = partial(_finding, Severity.WARN)
_note = partial(_finding, Severity.NOTE)


FROM_OUTSIDE = {
    "thread-silent": _fail("thread-silent", "后台服务里有一部分停住了", "看日志；重新启动后台服务"),
    "look-failed": _fail("look-failed", "每日检查出错", "看日志里的 look failed；下一次检查会接着做"),
    "database-write": _fail("database-write", "后台服务写不了数据库", "看日志里的 heartbeat failed；检查磁盘和权限"),
    "sending-stopped": _fail("sending-stopped", "发送停了", "看日志里的 sending stands still"),
    "audit-hangs": _fail("audit-hangs", "后台服务的自查没有结果", "检查数据库和磁盘；不见好的，重新启动后台服务"),
    "watchdog-failed": _note("watchdog-failed", "外部看门狗通知不到", "核对 GKBOT_WATCHDOG 和网络"),
}
"""What only the running service knows of itself, as another process says it that asked /healthz."""
