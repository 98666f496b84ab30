"""The morning of a province: ten thousand digests are planned, rendered and written to the outbox on one core."""

import tempfile
from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path
from time import process_time
from zoneinfo import ZoneInfo

from benchmarks.measuring import ROOT, told
from benchmarks.tables import Bar, Table
from gkbot.clock import FixedClock
from gkbot.ledger import Ledger
from gkbot.service.daily import Planner
from gkbot.service.rules import InForce, RuleKeeper
from gkbot.service.sending import renderer, templates_of
from gkbot.settings import BrakeSettings, Settings, SmtpSecurity, SmtpSettings

DIGESTS, TASKS = 10_000, 3
WHOLE = Bar(value=20, unit=" s")
ZONE = ZoneInfo("Asia/Shanghai")
DAY, SEEN = date(2026, 6, 1), date(2026, 3, 2)

_IN_A_PROCESS = "from benchmarks.digests import morning; morning({digests})"


def run(digests: int = DIGESTS) -> Iterator[Table]:
    """One table, measured in a process of its own."""
    loading, written, rendered, peak = told(_IN_A_PROCESS.format(digests=digests))
    yield Table(
        title=f"{digests:,} digests of {TASKS} duties",
        columns=("", "figure", "bar"),
        rows=[
            ("read the rule files, once", f"{loading:.2f} s"),
            ("plan and enqueue", f"{written:.2f} s"),
            ("render as mail", f"{rendered:.2f} s"),
            ("plan, enqueue and render", f"{written + rendered:.2f} s", WHOLE.judge(written + rendered)),
            ("peak memory", f"{peak:.0f} MB"),
        ],
        notes=("CPU seconds of one run; SQLite in a file.",),
    )


def morning(digests: int) -> None:
    """Print seconds of loading, of planning and writing, and of rendering, and the peak memory in MB."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _write_office(folder / "rules", digests)
        url = f"sqlite:///{folder / 'gkbot.db'}"
        clock = FixedClock(datetime.combine(DAY, time(9), ZONE), ZONE)
        with Ledger.open(url, clock=clock) as ledger:
            keeper = RuleKeeper(folder / "rules", ledger, clock)
            begun = process_time()
            in_force = keeper.refresh()
            loaded = process_time()
            written = _write(ledger, clock, _settings(folder, url), in_force)
            rendered = _render(ledger, _settings(folder, url))
    peak = int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0]) / 1024
    print(loaded - begun, written, rendered, peak)


def _write(ledger: Ledger, clock: FixedClock, settings: Settings, in_force: InForce) -> float:
    ledger.mark_seen(in_force.book, SEEN)
    begun = process_time()
    Planner(settings=settings, clock=clock, ledger=ledger, at_once=False).write(in_force, DAY)
    return process_time() - begun


def _render(ledger: Ledger, settings: Settings) -> float:
    found = ledger.outbox.entries()
    render = renderer(templates_of(settings))
    begun = process_time()
    for entry in found:
        assert render(entry.facts, channel=entry.channel, today=DAY, maybe_twice=False).html
    return process_time() - begun


def _settings(folder: Path, url: str) -> Settings:
    """Mail is set, so that notices are as in earnest; the brakes are off."""
    smtp = SmtpSettings(host="127.0.0.1", port=25, security=SmtpSecurity.NONE, mail_from="bot@example.gov.cn")
    brakes = BrakeSettings(factor=0, least=0, per_group=0)
    templates = ROOT / "templates"
    return Settings(rules=folder / "rules", templates=templates, database_url=url, smtp=smtp, brakes=brakes, zone=ZONE)


def _write_office(root: Path, units: int) -> None:
    """As many units as digests, each with a mailbox and a part in every task."""
    root.mkdir(parents=True)
    (root / "units.yaml").write_text("\n".join(_units(units)) + "\n", encoding="utf-8")
    (root / "plan.yaml").write_text("\n".join(_tasks()) + "\n", encoding="utf-8")


def _units(count: int) -> Iterator[str]:
    yield "单位:"
    for number in range(count):
        yield f"  - 名称: 某省第{number}局"
        yield f"    联络员: [{{岗位: 办公室, 邮箱: u{number}@example.gov.cn}}]"
    yield "单位组:"
    yield "  - 名称: 各部门"
    yield f"    成员: [{', '.join(f'某省第{number}局' for number in range(count))}]"


def _tasks() -> Iterator[str]:
    yield from ("文件:", "  标题: 某省2026年政务公开要点", "  印发日期: 2026-01-20", "任务:")
    for number in range(TASKS):
        yield f"  - 编号: T-{number}"
        yield f"    事项: 公开第{number}项信息"
        yield f"    期限: 2026年6月{1 + number * 3}日前"
        yield "    责任单位: 各部门"
