"""Senders killed at random while the other side is in a bad mood, until everything is settled (F02, F09)."""

import time
from dataclasses import dataclass, field, replace
from datetime import UTC
from pathlib import Path
from random import Random

from gkbot.ledger import Ledger
from gkbot.planning import EventKind, NewEvent
from tests.faults.evidence import Evidence, evidence, undecided
from tests.faults.fast_time import START, FastClock
from tests.faults.kills import receivers
from tests.faults.model import Figures, check, figures, lost, nothing_after, poisoned
from tests.faults.offices import SECRETS, OfficeOf
from tests.faults.receivers import STORM, STORMY_MAIL, Book, Mood
from tests.faults.sender import Order
from tests.faults.zygote import Zygote, wait_until

NAIVE_START = START.astimezone(UTC).replace(tzinfo=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Storm:
    """How hard it blows.

    Attributes:
        kill_every: Seconds between two kills, about; 0 for none.
        replan: Share of the restarted workers that plan the day once more. Below 1 the day is planned
            before the storm begins: the plan of a large office takes longer than a worker lives.
        speed: Seconds of the office in a second of ours.
        done: All duties of so many units with a mailbox are reported done meanwhile.
    """

    workers: int
    notices: int
    kill_every: float = 1.0
    replan: float = 1.0
    seed: int = 1
    mood: Mood = STORM
    mail_mood: Mood = STORMY_MAIL
    speed: float = 20.0
    policy: str = "resend_once"
    within_seconds: float = 150.0
    done: int = 0


@dataclass(slots=True)
class Blown:
    """What a storm came to."""

    figures: Figures
    kills: int
    seconds: float
    lost_replies: int
    found: Evidence = field(repr=False)
    book: Book = field(repr=False)


def blow(senders: Zygote, url: str, folder: Path, storm: Storm) -> Blown:
    """Start the workers, kill one at random again and again, and check every invariant at the end."""
    begun, random = time.monotonic(), Random(storm.seed)  # noqa: S311 - repeatable, not secret
    clock = FastClock(begun, storm.speed)
    book, office = Book(clock=clock.monotonic), OfficeOf(storm.notices)
    with receivers(book, storm.mood, storm.seed, mail=storm.mail_mood) as (mail, robots):
        order = Order(
            url=url,
            folder=str(folder),
            notices=storm.notices,
            mail=mail.port,
            robot=robots.port,
            origin=begun,
            speed=storm.speed,
            policy=storm.policy,
        )
        if storm.replan < 1:
            assert senders.run(replace(order, sends=False)) == 0
        workers = [senders.start(order) for _ in range(storm.workers)]
        done = _report_done(url, clock, storm, book)
        kills = 0
        while not _is_settled(url, book, storm, random):
            assert time.monotonic() - begun < storm.within_seconds, f"still not settled: {_between(url, folder)}"
            assert all(map(senders.lives, workers)), f"a sender ended by itself: {evidence(url, folder).said[-3000:]}"
            if storm.kill_every:
                place = random.randrange(len(workers))  # whatever it was about to do
                senders.kill(workers[place])
                workers[place] = senders.start(replace(order, plans=random.random() < storm.replan))
                kills += 1
        for worker in workers:
            senders.kill(worker)
    found = evidence(url, folder)
    check(office, found, book.seen, days=[START.date()], secrets=SECRETS)
    nothing_after(done, found, NAIVE_START)
    assert not lost(found, book.seen), f"lost: {lost(found, book.seen)}"
    assert not poisoned(found), f"innocent, and dead as poison: {poisoned(found)}"
    return Blown(figures(found, book.seen), kills, time.monotonic() - begun, book.lost_replies, found, book)


def _is_settled(url: str, book: Book, storm: Storm, random: Random) -> bool:
    """Whether nothing is left to do; looks for about as long as it is to the next kill."""
    pause = storm.kill_every * random.uniform(0.5, 1.5) if storm.kill_every else 0.5
    return wait_until(lambda: bool(book.seen) and not undecided(url), within_seconds=pause, pause=0.1)


def _between(url: str, folder: Path) -> str:
    return str([(row["number"], row["state"], row["next_at"]) for row in evidence(url, folder)["notice"]
                if row["state"] in {"pending", "leased"}][:5])  # fmt: skip


def _report_done(url: str, clock: FastClock, storm: Storm, book: Book) -> dict[tuple[str, str], float]:
    """Report all duties of some units done while the storm blows; when each commit had come back."""
    if not storm.done:
        return {}
    assert wait_until(lambda: bool(book.seen))
    units = [name for name, channel, _ in OfficeOf(storm.notices).units() if channel == "email"][-storm.done :]
    done: dict[tuple[str, str], float] = {}
    with Ledger.open(url, clock=clock) as ledger:
        for task, names in OfficeOf(storm.notices).tasks():
            for unit in names:
                if unit in units:
                    ledger.record(NewEvent(kind=EventKind.DONE, task=task, unit=unit, at=clock.now(), actor="测试"))
                    done[task, unit] = clock.monotonic()
    return done
