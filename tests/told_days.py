"""An office whose days are told by hand: its files, its clock, what is planned and what lies in the outbox folder."""

from datetime import date, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from zoneinfo import ZoneInfo

from gkbot.clock import FixedClock
from gkbot.delivery import work_outbox
from gkbot.ledger import Ledger
from gkbot.notices import Templates
from gkbot.planning import EventKind, NewEvent
from gkbot.planning.suppressions import NewSuppression, SuppressionKind
from gkbot.rulebook import Rulebook, load
from gkbot.service.daily import Planner
from gkbot.service.last_look import LastLook
from gkbot.service.rules import InForce, RuleKeeper
from gkbot.service.sending import renderer, transports_of
from gkbot.settings import Settings
from gkbot.shipped import folder as shipped

BEIJING = ZoneInfo("Asia/Shanghai")
TEMPLATES = Templates.load(shipped("templates"))
RULES = """\
文件:
  标题: 示例县2026年政务公开重点任务
  印发日期: 2026-01-20
任务:
  - {编号: SX-01, 事项: 公布预算, 期限: 2026年7月底前, 责任单位: 甲县}
  - {编号: SX-02, 事项: 公布决算, 期限: 2026年7月底前, 责任单位: 甲县}
单位:
  - 名称: 甲县
    联络员: [{岗位: 公开岗, 邮箱: jia@example.gov.cn}]
管理员:
  - {岗位: 公开科, 邮箱: admin@example.gov.cn}
"""


class Office:
    """An office whose hours are told by hand; messages become files.

    Args:
        keeps: Rule files come into force as they do in the service, dangerous edits are held.
    """

    def __init__(
        self, folder: Path, zone: ZoneInfo = BEIJING, *, url: str | None = None, keeps: bool = False, rules: str = RULES
    ) -> None:
        (folder / "rules").mkdir()
        self.clock = FixedClock(datetime(2026, 1, 20, 9, 5, tzinfo=zone), zone)
        self.settings = Settings(
            rules=folder / "rules",
            database_url=url or f"sqlite:///{folder / 'gkbot.db'}",
            outbox_dir=folder / "outbox",
            state_dir=folder / "var",
            zone=zone,
        )
        self.ledger = Ledger.open(self.settings.database_url, clock=self.clock)
        self.keeper = RuleKeeper(self.settings.rules, self.ledger, self.clock) if keeps else None
        self.write(rules)

    def write(self, text: str, name: str = "plan.yaml") -> None:
        (self.settings.rules / name).write_text(text, encoding="utf-8")

    @property
    def book(self) -> Rulebook:
        result = load(self.settings.rules, self.clock.today())
        assert result.book is not None, result.errors
        return result.book

    @property
    def in_force(self) -> InForce:
        return InForce(book=self.book) if self.keeper is None else self.keeper.refresh()

    def at(self, moment: str) -> "Office":
        self.clock.moment = datetime.fromisoformat(moment).replace(tzinfo=self.clock.zone)
        return self

    def plan(self, *, at_once: bool = True) -> None:
        planner = Planner(settings=self.settings, clock=self.clock, ledger=self.ledger, at_once=at_once)
        planner.write(self.in_force, self.clock.today())

    def send(self) -> None:
        look = LastLook(
            book=lambda: self.in_force.book, ledger=self.ledger, clock=self.clock, daily_at=self.settings.daily_at
        )
        with self.ledger.outbox.activate("test", state_dir=self.settings.state_dir) as instance:
            transports = transports_of(self.settings, self.clock)
            work_outbox(self.ledger, transports, renderer(TEMPLATES), self.clock, instance=instance, look_again=look)

    def day(self, moment: str) -> None:
        self.at(moment).plan()
        self.send()

    def record(self, kind: EventKind, task: str = "SX-01", **details: object) -> None:
        new = NewEvent(kind=kind, task=task, at=self.clock.now(), actor="张三", unit="甲县", **details)  # type: ignore[arg-type]
        self.ledger.record(new)

    def silence(self, last: str, kind: SuppressionKind = SuppressionKind.SILENCE, **about: str) -> None:
        end = date.fromisoformat(last) + timedelta(days=1)
        new = NewSuppression(kind=kind, since=self.clock.today(), end=end, author="张三", reason="迎检", **about)
        self.ledger.suppressions.add(new)

    def mails(self, who: str = "jia@") -> list[str]:
        """Subject and text of what was sent to somebody, in order."""
        return [f"{mail['Subject']}\n{mail.get_body(('plain',)).get_content()}" for mail in self.letters(who)]  # type: ignore[union-attr]

    def letters(self, who: str = "jia@") -> list[EmailMessage]:
        """What was sent to somebody, in order, whole."""
        found = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in self._files()]
        return [mail for mail in found if isinstance(mail, EmailMessage) and who in str(mail["To"])]

    def _files(self) -> list[Path]:
        return sorted(self.settings.outbox_dir.rglob("*.eml"), key=lambda path: path.stat().st_mtime_ns)

    def reasons(self) -> list[tuple[str, str | None]]:
        found = self.ledger.outbox.entries(day=self.clock.today())
        return [(str(entry.state), entry.reason) for entry in found if entry.unit]
