"""The background service: looks, plans, sends, and goes on for years (`gkbot serve`).

One thread decides (rules, the day's plan), one sends for each kind of channel, one audits, one
serves the web page. The alarm clock only wakes them; what was done stands in the ledger, so a
stop, a kill or a missed alarm costs nothing.
"""

import logging
import os
import socket
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from gkbot.clock import Clock
from gkbot.delivery import Transport
from gkbot.errors import LedgerBusy, LedgerError
from gkbot.ledger import Instance, Ledger
from gkbot.ledger.instances import Activation
from gkbot.service.alarm import Alarm
from gkbot.service.auditing.auditor import AUDIT_SECONDS, Auditor, Watchman
from gkbot.service.auditing.judging import SILENCE_SECONDS
from gkbot.service.auditing.systemd import Systemd
from gkbot.service.auditing.vitals import LOOK, WRITING, Role, Vitals
from gkbot.service.clock_watch import ClockWatch
from gkbot.service.fallback import Fallback
from gkbot.service.groups import channels_of
from gkbot.service.last_look import LastLook
from gkbot.service.looks import Looks
from gkbot.service.rules import RuleKeeper
from gkbot.service.senders import Senders
from gkbot.service.sending import transports_of
from gkbot.service.stopping import Stopper
from gkbot.service.template_keeper import TemplateKeeper
from gkbot.service.unserved import divert_unserved
from gkbot.settings import Settings

log = logging.getLogger("gkbot.serve")

LOOK_SECONDS = 5.0
"""From one look to the next, whatever the wall clock does meanwhile."""
LOOK_PATIENCE_SECONDS = 300.0
HEARTBEAT_SECONDS = 15.0
TAKE_OVER_SECONDS = 20


@dataclass(slots=True, kw_only=True)
class Service:
    """Everything that runs between start and SIGTERM.

    Attributes:
        on_ready: Called once, when rules and ledger are in order and the first look is done.
        transports: Makes the ways to send; None for those of the settings.
        audit_seconds, most_silent_seconds: How often the auditor looks, and when a thread is taken to hang.
        take_over_seconds: How often a second instance on SQLite tries whether the first has ended.
        systemd: Who is told that we live.
    """

    settings: Settings
    clock: Clock
    ledger: Ledger
    stopper: Stopper
    on_ready: Callable[[], None] = lambda: None
    transports: Callable[[], Sequence[Transport]] | None = None
    audit_seconds: float = AUDIT_SECONDS
    most_silent_seconds: float = SILENCE_SECONDS
    take_over_seconds: float = TAKE_OVER_SECONDS
    systemd: Systemd = field(default_factory=Systemd)
    keeper: RuleKeeper = field(init=False)
    templates: TemplateKeeper = field(init=False)
    vitals: Vitals = field(init=False)
    auditor: Auditor = field(init=False)
    watch: ClockWatch = field(init=False)
    looks: Looks = field(init=False)
    _heartbeat_at: float | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        """Keep the rules of the settings' folder, and have an eye on it all."""
        self.keeper = RuleKeeper(self.settings.rules, self.ledger, self.clock)
        self.templates = TemplateKeeper(self.settings)
        self.vitals = Vitals(self.clock)
        self.watch = ClockWatch(self.ledger, self.clock)
        self.auditor = Auditor.of(
            self.settings,
            self.clock,
            self.ledger,
            lambda: self.keeper.current,
            vitals=self.vitals,
            most_silent_seconds=self.most_silent_seconds,
        )
        self.looks = Looks(
            settings=self.settings,
            clock=self.clock,
            ledger=self.ledger,
            keeper=self.keeper,
            templates=self.templates,
            watch=self.watch,
            vitals=self.vitals,
            auditor=self.auditor,
        )

    def run(self) -> None:
        """Work until told to stop.

        Raises:
            RulesBroken: The rule files hold errors and there never was a good version.
            TemplateError: A template cannot be used.
            LedgerError: The database cannot be used at all.
        """
        self.keeper.refresh()
        alarm = Alarm(self.stopper.wake, daily_at=self.settings.daily_at, zone=self.settings.zone)
        alarm.start()
        self.vitals.expect(LOOK, LOOK_PATIENCE_SECONDS)
        try:
            self._start_watching()
            activation = self._wait_for_turn()
            if activation is not None:
                with activation as instance:
                    self._work(activation, instance)
        finally:
            self.stopper.stop()  # whatever ended this thread, the others must not go on alone
            alarm.stop()
        log.info("stopped")

    def _start_watching(self) -> None:
        watchman = Watchman(
            auditor=self.auditor,
            vitals=self.vitals,
            systemd=self.systemd,
            clock=self.clock,
            every_seconds=self.audit_seconds,
        )
        turns = (self.stopper.is_stopping, self.stopper.wait_for_stop)
        threading.Thread(target=watchman.watch, args=turns, name="gkbot-auditor", daemon=True).start()

    def _wait_for_turn(self) -> Activation | None:
        """The right to send; a second instance on SQLite waits for the first to end (facts/delivery.md 3.6)."""
        while not self.stopper.is_stopping():
            self.vitals.beat(LOOK)
            try:
                activation = self._activate()
            except LedgerBusy as busy:
                if self.vitals.role is not Role.PASSIVE:
                    self.vitals.role = Role.PASSIVE
                    log.warning("passive", extra={"cause": str(busy)})
                    self.systemd.ready("备用，等另一个实例结束")
            except LedgerError as error:
                if self.vitals.role is not Role.PASSIVE:
                    raise
                self.vitals.failed(WRITING, error)  # a full disk must not cost the office its second instance
                log.exception("take-over failed")
            else:
                self.vitals.role, self.vitals.epoch = Role.ACTIVE, activation.instance.epoch
                return activation
            self.stopper.wait_for_stop(self.take_over_seconds)
        return None

    def _activate(self) -> Activation:
        name = f"{socket.gethostname()}:{os.getpid()}"
        return self.ledger.outbox.activate(name, state_dir=self.settings.state_dir)

    def _work(self, activation: Activation, instance: Instance) -> None:
        transports = self.transports() if self.transports else transports_of(self.settings, self.clock, self.ledger)
        fallback = Fallback(
            book=lambda: self.keeper.current.book, ledger=self.ledger, channels=channels_of(self.settings)
        )
        self.looks.divert = lambda: divert_unserved(self.ledger, transports, fallback)
        self.watch.start(besides=instance.epoch)
        self.look()
        senders = Senders(
            ledger=self.ledger,
            clock=self.clock,
            stopper=self.stopper,
            vitals=self.vitals,
            render=self.templates.render,
            look_again=lambda: self.watch.guards(
                LastLook(
                    book=lambda: self.keeper.current.book,
                    ledger=self.ledger,
                    clock=self.clock,
                    daily_at=self.settings.daily_at,
                )
            ),
            fallback=fallback,
        )
        try:
            senders.start(instance, transports)
            self._say_alive(activation)
            self.systemd.ready("运行中")
            self.on_ready()
            while not self.stopper.is_stopping():
                self.stopper.wait_for_wake(LOOK_SECONDS)
                if not self.stopper.is_stopping():
                    self.look()
                    self._say_alive(activation)
        finally:
            self.stopper.stop()
            self.systemd.stopping()
            senders.finish()

    def look(self) -> None:
        """Read the rules if they changed, and plan the day if its time has come."""
        self.vitals.beat(LOOK)
        self.looks.look()

    def _say_alive(self, activation: Activation) -> None:
        """Write the heartbeat from time to time: others see that we live, and we that the ledger can be written."""
        now = self.clock.monotonic()
        if self._heartbeat_at is not None and now - self._heartbeat_at < HEARTBEAT_SECONDS:
            return
        try:
            activation.heartbeat(self.watch.moment())
        except LedgerError as error:
            self.vitals.failed(WRITING, error)
            log.exception("heartbeat failed")
        else:
            self._heartbeat_at = now
            self.vitals.succeeded(WRITING)
