"""An office of two units and an admin, and what the admin is told of messages that reached nobody."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from gkbot.clock import FixedClock
from gkbot.ledger import Ledger, NoticeState
from gkbot.service.check import run_daily
from gkbot.service.daily import DailyResult
from gkbot.settings import Secret, Settings, SmtpSecurity, SmtpSettings
from tests.servers import RobotServer, SmtpServer

ZONE = ZoneInfo("Asia/Shanghai")
RULES = """\
文件:
  标题: 试行县2023年政务公开要点
  印发日期: 2023-05-17
任务:
  - 编号: SX-01
    事项: 完善公开内容
    期限: 2023年7月底前
    责任单位: 甲县、乙县
单位:
  - 名称: 甲县
    联络员: [{岗位: 公开岗, 邮箱: jia@example.gov.cn}]
  - 名称: 乙县
    联络员: [{岗位: 公开岗, 邮箱: yi@example.gov.cn}]
管理员:
  - {岗位: 公开科, 邮箱: admin@example.gov.cn}
"""
WITH_ROBOT = RULES.replace("  - 名称: 甲县\n", "  - 名称: 甲县\n    机器人: COUNTIES\n")
FIRST, SEVEN_BEFORE = "2023-07-10", "2023-07-24"  # Mondays
ADMIN = "admin@example.gov.cn"


class Office:
    """An office with a mail server and a robot, whose days are told by hand."""

    def __init__(self, folder: Path, mail: SmtpServer, robot: RobotServer, url: str = "") -> None:
        self.mail = mail
        self.robot = robot
        (folder / "rules").mkdir()
        self.write = (folder / "rules" / "plan.yaml").write_text
        self.settings = Settings(
            rules=folder / "rules",
            database_url=url or f"sqlite:///{folder / 'gkbot.db'}",
            outbox_dir=folder / "outbox",
            smtp=SmtpSettings(
                host=mail.host, port=mail.port, security=SmtpSecurity.NONE, mail_from="gkbot@example.gov.cn"
            ),
            robots={"COUNTIES": Secret(robot.url)},
        )
        self.write(RULES)

    def clock(self, day: str) -> FixedClock:
        return FixedClock(datetime.fromisoformat(f"{day}T09:30").replace(tzinfo=ZONE), ZONE)

    def check(self, day: str) -> DailyResult:
        return run_daily(self.settings, self.clock(day))

    def ledger(self, day: str) -> Ledger:
        return Ledger.open(self.settings.database_url, clock=self.clock(day))

    def told(self, day: str) -> list[str]:
        """What the admin was told of undelivered messages on a day."""
        with self.ledger(day) as ledger:
            entries = [e for e in ledger.outbox.entries() if e.address == ADMIN and e.day.isoformat() == day]
        return [
            line for entry in reversed(entries) for line in entry.facts["lines"] if "未送达" in line or "（" in line
        ]

    def failed_number(self, day: str) -> str:
        with self.ledger(day) as ledger:
            return ledger.outbox.entries(state=NoticeState.DEAD)[0].number

    def letters_to_admin(self) -> list[str]:
        return [letter.message.as_string() for letter in self.mail.letters if letter.recipient == ADMIN]

    def files(self) -> list[Path]:
        return [path for path in self.settings.outbox_dir.rglob("*") if path.suffix in {".eml", ".md"}]
