"""One kill at a crash point, and what the receivers say after the restart (F01)."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from random import Random

from tests.faults.evidence import evidence, undecided
from tests.faults.fast_time import START
from tests.faults.model import Figures, check, figures
from tests.faults.offices import EVERY_LONG, MAIL_SECRET, MAIL_USER, MOST_LONG, SECRETS, OfficeOf
from tests.faults.receivers import CALM, Book, Mood, MoodyMail, MoodyRobots
from tests.faults.sender import Order
from tests.faults.zygote import KILLED_AT_A_POINT, Zygote

POINTS = ("0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11")
ONCE_A_PLAN = {"0", "1", "9", "10"}
MAY_DOUBLE = {"3", "4", "5", "6"}
HOURS_TO_THE_RESTART = 4
DEFERRING = Mood(too_fast=0.3)
MOST_RESTARTS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Kill:
    """Where, and in an office of how many notices."""

    point: str
    seed: int
    notices: int
    policy: str = "resend_once"

    def passing(self) -> int:
        """Which passing of the point is the last; by the seed, anywhere in the run."""
        if self.point in ONCE_A_PLAN:
            return 1
        office = OfficeOf(self.notices)
        mails = sum(channel == "email" for _, channel, _ in office.units())
        most = {
            "2": self.notices - mails,
            "4": mails,
            "8": max(1, self.notices // 8),
            "11": min(self.notices // EVERY_LONG, MOST_LONG),
        }.get(self.point, self.notices)
        return Random(f"{self.point}/{self.seed}").randint(1, max(most, 1))  # noqa: S311 - repeatable


@contextmanager
def receivers(
    book: Book, mood: Mood, seed: int, *, mail: Mood | None = None
) -> Iterator[tuple[MoodyMail, MoodyRobots]]:
    """A mail server and robots that write into one book; of one mood unless the mail has its own."""
    users = {MAIL_USER: MAIL_SECRET}
    with MoodyMail(book, mail or mood, seed, users) as letters, MoodyRobots(book, mood, seed + 1) as robots:
        yield letters, robots


def kill_and_restart(senders: Zygote, url: str, folder: Path, kill: Kill) -> Figures:
    """Kill a sender at the point, start it again until all is settled, and check every invariant.

    The clock stands still but for the waits, and a restart comes hours later, when leases have run out.
    """
    book, office = Book(), OfficeOf(kill.notices)
    with receivers(book, DEFERRING if kill.point == "8" else CALM, kill.seed) as (mail, robots):
        order = Order(
            url=url,
            folder=str(folder),
            notices=kill.notices,
            mail=mail.port,
            robot=robots.port,
            policy=kill.policy,
            seed=kill.seed,
        )
        first = replace(order, at=START.isoformat(), kill=f"{kill.point}:{kill.passing()}")
        status = senders.run(first)
        assert status == KILLED_AT_A_POINT, f"{kill} was not reached: {status} {_said(url, folder)}"
        for restart in range(1, MOST_RESTARTS):
            at = START + timedelta(hours=restart * HOURS_TO_THE_RESTART)
            status = senders.run(replace(order, at=at.isoformat()))
            assert status == 0, f"{kill}: restart ended with {status} {_said(url, folder)}"
            if not undecided(url):
                break
    found = evidence(url, folder)
    check(office, found, book.seen, days=[START.date()], secrets=SECRETS)
    return figures(found, book.seen)


def _said(url: str, folder: Path) -> str:
    return evidence(url, folder).said[-2000:]
