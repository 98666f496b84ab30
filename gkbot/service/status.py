"""How everything stands, for a person at the terminal: the service, today's check, what went out, what needs a hand."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from gkbot.clock import Clock
from gkbot.deadline import Calendar
from gkbot.errors import LedgerError
from gkbot.iso import iso
from gkbot.ledger import Ledger, NoticeState, ledger_exists
from gkbot.ledger.figures import Day, Figures, Gate
from gkbot.ledger.watching import Alive
from gkbot.rulebook import load, load_files
from gkbot.service.auditing.gathering import Gatherer
from gkbot.service.auditing.judging import Facts, judge
from gkbot.service.auditing.values import SEVERITY_WORDS, Audit, Finding, Severity
from gkbot.service.doctor.database import why_unreadable
from gkbot.service.doctor.values import Patient
from gkbot.service.mail_remarks import EMAIL
from gkbot.service.office import Office, rules_folder
from gkbot.service.rules import InForce, would_be_in_force
from gkbot.service.service_sign import findings_of_service, is_alive, latest_service
from gkbot.service.silences import Told, about
from gkbot.service.ways import named_channel
from gkbot.settings import Settings

WEEK = timedelta(days=6)
UNKNOWN = "不明"
NOT_YET = Finding(
    code="never-checked",
    severity=Severity.NOTE,
    what="还没有数据库，从来没有检查过",
    cure="启动后台服务 gkbot serve，或者每个工作日上午执行一次 gkbot daily",
)
_WAITING = (NoticeState.PENDING, NoticeState.LEASED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Everything `gkbot status` shows.

    Attributes:
        is_known: False where there is a database that cannot be read: then nothing is said of what it would tell.
        service: The process that sends or sent last; None where none ever did.
        today, week: What became of the messages of today, and of the last seven days.
        next_check: When the day is looked at next.
        silences: Those in force today, in words.
    """

    at: datetime
    zone: ZoneInfo
    audit: Audit
    is_known: bool = True
    is_running: bool = False
    service: Alive | None = None
    scanned: bool = False
    today: Day = field(default_factory=Day)
    week: Day = field(default_factory=Day)
    figures: Figures = field(default_factory=Figures)
    next_check: datetime
    silences: tuple[Told, ...] = ()

    def lines(self) -> Iterator[tuple[str, str]]:
        """The heads of the screen: what, and how it is."""
        yield "后台服务", self._service()
        last = self.audit.last_check
        checked = "已完成" if self.scanned else f"还没有（上次是 {last}）" if last else "还没有检查过"
        drafts = f"{self.figures.drafts} 份等人审发" if self.figures.drafts else "没有"
        yield "今天检查", checked if self.is_known else UNKNOWN
        yield "下次检查", self.said_at(self.next_check)
        yield "草稿", drafts if self.is_known else UNKNOWN
        for told in self.silences:
            yield "静默", f"第{told.id}号，{told.sentence()}原因：{told.reason}"

    def table(self) -> Iterator[tuple[str, ...]]:
        """Rows of numbers: sent, waiting, held, dead, expired."""
        for name, day in (("今天", self.today), ("最近7天", self.week)):
            states = (NoticeState.SENT, None, NoticeState.HELD, NoticeState.DEAD, NoticeState.EXPIRED)
            counts = (str(day.of(*_WAITING) if state is None else day.of(state)) for state in states)
            yield name, *(counts if self.is_known else (UNKNOWN for _ in states))

    def channels(self) -> Iterator[tuple[str, str]]:
        """Each channel that is set up or was ever used, by its Chinese name, and whether it may be."""
        for gate in self.figures.gates:
            if gate.disabled_reason is not None:
                yield named_channel(gate.channel_id), f"停用（{gate.disabled_reason}）"
            elif gate.closed_until is not None:
                yield named_channel(gate.channel_id), f"限速，{self._time(gate.closed_until)} 以后再发"
            else:
                yield named_channel(gate.channel_id), "正常"

    def said(self, finding: Finding) -> str:
        """A finding with its word of severity and since when it is so."""
        since = f"（自 {self.said_at(finding.since)}）" if finding.since is not None else ""
        return f"{SEVERITY_WORDS[finding.severity]}  {finding.what}{since}。{finding.cure}。[{finding.code}]"

    def said_at(self, moment: datetime) -> str:
        """A moment as people in the office say it."""
        return f"{moment.astimezone(self.zone):%Y-%m-%d %H:%M}"

    def _time(self, moment: datetime) -> str:
        """The time of day, with the date where that is not today's."""
        local = moment.astimezone(self.zone)
        is_today = local.date() == self.at.astimezone(self.zone).date()
        return f"{local:%H:%M:%S}" if is_today else f"{local:%Y-%m-%d %H:%M:%S}"

    def as_json(self) -> dict[str, object]:
        """The document of `gkbot status --json`."""
        return {
            "at": self.at.isoformat(),
            "status": str(self.audit.status),
            "ok": self.audit.is_clean,
            "service": {
                "running": self.is_running if self.is_known else None,
                "name": None if self.service is None else self.service.name,
                "heartbeat": None if self.service is None else self.service.heartbeat_at.isoformat(),
            },
            "last_check": iso(self.audit.last_check),
            "checked_today": self.scanned if self.is_known else None,
            "next_check": self.next_check.isoformat(),
            "today": _counted(self.today) if self.is_known else None,
            "week": _counted(self.week) if self.is_known else None,
            "drafts": self.figures.drafts if self.is_known else None,
            "channels": [
                {
                    "channel": gate.channel_id,
                    "disabled": gate.disabled_reason,
                    "closed_until": iso(gate.closed_until),
                }
                for gate in self.figures.gates
            ],
            "silences": [told.as_json() for told in self.silences],
            "findings": [finding.as_json() for finding in self.audit.findings],
        }

    def _service(self) -> str:
        if not self.is_known:
            return UNKNOWN
        if self.service is None:
            return "没有运行，也没有运行过"
        if self.is_running:
            return f"运行中（{self.service.name}，自 {self.said_at(self.service.started_at)} 起）"
        return f"没有运行（最后一次活动 {self.said_at(self.service.heartbeat_at)}）"


def look_at(settings: Settings, clock: Clock) -> Report:
    """How everything stands now; nothing is changed.

    Raises:
        SettingsError: The folder of the rule files cannot be read.
    """
    rules_folder(settings)
    ledger, trouble = _opened(settings, clock)
    try:
        return _report(settings, clock, ledger, trouble)
    finally:
        if ledger is not None:
            ledger.close()


def _report(settings: Settings, clock: Clock, ledger: Ledger | None, trouble: str) -> Report:
    in_force = _in_force(settings, clock, ledger)
    facts = _facts(settings, clock, ledger, in_force, trouble)
    today = clock.today()
    calendar = Calendar.builtin() if in_force is None else in_force.book.calendar
    report = Report(
        at=clock.now(),
        zone=settings.zone,
        audit=judge(facts),
        next_check=_next_check(settings, clock, calendar),
        is_known=not facts.trouble,
    )
    if ledger is None or facts.seen is None:
        return report
    service = latest_service(facts.seen)
    return replace(
        report,
        is_running=is_alive(service, facts.seen),
        service=service,
        scanned=facts.seen.scanned,
        today=ledger.counting.days(today, today),
        week=ledger.counting.days(today - WEEK, today),
        figures=_with_mail(ledger.counting.figures(), settings),
        silences=()
        if in_force is None
        else _silences(Office(settings=settings, clock=clock, book=in_force.book, ledger=ledger), ledger),
    )


def _with_mail(figures: Figures, settings: Settings) -> Figures:
    """A mail server without pace has no gate before it has once refused: it is there all the same."""
    if settings.smtp is None or any(gate.channel_id == EMAIL for gate in figures.gates):
        return figures
    return replace(figures, gates=(Gate(channel_id=EMAIL), *figures.gates))


def _silences(office: Office, ledger: Ledger) -> tuple[Told, ...]:
    today = office.clock.today()
    return tuple(about(found, office) for found in ledger.suppressions.all(today) if found.holds(today))


def _opened(settings: Settings, clock: Clock) -> tuple[Ledger | None, str]:
    """The ledger, if there is one of this program's version; else why not."""
    if not ledger_exists(settings.database_url):
        return None, ""
    trouble = why_unreadable(Patient(settings=settings, clock=clock))
    if trouble:
        return None, trouble
    try:
        return Ledger.open(settings.database_url, clock=clock), ""
    except LedgerError as error:
        return None, str(error)


def _in_force(settings: Settings, clock: Clock, ledger: Ledger | None) -> InForce | None:
    """What the service would plan from; None where there is nothing it could."""
    result = load(settings.rules, clock.today())
    if result.book is not None:
        office = Office(settings=settings, clock=clock, book=result.book, ledger=ledger)
        return would_be_in_force(office, clock.today())
    kept = None if ledger is None else ledger.active_rulebook()
    book = None if kept is None else load_files(kept, clock.today(), shown_root=str(settings.rules)).book
    return None if book is None else InForce(book=book, broken=result.errors)


def _facts(settings: Settings, clock: Clock, ledger: Ledger | None, in_force: InForce | None, trouble: str) -> Facts:
    def known() -> InForce:
        if in_force is None:
            raise LedgerError(trouble)
        return in_force

    facts = Gatherer(settings=settings, clock=clock, ledger=ledger, in_force=known, trouble=trouble).facts()
    nothing_yet = ledger is None and not trouble
    further = [*facts.further, *findings_of_service(settings, facts.seen)] if facts.seen else [NOT_YET] * nothing_yet
    return replace(facts, no_rules=in_force is None, further=tuple(further))


def _next_check(settings: Settings, clock: Clock, calendar: Calendar) -> datetime:
    now = clock.now().astimezone(settings.zone)
    today = datetime.combine(now.date(), settings.daily_at, settings.zone)
    first: date = now.date() if now < today else now.date() + timedelta(days=1)
    return datetime.combine(calendar.workday_on_or_after(first), settings.daily_at, settings.zone)


def _counted(day: Day) -> dict[str, int]:
    return {str(state): day.of(state) for state in NoticeState}
