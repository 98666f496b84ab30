"""What `gkbot.deadline` costs before it reads anything, and how much memory reading takes."""

import statistics
from collections.abc import Iterator

from benchmarks.measuring import told
from benchmarks.tables import Bar, Table

IMPORT = Bar(value=60, unit=" ms")
MEMORY = Bar(value=40, unit=" MB")
ROUNDS = 7

_IMPORT = """
from time import perf_counter, process_time
wall, cpu = perf_counter(), process_time()
{work}
print(1000 * (perf_counter() - wall), 1000 * (process_time() - cpu))
"""
_READ_ALL = """
import sys
from datetime import date
from gkbot.deadline import Calendar, read
from benchmarks import corpus
calendar, issued = Calendar.builtin(), date(2023, 3, 1)
texts = {texts}
{before}
for text in texts:
    read(text, issued=issued, calendar=calendar)
{after}
"""
_NAMES = "from gkbot.deadline import Calendar, read"
_FIRST = """
from datetime import date
from gkbot.deadline import Calendar, read
read("2023年8月底前", issued=date(2023, 3, 1), calendar=Calendar.builtin())
"""
# VmHWM, not ru_maxrss: the latter begins with the size of the process that started this one
_PEAK = "print(int(open('/proc/self/status').read().split('VmHWM:')[1].split()[0]) / 1024)"
_MANY = "[text for part in corpus.phrase_rounds(5, 1000) + corpus.paragraph_rounds(5, 200) for text in part]"
_TRACE = "import tracemalloc; tracemalloc.start()"
_TRACED = "print(*(size / 2**20 for size in tracemalloc.get_traced_memory()))"


def footprint() -> Table:
    """Import time and memory, each in fresh processes."""
    title = f"Import and memory (medians of {ROUNDS} processes)"
    return Table(title=title, columns=("", "figure", "bar"), rows=[*_import_rows(), *_memory_rows()])


def _import_rows() -> Iterator[tuple[str, ...]]:
    """Import is CPU work; by the clock it takes as long where nothing else runs."""
    works = {
        "import gkbot.deadline": "import gkbot.deadline",
        _NAMES: _NAMES,
        "import and read the first phrase": _FIRST,
    }
    for name, work in works.items():
        wall, cpu = _medians(_IMPORT.format(work=work))
        yield (f"{name}, CPU", f"{cpu:.1f} ms", IMPORT.judge(cpu) if work is not _FIRST else "")
        yield ("  by the clock", f"{wall:.1f} ms")


def _memory_rows() -> Iterator[tuple[str, ...]]:
    bare = told(_PEAK)[0]
    peak = told(_READ_ALL.format(texts=_MANY, before="", after=_PEAK))[0]
    left, most = told(_READ_ALL.format(texts=_MANY, before=_TRACE, after=_TRACED))
    huge = told(_READ_ALL.format(texts='["1月" * 500_000]', before="", after=_PEAK))[0]
    yield ("peak memory after 5,000 phrases and 1,000 paragraphs", f"{peak:.1f} MB", MEMORY.judge(peak))
    yield ("  of it the bare interpreter", f"{bare:.1f} MB")
    yield ("  allocated while reading, at most", f"{most:.2f} MB")
    yield ("  allocated while reading, still held", f"{left:.2f} MB")
    yield ("peak memory after 1,000,000 characters of 1月1月", f"{huge:.1f} MB")


def _medians(program: str) -> list[float]:
    told(program)  # writes the byte code
    return [statistics.median(column) for column in zip(*(told(program) for _ in range(ROUNDS)), strict=True)]
