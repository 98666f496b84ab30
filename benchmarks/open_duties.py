"""A day's look in a running service: it costs what is due on the day, not what is open.

An office of 10,000 tasks for a hundred units each (a million duties) against one of a hundred tasks, both
with a thousand duties due today. Book, agenda and history are held as the service holds them; what loading
takes is told apart.
"""

import statistics
import tempfile
from collections.abc import Callable, Iterator
from datetime import date, datetime, time
from pathlib import Path
from time import process_time
from zoneinfo import ZoneInfo

from benchmarks.measuring import told
from benchmarks.tables import Bar, Table
from gkbot.clock import FixedClock
from gkbot.ledger import Ledger
from gkbot.service.daily import Planner
from gkbot.service.rules import RuleKeeper
from gkbot.settings import BrakeSettings, Settings, SmtpSecurity, SmtpSettings

RATIO = Bar(value=2)
MEMORY = Bar(value=600, unit=" MB")
UNITS, DUE_TASKS = 100, 10
MANY, FEW = 10_000, 100
TASKS_A_FILE = 500
ZONE = ZoneInfo("Asia/Shanghai")
FRIDAY, WEEK = date(2026, 5, 29), tuple(date(2026, 6, day) for day in range(1, 6))
NINE = time(9)
SEEN = date(2026, 3, 2)

_IN_A_PROCESS = "from benchmarks.open_duties import look; look({tasks}, {units})"


def run(many: int = MANY, few: int = FEW, units: int = UNITS) -> Iterator[Table]:
    """One table; each office in a process of its own."""
    loading, first, large, peak = told(_IN_A_PROCESS.format(tasks=many, units=units))
    small_loading, small_first, small, small_peak = told(_IN_A_PROCESS.format(tasks=few, units=units))
    rows = [
        ("read the rule files, once", f"{small_loading:.2f} s", f"{loading:.1f} s", ""),
        ("the first look of a service", f"{small_first:.2f} s", f"{first:.2f} s", ""),
        ("the look of a day: plan and enqueue", f"{small:.3f} s", f"{large:.3f} s", ""),
        ("  how many times as long", "", f"{large / small:.2f}", RATIO.judge(large / small)),
        ("peak memory", f"{small_peak:.0f} MB", f"{peak:.0f} MB", MEMORY.judge(peak)),
    ]
    yield Table(
        title=f"Open duties, {DUE_TASKS * units:,} of them due today",
        columns=("", f"{few * units:,} open", f"{many * units:,} open", "bar"),
        rows=rows,
        notes=("CPU seconds; a day's look is the median of a week's, loading and the first look are taken once.",),
    )


def look(tasks: int, units: int) -> None:
    """Print seconds of loading, of the first look and of a day's look, and the peak memory in MB."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_office(folder / "rules", tasks, units)
        url = f"sqlite:///{folder / 'gkbot.db'}"
        clock = FixedClock(datetime.combine(FRIDAY, NINE, ZONE), ZONE)
        with Ledger.open(url, clock=clock) as ledger:
            keeper = RuleKeeper(folder / "rules", ledger, clock)
            loading = _seconds(keeper.refresh)
            in_force = keeper.current
            ledger.mark_seen(in_force.book, SEEN)
            planner = Planner(settings=_settings(folder, url), clock=clock, ledger=ledger, at_once=False)
            spent = []
            for day in (FRIDAY, *WEEK):
                clock.moment = datetime.combine(day, NINE, ZONE)
                spent.append(_seconds(lambda today=day: planner.write(in_force, today)))
            first, *days = spent
    print(loading, first, statistics.median(days), _peak())


def write_office(root: Path, tasks: int, units: int) -> None:
    """units.yaml with one group of all units, and files of tasks, ten of them due on each day of the week."""
    root.mkdir(parents=True)
    (root / "units.yaml").write_text("\n".join(_units(units)) + "\n", encoding="utf-8")
    for first in range(0, tasks, TASKS_A_FILE):
        lines = _tasks(first, min(first + TASKS_A_FILE, tasks))
        (root / f"plan{first:05}.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _units(units: int) -> Iterator[str]:
    yield "单位:"
    for number in range(units):
        yield f"  - 名称: 某市第{number}局"
        yield f"    联络员: [{{岗位: 办公室, 邮箱: u{number}@example.gov.cn}}]"
    yield "单位组:"
    yield "  - 名称: 市直各部门"
    yield f"    成员: [{', '.join(f'某市第{number}局' for number in range(units))}]"
    yield from ("提醒方案:", "  - 名称: 当天", "    到期前: 0", "    计日: 自然日", "    逾期: {最多: 0}")


def _tasks(first: int, last: int) -> Iterator[str]:
    yield from ("文件:", "  标题: 某市2026年政务公开要点", "  印发日期: 2026-01-20")
    yield from ("默认:", "  提醒: 当天")
    yield "任务:"
    for number in range(first, last):
        yield f"  - 编号: T-{number:05}"
        yield f"    事项: 公开第{number}项信息"
        yield f"    期限: {_due(number)}前"
        yield "    责任单位: 市直各部门"


def _due(number: int) -> str:
    """Ten tasks for each day of the week; the others from the middle of July to the end of the year."""
    if number < DUE_TASKS * len(WEEK):
        day = WEEK[number // DUE_TASKS]
        return f"{day.year}年{day.month}月{day.day}日"
    return f"2026年{8 + number % 5}月{1 + number % 28}日"


def _settings(folder: Path, url: str) -> Settings:
    """Mail is set, so that notices are as in earnest; the brakes are off."""
    smtp = SmtpSettings(host="127.0.0.1", port=25, security=SmtpSecurity.NONE, mail_from="bot@example.gov.cn")
    brakes = BrakeSettings(factor=0, least=0, per_group=0)
    return Settings(rules=folder / "rules", database_url=url, smtp=smtp, brakes=brakes, zone=ZONE)


def _seconds(task: Callable[[], object]) -> float:
    begun = process_time()
    task()
    return process_time() - begun


def _peak() -> float:
    """VmHWM, not ru_maxrss: the latter begins with the size of the process that started this one."""
    return int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0]) / 1024
