"""A thousand due items on one robot, from the plan to the receiver's ledger, with a clock that is played."""

import threading
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from gkbot.clock import FixedClock
from gkbot.delivery import RobotAddress, WeComTransport
from gkbot.delivery.worker import Review, Worker
from gkbot.ledger import Ledger
from gkbot.notices import Templates, facts
from gkbot.planning import Channels, Plan, plan_day
from gkbot.rulebook.values import Contact, Role, Rulebook, Unit
from gkbot.service.sending import renderer
from tests.servers import RobotServer
from tests.small_books import book, by, known, task

MORNING = datetime(2023, 7, 24, 0, 45, tzinfo=UTC)
"""A quarter to nine on a Monday in Beijing."""
DAY = date(2023, 7, 24)
TEMPLATES = Templates.load(Path(__file__).parent.parent.parent / "templates")
TICK_SECONDS = 5.0
LONGEST_SECONDS = 900.0


@dataclass(frozen=True)
class Burst:
    """What the receiver saw.

    Attributes:
        texts: The messages in the order in which they came.
        at: Their moments, in seconds after the first could leave.
        urgent_after: Seconds from the urgent notice's entering to its arrival.
    """

    texts: Sequence[str]
    at: Sequence[float]
    urgent_after: float

    def most_in(self, seconds: float) -> int:
        """The most messages that came in any stretch of so many seconds."""
        return max(sum(start <= each < start + seconds for each in self.at) for start in self.at)

    @property
    def longest_bytes(self) -> int:
        return max(len(text.encode()) for text in self.texts)


def office(items: int) -> Rulebook:
    """Ten units that share one group, half of the tasks due today, half in a week."""
    units = [
        Unit(name=f"第{n}县人民政府", contacts=(Contact(post="办公室", wecom=f"user{n}"),), robot="COUNTIES")
        for n in range(10)
    ]
    tasks = [
        task(
            f"GY2023-{n:04}",
            by("2023-07-31" if n % 2 else "2023-07-24"),
            units=[(units[n % 10], Role.RESPONSIBLE)],
            title=f"对照第{n}类公开事项标准目录，在县级政府门户网站完善本地区公开内容",
        )
        for n in range(items)
    ]
    return book(*tasks, admins=())


def plan_of(rules: Rulebook) -> Plan:
    channels = Channels(robots=frozenset({"COUNTIES"}))
    return plan_day(rules, known(*rules.tasks, last_scan=date(2023, 7, 21)), DAY, channels=channels)


def play(url: str, *, items: int, instances: int, too_fast_at: int | None = None, enters_after: float = 10.0) -> Burst:
    """Plan, and let so many instances send; the urgent notice enters when the burst is under way.

    Args:
        too_fast_at: The so-manieth message is refused with 45009.
    """
    clock = FixedClock(MORNING)
    with RobotServer(now=clock.now) as robot, ExitStack() as stack:
        ledgers = [stack.enter_context(Ledger.open(url, clock=clock)) for _ in range(instances)]
        rules = office(items)
        ledgers[0].enqueue(plan_of(rules), lambda notice: facts(notice, rules), rules_digest="1")
        workers = [_worker(ledger, stack, clock, robot, number) for number, ledger in enumerate(ledgers)]
        if too_fast_at is not None:
            robot.answer(times=too_fast_at - 1)
            robot.answer(errcode=45009)
        entered = None
        while (clock.now() - MORNING).total_seconds() < LONGEST_SECONDS:
            _all_drain(workers)
            if entered is None and (clock.now() - MORNING).total_seconds() >= enters_after:
                entered = clock.now()
                _enter_urgent(ledgers[0])
                _all_drain(workers)
            if entered is not None and ledgers[0].outbox.next_moment("wecom") is None:
                break
            clock.advance(TICK_SECONDS)
        assert entered is not None
        return _seen(robot, entered)


def _seen(robot: RobotServer, entered: datetime) -> Burst:
    taken = [request for request in robot.requests if request.took]
    texts = [request.body["markdown"]["content"] for request in taken]
    moments = [request.at or MORNING for request in taken]
    urgent = next(at for at, text in zip(moments, texts, strict=True) if "URGENT-1" in text)
    return Burst(
        texts=texts,
        at=[(at - MORNING).total_seconds() for at in moments],
        urgent_after=(urgent - entered) / timedelta(seconds=1),
    )


def _enter_urgent(ledger: Ledger) -> None:
    """One more notice for the same group, due today."""
    rules = book(task("URGENT-1", by("2023-07-24"), units=[(office(1).units[0], Role.RESPONSIBLE)]), admins=())
    (found,) = plan_of(rules).notices
    plan = Plan(day=DAY, notices=(replace(found, key="f" * 32),))
    ledger.enqueue(plan, lambda notice: facts(notice, rules), rules_digest="2")


def _worker(ledger: Ledger, stack: ExitStack, clock: FixedClock, robot: RobotServer, number: int) -> Worker:
    instance = stack.enter_context(ledger.outbox.activate(f"burst-{number}"))
    transport = WeComTransport({"COUNTIES": RobotAddress(robot.url)}, deadline_seconds=10.0)

    def tell(claimed: Any) -> Review:
        return Review(facts=claimed.facts)

    return Worker(
        ledger=ledger,
        instance=instance,
        transports=[transport],
        render=renderer(TEMPLATES),
        clock=clock,
        look_again=tell,
        wait=lambda _seconds: None,
    )


def _all_drain(workers: Sequence[Worker]) -> None:
    """All instances at once, each in a thread of its own."""
    threads = [threading.Thread(target=worker.drain) for worker in workers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive()
