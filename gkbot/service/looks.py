"""One look at rules, clock and calendar: is there something to plan?

The day is planned at its time, and again whenever the rules change or something could not be sent.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date

from gkbot.clock import Clock
from gkbot.ledger import Ledger
from gkbot.planning import Condition
from gkbot.planning.kept_agenda import KeptAgenda
from gkbot.service.auditing.auditor import Auditor
from gkbot.service.auditing.vitals import LOOK, Vitals
from gkbot.service.clock_watch import ClockWatch
from gkbot.service.daily import Planner
from gkbot.service.mail_remarks import carry_round, mail_signs
from gkbot.service.rules import InForce, RuleKeeper
from gkbot.service.sign_of_life import sign_of_life
from gkbot.service.template_keeper import TemplateKeeper
from gkbot.settings import Settings

log = logging.getLogger("gkbot.serve")

PlannedWith = tuple[date, str, bool, bool, tuple[object, ...]]


@dataclass(slots=True, kw_only=True)
class Looks:
    """Looks again and again, and remembers what was planned with.

    Attributes:
        divert: Sends another way what waits for a channel that the settings no longer name.
    """

    settings: Settings
    clock: Clock
    ledger: Ledger
    keeper: RuleKeeper
    templates: TemplateKeeper
    watch: ClockWatch
    vitals: Vitals
    auditor: Auditor
    divert: Callable[[], object] = lambda: None
    _agendas: KeptAgenda = field(init=False, default_factory=KeptAgenda)
    _planned_with: PlannedWith | None = field(init=False, default=None)
    _told_standing: tuple[int, date] | None = field(init=False, default=None)

    def look(self) -> None:
        """Read the rules if they changed, and plan the day if its time has come and it was not planned with them.

        Trouble is logged and the next look tries again: one bad moment must not end the service.
        """
        try:
            in_force = self.keeper.refresh()
            self.templates.refresh()
            planner = Planner(
                settings=self.settings,
                clock=self.clock,
                ledger=self.ledger,
                at_once=False,
                watch=self.watch,
                further=self._further,
                agendas=self._agendas,
            )
            if not self._stands_still(planner, in_force):
                self.divert()
                self._plan(planner, in_force)
            self.vitals.succeeded(LOOK)
        except Exception as error:  # the service outlives whatever one look runs into
            self.vitals.failed(LOOK, error)
            log.exception("look failed")

    def _plan(self, planner: Planner, in_force: InForce) -> None:
        state = self._state(in_force)
        if self._is_time() and state != self._planned_with:
            planner.write(in_force, state[0])
            self._planned_with = state

    def _stands_still(self, planner: Planner, in_force: InForce) -> bool:
        """Whether a brake stands; the admins are told at once, and what is planned afterwards is planned anew."""
        standing = planner.standing()
        if standing is None:
            return False
        told = standing.id, self.clock.today()
        if told != self._told_standing:
            planner.write(in_force, told[1])
            self._told_standing, self._planned_with = told, None
        carry_round(self.ledger)  # the warning itself may have found out that mail is dead
        return True

    def _further(self, in_force: InForce, day: date) -> Sequence[Condition]:
        return (*self.templates.conditions(), *self._sign_of_life(in_force, day))

    def _sign_of_life(self, in_force: InForce, day: date) -> Sequence[Condition]:
        if not self.settings.sign_of_life:
            return ()
        return (sign_of_life(self.ledger, in_force.book, day, self.auditor.look(), agendas=self._agendas),)

    def _is_time(self) -> bool:
        """Whether the day's check is due: what is planned earlier would leave only then anyway."""
        return self.clock.now().astimezone(self.settings.zone).time() >= self.settings.daily_at

    def _state(self, in_force: InForce) -> PlannedWith:
        """What a plan depends on: the day, the rules and their state, what failed."""
        failed = self.ledger.outbox.undelivered_count(), *mail_signs(self.ledger), self.templates.signs
        return self.clock.today(), in_force.book.digest, bool(in_force.broken), bool(in_force.held), failed
