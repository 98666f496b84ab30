"""The clock and the zone: days are reckoned by them, and a wrong one sends what cannot be called back."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from gkbot.clock import DEFAULT_ZONE
from gkbot.errors import LedgerError
from gkbot.ledger import Ledger
from gkbot.service.doctor.database import is_current
from gkbot.service.doctor.values import Finding, Patient, Report

REPORT = Report("clock", "时钟和时区")
SLACK = timedelta(minutes=5)
LONG = timedelta(days=366)
SHANGHAI = timedelta(hours=8)


def probe_clock(patient: Patient) -> Finding:
    """Not before the newest file or check, not a year after it; the zone's data are there."""
    zone = patient.settings.zone
    local = patient.clock.now().astimezone(zone)
    told = f"{local:%Y-%m-%d %H:%M}，{zone.key}"
    if zone.key == DEFAULT_ZONE.key and local.utcoffset() != SHANGHAI:
        return REPORT.bad(f"{told} 与世界时相差 {local.utcoffset()}，应为8小时", "重新安装 tzdata：pip install tzdata")
    last = max(_traces(patient), default=None)
    if last is not None and local < last[0] - SLACK:
        message = f"{told}，比 {last[1]}（{last[0].astimezone(zone):%Y-%m-%d %H:%M}）还早"
        return REPORT.bad(message, "先停服务，校准系统时间，再启动；请打开时间同步")
    if last is not None and local > last[0] + LONG:
        message = f"{told}，比最近的 {last[1]}（{last[0].astimezone(zone):%Y-%m-%d}）晚一年以上"
        return REPORT.caution(message, "核对系统时间；拨快的时钟会把以后的提醒提前发出")
    if zone.key != DEFAULT_ZONE.key:
        return REPORT.caution(f"{told}，不是北京时间", "不是有意的，就删掉 GKBOT_TIMEZONE")
    return REPORT.good(told)


def _traces(patient: Patient) -> Iterator[tuple[datetime, str]]:
    """Moments that have certainly passed, and what they are known from."""
    settings = patient.settings
    for path in (*settings.rules.rglob("*.yaml"), Path(".env")):
        try:
            yield datetime.fromtimestamp(path.stat().st_mtime, UTC), str(path)
        except OSError:
            continue
    if is_current(patient):
        yield from _checks(patient)


def _checks(patient: Patient) -> Iterator[tuple[datetime, str]]:
    try:
        with Ledger.open(patient.settings.database_url, clock=patient.clock) as ledger:
            day = ledger.last_scan()
            runs = ledger.scan_runs(day) if day is not None else ()
    except LedgerError:
        return
    yield from ((run.started_at, "上次检查") for run in runs[-1:])
