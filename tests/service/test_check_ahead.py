"""A check that a person calls for a day still to come is done, and said to be early."""

from datetime import timedelta
from pathlib import Path

from gkbot.clock import ShiftedClock, SystemClock
from gkbot.ledger import Ledger
from gkbot.service.check import run_daily
from gkbot.settings import load_settings

RULES = Path(__file__).parents[2] / "rules" / "guangyuan"


def test_a_check_for_a_day_ahead_says_so_and_shuts_no_gate_until_then(tmp_path: Path) -> None:
    values = {
        "GKBOT_RULES": str(RULES),
        "GKBOT_DATABASE_URL": f"sqlite:///{tmp_path / 'gkbot.db'}",
        "GKBOT_OUTBOX_DIR": str(tmp_path / "outbox"),
    }
    settings = load_settings(values, dotenv=None)
    day = SystemClock(settings.zone).today() + timedelta(days=30)
    result = run_daily(settings, ShiftedClock.to(day, settings.zone))
    assert result.remarks[0].startswith(f"{day} 还没有到：")
    past = run_daily(settings, ShiftedClock.to(day - timedelta(days=60), settings.zone))
    assert not any("还没有到" in remark for remark in past.remarks)
    clock = SystemClock(settings.zone)
    with Ledger.open(settings.database_url, clock=clock) as ledger:
        seen = ledger.watching.seen(clock.today())
        assert all(alive.heartbeat_at <= clock.now() for alive in seen.instances)
        assert seen.scan_ahead == day
