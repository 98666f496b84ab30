"""An office that sends its mails through one storm of faults, and the laws that must hold afterwards.

Twelve people are told while commits fail before, within and after; the server refuses and hangs up; tasks are
done, time passes and our own code stumbles at each step of a mail; the sender is told to stop, or dies. Then
the weather clears. What strikes follows from the seed alone.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from random import Random
from typing import Any, Self
from unittest.mock import patch

from sqlalchemy import Connection

from gkbot.clock import FixedClock
from gkbot.delivery import EmailTransport, MailServer, Review
from gkbot.delivery.transport import Parcel
from gkbot.errors import LedgerConflict, LedgerError
from gkbot.ledger import AT_RISK, Claimed, Instance, Ledger, NoticeState, Outcome, Receipt, UnclearPolicy
from gkbot.planning.values import EventKind, NewEvent
from tests.databases import fresh_database
from tests.plans import enqueue, many, tell_everything, worker_for
from tests.servers import DROP, TAKE_AND_DROP, SmtpServer

PEOPLE, WILD_ROUNDS, ROUNDS = 12, 30, 80
POLICIES = list(UnclearPolicy)
# No 5xx at MAIL: it would shut the channel until a person comes.
LATER, NEVER = ("451 4.3.0 later", "421 bye", DROP), "550 5.1.1 no"
REFUSALS = {"connect": ("421 no",), "mail": LATER, "rcpt": (*LATER, NEVER), "data": LATER, "body": (DROP,)}
REFUSALS["dot"] = (*LATER, NEVER, TAKE_AND_DROP)
FOUL = {"server": 0.05, "ledger": 0.03, "done": 0.1, "time": 0.05, "own": 0.02, "stop": 0.01, "kill": 0.03}


@dataclass(frozen=True, slots=True)
class Weather:
    """How likely each kind of fault is wherever it can strike; the seed says where it does."""

    seed: int
    policy: UnclearPolicy
    pipelining: bool = True
    chances: Mapping[str, float] = field(default_factory=lambda: FOUL)

    @classmethod
    def drawn(cls, seed: int) -> Self:
        """One of many: seldom everything at once."""
        draw = _dice(f"weather {seed}").choice
        chances = {kind: chance * draw((0, 0, 0.5, 1, 3)) for kind, chance in FOUL.items()}
        return cls(seed, draw(POLICIES), draw((True, True, False)), chances)


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of one notice; `most` copies were out or at risk when its task was done, None where it never was."""

    policy: UnclearPolicy
    state: NoticeState
    copies: int
    most: int | None
    outcomes: Sequence[Outcome | None]

    @property
    def unclear(self) -> int:
        return self.outcomes.count(Outcome.UNCLEAR)


LAWS: dict[str, Callable[[Fate], bool]] = {
    "everything settles, nothing stays leased": lambda it: it.state not in {NoticeState.PENDING, NoticeState.LEASED},
    "no attempt is left open": lambda it: None not in it.outcomes,
    "what is sent has arrived": lambda it: it.state is not NoticeState.SENT or it.copies > 0,
    "each copy is on record": lambda it: it.copies <= it.outcomes.count(Outcome.OK) + it.unclear,
    "a further copy was in doubt": lambda it: it.copies - 1 <= it.unclear,
    "nothing doubles unless it is to be resent": lambda it: it.copies <= 1 + (it.policy is UnclearPolicy.RESEND_ONCE),
    "nothing leaves once it is done": lambda it: it.most is None or it.copies <= it.most,
    "what is superseded was done": lambda it: it.state is not NoticeState.SUPERSEDED or it.most is not None,
    "what is held is in doubt": lambda it: (
        it.state is not NoticeState.HELD or it.unclear >= 1 + (it.policy is not UnclearPolicy.HOLD)
    ),
}


class Killed(BaseException):
    """The process is gone from here on."""


class Storm:
    """Throws the dice; each place has its own, since the server's thread throws beside the sender's."""

    def __init__(self, weather: Weather) -> None:
        self.weather, self.is_wild = weather, False
        self.struck = Counter[str]()
        self._dice: dict[str, Random] = {}

    def strikes(self, kind: str, place: str = "") -> bool:
        hit = self.is_wild and self._at(f"{kind} {place}").random() < self.weather.chances[kind]
        self.struck[kind] += hit
        return hit

    def one_of(self, what: str, choices: Sequence[Any]) -> Any:
        return self._at(what).choice(choices)

    def over(self, ledger: Ledger) -> AbstractContextManager[Any]:
        """Transactions fail before, within and after."""
        writing = ledger._database.writing

        @contextmanager
        def struck() -> Iterator[Connection]:
            self._commit("before", LedgerError("disk full"))
            with writing() as connection:
                yield connection
                self._commit("within", LedgerConflict("deadlock"))
            self._commit("after", LedgerError("committed, but who knows"))

        return patch.object(ledger._database, "writing", struck)

    def _commit(self, when: str, error: LedgerError) -> None:
        if self.strikes("kill", when):
            raise Killed
        if self.strikes("ledger", when):
            raise error

    def _at(self, place: str) -> Random:
        if place not in self._dice:
            self._dice[place] = _dice(f"{place} {self.weather.seed}")
        return self._dice[place]


class RoughServer(SmtpServer):
    """Refuses and hangs up at any phase."""

    def __init__(self, storm: Storm) -> None:
        super().__init__(pipelining=storm.weather.pipelining)
        self._storm = storm

    def scripted(self, phase: str) -> str | None:
        if phase in REFUSALS and self._storm.strikes("server", phase):
            return str(self._storm.one_of(phase, REFUSALS[phase]))
        return None


class Post(EmailTransport):
    """The real one, with whatever happens at its steps."""

    def __init__(self, server: MailServer, office: "Office") -> None:
        super().__init__(server, office.clock)
        self.policy, self._happens = office.storm.weather.policy, office.happens

    def announce(self, parcel: Parcel) -> bool:
        self._happens("announce")
        said = super().announce(parcel)
        self._happens("announced")
        return said

    def send(self, parcel: Parcel) -> Receipt:
        self._happens("send")
        receipt = super().send(parcel)
        self._happens("sent")
        return receipt


class Office:
    """Sends all its notices through one storm; what people do reaches the database past it."""

    def __init__(self, ledger: Ledger, page: Ledger, storm: Storm, clock: FixedClock, mail: SmtpServer) -> None:
        self.storm, self.clock = storm, clock
        self._ledger, self._page, self._mail = ledger, page, mail
        self._most: dict[str, int] = {}
        self._rounds = 0
        enqueue(page, *many(PEOPLE))

    def work(self) -> None:
        """Send until all is settled; a process that was killed is started again."""
        server = MailServer(host=self._mail.host, port=self._mail.port, security="none", sender="bot@example.gov.cn")
        while self._goes_on():
            with self._ledger.outbox.activate("test") as me:
                self._work_until_killed(me, post := Post(server, self))
                post.close()

    def fates(self) -> Iterator[Fate]:
        copies = Counter(letter.message["Message-ID"] for letter in self._mail.letters)
        entries = self._page.outbox.entries()
        assert set(copies) <= {entry.message_id for entry in entries}
        for entry in entries:
            outcomes = [each.outcome for each in self._page.outbox.attempts(entry.number)]
            most = self._most.get(entry.address)
            yield Fate(self.storm.weather.policy, entry.state, copies[entry.message_id], most, outcomes)

    def happens(self, step: str) -> None:
        """Whatever may come in between at a step of a mail."""
        if self.storm.strikes("done", step):
            self._record_done(self.storm.one_of("who", range(PEOPLE)))
        if self.storm.strikes("time", step):
            self.clock.advance(self.storm.one_of("seconds", (3, 11, 200)))
        if self.storm.strikes("own", step):
            raise RuntimeError(step)
        # Who dies between dot and answer leaves a mail that arrives whenever it likes: see `test_delivery_kills`.
        if step != "look" and self.storm.strikes("kill", step):
            raise Killed

    def _work_until_killed(self, me: Instance, post: EmailTransport) -> None:
        while self._goes_on():
            self._rounds += 1
            self.storm.is_wild = self._rounds <= WILD_ROUNDS
            stop = partial(next, iter(lambda: self.storm.strikes("stop"), True), True)  # once told, it stays so
            worker = worker_for(self._ledger, me, self.clock, post, look_again=self._look, stop=stop)
            try:
                with self.storm.over(self._ledger):
                    worker.drain()
            except LedgerError:
                pass  # the service goes on at its next round
            except Killed:
                return
            finally:
                self.clock.advance(self.storm.one_of("pause", (1, 60, 700, 4000)))

    def _goes_on(self) -> bool:
        counts = self._page.counts()
        is_settled = not (counts.get(NoticeState.PENDING) or counts.get(NoticeState.LEASED))
        return not is_settled and self._rounds < ROUNDS

    def _look(self, claimed: Claimed) -> Review:
        self.happens("look")
        return Review(facts=None, reason="done") if claimed.address in self._most else tell_everything(claimed)

    def _record_done(self, who: int) -> None:
        (entry,) = self._page.outbox.entries(address=f"u{who}@example.gov.cn")
        if entry.address in self._most:
            return
        self._page.record(NewEvent(kind=EventKind.DONE, task=f"T{who}", at=self.clock.now(), actor="张三"))
        tries = self._page.outbox.attempts(entry.number)
        at_risk = sum(each.outcome is None and each.phase == AT_RISK for each in tries)
        self._most[entry.address] = at_risk + sum(letter.recipient == entry.address for letter in self._mail.letters)


def broken_in(weather: Weather, kind: str, folder: Path) -> tuple[list[tuple[str, Fate]], Counter[str]]:
    """Send through this weather: the laws that were broken, by what, and how often each kind of fault struck."""
    folder.mkdir(exist_ok=True)
    clock, storm = FixedClock(datetime(2023, 7, 24, 1, 0, tzinfo=UTC)), Storm(weather)
    opened = partial(Ledger.open, clock=clock)
    with fresh_database(kind, folder) as url, opened(url) as ledger, opened(url) as page, RoughServer(storm) as mail:
        office = Office(ledger, page, storm, clock, mail)
        office.work()
        return [(law, fate) for fate in office.fates() for law, holds in LAWS.items() if not holds(fate)], storm.struck


def _dice(name: str) -> Random:
    return Random(name)  # noqa: S311 - the same weather every time
