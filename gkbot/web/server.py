"""The web server: uvicorn in a thread of its own, started and stopped by the service."""

import errno
import socket
import threading
from types import TracebackType
from typing import Self

import uvicorn
from starlette.types import ASGIApp

from gkbot.errors import SettingsError
from gkbot.os_words import in_words
from gkbot.web.connections import MOST_CONNECTIONS, Connection

NAME = "GKBOT_WEB_ADDRESS"
START_SECONDS = 10.0
STOP_SECONDS = 5
MOST_HEADER_BYTES = 16 * 1024


def bind(host: str, port: int) -> socket.socket:
    """A listening address, taken before anything else starts; port 0 takes a free one.

    Raises:
        SettingsError: The address is not this machine's, or taken.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        taken = socket.socket(family, kind, protocol)
    except (OSError, UnicodeError):
        raise SettingsError(NAME, f"本机没有地址“{host}”", "写法：地址:端口，例 127.0.0.1:8000。") from None
    try:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(address)
        taken.listen(MOST_CONNECTIONS)
    except OSError as error:
        taken.close()
        raise SettingsError(NAME, f"不能监听 {host}:{port}（{in_words(error)}）", _cure(error)) from None
    return taken


class WebServer:
    """Serves an application on a bound socket until it is stopped; leaves signals to others."""

    def __init__(self, app: ASGIApp, taken: socket.socket, *, connection: type[Connection] = Connection) -> None:
        """Prepare to serve `app` on a socket of `bind`."""
        self._socket = taken
        self.host, self.port = taken.getsockname()[:2]
        self._server = uvicorn.Server(_config(app, connection))
        self._thread = threading.Thread(target=self._serve, name="gkbot-web", daemon=True)

    @property
    def address(self) -> str:
        """Where the page is, as a URL."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"

    @property
    def is_alive(self) -> bool:
        """Whether it still serves."""
        return self._thread.is_alive()

    def start(self) -> None:
        """Begin to serve; returns at once, connections made meanwhile wait their turn."""
        self._thread.start()

    def stop(self) -> None:
        """Finish the requests in hand, for a few seconds at most, and close the socket."""
        self._server.should_exit = True
        if self._thread.ident is not None:
            self._thread.join(START_SECONDS)
        self._socket.close()

    def __enter__(self) -> Self:
        """Serve within a `with` block."""
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop."""
        self.stop()

    def _serve(self) -> None:
        self._server.run(sockets=[self._socket])


def _config(app: ASGIApp, connection: type[Connection]) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http=connection,
        backlog=MOST_CONNECTIONS,  # so many may be taken at once, before any of them is looked at
        log_config=None,
        access_log=False,  # addresses of contacts' pages hold their tokens
        proxy_headers=False,  # who asks is who is connected, whatever a header says
        server_header=False,
        lifespan="off",
        ws="none",
        limit_concurrency=MOST_CONNECTIONS,
        h11_max_incomplete_event_size=MOST_HEADER_BYTES,
        timeout_graceful_shutdown=STOP_SECONDS,
    )


def _cure(error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return "端口已被占用（是不是另一个 gkbot 在运行？）。请停止占用它的程序，或换一个端口。"
    if error.errno == errno.EACCES:
        return "没有权限使用这个端口，请换成 1024 以上的端口。"
    return "请写本机的地址，例 127.0.0.1:8000。"
