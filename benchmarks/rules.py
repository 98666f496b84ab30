"""The rule files of a province: what `gkbot check` takes, and how soon the service has read a changed file."""

import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from time import process_time
from zoneinfo import ZoneInfo

from benchmarks.big_office import write_offices
from benchmarks.measuring import cpu_seconds, told
from benchmarks.tables import Bar, Table
from gkbot.clock import FixedClock
from gkbot.ledger import Ledger
from gkbot.service.rules import RuleKeeper

CHECK = Bar(value=6, unit=" s")
MEMORY = Bar(value=400, unit=" MB")
REREAD = Bar(value=0.2, unit=" s")
OFFICES, TASKS, UNITS = 200, 50, 40
ROUNDS = 5
ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 6, 1, 9, tzinfo=ZONE)

# VmHWM, not ru_maxrss: the latter begins with the size of the process that started this one
_CHECK_AND_TELL = """
import contextlib, io
from gkbot.cli.app import run
with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
    try:
        run(["check", {root!r}])
    except SystemExit:
        pass
print(int(open('/proc/self/status').read().split('VmHWM:')[1].split()[0]) / 1024)
"""


def run(offices: int = OFFICES, tasks: int = TASKS, units: int = UNITS, rounds: int = ROUNDS) -> Iterator[Table]:
    """One table."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder, "rules")
        write_offices(root, offices, tasks, units)
        rows = [*_check_rows(root, rounds), *_reread_rows(root, rounds)]
    count = f"{offices} offices, {offices * tasks:,} tasks, {offices * tasks * units:,} duties"
    yield Table(
        title=f"Rule files: {count}",
        columns=("", "figure", "bar"),
        rows=rows,
        notes=(f"CPU seconds, user and system together; medians of {rounds}, the first reading once.",),
    )


def _check_rows(root: Path, rounds: int) -> Iterator[tuple[str, ...]]:
    command = [sys.executable, "-m", "gkbot", "check", str(root)]
    cpu_seconds(command)  # writes the byte code
    spent = [cpu_seconds(command) for _ in range(rounds)]
    cpu, wall = (statistics.median(column) for column in zip(*spent, strict=True))
    yield ("gkbot check, CPU", f"{cpu:.2f} s", CHECK.judge(cpu))
    yield ("  by the clock", f"{wall:.2f} s")
    peak = told(_CHECK_AND_TELL.format(root=str(root)))[0]
    yield ("  peak memory", f"{peak:.0f} MB", MEMORY.judge(peak))


def _reread_rows(root: Path, rounds: int) -> Iterator[tuple[str, ...]]:
    clock = FixedClock(NOW, ZONE)
    ledger = Ledger.open(f"sqlite:///{root.parent / 'gkbot.db'}", clock=clock)
    try:
        keeper = RuleKeeper(root, ledger, clock)
        yield ("service: the first reading", f"{_seconds(keeper.refresh):.2f} s")
        yield ("  nothing changed", f"{statistics.median(_seconds(keeper.refresh) for _ in range(rounds)):.3f} s")
        for what, name, word in (("a task", "plan.yaml", "第1项"), ("a contact", "units.yaml", "u1.o")):
            seconds = statistics.median(_changed(keeper, root, name, word, step) for step in range(rounds))
            yield (f"  {what} of one office changed", f"{seconds:.3f} s", REREAD.judge(seconds))
    finally:
        ledger.close()


def _changed(keeper: RuleKeeper, root: Path, name: str, word: str, step: int) -> float:
    """CPU seconds until a changed file is in force, kept in the ledger."""
    path = sorted(root.glob(f"*/{name}"))[step]
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(word, f"{word}{step}", 1), encoding="utf-8")
    before = keeper.current.book.digest
    seconds = _seconds(keeper.refresh)
    assert keeper.current.book.digest != before
    return seconds


def _seconds(task: Callable[[], object]) -> float:
    begun = process_time()
    task()
    return process_time() - begun
