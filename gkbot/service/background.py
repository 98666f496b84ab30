"""The background service: looks, plans, sends, and goes on for years (`gkbot serve`).

One thread decides (rules, the day's plan), one sends for each kind of channel, so that slow mail
never holds up a robot, one serves the web page. The alarm clock only wakes them; what was done
stands in the ledger, so a stop, a kill or a missed alarm costs nothing.
"""

import logging
import os
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from gkbot.clock import Clock
from gkbot.delivery import Transport, work_outbox
from gkbot.errors import LedgerBusy, LedgerError
from gkbot.ledger import Instance, Ledger
from gkbot.ledger.instances import Activation
from gkbot.notices import Templates
from gkbot.service.alarm import Alarm
from gkbot.service.daily import Planner
from gkbot.service.rules import InForce, RuleKeeper
from gkbot.service.sending import Fallback, LastLook, renderer, templates_of, transports_of
from gkbot.settings import Settings

log = logging.getLogger("gkbot.serve")

LOOK_SECONDS = 5
TAKE_OVER_SECONDS = 20
MOST_IDLE_SECONDS = 60.0
STANDSTILL_SECONDS = 10.0

PlannedWith = tuple[date, str, bool, bool, bool, int]


@dataclass(slots=True)
class Stopper:
    """Says when to stop, and wakes who waits."""

    _stop: threading.Event = field(default_factory=threading.Event)
    _wake: threading.Event = field(default_factory=threading.Event)

    def stop(self) -> None:
        """Finish what is in hand, then stop."""
        self._stop.set()
        self._wake.set()

    def wake(self) -> None:
        """Look again now."""
        self._wake.set()

    def is_stopping(self) -> bool:
        """Whether to stop."""
        return self._stop.is_set()

    def wait_for_wake(self, seconds: float) -> None:
        """Wait until woken, told to stop, or the time is up."""
        self._wake.wait(seconds)
        self._wake.clear()

    def wait_for_stop(self, seconds: float) -> None:
        """Wait until told to stop or the time is up."""
        self._stop.wait(seconds)


@dataclass(slots=True, kw_only=True)
class Service:
    """Everything that runs between start and SIGTERM.

    Attributes:
        on_ready: Called once, when rules and ledger are in order and the first look is done.
    """

    settings: Settings
    clock: Clock
    ledger: Ledger
    stopper: Stopper
    on_ready: Callable[[], None] = lambda: None
    keeper: RuleKeeper = field(init=False)
    _planned_with: PlannedWith | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        """Keep the rules of the settings' folder."""
        self.keeper = RuleKeeper(self.settings.rules, self.ledger, self.clock)

    def run(self) -> None:
        """Work until told to stop.

        Raises:
            RulesBroken: The rule files hold errors and there never was a good version.
            TemplateError: A template cannot be used.
            LedgerError: The database cannot be used at all.
        """
        self.keeper.refresh()
        templates = templates_of(self.settings)
        alarm = Alarm(
            self.stopper.wake, daily_at=self.settings.daily_at, every_seconds=LOOK_SECONDS, zone=self.settings.zone
        )
        alarm.start()
        try:
            activation = self._wait_for_turn()
            if activation is not None:
                with activation as instance:
                    self._work(activation, instance, templates)
        finally:
            alarm.stop()
        log.info("stopped")

    def _wait_for_turn(self) -> Activation | None:
        """The right to send; a second instance on SQLite waits for the first to end (facts/delivery.md 3.6)."""
        told = False
        while not self.stopper.is_stopping():
            try:
                return self.ledger.outbox.activate(f"{socket.gethostname()}:{os.getpid()}")
            except LedgerBusy as busy:
                if not told:
                    log.warning("passive", extra={"cause": str(busy)})
                    told = True
            self.stopper.wait_for_stop(TAKE_OVER_SECONDS)
        return None

    def _work(self, activation: Activation, instance: Instance, templates: Templates) -> None:
        self.look()
        threads = [
            threading.Thread(
                target=self._send, args=(instance, transport, templates), name=f"gkbot-{transport.channel}"
            )
            for transport in transports_of(self.settings, self.clock)
        ]
        for thread in threads:
            thread.start()
        self.on_ready()
        while not self.stopper.is_stopping():
            self.stopper.wait_for_wake(MOST_IDLE_SECONDS)
            if not self.stopper.is_stopping():
                self.look()
                self._say_alive(activation)
        for thread in threads:
            thread.join()

    def look(self) -> None:
        """Read the rules if they changed, and plan the day if it was not planned with them.

        Trouble is logged and the next look tries again: one bad moment must not end the service.
        """
        try:
            in_force = self.keeper.refresh()
            state = self._state(in_force)
            if state != self._planned_with:
                planner = Planner(settings=self.settings, clock=self.clock, ledger=self.ledger, at_once=False)
                planner.write(in_force, state[0])
                self._planned_with = state
        except Exception:  # the service outlives whatever one look runs into
            log.exception("look failed")

    def _state(self, in_force: InForce) -> PlannedWith:
        """What a plan depends on: the day, the rules and their state, whether the time has come, what failed."""
        now = self.clock.now().astimezone(self.settings.zone)
        is_time = now.time() >= self.settings.daily_at
        failed = self.ledger.outbox.undelivered_count()
        return now.date(), in_force.book.digest, bool(in_force.broken), bool(in_force.held), is_time, failed

    def _say_alive(self, activation: Activation) -> None:
        try:
            activation.heartbeat()
        except LedgerError:
            log.exception("heartbeat failed")

    def _send(self, instance: Instance, transport: Transport, templates: Templates) -> None:
        """Send what is due on one kind of channel, again and again."""
        while not self.stopper.is_stopping():
            try:
                work_outbox(
                    self.ledger,
                    [transport],
                    renderer(templates),
                    self.clock,
                    instance=instance,
                    look_again=LastLook(book=lambda: self.keeper.current.book, ledger=self.ledger, clock=self.clock),
                    fallback=Fallback(),
                    until_empty=False,
                    stop=self.stopper.is_stopping,
                    wait=self.stopper.wait_for_stop,
                )
            except Exception:  # a full disk, a database that is away: the rows wait, so try again
                log.exception("sending stands still", extra={"channel": transport.channel})
                self.stopper.wait_for_stop(STANDSTILL_SECONDS)
        transport.close()
