"""What the other side and the database saw while a test ran, noted as it happened.

The shared servers tell what they took, the fresh databases when they are gone, and the engines of
this process each commit; `tests/faults/invariants.py` judges afterwards. Nothing is noted outside a
test that is watched, so other tests and child processes pay nothing.
"""

import itertools
import logging
import sys
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy.engine import make_url

EMAIL, ROBOT = "email", "robot"
SHORTEST_SECRET = 6
_WIRE = ("/http/client.py", "/socket.py", "/ssl.py", "/smtplib.py", "/urllib3/connection.py", "/requests/adapters.py")


@dataclass(frozen=True, slots=True)
class Arrival:
    """A message that a receiver was handed.

    Attributes:
        order: Rises with everything noted, here and in the database.
        at: Seconds on the receiver's clock; None where its clock is not the office's.
        server: Which receiver; a robot's key belongs to it.
        content: A mail's bytes, or what was posted.
    """

    order: int
    at: float | None
    channel: str
    server: str
    address: str
    content: bytes
    took: bool


@dataclass(frozen=True, slots=True)
class Written:
    """A row that an engine of this process committed: an event, or the begin of an attempt."""

    order: int
    committed: int
    url: str
    table: str
    values: dict[str, Any]


@dataclass(slots=True)
class Seen:
    """All that was noted of one test.

    Attributes:
        channels: Kinds of channels for which a receiver stood ready.
        logs: Of mail servers that are programs of their own, with how much stood in them before.
        logged: What stood in those that are gone.
        urls: Databases opened, or made for the test; one that is reached by two ways, by the first.
        clocks: Those that the ledgers of this process went by.
        gone: What was read of databases that no longer exist, by address.
        decided: Numbers of all notices that were ever committed here, though a backup may know nothing of them.
        on_the_wire: Where a transaction was open while the network was used.
        secrets: Every value that was marked as one.
        said: What was logged and printed.
        verdicts: What the model said of a test that asked it by itself.
    """

    arrivals: list[Arrival] = field(default_factory=list)
    written: list[Written] = field(default_factory=list)
    channels: set[str] = field(default_factory=set)
    logs: dict[Path, int] = field(default_factory=dict)
    logged: list[str] = field(default_factory=list)
    urls: dict[Any, str] = field(default_factory=dict)
    clocks: list[Any] = field(default_factory=list)
    gone: dict[str, Any] = field(default_factory=dict)
    decided: set[str] = field(default_factory=set)
    on_the_wire: list[str] = field(default_factory=list)
    asked: int = 0
    secrets: set[str] = field(default_factory=set)
    said: list[str] = field(default_factory=list)
    verdicts: dict[str, str] = field(default_factory=dict)


class Witness:
    """Notes what happens while it watches."""

    def __init__(self) -> None:
        self.seen: Seen | None = None
        self._orders = itertools.count(1)
        self._lock = threading.Lock()
        self._open: dict[int, tuple[int, Any]] = {}
        self._uncommitted: dict[int, list[tuple[int, str, dict[str, Any]]]] = {}
        self._standing: list[Any] = []
        self._logs: list[Path] = []

    def begin(self) -> None:
        """Watch from here on."""
        with self._lock:
            self._open.clear()
            self._uncommitted.clear()
        seen = Seen(channels={channel for channel, _ in self._standing})
        for channel, server in self._standing:
            seen.secrets |= _secrets_of(server)
            seen.channels.add(channel)
        for log in self._logs:
            seen.logs[log] = len(_text(log))
        self.seen = seen

    def end(self) -> None:
        """Look away."""
        self.seen = None

    # Told by the servers

    def opens(self, channel: str, server: Any) -> None:
        """A receiver stands ready."""
        self._standing.append((channel, server))
        if self.seen is not None:
            self.seen.channels.add(channel)
            self.seen.secrets |= _secrets_of(server)

    def closes(self, server: Any) -> None:
        """It is gone; what it took stays."""
        self._standing = [each for each in self._standing if each[1] is not server]

    @contextmanager
    def reads(self, log: Path) -> Iterator[None]:
        """A mail server that is a program of its own writes here what it takes."""
        self._logs.append(log)
        if self.seen is not None:
            self.seen.logs[log] = 0
        try:
            yield
        finally:
            self._logs.remove(log)
            if self.seen is not None:
                self.seen.logged.append(_text(log)[self.seen.logs.pop(log, 0) :])

    def got(self, channel: str, server: Any, address: str, content: bytes, *, took: bool) -> None:
        """A receiver was handed a message."""
        if (seen := self.seen) is not None:
            name = f"{type(server).__name__}:{server.port}"
            moment = _moment(server, seen.clocks)
            seen.arrivals.append(Arrival(next(self._orders), moment, channel, name, address, content, took))

    def answering(self) -> None:
        """A receiver is about to answer: whoever is on the wire must have no transaction open (I9)."""
        if (seen := self.seen) is None:
            return
        seen.asked += 1
        if not self._open:
            return
        with self._lock:
            begun = list(self._open.values())
        frames = sys._current_frames()
        for thread, connection in begun:
            frame = frames.get(thread)
            if frame is not None and not connection.closed and connection.in_transaction():
                stack = traceback.extract_stack(frame)
                if any(line.filename.endswith(_WIRE) for line in stack):
                    seen.on_the_wire.append(" < ".join(f"{line.name}" for line in reversed(stack[-12:])))

    def says(self, text: str) -> None:
        """Something was printed or logged."""
        if self.seen is not None:
            self.seen.said.append(text)

    def marks(self, secret: str) -> None:
        """Something must be told to nobody."""
        if self.seen is not None and len(secret) >= SHORTEST_SECRET:
            self.seen.secrets.add(secret)

    def agrees(self, verdicts: dict[str, str]) -> None:
        """A test that plays many offices has asked the model of each; one that holds is enough to count."""
        if self.seen is not None:
            self.seen.verdicts = verdicts | {name: said for name, said in self.seen.verdicts.items() if said == "holds"}

    # Told by the databases

    def uses(self, url: str, clock: Any = None) -> None:
        """A database is used, by this clock."""
        if (seen := self.seen) is not None:
            seen.urls.setdefault(_identity(url), url)
            if clock is not None and not any(each is clock for each in seen.clocks):
                seen.clocks.append(clock)

    def mail_logs(self) -> list[str]:
        """What mail servers that are programs of their own wrote since the test began."""
        seen = self.seen
        return [] if seen is None else [*seen.logged, *(_text(log)[begin:] for log, begin in seen.logs.items())]

    def loses(self, url: str, read: Any) -> None:
        """A database goes before the test ends; `read` gives what stands in it."""
        if self.seen is not None:
            self.seen.gone[url] = read(url)

    def begun(self, connection: Any) -> None:
        with self._lock:
            self._open[id(connection)] = (threading.get_ident(), connection)

    def wrote(self, connection: Any, table: str, rows: list[dict[str, Any]]) -> None:
        mine = self._uncommitted.setdefault(id(connection), [])
        mine += [(next(self._orders), table, row) for row in rows]

    def ended(self, connection: Any, *, committed: bool) -> None:
        with self._lock:
            self._open.pop(id(connection), None)
        rows = self._uncommitted.pop(id(connection), ())
        if committed and rows and self.seen is not None:
            url, now = self.seen.urls.get(_identity(connection.engine.url), ""), next(self._orders)
            self.seen.written += [Written(order, now, url, table, values) for order, table, values in rows]
            self.seen.decided |= {values["number"] for _, table, values in rows if table == "notice"}


WITNESS = Witness()


class Listener(logging.Handler):
    """Notes every record with its facts and its traceback."""

    def emit(self, record: logging.LogRecord) -> None:
        facts = {name: value for name, value in vars(record).items() if name not in {"args", "exc_info", "msg"}}
        told = "".join(traceback.format_exception(*record.exc_info)) if record.exc_info else ""
        try:
            words = record.getMessage()
        except (TypeError, ValueError):
            words = f"{record.msg!r} {record.args!r}"
        WITNESS.says(f"{words} {facts} {told}")


def _secrets_of(server: Any) -> set[str]:
    """What only a receiver and its sender know."""
    found = {str(getattr(server, name, None) or "") for name in ("key", "secret")}
    found |= set((getattr(server, "users", None) or {}).values())
    return {secret for secret in found if len(secret) >= SHORTEST_SECRET}


def _moment(server: Any, clocks: list[Any]) -> float | None:
    """The receiver's time where it is told by the clock that the office goes by."""
    book = getattr(server, "book", None)
    if book is not None:
        return book.clock() or None
    if len(clocks) != 1:
        return None
    moment: datetime = clocks[0].now()
    return moment.timestamp()


def _identity(url: Any) -> Any:
    """A database, whatever the way there."""
    parsed = make_url(url)
    return parsed.get_backend_name(), parsed.database, str(sorted(parsed.query.items()))


def _text(log: Path) -> str:
    return log.read_text(errors="replace") if log.is_file() else ""
