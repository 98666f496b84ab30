"""`python -m tests.soak [--notices N] [--write FILE]`: hours of trouble in minutes, and a table of what came of it.

Four senders on PostgreSQL with 5,000 notices, one of them killed about every second while the receivers
refuse 5 % with 45009 and lose 2 % of the replies; on SQLite the only one is killed as often; then every
crash point of F01 with two hundred notices and five seeds, on both. Status 1 where an invariant of
facts/delivery.md 6 does not hold.
"""

import argparse
import logging
import os
import platform
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import astuple, dataclass
from pathlib import Path

from benchmarks.tables import Table
from tests.databases import fresh_database
from tests.faults.kills import MAY_DOUBLE, POINTS, Kill, kill_and_restart
from tests.faults.model import Figures
from tests.faults.storms import Storm, blow
from tests.faults.zygote import Zygote, zygote

DATABASES = ("postgresql", "sqlite")
SPEED = 20.0
COLUMNS = ("", "notices", "sent", "lost", "doubled", "unclear", "held", "kills", "seconds", "")
HEAD = """# 长时间故障试验

由 `python -m tests.soak{arguments}` 生成（`make soak` 用默认值：每个中断点 200 条、5 个随机种子）；
{machine}。进程随时被 kill −9，接收方按比例拒收、丢失应答；到达与否只看接收方自己的账。
lost 必须是 0，doubled 不超过 unclear（记录在案的结果不明的尝试）；held 是等人处理的。

"""
NOTE = (
    "The office's clock runs {speed:g} times as fast as ours: leases, gates, retries and the twenty messages a "
    "minute of a robot keep their lengths on it. A third of the units have a robot of their own, so the rate of a "
    "single robot does not make it last hours; mail goes to a mailbox each, without pace."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One line of the table; `trouble` where an invariant did not hold."""

    name: str
    figures: Figures | None
    kills: int
    seconds: float
    trouble: str = ""

    def row(self) -> tuple[str, ...]:
        """As the table shows it."""
        found = self.figures
        counts = () if found is None else astuple(found)
        shown = [f"{count:,}" for count in counts] or [""] * 6
        verdict = f"BROKEN: {self.trouble}" if self.trouble else "holds"
        return (self.name, *shown, f"{self.kills}", f"{self.seconds:.0f}", verdict)


def main() -> int:
    """Print the table, write it where asked, and say by the status whether everything holds."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__.partition("\n")[0])
    parser.add_argument("--notices", type=int, default=5_000, help="in the first storm (default: 5000)")
    parser.add_argument("--storm", type=int, default=1_500, help="in the storms of F02 (default: 1500)")
    parser.add_argument("--kills", type=int, default=200, help="notices a crash point of F01 (default: 200)")
    parser.add_argument("--seeds", type=int, default=5, help="seeds a crash point of F01 (default: 5)")
    parser.add_argument("--databases", nargs="+", choices=DATABASES, default=DATABASES)
    parser.add_argument("--write", type=Path, metavar="FILE", help="write the table as a Markdown page, too")
    asked = parser.parse_args()
    logging.getLogger("mail.log").setLevel(logging.ERROR)  # the mail server's own remarks
    done = []
    with zygote() as senders:
        for result in results(senders, asked):
            print("  ".join(result.row()), flush=True)
            done.append(result)
    table = Table(title="Soak", columns=COLUMNS, rows=[each.row() for each in done], notes=(NOTE.format(speed=SPEED),))
    print(table.as_text())
    if asked.write:
        head = HEAD.format(arguments="".join(f" {word}" for word in sys.argv[1:]), machine=machine())
        asked.write.write_text(head + table.as_markdown().rstrip() + "\n", encoding="utf-8")
    return int(any(each.trouble for each in done))


def results(senders: Zygote, asked: argparse.Namespace) -> Iterator[Result]:
    """One storm after the other, then the crash points."""
    for database in asked.databases:
        workers = 4 if database == "postgresql" else 1
        sizes = (asked.notices, asked.storm) if database == "postgresql" else (asked.storm,)
        for notices in sizes:
            name = f"{database}, senders: {workers}, a kill about every second"
            storm = Storm(
                workers=workers,
                notices=notices,
                replan=0.1,
                speed=SPEED,
                seed=notices,
                within_seconds=3600.0,
            )
            yield tried(name, database, lambda url, folder, storm=storm: stormy(senders, url, folder, storm))
    for database in asked.databases:
        for point in POINTS:
            name = f"{database}, killed at CP{point}"
            yield tried_points(senders, name, database, point, asked)


def stormy(senders: Zygote, url: str, folder: Path, storm: Storm) -> tuple[Figures, int]:
    """Blow once, which loses nothing; only doubt may double."""
    blown = blow(senders, url, folder, storm)
    assert blown.figures.doubled <= blown.figures.unclear, "doubled beyond doubt"
    return blown.figures, blown.kills


def tried_points(senders: Zygote, name: str, database: str, point: str, asked: argparse.Namespace) -> Result:
    """One crash point with every seed, summed up."""

    def all_seeds(url: str, folder: Path) -> tuple[Figures, int]:
        found = []
        for seed in range(1, asked.seeds + 1):
            (folder / str(seed)).mkdir()
            with fresh_database(database, folder / str(seed)) as fresh:
                kill = Kill(point=point, seed=seed, notices=asked.kills)
                found.append(kill_and_restart(senders, fresh, folder / str(seed), kill))
        assert all(each.lost == 0 for each in found), "lost"
        assert all(each.doubled <= each.unclear <= (point in MAY_DOUBLE) for each in found), "doubled"
        return summed(found), len(found)

    return tried(name, database, all_seeds)


def tried(name: str, database: str, play: Callable[[str, Path], tuple[Figures, int]]) -> Result:
    """Play something on a fresh database; an invariant that breaks becomes a line of the table."""
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, fresh_database(database, Path(folder)) as url:
        try:
            found, kills = play(url, Path(folder))
        except AssertionError as error:
            traceback.print_exc()
            return Result(name=name, figures=None, kills=0, seconds=time.monotonic() - begun, trouble=str(error)[:200])
    return Result(name=name, figures=found, kills=kills, seconds=time.monotonic() - begun)


def summed(found: list[Figures]) -> Figures:
    """The figures of several runs together."""
    return Figures(
        notices=sum(each.notices for each in found),
        sent=sum(each.sent for each in found),
        lost=sum(each.lost for each in found),
        doubled=sum(each.doubled for each in found),
        unclear=sum(each.unclear for each in found),
        held=sum(each.held for each in found),
    )


def machine() -> str:
    """What it ran on."""
    return f"{platform.python_implementation()} {platform.python_version()}，{platform.system()}，{os.cpu_count()} 核"


if __name__ == "__main__":
    sys.exit(main())
