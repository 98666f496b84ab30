"""The real server: bound first, stopped within seconds, silent about addresses."""

import http.client
import logging
import signal
import socket
import threading
from contextlib import suppress
from pathlib import Path

import pytest
from desks import FakeDesk

from gkbot.errors import SettingsError
from gkbot.web.app import create_app
from gkbot.web.connections import MOST_HELD, Connection
from gkbot.web.server import WebServer, bind

UNIT = Path(__file__).parents[2] / "docs" / "gkbot.service"
HEAD = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n"


def served(desk: FakeDesk | None = None, *, connection: type[Connection] = Connection) -> WebServer:
    return WebServer(create_app(desk or FakeDesk()), bind("127.0.0.1", 0), connection=connection)


def calls(server: WebServer) -> socket.socket:
    return socket.create_connection((server.host, server.port), timeout=5)


def asked(wire: socket.socket) -> int:
    wire.sendall(HEAD + b"\r\n")
    answer = http.client.HTTPResponse(wire)
    answer.begin()
    answer.read()
    return answer.status


class Hasty(Connection):
    """Waits for a request no longer than a moment."""

    head_seconds = 0.05


class Crowded(Connection):
    """Holds two callers."""

    most_held = 2


def test_it_serves_on_a_free_port_and_stops_cleanly(caplog: pytest.LogCaptureFixture) -> None:
    with served() as server:
        assert server.port > 0
        connection = http.client.HTTPConnection(server.host, server.port, timeout=5)
        connection.request("GET", "/healthz")
        answer = connection.getresponse()
        assert (answer.status, answer.getheader("server")) == (200, None)
        answer.read()  # the connection is still open, and nothing waits for it
    assert "graceful shutdown exceeded" not in caplog.text
    connection.close()
    assert not server.is_alive
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((server.host, server.port), timeout=1)


def test_it_may_be_stopped_before_it_started_and_at_once_after() -> None:
    served().stop()
    server = served()
    server.start()
    server.stop()
    assert not server.is_alive


def test_it_takes_no_signals() -> None:
    before = signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)
    with served() as server:
        socket.create_connection((server.host, server.port), timeout=5).close()
        assert (signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)) == before


def test_head_has_no_body_on_the_wire() -> None:
    with served() as server, socket.create_connection((server.host, server.port), timeout=5) as wire:
        wire.sendall(b"HEAD /x/good HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
        received = b"".join(iter(lambda: wire.recv(65536), b""))
    assert received.startswith(b"HTTP/1.1 200")
    assert received.endswith(b"\r\n\r\n")


def test_a_busy_port_is_a_setting_to_mend() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(SettingsError, match="GKBOT_WEB_ADDRESS") as caught:
            bind("127.0.0.1", port)
    assert "端口已被占用" in str(caught.value)


@pytest.mark.parametrize("host", ["203.0.113.7", "no.such.host.invalid", "a" * 70])
def test_an_address_of_another_machine_is_a_setting_to_mend(host: str) -> None:
    with pytest.raises(SettingsError, match="本机"):
        bind(host, 0)


def test_tokens_are_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    desk = FakeDesk()
    with caplog.at_level(logging.DEBUG), served(desk) as server:
        for path in ("/x/good", "/x/SECRETTOKEN"):
            connection = http.client.HTTPConnection(server.host, server.port, timeout=5)
            connection.request("GET", path)
            connection.getresponse().read()
            connection.request("POST", path, "do=report", {"content-type": "application/x-www-form-urlencoded"})
            connection.getresponse().read()
            connection.close()
    assert len(desk.recorded) == 1
    said = " ".join(str(vars(record)) for record in caplog.records)
    assert "answer from contact" in said
    assert "SECRETTOKEN" not in said
    assert "/x/" not in said


def test_many_ask_at_once() -> None:
    desk, statuses = FakeDesk(), []

    def ask() -> None:
        connection = http.client.HTTPConnection(server.host, server.port, timeout=10)
        connection.request("POST", "/x/good", "do=report", {"content-type": "application/x-www-form-urlencoded"})
        statuses.append(connection.getresponse().status)
        connection.close()

    with served(desk) as server:
        threads = [threading.Thread(target=ask) for _ in range(30)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert statuses == [200] * 30
    assert len(desk.recorded) == 30


@pytest.mark.parametrize("said", [b"", HEAD], ids=["nothing", "half a head"])
def test_a_caller_that_asks_nothing_is_shut_out(said: bytes) -> None:
    with served(connection=Hasty) as server, calls(server) as wire:
        wire.sendall(said)
        assert wire.recv(1) == b""


@pytest.mark.parametrize(
    ("first", "then"),
    [(HEAD + b"\r\n", HEAD), (HEAD + b"Content-Length: 9\r\n\r\n", b"")],
    ids=["half of another head", "a body that nobody waits for"],
)
def test_a_caller_that_was_answered_cannot_stay_by_beginning_something(first: bytes, then: bytes) -> None:
    with served(connection=Hasty) as server, calls(server) as wire:
        wire.sendall(first)
        answer = wire.recv(65536)
        wire.sendall(then)
        assert answer.startswith(b"HTTP/1.1 200")
        while wire.recv(65536):
            pass


def test_what_comes_on_top_of_the_most_is_shut_without_a_word() -> None:
    with served(connection=Crowded) as server, calls(server) as first, calls(server) as second:
        assert (asked(first), asked(second)) == (200, 200)
        with calls(server) as third, suppress(ConnectionError):
            assert third.recv(1) == b""
        assert asked(second) == 200


def test_the_unit_file_lets_more_files_be_open_than_callers_are_held() -> None:
    limits = [line for line in UNIT.read_text("utf-8").splitlines() if line.startswith("LimitNOFILE=")]
    assert [int(line.partition("=")[2]) > 4 * MOST_HELD for line in limits] == [True]
