"""The auditor's rounds: it feeds the heartbeat outside only where all is well, and outlives what it meets."""

import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from gkbot.clock import FixedClock
from gkbot.errors import LedgerBusy, LedgerError
from gkbot.ledger.watching import Seen
from gkbot.service.auditing.auditor import Auditor, Watchman
from gkbot.service.auditing.judging import Facts
from gkbot.service.auditing.systemd import Systemd
from gkbot.service.auditing.vitals import LOOK, WRITING, Role, Vitals
from gkbot.service.auditing.watchdog import asked, feed_of
from gkbot.settings import Secret

NOW = datetime(2023, 7, 24, 2, 0, tzinfo=UTC)
SEEN = Seen(now=NOW)
ILL = Facts(now=NOW, broken=1)


class FakeGatherer:
    """Gives facts that are made up; the real one stands on a ledger."""

    def __init__(self, clock: FixedClock) -> None:
        self.vitals = Vitals(clock)
        self.vitals.role = Role.ACTIVE
        self.now: Facts | Exception = Facts(now=NOW, seen=SEEN)
        self.unfed_since: datetime | None = None
        self.looks = 0

    def facts(self) -> Facts:
        self.looks += 1
        if isinstance(self.now, Exception):
            raise self.now
        return self.now


def auditor(feed: Callable[[datetime], str | None] | None = None) -> tuple[Any, Any, FixedClock]:
    clock = FixedClock(NOW)
    gatherer = FakeGatherer(clock)
    return Auditor(gatherer=gatherer, clock=clock, feed=feed), gatherer, clock  # type: ignore[arg-type]


def test_the_heartbeat_is_fed_while_all_is_well_and_not_else() -> None:
    fed: list[datetime] = []
    made, gatherer, _ = auditor(fed.append)
    assert made.audit().is_clean
    gatherer.now = ILL
    assert not made.audit().is_clean
    assert fed == [NOW]


def test_an_instance_that_waits_for_its_turn_feeds_nothing() -> None:
    fed: list[datetime] = []
    made, gatherer, _ = auditor(fed.append)
    gatherer.vitals.role = Role.PASSIVE
    made.audit()
    assert fed == []


def test_a_heartbeat_that_is_not_reached_is_known_until_it_is_again() -> None:
    answers = ["http-500", None]
    made, gatherer, _ = auditor(lambda _now: answers.pop(0))
    made.audit()
    assert gatherer.unfed_since == NOW
    made.audit()
    assert gatherer.unfed_since is None


def test_a_look_is_kept_for_a_few_seconds_only() -> None:
    made, gatherer, clock = auditor()
    made.look()
    made.look()
    assert gatherer.looks == 1
    clock.advance(6)
    made.look()
    assert gatherer.looks == 2


def test_a_round_that_fails_feeds_nothing_and_the_next_one_comes() -> None:
    fed: list[datetime] = []
    made, gatherer, clock = auditor(fed.append)
    gatherer.now = RuntimeError("SECRET")
    rounds = []

    def wait(seconds: float) -> None:
        rounds.append(seconds)
        clock.advance(seconds)
        if len(rounds) == 2:
            gatherer.now = Facts(now=NOW, seen=SEEN)

    watchman = Watchman(auditor=made, vitals=gatherer.vitals, systemd=Systemd(), clock=clock, every_seconds=300)
    watchman.watch(lambda: len(rounds) == 3, wait)
    assert (rounds, fed) == ([300, 300, 300], [NOW])


def test_what_hangs_and_what_fails_is_known_by_name() -> None:
    clock = FixedClock(NOW)
    vitals = Vitals(clock)
    vitals.expect(LOOK, 300)
    vitals.expect(WRITING)
    clock.advance(301)
    vitals.failed(WRITING, LedgerBusy("数据库正被占用。"))
    look, writing = vitals.signs()
    assert (look.is_silent, writing.is_silent, vitals.all_beat()) == (True, False, False)
    assert (writing.trouble, writing.is_busy) == ("数据库正被占用。", True)
    vitals.beat(LOOK)
    vitals.failed(WRITING, LedgerError("磁盘已满。"))
    assert vitals.all_beat()
    assert [(sign.trouble, sign.is_busy) for sign in vitals.signs()] == [("", False), ("磁盘已满。", False)]
    vitals.succeeded(WRITING)
    assert [sign.failing_since for sign in vitals.signs()] == [None, None]


def test_the_text_of_a_strange_exception_is_not_kept() -> None:
    vitals = Vitals(FixedClock(NOW))
    vitals.expect(LOOK, 300)
    vitals.failed(LOOK, ValueError("https://example.com/?key=SECRET"))
    assert "SECRET" not in vitals.signs()[0].trouble


# The heartbeat outside


@contextmanager
def heartbeat(
    status: int = 200, *, silent: threading.Event | None = None, elsewhere: str = "/elsewhere"
) -> Iterator[SimpleNamespace]:
    """A server that is asked, and keeps how often; never comes to the end of what it says where it sends elsewhere."""
    seen, ended = SimpleNamespace(paths=[], url=""), threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.paths.append(self.path)
            if silent is not None:
                silent.wait(10)
            self.send_response(status)
            if status in {301, 302}:
                self.send_header("Location", elsewhere)
            self.end_headers()
            if status in {301, 302}:
                self.wfile.write(b"x" * 2048)
                ended.wait(10)

        def log_message(self, *_args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    seen.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield seen
    finally:
        ended.set()
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize(("status", "word"), [(200, None), (204, None), (500, "http-500"), (302, "http-302")])
def test_an_address_is_asked_and_never_followed_elsewhere(status: int, word: str | None) -> None:
    with heartbeat(status) as seen:
        assert asked(f"{seen.url}/ping/KEY", 5.0) == word
    assert seen.paths == ["/ping/KEY"]


@pytest.mark.parametrize("elsewhere", ["http://[portal/", "http://portal.example/?from=\xd5\xfe"])
def test_a_portal_that_sends_nowhere_is_told_by_its_status(elsewhere: str) -> None:
    with heartbeat(302, elsewhere=elsewhere) as seen:
        assert asked(f"{seen.url}/ping/KEY", 5.0) == "http-302"


def test_an_address_that_was_given_up_leaves_no_thread() -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:  # takes the call and never says a word
        assert asked(f"https://127.0.0.1:{deaf.getsockname()[1]}/ping/KEY", 0.2) in {"deadline", "ReadTimeout"}
    assert [thread for thread in threading.enumerate() if thread.name == "gkbot-request"] == []


def test_an_address_that_does_not_answer_is_given_up_at_the_deadline() -> None:
    release = threading.Event()
    with heartbeat(silent=release) as seen:
        assert asked(f"{seen.url}/ping/KEY", 0.2) in {"deadline", "ReadTimeout"}
        release.set()


def test_an_address_that_is_gone_tells_its_kind_of_trouble_only(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("DEBUG"):
        word = asked("http://127.0.0.1:9/ping/SECRET-KEY", 5.0)
    assert word == "ConnectionError"
    assert "SECRET" not in caplog.text


def test_a_file_gets_the_time_of_the_last_clean_audit(tmp_path: Path) -> None:
    path = tmp_path / "alive"
    feed = feed_of(Secret(str(path)))
    assert feed is not None
    for moment in (NOW, NOW.replace(hour=3)):
        assert feed(moment) is None
        assert path.stat().st_mtime == moment.timestamp()


def test_a_file_in_a_folder_that_is_gone_is_said(tmp_path: Path) -> None:
    feed = feed_of(Secret(str(tmp_path / "gone" / "alive")))
    assert feed is not None
    assert feed(NOW) == "No such file or directory"


def test_without_the_setting_there_is_nothing_to_feed() -> None:
    assert feed_of(None) is None


# systemd


@pytest.fixture(params=["path", "abstract"])
def manager(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[socket.socket, str]]:
    """A socket that plays systemd, and its address as NOTIFY_SOCKET names it."""
    name = f"{tmp_path / 'notify'}" if request.param == "path" else f"@gkbot-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as taken:
        taken.bind(name.replace("@", "\0", 1) if name[0] == "@" else name)
        taken.settimeout(5)
        yield taken, name


def test_systemd_hears_ready_alive_status_and_stopping(manager: tuple[socket.socket, str]) -> None:
    taken, name = manager
    systemd = Systemd.of({"NOTIFY_SOCKET": name})
    systemd.ready("运行中")
    systemd.alive()
    systemd.status("两行\n不行")
    systemd.stopping()
    heard = [taken.recv(4096).decode() for _ in range(4)]
    assert heard == ["READY=1\nSTATUS=运行中", "WATCHDOG=1", "STATUS=两行 不行", "STOPPING=1\nSTATUS=正在停止"]


@pytest.mark.parametrize(
    ("environ", "seconds"),
    [
        ({"WATCHDOG_USEC": "600000000"}, 600.0),
        ({"WATCHDOG_USEC": "600000000", "WATCHDOG_PID": "42"}, 600.0),
        ({"WATCHDOG_USEC": "600000000", "WATCHDOG_PID": "43"}, None),
        ({"WATCHDOG_USEC": "0"}, None),
        ({"WATCHDOG_USEC": "soon"}, None),
        ({}, None),
    ],
)
def test_the_watchdog_is_ours_only_where_systemd_says_so(environ: dict[str, str], seconds: float | None) -> None:
    assert Systemd.of({"NOTIFY_SOCKET": "/run/x", **environ}, pid=42).watchdog_seconds == seconds


def test_without_systemd_nothing_is_said() -> None:
    for environ in ({}, {"NOTIFY_SOCKET": ""}, {"NOTIFY_SOCKET": "relative"}):
        systemd = Systemd.of(environ)
        systemd.alive()
        assert systemd.address is None


def test_systemd_hears_that_we_live_only_while_all_threads_beat(manager: tuple[socket.socket, str]) -> None:
    taken, name = manager
    made, gatherer, clock = auditor()
    gatherer.vitals.expect("sender:email", 700)
    systemd = Systemd(address=Systemd.of({"NOTIFY_SOCKET": name}).address, watchdog_seconds=600)
    watchman = Watchman(auditor=made, vitals=gatherer.vitals, systemd=systemd, clock=clock, every_seconds=10_000)
    pauses: list[float] = []

    def wait(seconds: float) -> None:
        pauses.append(seconds)
        clock.advance(seconds)

    watchman.watch(lambda: len(pauses) == 5, wait)  # the sender is silent all the time
    systemd.stopping()
    heard = iter(lambda: taken.recv(4096).decode(), "STOPPING=1\nSTATUS=正在停止")
    assert [word for word in heard if word == "WATCHDOG=1"] == ["WATCHDOG=1"] * 3  # at 0, 300, 600 seconds
    assert pauses == [300] * 5
