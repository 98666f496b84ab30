"""The other side in a bad mood: refuses by share, loses replies, and notes all that arrived, and when.

Deterministic by its seed as far as the order of messages is.
"""

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from random import Random
from urllib.parse import parse_qs, urlsplit

from tests.servers import DROP, TAKE_AND_DROP, RobotAnswer, RobotServer, SmtpServer


@dataclass(frozen=True, slots=True, kw_only=True)
class Mood:
    """Shares of messages with which something goes wrong.

    Attributes:
        too_fast: Answered 45009 (robots), 451 (mail).
        busy: Answered -1 (robots only).
        lost_before: The line is cut, and the message was not taken.
        lost_reply: The message is taken, and the line is cut instead of the answer.
    """

    too_fast: float = 0.0
    busy: float = 0.0
    lost_before: float = 0.0
    lost_reply: float = 0.0


PATIENCE_SECONDS = 20.0
CALM = Mood()
STORM = Mood(too_fast=0.05, busy=0.02, lost_reply=0.02)
STORMY_MAIL = Mood(lost_before=0.01, lost_reply=0.02)
"""Mail that is deferred waits ten minutes and more, which tells nothing new and lasts long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A message as the receiver saw it.

    Attributes:
        at: Seconds on the clock the receiver was given.
        label: Message-ID of a mail; the text of a robot's message without the mark of a copy.
        marked: It said of itself that it may be a copy.
    """

    at: float
    channel: str
    address: str
    label: str
    took: bool
    marked: bool = False


@dataclass(slots=True)
class Book:
    """The receivers' own ledger: the only judge of "arrived"."""

    clock: Callable[[], float] = lambda: 0.0
    seen: list[Seen] = field(default_factory=list)
    lost_replies: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, channel: str, address: str, label: str, *, took: bool, marked: bool = False) -> None:
        entry = Seen(at=self.clock(), channel=channel, address=address, label=label, took=took, marked=marked)
        with self._lock:
            self.seen.append(entry)

    def arrived(self) -> list[Seen]:
        """What was taken."""
        return [entry for entry in self.seen if entry.took]


class MoodyRobots(RobotServer):
    """The robots of all groups behind one address; each has a key of its own."""

    def __init__(self, book: Book, mood: Mood, seed: int) -> None:
        super().__init__()
        self.book, self.mood = book, mood
        self._random = Random(seed)  # noqa: S311 - repeatable, not secret
        self._server.handle_error = lambda *_: None  # type: ignore[method-assign]  # senders are killed: lines break

    def take(self, request: BaseHTTPRequestHandler, raw: bytes) -> RobotAnswer:
        key = parse_qs(urlsplit(request.path).query)["key"][0]
        body = json.loads(raw)
        text: str = body[body["msgtype"]]["content"]
        with self._lock:
            answer = self._chosen()
        self.book.lost_replies += answer.took and answer.drop
        label, marked = text.removeprefix("（可能重复）"), text.startswith("（可能重复）")
        self.book.note("wecom", key.rpartition("-")[2], label, took=answer.took, marked=marked)
        if answer.wait is not None:
            answer.wait.wait(PATIENCE_SECONDS)
        return answer

    def _chosen(self) -> RobotAnswer:
        if self._answers:
            return self._answers.popleft()
        throw, mood = self._random.random(), self.mood
        for share, answer in (
            (mood.too_fast, RobotAnswer(body=b'{"errcode":45009,"errmsg":"api freq out of limit"}')),
            (mood.busy, RobotAnswer(body=b'{"errcode":-1,"errmsg":"system busy"}')),
            (mood.lost_before, RobotAnswer(body=b"", drop=True)),
            (mood.lost_reply, RobotAnswer(body=b"", drop=True, took=True)),
        ):
            if throw < share:
                return answer
            throw -= share
        return RobotAnswer(body=b'{"errcode":0,"errmsg":"ok"}', took=True)


class MoodyMail(SmtpServer):
    """A mail server that wants a password and takes, defers or loses by share."""

    def __init__(self, book: Book, mood: Mood, seed: int, users: dict[str, str]) -> None:
        super().__init__(users=users)
        self.book, self.mood = book, mood
        self.letters = _NotedLetters(book)
        self._random = Random(seed)  # noqa: S311 - repeatable, not secret

    def scripted(self, phase: str) -> str | None:
        told = super().scripted(phase)
        if told is None and phase == "dot":
            throw, mood = self._random.random(), self.mood
            for share, answer in (
                (mood.too_fast, "451 4.7.1 try again later"),
                (mood.lost_before, DROP),
                (mood.lost_reply, TAKE_AND_DROP),
            ):
                if throw < share:
                    told = answer
                    break
                throw -= share
        self.book.lost_replies += phase == "dot" and told == TAKE_AND_DROP
        return told


class _NotedLetters(list):  # type: ignore[type-arg]  # of letters, like the list it stands for
    """Notes each letter with its time as it is taken."""

    def __init__(self, book: Book) -> None:
        super().__init__()
        self.book = book

    def append(self, letter) -> None:  # type: ignore[no-untyped-def]  # a Letter
        super().append(letter)
        self.book.note("email", letter.recipient, str(letter.message["Message-ID"]), took=True)
