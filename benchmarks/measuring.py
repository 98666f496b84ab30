"""Measurements in fresh processes: durations, CPU seconds, memory."""

import os
import re
import statistics
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from time import perf_counter, process_time

ROOT = Path(__file__).parent.parent
# Byte code is kept, as it is where the program is installed; nothing is left beside the sources.
ENVIRONMENT = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"} | {
    "PYTHONPATH": str(ROOT),
    "PYTHONPYCACHEPREFIX": str(ROOT / "var" / "bench" / "bytecode"),
}


def median_seconds(task: Callable[[], object], rounds: int) -> float:
    """Median CPU seconds of a task in this process, after one round unmeasured."""
    task()
    return statistics.median(_seconds(task) for _ in range(rounds))


def cpu_seconds(command: Sequence[str]) -> tuple[float, float]:
    """User and system CPU seconds of a command, and its seconds by the clock on the wall.

    Raises:
        RuntimeError: The command fails.
    """
    begun = perf_counter()
    process = subprocess.Popen(command, env=ENVIRONMENT, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    taken = perf_counter() - begun
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{' '.join(command[1:])}: status {process.returncode}")
    return usage.ru_utime + usage.ru_stime, taken


def told(program: str) -> list[float]:
    """The numbers that a Python program prints, run in a fresh interpreter."""
    done = subprocess.run(
        [sys.executable, "-c", program], env=ENVIRONMENT, cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [float(word) for word in re.findall(r"[\d.]+", done.stdout)]


def _seconds(task: Callable[[], object]) -> float:
    begun = process_time()
    task()
    return process_time() - begun
