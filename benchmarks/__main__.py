"""`python -m benchmarks [NAME …] [--write FILE]`: tables of medians beside their bars."""

import argparse
import os
import platform
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

from benchmarks.tables import Table

NAMES = ("deadline", "workdays", "startup", "rules", "open_duties", "digests", "mail", "robot")
HEAD = """# 性能与准确率

由 `python -m benchmarks{names} --write {file}` 生成；{machine}。
时间为单核 CPU 时间的中位数；holds/misses 表示是否达到目标。
对比工具按固定版本装在各自的虚拟环境里（`var/bench/`），不是本项目的依赖。

"""


def main() -> None:
    """Print each table as soon as it is done; write the page when all are."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="|".join(NAMES), help="which to run (default: all)")
    parser.add_argument("--write", type=Path, metavar="FILE", help="write the tables as a Markdown page, too")
    arguments = parser.parse_args()
    unknown = set(arguments.names) - set(NAMES)
    if unknown:
        parser.error(f"no such benchmark: {', '.join(sorted(unknown))}")
    done = []
    for table in run(arguments.names or NAMES):
        print(table.as_text(), flush=True)
        done.append(table)
    if arguments.write:
        names = "".join(f" {name}" for name in arguments.names)
        page = HEAD.format(names=names, file=arguments.write, machine=machine()) + "\n".join(
            table.as_markdown() for table in done
        )
        arguments.write.write_text(page.rstrip() + "\n", encoding="utf-8")


def run(names: list[str] | tuple[str, ...]) -> Iterator[Table]:
    """The tables of the named benchmarks."""
    for name in names:
        yield from import_module(f"benchmarks.{name}").run()


def machine() -> str:
    """What the figures were measured on."""
    python = f"{platform.python_implementation()} {platform.python_version()}"
    return f"{python}，{platform.system()} {platform.machine()}，{os.cpu_count()} 核"


if __name__ == "__main__":
    main()
