"""A way to a PostgreSQL server that cuts the line at a chosen COMMIT."""

import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Self
from urllib.parse import urlsplit

COMMIT = b"COMMIT"


class CutProxy:
    """Hands everything on until it is armed; then the line is cut at the n-th COMMIT that passes.

    Args:
        forwards: The server gets the COMMIT and carries it out, only its answer is lost; False: it never hears of it.
    """

    def __init__(self, url: str, *, forwards: bool) -> None:
        parts = urlsplit(url)
        self._server = (parts.hostname or "127.0.0.1", parts.port or 5432)
        self._forwards = forwards
        self._left: int | None = None
        self.cuts = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._sockets: list[socket.socket] = []
        port = self._listener.getsockname()[1]
        self.url = url.replace(f"{parts.hostname}:{parts.port}", f"127.0.0.1:{port}", 1)

    def arm(self, nth: int) -> None:
        """Cut at the n-th COMMIT from now."""
        self._left = nth

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._listener.close()
        for each in self._sockets:
            with suppress(OSError):
                each.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection(self._server)
                self._sockets += [client, server]
                threading.Thread(target=self._to_server, args=(client, server), daemon=True).start()
                threading.Thread(target=self._to_client, args=(server, client), daemon=True).start()

    def _to_server(self, client: socket.socket, server: socket.socket) -> None:
        def hand_on(data: bytes) -> bool:
            if not self._is_the_one(data):
                server.sendall(data)
                return True
            self.cuts += 1
            client.shutdown(socket.SHUT_RDWR)  # before the answer can come
            if self._forwards:
                server.sendall(data)
            server.shutdown(socket.SHUT_WR if self._forwards else socket.SHUT_RDWR)
            return False

        _pump(client, hand_on)

    def _to_client(self, server: socket.socket, client: socket.socket) -> None:
        def hand_on(data: bytes) -> bool:
            with suppress(OSError):
                client.sendall(data)
            return True

        _pump(server, hand_on)

    def _is_the_one(self, data: bytes) -> bool:
        if self._left is None or COMMIT not in data:
            return False
        self._left -= 1
        if self._left:
            return False
        self._left = None
        return True


def _pump(source: socket.socket, hand_on: Callable[[bytes], bool]) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            if not hand_on(data):
                return
