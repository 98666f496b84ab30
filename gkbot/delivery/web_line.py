"""The line a web request travels on: whether anything was said on it yet, and how to hang up from outside.

`requests` tells neither: a TLS error of the handshake and one in the middle of an answer look alike, and a thread that
reads an answer without end cannot be stopped from another one except at its socket. Nor is it told of redirects: even
where it must not follow them it reads their whole body, and stumbles over an address that is none.
"""

import socket
from contextlib import suppress
from typing import Any

from requests import Response, Session
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection


class Line:
    """What is known of the connection in use; one request at a time."""

    def __init__(self) -> None:
        """Nothing is connected yet."""
        self.has_spoken = False
        self._end: socket.socket | None = None
        self._is_over = False

    def session(self) -> Session:
        """A session whose requests travel on this line."""
        made = _Straight()
        for scheme in ("http://", "https://"):
            made.mount(scheme, _Adapter(self))
        return made

    def clear(self) -> None:
        """Before a request: nothing of it was said."""
        self.has_spoken = False

    def hold(self, end: socket.socket) -> None:
        """From now on this is the connection in use; after the end nothing leaves on it any more."""
        self._end = end
        if self._is_over:
            self.hang_up()

    def hang_up(self) -> None:
        """End whatever waits for the other side, in whatever thread it waits; for good."""
        self._is_over = True
        if self._end is not None:
            with suppress(OSError):
                self._end.shutdown(socket.SHUT_RDWR)


class _Straight(Session):
    """Knows no redirects: who sends us elsewhere is judged by its status, like everybody."""

    def get_redirect_target(self, resp: Response) -> None:
        return None


class _Adapter(HTTPAdapter):
    """Makes connections that tell their line what they do."""

    def __init__(self, line: Line) -> None:
        super().__init__()
        self._line = line

    def get_connection_with_tls_context(self, *asked: Any, **how: Any) -> Any:
        pool: Any = super().get_connection_with_tls_context(*asked, **how)
        kind = _Https if pool.scheme == "https" else _Http
        pool.ConnectionCls = type(kind.__name__, (kind,), {"line": self._line})
        return pool


class _Telling(HTTPConnection):
    """A connection that tells; of its socket it keeps a second handle, since TLS takes the first away."""

    line: Line
    _end: socket.socket | None = None

    def _new_conn(self) -> socket.socket:
        made = super()._new_conn()
        self._end = made.dup()
        self.line.hold(self._end)
        return made

    def request(self, *asked: Any, **how: Any) -> None:
        if self._end is not None:
            self.line.hold(self._end)  # a connection may serve again
        if self.sock is None:
            self.connect()
        self.line.has_spoken = True
        super().request(*asked, **how)

    def close(self) -> None:
        super().close()
        if self._end is not None:
            self._end.close()
            self._end = None


class _Http(_Telling):
    """In plain words."""


class _Https(_Telling, HTTPSConnection):
    """By TLS: what is said is said after the handshake."""
