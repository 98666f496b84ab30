"""Processes that plan a day and send it with the service's own parts, to be killed by the tests.

`python -m tests.faults.sender` reads orders, one JSON object a line, and answers each with one:

    {"start": {…}}   forks a process; answers with its id
    {"wait": ID}     answers with its exit status, negative for a signal

Everything slow is imported already, and the rule book of each size is made once, so a process that
is killed every second still gets something done.
"""

import json
import logging
import os
import sys
import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import Engine, event

from gkbot.clock import Clock, FixedClock
from gkbot.delivery import Transport, work_outbox
from gkbot.ledger import Instance, Ledger, Receipt, UnclearPolicy
from gkbot.notices import Templates
from gkbot.rulebook import Rulebook
from gkbot.service.daily import Planner
from gkbot.service.fallback import Fallback
from gkbot.service.last_look import LastLook
from gkbot.service.rules import InForce
from gkbot.service.sending import renderer, templates_of, transports_of
from gkbot.service.stopping import stop_on_signals
from gkbot.settings import Settings
from tests.faults.fast_time import FastClock
from tests.faults.offices import ROOT, OfficeOf

OPEN_TRANSACTION = "TRANSACTION OPEN ON THE WIRE"
PATIENCE_SECONDS = 3 * 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What one process is to do.

    Attributes:
        at: Moment at which a clock stands that moves only when somebody waits; None for a fast clock.
        origin, speed: Of the fast clock.
        kill: Crash point and passing, 3:2.
        deadline_seconds: Of a send, on the clock given; the lease is a minute longer.
        plans: Plan the day first.
        sends: Send what is due then.
    """

    url: str
    folder: str
    notices: int
    mail: int
    robot: int
    at: str | None = None
    origin: float = 0.0
    speed: float = 1.0
    kill: str | None = None
    policy: str = "resend_once"
    deadline_seconds: float = 60.0
    plans: bool = True
    sends: bool = True
    seed: int = 1

    def clock(self) -> Clock:
        """The clock of this process."""
        return FastClock(self.origin, self.speed) if self.at is None else FixedClock(datetime.fromisoformat(self.at))

    def settings(self) -> Settings:
        """The settings of its office."""
        return OfficeOf(self.notices).settings(Path(self.folder), self.url, mail=self.mail, robot=self.robot)


def serve() -> None:
    """Fork a process for each order."""
    _templates()
    for line in sys.stdin:
        asked = json.loads(line)
        if "wait" in asked:
            _, status = os.waitpid(asked["wait"], 0)
            print(json.dumps(os.waitstatus_to_exitcode(status)), flush=True)
            continue
        order = Order(**asked["start"])
        _book(order.notices)
        child = os.fork()
        if not child:
            _be_the_process(order)
        print(json.dumps(child), flush=True)


def _be_the_process(order: Order) -> None:
    status = 1
    threading.Thread(target=_end_without, args=(os.getppid(),), daemon=True).start()
    try:
        _speak_into(Path(order.folder) / f"process-{os.getpid()}.log")
        if order.kill:
            os.environ["CP"] = order.kill
        Sender(order).run()
        status = 0
    except BaseException:  # noqa: BLE001 - the process ends here whatever happens
        traceback.print_exc()
    os._exit(status)


def _end_without(parent: int) -> None:
    """A test run that was itself killed leaves no sender behind."""
    while os.getppid() == parent:
        threading.Event().wait(2.0)
    os._exit(1)


def _speak_into(path: Path) -> None:
    """All that this process says, at DEBUG, goes into a file that is searched for secrets."""
    log = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(log, 1)
    os.dup2(log, 2)
    logging.basicConfig(level=logging.DEBUG, force=True)
    logging.getLogger("sqlalchemy").setLevel(logging.WARNING)


class Sender:
    """Plans like the service and sends each kind of channel in a thread of its own."""

    def __init__(self, order: Order) -> None:
        self.order, self.clock, self.settings = order, order.clock(), order.settings()
        self.in_force = InForce(book=_book(order.notices))
        self.ending = threading.Event()
        self.trouble: list[BaseException] = []

    def run(self) -> None:
        """Plan, then send until all is settled, or for ever on a fast clock."""
        stop_on_signals(self.ending.set)
        with Ledger.open(self.settings.database_url, clock=self.clock) as ledger:
            if self.order.plans:
                ledger.mark_seen({task.id for task in self.in_force.book.tasks}, self.clock.today().replace(day=1))
                planner = Planner(settings=self.settings, clock=self.clock, ledger=ledger, at_once=True)
                planner.write(self.in_force, self.clock.today())
            if not self.order.sends:
                return
            with ledger.outbox.activate(f"sender-{os.getpid()}") as instance:
                if isinstance(self.clock, FixedClock):
                    self._work(ledger, instance, self._transports(), self._patient(ledger, self.clock))
                    return
                self._serve(ledger, instance)

    def _patient(self, ledger: Ledger, clock: FixedClock) -> Callable[[float], None]:
        """Waits until something is to be done again; ends where that is hours away, or nothing is left."""

        def wait(_seconds: float) -> None:
            found = (ledger.outbox.next_moment(channel) for channel in ("email", "wecom", "file"))
            moment = min((each for each in found if each is not None), default=None)
            seconds = PATIENCE_SECONDS if moment is None else (moment - clock.now()).total_seconds()
            if clock.monotonic() + seconds >= PATIENCE_SECONDS:
                self.ending.set()
            clock.advance(max(seconds, 1.0))

        return wait

    def _serve(self, ledger: Ledger, instance: Instance) -> None:
        def wait(seconds: float) -> None:
            self.ending.wait(seconds / self.order.speed)

        def send(transport: Transport) -> None:
            try:
                self._work(ledger, instance, [transport], wait)
            except BaseException as error:  # noqa: BLE001 - told to the main thread
                self.trouble.append(error)

        threads = [threading.Thread(target=send, args=(transport,)) for transport in self._transports()]
        for thread in threads:
            thread.start()
        for thread in threads:
            while thread.is_alive():  # a signal that comes just before a wait without end is handled after it, never
                thread.join(1.0)
        if self.trouble:
            raise self.trouble[0]

    def _work(
        self, ledger: Ledger, instance: Instance, transports: list[Transport], wait: Callable[[float], None]
    ) -> None:
        work_outbox(
            ledger,
            transports,
            renderer(_templates()),
            self.clock,
            instance=instance,
            look_again=LastLook(book=lambda: self.in_force.book, ledger=ledger, clock=self.clock),
            fallback=Fallback(),
            until_empty=False,
            stop=self.ending.is_set,
            wait=wait,
            random=Random(self.order.seed),  # noqa: S311 - spreads retries
        )

    def _transports(self) -> list[Transport]:
        found: list[Transport] = list(transports_of(self.settings, self.clock))
        for transport in found:
            transport.policy = UnclearPolicy(self.order.policy)
            transport.deadline_seconds = self.order.deadline_seconds
            _watch(transport)
        return found


def _watch(transport: Transport) -> None:
    """Say so where a transaction of this thread is open while the network is used (invariant I9)."""
    send = transport.send

    def watched(parcel: Any) -> Receipt:
        if getattr(_open, "count", 0):
            logging.getLogger("test").error(OPEN_TRANSACTION)
        return send(parcel)

    transport.send = watched  # type: ignore[method-assign]  # a watch that the room must not know of


_open = threading.local()


@event.listens_for(Engine, "begin")
def _begun(_connection: object) -> None:
    _open.count = getattr(_open, "count", 0) + 1


@event.listens_for(Engine, "commit")
@event.listens_for(Engine, "rollback")
def _ended(_connection: object) -> None:
    _open.count = getattr(_open, "count", 0) - 1


@cache
def _book(notices: int) -> Rulebook:
    return OfficeOf(notices).book()


@cache
def _templates() -> Templates:
    return templates_of(Settings(templates=ROOT / "templates"))


if __name__ == "__main__":
    serve()
