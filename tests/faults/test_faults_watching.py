"""Silent death is noticed outside (F25): whatever hangs or dies, the heartbeat stops; and nothing tells a secret."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

import pytest

from tests.acceptance.program import Office
from tests.acceptance.small import small_office
from tests.faults.watched import AUDIT_SECONDS, HANG_PLANNER, HANG_SENDER, KILL_PLANNER
from tests.servers import free_port

PATIENCE_SECONDS = 60.0  # on a machine that is busy
MARK = "MARKED-SECRET"
ROOT = Path(__file__).resolve().parents[2]


class Watched:
    """The service of `tests.faults.watched` at work in an office's folder."""

    def __init__(self, office: Office, **settings: str) -> None:
        self.folder, self.port = office.folder, free_port()
        self.heartbeat = self.folder / "alive"
        own = {
            "GKBOT_WEB_ADDRESS": f"127.0.0.1:{self.port}",
            "GKBOT_WATCHDOG": str(self.heartbeat),
            "GKBOT_STATE_DIR": str(self.folder / "state"),
            "GKBOT_DAILY_AT": "00:00",
            **settings,
        }
        self.log = (self.folder / f"log-{self.port}").open("wb+")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.watched"],
            cwd=self.folder,
            env={**office.environment(), **own, "PYTHONPATH": str(ROOT)},
            stdout=self.log,
            stderr=self.log,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.log.close()

    def said(self) -> str:
        """What it wrote into its log so far."""
        return Path(self.log.name).read_text(encoding="utf-8")

    def ask(self, path: str) -> tuple[int, str]:
        """Status and text of a page; 0 where nobody answers."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        except OSError:
            return 0, ""
        finally:
            connection.close()

    def health(self) -> tuple[int, dict[str, Any]]:
        """How it says that it is."""
        status, text = self.ask("/healthz")
        return status, json.loads(text) if status else {}

    def wait_until(self, is_so: Callable[[], bool]) -> None:
        """Wait until something is so; it must not take long."""
        end = time.monotonic() + PATIENCE_SECONDS
        while not is_so():
            assert time.monotonic() < end, (self.health(), self.said()[-3000:])
            time.sleep(AUDIT_SECONDS / 4)

    def is_well(self) -> bool:
        status, health = self.health()
        return status == 200 and health["status"] == "ok" and health["role"] == "active"

    def finds(self, code: str) -> bool:
        return code in self.health()[1].get("findings", ())

    def is_fed(self) -> bool:
        """Whether the heartbeat outside goes on, over several rounds of the auditor."""
        before = self.heartbeat.stat().st_mtime_ns if self.heartbeat.exists() else 0
        end = time.monotonic() + 6 * AUDIT_SECONDS
        while time.monotonic() < end:
            if self.heartbeat.exists() and self.heartbeat.stat().st_mtime_ns != before:
                return True
            time.sleep(AUDIT_SECONDS / 4)
        return False


@contextmanager
def service(folder: Path, **settings: str) -> Iterator[Watched]:
    with Watched(small_office(folder), **settings) as running:
        running.wait_until(running.is_well)
        yield running


@pytest.mark.fault("F25")
@pytest.mark.parametrize("flag", [HANG_SENDER, HANG_PLANNER])
def test_the_heartbeat_stops_when_a_thread_hangs_and_comes_back_with_it(tmp_path: Path, flag: str) -> None:
    with service(tmp_path) as running:
        running.wait_until(running.is_fed)
        (tmp_path / flag).touch()
        running.wait_until(lambda: running.finds("thread-silent"))
        assert running.health()[0] == 503
        running.wait_until(lambda: not running.is_fed())  # a round may have been under way
        (tmp_path / flag).unlink()
        running.wait_until(running.is_well)
        running.wait_until(running.is_fed)


@pytest.mark.fault("F25")
def test_a_planner_that_dies_takes_the_whole_service_with_it(tmp_path: Path) -> None:
    with service(tmp_path) as running:
        (tmp_path / KILL_PLANNER).touch()
        assert running.process.wait(PATIENCE_SECONDS) != 0  # systemd starts it again
        assert not running.is_fed()


@pytest.mark.fault("F25")
def test_a_heartbeat_whose_target_is_gone_is_said_and_taken_up_again(tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.mkdir()
    with service(tmp_path, GKBOT_WATCHDOG=str(target / "alive")) as running:
        running.heartbeat = target / "alive"
        running.wait_until(running.is_fed)
        target.rename(tmp_path / "elsewhere")
        running.wait_until(lambda: running.finds("watchdog-failed"))
        assert running.is_well()
        (tmp_path / "elsewhere").rename(target)
        running.wait_until(lambda: not running.finds("watchdog-failed"))
        running.wait_until(running.is_fed)


@pytest.mark.fault("F25")
def test_systemd_hears_that_it_is_ready_lives_and_stops(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        manager.settimeout(PATIENCE_SECONDS)
        heard: list[str] = []

        def hears(word: str, times: int = 1) -> None:
            while heard.count(word) < times:
                heard.append(manager.recv(4096).decode())

        with Watched(small_office(tmp_path), NOTIFY_SOCKET=str(tmp_path / "notify"), WATCHDOG_USEC="200000") as running:
            hears("READY=1\nSTATUS=运行中")
            hears("WATCHDOG=1", heard.count("WATCHDOG=1") + 2)
            hears("STATUS=运行中，一切正常")
            running.process.send_signal(signal.SIGTERM)
            hears("STOPPING=1\nSTATUS=正在停止")
            assert running.process.wait(PATIENCE_SECONDS) == 0


@pytest.mark.fault("F09")
def test_a_second_service_waits_says_so_feeds_nothing_and_takes_over(tmp_path: Path) -> None:
    with service(tmp_path) as first:
        second = Watched(Office(tmp_path), GKBOT_WATCHDOG=str(tmp_path / "second"))
        with second:
            second.heartbeat = tmp_path / "second"
            second.wait_until(lambda: second.health()[1].get("role") == "passive")
            assert second.health()[0] == 200
            assert "gkbot_active 0.0" in second.ask("/metrics")[1]
            assert not second.is_fed()
            first.process.kill()
            second.wait_until(second.is_well)
            second.wait_until(second.is_fed)


@pytest.mark.fault("F14")
@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a small disk")
def test_health_is_red_while_the_disk_is_full_and_green_again_afterwards(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "none", disk], check=False, capture_output=True)
    if mounted.returncode:
        pytest.skip("no small disk may be mounted here")
    try:
        with service(tmp_path, GKBOT_DATABASE_URL=f"sqlite:///{disk / 'gkbot.db'}") as running:
            ballast = disk / "ballast"
            subprocess.run(["dd", "if=/dev/zero", f"of={ballast}", "bs=1k"], check=False, capture_output=True)
            running.wait_until(lambda: running.finds("database-write"))
            assert running.health()[0] == 503
            running.wait_until(lambda: not running.is_fed())
            ballast.unlink()
            running.wait_until(running.is_well)
            running.wait_until(running.is_fed)
            assert running.process.poll() is None
    finally:
        subprocess.run(["umount", "--lazy", disk], check=True)


@pytest.mark.fault("F25")
def test_nothing_that_is_said_of_the_service_tells_a_secret(tmp_path: Path) -> None:
    secrets = {
        "GKBOT_WATCHDOG": f"https://127.0.0.1:9/ping/{MARK}",
        "GKBOT_SMTP_HOST": "127.0.0.1",
        "GKBOT_SMTP_PORT": "9",
        "GKBOT_SMTP_SECURITY": "none",
        "GKBOT_SMTP_USER": "gk@example.gov.cn",
        "GKBOT_SMTP_PASSWORD": MARK,
        "GKBOT_WECOM_ROBOT_OFFICE": f"http://127.0.0.1:9/send?key={MARK}",
        "GKBOT_PUBLIC_URL": "https://gk.example.gov.cn",
        "GKBOT_SECRET_KEY": f"{MARK}-of-the-links",
    }
    with service(tmp_path, **secrets) as running:
        running.wait_until(lambda: running.finds("watchdog-failed"))
        office = Office(tmp_path, {**secrets, "GKBOT_WEB_ADDRESS": f"127.0.0.1:{running.port}"})
        shown = [office.run("status").said, office.run("status", "--json").said]
        shown += [running.ask("/metrics")[1], running.ask("/healthz")[1], running.said()]
        assert "watchdog not reached" in running.said()
        assert "外部看门狗通知不到" in shown[0]
    assert [text for text in shown if MARK in text or "example.gov.cn" in text.replace("https://gk.example", "")] == []
