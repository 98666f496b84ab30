"""The background service: ready, healthy, and gone when told."""

import http.client
import os
import queue
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.acceptance.program import Office
from tests.acceptance.small import TASKS, small_office
from tests.servers import free_port

PATIENCE_SECONDS = 20


class Service:
    """`gkbot serve` at work; its log is read as it comes."""

    def __init__(self, office: Office) -> None:
        self.port = free_port()
        office.settings["GKBOT_WEB_ADDRESS"] = f"127.0.0.1:{self.port}"
        self.process = office.start("serve")
        self.log: list[str] = []
        self._lines: queue.Queue[str | None] = queue.Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self._lines.put(line.decode())
        self._lines.put(None)

    def wait_for(self, words: str) -> str:
        """The next log line that holds these words."""
        end = time.monotonic() + PATIENCE_SECONDS
        while True:
            line = self._lines.get(timeout=max(0.1, end - time.monotonic()))
            assert line is not None, f"ended before {words!r}: {''.join(self.log)}"
            self.log.append(line)
            if words in line:
                return line

    def stop(self) -> int:
        """Ask it to end; its exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE_SECONDS)

    def get(self, path: str) -> int:
        """HTTP status of a page."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        connection.request("GET", path)
        status = connection.getresponse().status
        connection.close()
        return status


@contextmanager
def service(office: Office) -> Iterator[Service]:
    running = Service(office)
    try:
        yield running
    finally:
        if running.process.poll() is None:
            running.process.kill()
        running.process.wait()
        running._reader.join(5)
        for pipe in (running.process.stdout, running.process.stderr):
            if pipe is not None:
                pipe.close()


def test_the_service_becomes_ready_answers_and_ends_with_status_zero_on_sigterm(tmp_path: Path) -> None:
    with service(small_office(tmp_path)) as running:
        running.wait_for("ready")
        assert running.get("/healthz") == 200
        assert running.stop() == 0
        assert "Traceback" not in "".join(running.log)


def test_sigterm_right_after_the_start_ends_it_too(tmp_path: Path) -> None:
    with service(small_office(tmp_path)) as running:
        running.wait_for("ready")
        assert running.stop() == 0


def test_broken_rules_at_the_start_keep_the_last_good_version_in_force(tmp_path: Path) -> None:
    office = small_office(tmp_path)
    office.ask("daily", "--date", "2023-07-10")
    (tmp_path / "rules" / "plan.yaml").write_text(TASKS.replace("各县", "丙县"), encoding="utf-8")
    with service(office) as running:
        running.wait_for("ready")
        assert running.stop() == 0


def test_an_edit_that_breaks_the_rules_does_not_stop_the_service(tmp_path: Path) -> None:
    office = small_office(tmp_path)
    with service(office) as running:
        running.wait_for("ready")
        (tmp_path / "rules" / "plan.yaml").write_text(TASKS.replace("各县", "丙县"), encoding="utf-8")
        time.sleep(1)
        assert running.process.poll() is None
        assert running.stop() == 0


def test_an_address_in_use_is_said_in_chinese(tmp_path: Path) -> None:
    import socket

    office = small_office(tmp_path)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        office.settings["GKBOT_WEB_ADDRESS"] = f"127.0.0.1:{taken.getsockname()[1]}"
        process = office.start("serve")
        try:
            out, err = process.communicate(timeout=PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGTERM)
            out, err = process.communicate(timeout=PATIENCE_SECONDS)
    assert b"Traceback" not in out + err


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_a_killed_service_starts_again(tmp_path: Path) -> None:
    office = small_office(tmp_path)
    with service(office) as running:
        running.wait_for("ready")
        running.process.kill()
        running.process.wait()
    with service(office) as running:
        running.wait_for("ready")
        assert running.stop() == 0
