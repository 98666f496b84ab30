"""What a command costs before it does anything: CPU seconds, user and system together."""

import statistics
import sys
from collections.abc import Iterator, Mapping

from benchmarks.measuring import cpu_seconds
from benchmarks.tables import Bar, Table

BAR = Bar(value=0.35, unit=" s")
ROUNDS = 9
COMMANDS = {
    "gkbot --help": ("--help",),
    "gkbot when 8月底前": ("when", "8月底前", "--ref", "2023-05-17"),
}


def run(rounds: int = ROUNDS, commands: Mapping[str, tuple[str, ...]] = COMMANDS) -> Iterator[Table]:
    """One table."""
    yield Table(
        title=f"Start-up: medians of {rounds} runs",
        columns=("command", "CPU", "bar", "by the clock"),
        rows=[_row(name, arguments, rounds) for name, arguments in commands.items()],
    )


def _row(name: str, arguments: tuple[str, ...], rounds: int) -> tuple[str, ...]:
    command = [sys.executable, "-m", "gkbot", *arguments]
    try:
        cpu_seconds(command)  # writes the byte code
        spent = [cpu_seconds(command) for _ in range(rounds)]
    except RuntimeError as error:
        return (name, "–", BAR.judge(None), str(error))
    cpu, wall = (statistics.median(column) for column in zip(*spent, strict=True))
    return (name, f"{cpu:.3f} s", BAR.judge(cpu), f"{wall:.3f} s")
