"""A last look before the wire: which duties of a notice still want telling, and whether now is the time."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time

from gkbot.clock import Clock
from gkbot.delivery.worker import Review
from gkbot.ledger import Claimed, Facts, Ledger, NoticeState
from gkbot.planning import CLOSED, Duty, NoticeKind, Status, duties
from gkbot.planning.open_days import OpenDays
from gkbot.planning.recipients import normal_address
from gkbot.planning.suppressions import Suppression, SuppressionKind
from gkbot.planning.values import DutyKey, Told
from gkbot.planning.withdrawals import is_withdrawn
from gkbot.rulebook import Rulebook
from gkbot.service.facts import OFFICE_STAGES, with_time_to_answer, without_duties
from gkbot.service.hours import leaves_at, nearest_day

GONE, PAUSED, MOVED, SILENCED, RETURNED = "gone", "paused", "moved", "silenced", "returned"
CLOSED_WORDS = {
    Status.REPORTED: "reported",
    Status.DONE: "done",
    Status.CANCELLED: "cancelled",
    Status.ARCHIVED: "archived",
}


@dataclass(frozen=True, slots=True)
class Gone:
    """Why a duty is not told now.

    Attributes:
        comes_back: Planning is to tell it afterwards, if it still applies.
    """

    reason: str
    comes_back: bool = False


@dataclass(slots=True, kw_only=True)
class LastLook:
    """Asks, just before the wire, what of a notice still wants telling (guarantee G5).

    The duties are worked out anew only when something was recorded, the day changed, or other
    rules came into force since the last notice.

    Attributes:
        daily_at: What leaves later than planned keeps to working time, which begins then;
            None where a person called for it to leave now.
    """

    book: Callable[[], Rulebook]
    ledger: Ledger
    clock: Clock
    daily_at: time | None = None
    _as_of: tuple[int, date, str] | None = field(init=False, default=None)
    _standing: dict[str, dict[DutyKey, Duty]] = field(init=False, default_factory=dict)
    _open_days: tuple[str, OpenDays] | None = field(init=False, default=None)

    def __call__(self, claimed: Claimed) -> Review:
        """The facts without the duties that were closed, moved, paused or silenced since the notice was decided."""
        gone = self._gone(claimed)
        left = without_duties(claimed.facts, set(gone)) if gone else _whole(claimed.facts)
        kept = left or {**claimed.facts, "entries": []}
        back = frozenset(key for key, why in gone.items() if why.comes_back)
        if back:
            self.ledger.suppressions.put_off(claimed, back, kept)
        if left is None:
            reason = "、".join(sorted({why.reason for why in gone.values()})) or SILENCED
            return Review(facts=None, put_off=back, kept=kept, state=NoticeState.SUPERSEDED, reason=reason)
        later = self._later(claimed, left)
        left = with_time_to_answer(left, lambda: self.book().calendar, self.clock.today())
        return Review(facts=left, put_off=back, kept=kept, later=later)

    def _gone(self, claimed: Claimed) -> dict[DutyKey, Gone]:
        dues = {(entry["task"], entry["unit"], entry["period"]): entry["due"] for entry in claimed.facts["entries"]}
        asked = [told for told in claimed.items if told.task and not told.stage.startswith(OFFICE_STAGES)]
        if not asked:
            return {}
        self._refresh()
        standing = self._duties_of({told.task for told in asked})
        silences = self._silences(claimed)
        gone: dict[DutyKey, Gone] = {}
        for told in asked:
            key = (told.task, told.unit, told.period)
            duty = standing[told.task].get(key)
            why = _back(duty) if is_withdrawn(told.stage) else settled(duty, told.revision, dues.get(key))
            why = why or self._silenced(claimed, told, silences)
            if why is not None:
                gone[key] = why
        return gone

    def _silences(self, claimed: Claimed) -> list[Suppression]:
        """What a person does not want said today; a letter that a person has approved goes out all the same."""
        if claimed.kind == NoticeKind.ESCALATION:
            return []
        today = self.clock.today()
        return [found for found in self.ledger.suppressions.all(today) if found.holds(today)]

    def _silenced(self, claimed: Claimed, told: Told, silences: Iterable[Suppression]) -> Gone | None:
        task, address = self.book().task(told.task), normal_address(claimed.channel, claimed.address)
        for found in silences:
            if found.is_about(task, told.unit, address):
                return Gone(SILENCED, comes_back=found.kind is not SuppressionKind.ACK)
        return None

    def _later(self, claimed: Claimed, left: Facts) -> datetime | None:
        """The moment until which it must wait; None where it may leave now.

        A warning that belongs to no day's plan never waits: it says that gkbot itself stands still.
        """
        if self.daily_at is None or (claimed.kind == NoticeKind.ADMIN and not claimed.items):
            return None
        now = self.clock.now()
        dues = (date.fromisoformat(entry["due"]) for entry in left["entries"] if entry["due"])
        moment = leaves_at(
            now,
            claimed.address,
            last_day=nearest_day(dues, self.clock.today()),
            daily_at=self.daily_at,
            calendar=self._days_open().for_tasks(self.book().task(told.task) for told in claimed.items),
            zone=self.clock.zone,
        )
        return moment if moment > now else None

    def _days_open(self) -> OpenDays:
        book = self.book()
        if self._open_days is None or self._open_days[0] != book.digest:
            self._open_days = book.digest, OpenDays.of(book)
        return self._open_days[1]

    def _refresh(self) -> None:
        """Forget the duties where anything changed; asked once for each notice."""
        as_of = (self.ledger.outbox.events_now(), self.clock.today(), self.book().digest)
        if as_of != self._as_of:
            self._as_of, self._standing = as_of, {}

    def _duties_of(self, tasks: set[str]) -> dict[str, dict[DutyKey, Duty]]:
        """The duties of these tasks; what happened to all the others in all the years is not read."""
        book, today, standing = self.book(), self.clock.today(), self._standing
        if unknown := tasks - standing.keys():
            history = self.ledger.history(unknown)
            for name in unknown:
                task = book.task(name)
                found = [] if task is None else duties(book, history, today, tasks=[task])
                standing[name] = {duty.key: duty for duty in found}
        return standing


def _whole(facts: Facts) -> Facts | None:
    """The facts; None where all they spoke of was put off in a try that was cut short."""
    return facts if facts["entries"] or facts["lines"] else None


def _back(duty: Duty | None) -> Gone | None:
    """Why it need not be told that a duty ended; None where it must."""
    return None if duty is None or duty.status is Status.CANCELLED else Gone(RETURNED)


def settled(duty: Duty | None, revision: int, due: str | None) -> Gone | None:
    """Why a duty need not be told any more; None where it must."""
    if duty is None:
        return Gone(GONE, comes_back=True)  # nobody heard of it, so nobody hears that it ended
    if duty.status in CLOSED:
        return Gone(CLOSED_WORDS[duty.status], comes_back=duty.status is Status.CANCELLED)
    if duty.paused:
        return Gone(PAUSED, comes_back=True)
    if duty.revision > revision:
        return Gone(MOVED)
    if due is not None and duty.due is not None and due != duty.due.isoformat():
        return Gone(MOVED, comes_back=True)  # the holidays were arranged otherwise: told on its new days
    return None
