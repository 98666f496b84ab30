"""The real server: bound first, stopped within seconds, silent about addresses."""

import http.client
import logging
import signal
import socket
import threading

import pytest
from desks import FakeDesk

from gkbot.errors import SettingsError
from gkbot.web.app import create_app
from gkbot.web.server import WebServer, bind


def served(desk: FakeDesk | None = None) -> WebServer:
    return WebServer(create_app(desk or FakeDesk()), bind("127.0.0.1", 0))


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
