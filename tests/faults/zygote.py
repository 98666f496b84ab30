"""The parent of the sender processes, as the tests hold it."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tests.faults.offices import ROOT
from tests.faults.sender import Order

KILLED_AT_A_POINT = 137
PATIENCE_SECONDS = 120.0


class Zygote:
    """Starts processes that are quick to start, and tells how they ended."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self._asking, self._answering = process.stdin, process.stdout

    def start(self, order: Order) -> int:
        """The process id of a new sender."""
        return int(self._ask({"start": asdict(order)}))

    def wait(self, pid: int) -> int:
        """Its exit status, negative for a signal; waits for its end."""
        return int(self._ask({"wait": pid}))

    def lives(self, pid: int) -> bool:
        """Whether it is still at work; one that has ended stays a zombie until it is waited for."""
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"

    def run(self, order: Order) -> int:
        """Start one and wait for its end."""
        return self.wait(self.start(order))

    def kill(self, pid: int) -> None:
        """As a power cut would."""
        os.kill(pid, signal.SIGKILL)
        self.wait(pid)

    def _ask(self, question: dict[str, Any]) -> Any:
        self._asking.write(json.dumps(question) + "\n")
        self._asking.flush()
        return json.loads(self._answering.readline())


@contextmanager
def zygote() -> Iterator[Zygote]:
    """A parent that ends with the test."""
    command = [sys.executable, "-W", "error", "-m", "tests.faults.sender"]
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, cwd=ROOT, **pipes) as process:
        yield Zygote(process)
        assert process.stdin is not None
        process.stdin.close()


def wait_until(is_so: Callable[[], bool], *, within_seconds: float = PATIENCE_SECONDS, pause: float = 0.05) -> bool:
    """Look again and again until something is so; False where it never is."""
    end = time.monotonic() + within_seconds
    while time.monotonic() < end:
        if is_so():
            return True
        time.sleep(pause)
    return is_so()
