"""The desk of a real office: rule book in force, ledger and signed links behind the pages."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from gkbot.clock import Clock
from gkbot.ledger import Ledger
from gkbot.planning import Duty, EventKind, NewEvent, Status, duties
from gkbot.service.auditing.auditor import Auditor
from gkbot.service.auditing.vitals import Role
from gkbot.service.lateness import expected_check
from gkbot.service.links import Link, Links
from gkbot.service.office import Office
from gkbot.service.records import record
from gkbot.service.rules import InForce
from gkbot.settings import Settings
from gkbot.web.desk import Answered, Choice, Health, Item, Letter, Missing, Overview, Said, Table, Wish
from gkbot.web.items import closed_word, item_of, letter_of
from gkbot.web.tables import overview_of, table_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a token leads to: the office of this moment and one duty in it."""

    office: Office
    link: Link
    duty: Duty


class OfficeDesk:
    """Answers every call from the ledger and the rule book of that moment; keeps nothing of its own."""

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        *,
        ledger: Ledger,
        in_force: Callable[[], InForce],
        auditor: Auditor | None = None,
    ) -> None:
        """Stand in this office.

        Args:
            ledger: Used from several threads; each call takes a transaction of its own.
            in_force: Says which rule book counts now, cheaply and from any thread; may raise `RulesBroken`.
            auditor: Of the service behind it; None for one that sees ledger and files only.
        """
        self._auditor = auditor or Auditor.of(settings, clock, ledger, in_force)
        self._settings = settings
        self._clock = clock
        self._ledger = ledger
        self._links = Links.of(settings, clock)
        self._in_force = in_force

    def overview(self) -> Overview:
        """The state of the office."""
        in_force, day = self._in_force(), self._clock.today()
        history = self._ledger.history(in_force.book)
        return overview_of(
            in_force,
            duties(in_force.book, history, day),
            day,
            outbox=self._ledger,
            last_check=self._ledger.last_scan(),
            is_late=self._is_late(in_force, self._ledger.last_scan()),
        )

    def table(self, choice: Choice) -> Table:
        """The duties that fit."""
        book, day = self._in_force().book, self._clock.today()
        return table_of(duties(book, self._ledger.history(book), day), day, choice)

    def behind(self, token: str) -> Item | Missing:
        """The duty a token stands for. Changes nothing."""
        found = self._find(token)
        if isinstance(found, Missing):
            return found
        return item_of(found.duty, found.office.book, found.link.contact, self._clock.today())

    def report_done(self, token: str, said: Said) -> Answered | Missing:
        """Record that the unit says the work is done."""
        return self._record(token, EventKind.REPORTED, said)

    def acknowledge(self, token: str, said: Said) -> Answered | Missing:
        """Record that the unit has taken the task; once is enough."""
        return self._record(token, EventKind.ACKNOWLEDGED, said)

    def ask_extension(self, token: str, wish: Wish) -> Letter | Answered | Missing:
        """The text with which the unit asks for more time. Changes nothing."""
        found = self._find(token)
        if isinstance(found, Missing):
            return found
        if closed := closed_word(found.duty):
            return Answered(sentence=closed, recorded=False)
        return letter_of(found.duty, found.office.book, found.link.contact, wish)

    def who_leaves(self, token: str) -> str | Missing:
        """Who asks to be left out of digests. Changes nothing."""
        link = self._links.read_leaving(token)
        return Missing.WRONG if link is None else f"{link.unit} {link.contact}"

    def wish_to_leave(self, token: str) -> str | Missing:
        """Note that wish for the office, which decides; who asked."""
        link = self._links.read_leaving(token)
        if link is None:
            return Missing.WRONG
        self._ledger.addresses.wish_to_leave(link.unit, link.contact, why="通过邮件里的退订申请")
        return f"{link.unit} {link.contact}"

    def health(self) -> Health:
        """What the auditor finds now."""
        found = self._auditor.look()
        vitals = self._auditor.gatherer.vitals
        return Health(
            status=str(found.status),
            role=str(Role.ACTIVE if vitals is None else vitals.role),
            codes=tuple(dict.fromkeys(finding.code for finding in found.findings)),
            last_check=found.last_check,
        )

    def _find(self, token: str) -> Found | Missing:
        link = self._links.read(token)
        if link is None:
            return Missing.WRONG
        if link.is_expired:
            return Missing.EXPIRED
        book = self._in_force().book
        task = book.task(link.task)
        if task is None:
            return Missing.VANISHED
        office = Office(settings=self._settings, clock=self._clock, book=book, ledger=self._ledger)
        for duty in duties(book, self._ledger.history([task.id]), self._clock.today(), tasks=[task]):
            if duty.key == (link.task, link.unit, link.period):
                return Found(office=office, link=link, duty=duty)
        return Missing.VANISHED

    def _record(self, token: str, kind: EventKind, said: Said) -> Answered | Missing:
        found = self._find(token)
        if isinstance(found, Missing):
            return found
        if closed := closed_word(found.duty):
            return Answered(sentence=closed, recorded=False)
        if kind is EventKind.ACKNOWLEDGED and found.duty.status is Status.ACKNOWLEDGED:
            return Answered(sentence="此前已经签收，无需重复签收。", recorded=False)
        recorded = record(found.office, _event(found, kind, said, self._clock.now()))
        return Answered(sentence=recorded.sentence(), recorded=True)

    def _is_late(self, in_force: InForce, last_check: date | None) -> bool:
        """Whether a check is missing: today's an hour after its time, on days of rest the one before."""
        if last_check is None:
            return True
        return last_check < expected_check(self._settings, self._clock, in_force.book.calendar)


def _event(found: Found, kind: EventKind, said: Said, now: datetime) -> NewEvent:
    note = said.note
    if said.name:
        note = f"{note}（填报人：{said.name}）"
    return NewEvent(
        kind=kind,
        task=found.link.task,
        unit=found.link.unit,
        period=found.link.period,
        at=now,
        actor=f"联络员（{found.link.contact}）",
        note=note or None,
    )
