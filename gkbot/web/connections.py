"""One connection to the web server: shut when its caller says nothing, so that callers never use up the open files.

uvicorn has no time limit before the first request, and `limit_concurrency` answers "busy" but goes on holding every
connection. Each is an open file of this process, and one that has none left sends no mail and reads no ledger.
"""

import asyncio

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD_SECONDS = 10.0
MOST_CONNECTIONS = 200
"""What is asked on more of them at once is answered with 503."""
MOST_HELD = 2 * MOST_CONNECTIONS
"""What comes on top is shut without a word."""


class Connection(H11Protocol):
    """Shut where the head of a request does not come, or too many are held."""

    head_seconds = HEAD_SECONDS
    most_held = MOST_HELD
    _patience: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Take a caller, or shut the door at once."""
        super().connection_made(transport)
        if len(self.connections) > self.most_held:
            transport.abort()
            return
        self._mind()

    def data_received(self, data: bytes) -> None:
        """Hear a piece of a request."""
        super().data_received(data)
        self._mind()

    def on_response_complete(self) -> None:
        """Wait for the next request, or hear one that has come already."""
        super().on_response_complete()
        self._mind()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the caller."""
        super().connection_lost(exc)
        self._calm()

    def _mind(self) -> None:
        """Run out of patience some time after a head began to be waited for, however many pieces of it come."""
        if not self._waits():
            self._calm()
        elif self._patience is None:
            self._patience = self.loop.call_later(self.head_seconds, self.transport.abort)

    def _waits(self) -> bool:
        """Whether the other side has to speak: a head that is not whole, or a rest that nobody needs any more."""
        is_answered = self.cycle is not None and self.cycle.response_complete
        return self.conn.their_state is h11.IDLE or is_answered

    def _calm(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None
