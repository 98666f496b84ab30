"""One parser behind a pipe: JSON lines in, JSON lines out. Runs in the parser's own environment.

    python worker.py PARSER     first line out: {"ready": seconds the import took}
    {"read": [[text, issued], …]}                       → {"found": [[finding, …], …]}
    {"time": [[text, …], …], "issued": …, "budget": S}  → {"rates": [texts per CPU second, …]}
    {"once": text, "issued": …}                         → {"seconds": CPU seconds, the median of three unless long}

Nothing but the standard library is imported here: the parsers share no other module.
"""

import json
import os
import sys
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

READINGS = 3
LONG_SECONDS = 4

Read = Callable[[str, date], object]
Request = dict[str, Any]


def timed_rounds(read: Read, rounds: Iterable[list[str]], issued: date, budget: float) -> list[float]:
    """Texts a CPU second, round by round; a round ends early when its share of the budget is spent."""
    rates = []
    for texts in rounds:
        begun = process_time()
        done = 0
        for text in texts:
            read(text, issued)
            done += 1
            if not done % 16 and process_time() - begun > budget:
                break
        rates.append(done / max(process_time() - begun, 1e-9))
    return rates


def seconds_once(read: Read, text: str, issued: date) -> float:
    """CPU seconds for one text: the median of three readings, or the first when it takes long."""
    taken: list[float] = []
    while len(taken) < READINGS and sum(taken) < LONG_SECONDS:
        begun = process_time()
        read(text, issued)
        taken.append(process_time() - begun)
    return sorted(taken)[len(taken) // 2]


def answer(request: Request, read: Read, describe: Callable[[Any, date], object]) -> Request:
    """The answer to one request."""
    if "read" in request:
        pairs = [(text, date.fromisoformat(issued)) for text, issued in request["read"]]
        return {"found": [_findings(read, describe, text, issued) for text, issued in pairs]}
    issued = date.fromisoformat(request["issued"])
    if "time" in request:
        return {"rates": timed_rounds(_quiet(read), request["time"], issued, request["budget"])}
    return {"seconds": seconds_once(read, request["once"], issued)}


def main() -> None:
    """Serve until the input ends; what a parser prints goes nowhere."""
    replies = os.fdopen(os.dup(1), "w", encoding="utf-8")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    begun = perf_counter()
    sys.path.insert(0, str(Path(__file__).parent))
    from parsers import PARSERS

    del sys.path[0]  # a parser sees its own modules only
    read, describe = PARSERS[sys.argv[1]]()
    print(json.dumps({"ready": perf_counter() - begun}), file=replies, flush=True)
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line), read, describe)), file=replies, flush=True)


def _findings(read: Read, describe: Callable[[Any, date], object], text: str, issued: date) -> object:
    try:
        return describe(read(text, issued), issued)
    except Exception as error:  # noqa: BLE001 - a parser that breaks on a text has read nothing from it
        return [{"error": type(error).__name__}]


def _quiet(read: Read) -> Read:
    """The same reading, that goes on when the parser breaks on a text."""

    def attempt(text: str, issued: date) -> object:
        try:
            return read(text, issued)
        except Exception:  # noqa: BLE001
            return None

    return attempt


if __name__ == "__main__":
    main()
