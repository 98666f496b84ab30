"""Offices for `gkbot doctor` to look at: a sound one, changed in one thing at a time."""

from datetime import datetime
from pathlib import Path
from typing import Any

from gkbot.clock import DEFAULT_ZONE, Clock, FixedClock
from gkbot.service.doctor.values import Patient
from gkbot.settings import Settings
from tests.servers import free_port

NOW = datetime(2026, 3, 5, 10, 30, tzinfo=DEFAULT_ZONE)  # a Thursday
SECRET = "MARKED-SECRET-5f1c"
RULES = """\
文件:
  标题: 县2026年政务公开工作要点
  印发日期: 2026-01-20
任务:
  - 编号: A-1
    事项: 公布目录
    期限: 6月底前
    责任单位: 县财政局
单位:
  - 名称: 县财政局
    联络员:
      - 岗位: 办公室
        邮箱: a@example.gov.cn
管理员:
  - 岗位: 公开科
    邮箱: admin@example.gov.cn
"""


def patient(
    home: Path, *, clock: Clock | None = None, sends: bool = False, rules: str = RULES, **changed: Any
) -> Patient:
    """A sound office in a folder, with some settings changed."""
    root = home / "rules"
    root.mkdir(exist_ok=True)
    (root / "plan.yaml").write_text(rules, encoding="utf-8")
    values: dict[str, Any] = {
        "rules": root,
        "templates": home / "templates",
        "database_url": f"sqlite:///{home}/var/gkbot.db",
        "outbox_dir": home / "var" / "outbox",
        "web_port": free_port(),
    }
    return Patient(settings=Settings(**{**values, **changed}), clock=clock or FixedClock(NOW), sends=sends)
