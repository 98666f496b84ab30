"""Mutated rule files: whatever is typed, `gkbot check` answers soon, without a traceback, with places inside the file.

    python -m tests.tools.fuzz_rules --count 100000 --seed 1

Mutates every shipped rule file and every file of tests/data/bad_rules; prints a line for each fault, the slowest
file at the end, and leaves with status 1 where there was a fault.
"""

import argparse
import contextlib
import sys
import traceback
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from random import Random
from time import thread_time

from gkbot.cli.check_formats import as_annotations
from gkbot.rulebook import CODES, LoadResult, Problem, Rulebook, format_problem, load_files
from gkbot.rulebook.rule_tests import SUFFIX, read_tests

ROOT = Path(__file__).parents[2]
TODAY = date(2023, 6, 1)
SLOW = 25.0  # times the slowest file that nobody mutated, of the same run: no machine is too slow for that
LONGEST = 20_000  # characters of a file that are mutated; the rest only costs time
HALF = "abcdefghijklmnopqrstuvwxyz0123456789:,-#[]{}'\"()&*!|>%@` "
FULL = str.maketrans({char: chr(ord(char) + 0xFEE0) if char != " " else "\u3000" for char in HALF})
BACK = {wide: half for half, wide in FULL.items()}
PIECES = (
    *"：　\t，、；。“”‘’[]{}\"'“#＃－—|>%@&*!`?~\u200b\ufeff\x00\x07\x85\u2028\n\r０𠮷é\ud7ff",
    *(": ", " #", "- ", "---\n", "...\n", "&a ", "*a", "!!str ", "? ", "<<: ", "\r\n", "\n\n", "\n  ", "    "),
    *(
        "任务:\n",
        "单位:\n",
        "文件:\n",
        "默认:\n",
        "期限: ",
        "确认: {",
        "起算: {事件: ",
        "  # 已知 GK112：好",
        "# 已知 ",
    ),
    *(
        "每月25日前",
        "20个工作日内",
        "2023-02-30",
        "99999999年内",
        "县财政局，",
        "机器人: https://a?key=b",
        "年份: 2027\n",
    ),
)
Files = dict[str, bytes]


@dataclass(slots=True)
class Fault:
    """What went wrong with a mutated file."""

    number: int
    name: str
    what: str


def originals() -> list[tuple[str, bytes, Files]]:
    """Every file to mutate, with its name and the files beside it."""
    found = []
    for folder in sorted({path.parent for path in (ROOT / "rules").rglob("*.yaml")}):
        beside = {path.name: path.read_bytes() for path in sorted(folder.glob("*.yaml"))}
        found += [(f"{folder.name}/{name}", data, beside) for name, data in beside.items()]
    for path in sorted((ROOT / "tests" / "data" / "bad_rules").rglob("*.yaml")):
        found.append((path.name, path.read_bytes(), {}))
    return found


def mutated(data: bytes, chooser: Random) -> bytes:
    """The file after one to five slips of the pen, the clipboard or the disk."""
    text = data.decode("utf-8", errors="replace")
    if len(text) > LONGEST:
        start = text.rfind("\n", 0, chooser.randrange(len(text) - LONGEST)) + 1
        text = text[:1000] + text[start : start + LONGEST]
    for _ in range(chooser.randint(1, 5)):
        text = _slip(text, chooser)
    encoding = chooser.choices(["utf-8", "utf-8-sig", "gb18030", "utf-16"], [90, 4, 4, 2])[0]
    return _damaged(text.encode(encoding, errors="replace"), chooser)


def _slip(text: str, chooser: Random) -> str:
    start = chooser.randrange(len(text) + 1)
    end = min(start + chooser.choice((1, 1, 1, 2, 5, 40)), len(text))
    part = text[start:end]
    match chooser.randrange(8):
        case 0:
            part = ""
        case 1:
            part *= 2
        case 2:
            part = chooser.choice(PIECES) + part
        case 3:
            part = chooser.choice(PIECES) * chooser.choice((1, 1, 2, 50))
        case 4:
            part = part.translate(FULL)
        case 5:
            part = part.translate(BACK)
        case 6:
            part = part.replace("  ", "\t").replace("\n", "\n\t")
        case _ if chooser.random() < 0.2:
            return text[:start]
    return text[:start] + part + text[end:]


def _damaged(data: bytes, chooser: Random) -> bytes:
    if not data or chooser.random() > 0.08:
        return data
    at = chooser.randrange(len(data))
    return data[:at] + bytes(chooser.randrange(256) for _ in range(chooser.randint(0, 3))) + data[at + 1 :]


def faults(data: bytes, name: str, beside: Files) -> Iterator[str]:
    """What is wrong with the answer to one file; an exception goes through."""
    lines = lines_of(data)
    if name.endswith(SUFFIX):
        problems: Iterable[Problem] = read_tests(name, f"rules/{name}", data, _book(tuple(beside.items()))).problems
    else:
        result = load_files({**beside, name: data}, TODAY, shown_root="rules")
        problems = (*result.problems, *result.accepted)
        yield from _contradiction(result)
    for problem in problems:
        if problem.place.file == f"rules/{name}" and (wrong := outside(problem, lines)):
            yield f"{wrong}: {problem}"
        if problem.code not in CODES or not problem.fix:
            yield f"no code or cure: {problem}"
        if not format_problem(problem) or as_annotations([problem]).count("\n"):
            yield f"not to be shown: {problem}"


@cache
def _book(files: tuple[tuple[str, bytes], ...]) -> Rulebook:
    book = load_files(dict(files), TODAY).book
    assert book is not None
    return book


def _contradiction(result: LoadResult) -> Iterator[str]:
    if (result.book is None) != bool(result.errors):
        yield "errors and rule book do not go together"


def outside(problem: Problem, lines: list[str]) -> str | None:
    """How a place leaves its file; None where it does not."""
    place = problem.place
    if not 1 <= place.line <= place.end_line or place.column < 1 or place.end_column < 1:
        return "no place"
    if place.line == place.end_line and place.end_column < place.column:
        return "ends before it begins"
    if place.end_line > len(lines):
        return "line after the last"
    if place.column > len(lines[place.line - 1]) + 1 or place.end_column > len(lines[place.end_line - 1]) + 1:
        return "column after the end of the line"
    return None


def lines_of(data: bytes) -> list[str]:
    """The lines as an editor shows them, with marks for what it cannot show."""
    marked = data[:2] in {b"\xff\xfe", b"\xfe\xff"}
    for encoding in ("utf-8-sig", *(["utf-16"] if marked else []), "gb18030"):
        with contextlib.suppress(UnicodeDecodeError):
            return _cut(data.decode(encoding))
    return _cut(data.decode("utf-8", errors="replace"))


def _cut(text: str) -> list[str]:
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def run(count: int, seed: int) -> tuple[list[Fault], float, str]:
    """The faults of `count` mutated files, how slow the slowest one is (see `SLOW`), and which that is."""
    sources = originals()
    _asked(0, *sources[0])  # what is made only once counts for none of them
    usual = max(_asked(0, *source)[1] for source in sources)
    found: list[Fault] = []
    slowest, which = 0.0, ""
    for number in range(count):
        chooser = Random(f"{seed}/{number}")  # noqa: S311 (repeatable, not secret)
        name, original, beside = sources[number % len(sources)]
        data = mutated(original, chooser)
        wrong, taken = _asked(number, name, data, beside)
        if taken > SLOW * usual:  # or the machine was held up
            taken = min(taken, _asked(number, name, data, beside)[1])
        taken /= usual
        found += wrong
        if taken > SLOW:
            found.append(Fault(number, name, f"took {taken:.0f} times as long as the slowest original"))
        if taken > slowest:
            slowest, which = taken, f"{number} {name}"
    return found, slowest, which


def _asked(number: int, name: str, data: bytes, beside: Files) -> tuple[list[Fault], float]:
    """The faults of one file, with the seconds of processor time they took to find."""
    begun = thread_time()
    try:
        found = [Fault(number, name, what) for what in faults(data, name.rpartition("/")[2], beside)]
    except Exception:  # noqa: BLE001 (that there is none is what is tested)
        found = [Fault(number, name, traceback.format_exc())]
    return found, thread_time() - begun


def main() -> int:
    """Run as told on the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    found, slowest, which = run(arguments.count, arguments.seed)
    for fault in found:
        print(f"{fault.number} {fault.name}: {fault.what}")
    print(f"{arguments.count} files, {len(found)} faults; slowest {slowest:.1f} times the slowest original ({which})")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
