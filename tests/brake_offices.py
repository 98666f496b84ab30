"""An office of many units with a mail server, whose days a test tells by hand, for the tests of the brakes."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from gkbot.clock import FixedClock
from gkbot.delivery import work_outbox
from gkbot.ledger import Entry, Instance, Ledger, NoticeState
from gkbot.service.background import Service
from gkbot.service.check import run_daily
from gkbot.service.daily import DailyResult
from gkbot.service.last_look import LastLook
from gkbot.service.sending import renderer, templates_of, transports_of
from gkbot.service.stopping import Stopper
from gkbot.settings import BrakeSettings, Settings, SmtpSecurity, SmtpSettings
from tests.servers import SmtpServer

ZONE = ZoneInfo("Asia/Shanghai")
ADMIN = "admin@example.gov.cn"
HEAD = """\
文件:
  标题: 试行县2023年政务公开要点
  印发日期: 2023-05-17
任务:
"""
TASK = """\
  - 编号: {number}
    事项: 完善公开内容
    期限: {words}
    责任单位: {units}
"""
UNIT = """\
  - 名称: 单位{n}
    联络员: [{{岗位: 公开岗, 邮箱: u{n}@example.gov.cn}}]
    分管领导: {{岗位: 副局长, 邮箱: l{n}@example.gov.cn}}
"""
TAIL = f"管理员:\n  - {{岗位: 公开科, 邮箱: {ADMIN}}}\n"
FIRST = "2023-06-01"  # a Thursday
ORDINARY = ("2023-06-02", "2023-06-05", "2023-06-06", "2023-06-07", "2023-06-08", "2023-06-09")


def by(day: str, units: Iterable[int], number: str) -> str:
    """A task of some units, due on a day."""
    year, month, date_ = map(int, day.split("-"))
    return TASK.format(number=number, words=f"{year}年{month}月{date_}日前", units="、".join(f"单位{n}" for n in units))


def rules(units: int, *tasks: str) -> str:
    """A rule file of so many units."""
    return HEAD + "".join(tasks) + "单位:\n" + "".join(UNIT.format(n=n) for n in range(1, units + 1)) + TAIL


@dataclass(slots=True)
class BrakeOffice:
    """Units 1 … n, of which, if it is busy, two are reminded of something each ordinary day."""

    folder: Path
    mail: SmtpServer
    url: str
    units: int = 20
    is_busy: bool = True
    brakes: BrakeSettings = field(default_factory=lambda: BrakeSettings(factor=5, least=15))
    clock: FixedClock = field(init=False)

    def __post_init__(self) -> None:
        (self.folder / "rules").mkdir(exist_ok=True)
        self.clock = FixedClock(at(FIRST), ZONE)
        self.write()

    @property
    def settings(self) -> Settings:
        return Settings(
            rules=self.folder / "rules",
            database_url=self.url,
            outbox_dir=self.folder / "outbox",
            state_dir=self.folder / "state",
            smtp=SmtpSettings(host=self.mail.host, port=self.mail.port, security=SmtpSecurity.NONE, mail_from=ADMIN),
            brakes=self.brakes,
        )

    def write(self, *more: str, units: int | None = None) -> None:
        """The rule file: a task that everybody knows, two small ones a day, and what the test adds."""
        ordinary = enumerate(ORDINARY if self.is_busy else (), start=1)
        daily = (by(_week_after(day), (n, n + 1), f"D-{n}") for n, day in ordinary)
        everybody = by("2023-12-29", range(1, self.units + 1), "ALL")
        text = rules(units or self.units, everybody, *daily, *more)
        (self.folder / "rules" / "plan.yaml").write_text(text)

    def check(self, day: str) -> DailyResult:
        """The daily check of a day; time passes on both clocks."""
        self.clock.advance((at(day) - self.clock.moment).total_seconds())
        return run_daily(self.settings, self.clock)

    def settle_in(self) -> None:
        """The first look, which tells everybody, and days enough to know what is usual."""
        for day in (FIRST, *ORDINARY):
            self.check(day)
        self.mail.letters.clear()

    def service(self, ledger: Ledger) -> Service:
        """The background service, to be looked after by hand."""
        return Service(settings=self.settings, clock=self.clock, ledger=ledger, stopper=Stopper())

    def send(self, service: Service, instance: Instance) -> None:
        """One round of the service's sender, by mail."""
        transports = transports_of(self.settings, self.clock)
        look = LastLook(
            book=lambda: service.keeper.current.book,
            ledger=service.ledger,
            clock=self.clock,
            daily_at=self.settings.daily_at,
        )
        work_outbox(
            service.ledger,
            transports,
            renderer(templates_of(self.settings)),
            self.clock,
            instance=instance,
            look_again=service.watch.guards(look),
            wait=lambda _seconds: None,
        )
        for transport in transports:
            transport.close()

    def ledger(self) -> Ledger:
        return Ledger.open(self.url, clock=self.clock)

    def entries(self, state: NoticeState | None = None) -> tuple[Entry, ...]:
        with self.ledger() as ledger:
            return ledger.outbox.entries(state=state)

    def states(self, day: str) -> dict[str, int]:
        """How many of a day's messages to units stand in each state."""
        found: dict[str, int] = {}
        for entry in self.entries():
            if entry.day == date.fromisoformat(day) and entry.unit and not entry.draft:
                found[str(entry.state)] = found.get(str(entry.state), 0) + 1
        return found

    def to_admin(self) -> list[str]:
        """The text of what the admin got."""
        return [_text(letter.message) for letter in self.mail.letters if letter.recipient == ADMIN]

    def to_units(self) -> list[str]:
        """The addresses of the units that got something, in order."""
        return [letter.recipient for letter in self.mail.letters if letter.recipient != ADMIN]


def at(day: str, hour: str = "09:30") -> datetime:
    """A moment of a day in the office."""
    return datetime.fromisoformat(f"{day}T{hour}").replace(tzinfo=ZONE)


def _week_after(day: str) -> str:
    return (date.fromisoformat(day) + timedelta(days=7)).isoformat()


def _text(message: Any) -> str:
    return str(message.get_body(("plain",)).get_content())
