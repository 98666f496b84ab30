"""Sending: the transports that the settings name, and a last look at the duties before the wire."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from gkbot.clock import Clock
from gkbot.delivery import EmailTransport, FileTransport, MailServer, RobotAddress, Transport, WeComTransport
from gkbot.delivery.transport import Render
from gkbot.delivery.worker import Review
from gkbot.ledger import Claimed, Entry, Facts, Ledger, NoticeState, Substitute
from gkbot.notices import Message, Templates, render
from gkbot.planning import CLOSED, Duty, History, Status, duties
from gkbot.rulebook import Rulebook
from gkbot.service.facts import OFFICE_STAGES, DutyKey, without_duties
from gkbot.settings import Settings, SmtpSettings
from gkbot.shipped import chosen_or_shipped

GONE = "gone"
CLOSED_WORDS = {
    Status.REPORTED: "reported",
    Status.DONE: "done",
    Status.CANCELLED: "cancelled",
    Status.ARCHIVED: "archived",
}


def transports_of(settings: Settings, clock: Clock) -> tuple[Transport, ...]:
    """One transport for each kind of channel; the folder comes last, for what found no other way in the same run."""
    sender = settings.smtp.mail_from if settings.smtp else "gkbot@localhost"
    found: list[Transport] = []
    if settings.smtp is not None:
        found.append(EmailTransport(mail_server(settings.smtp), clock))
    if settings.robots:
        addresses = {name: RobotAddress(secret.reveal()) for name, secret in settings.robots.items()}
        found.append(WeComTransport(addresses))
    found.append(FileTransport(settings.outbox_dir, sender=sender))
    return tuple(found)


def mail_server(smtp: SmtpSettings) -> MailServer:
    """The server as the mail line takes it."""
    return MailServer(
        host=smtp.host,
        port=smtp.port,
        security=str(smtp.security),
        sender=smtp.mail_from,
        user=smtp.user,
        password=smtp.password,
    )


def templates_of(settings: Settings) -> Templates:
    """The office's templates, or the shipped ones where it has none.

    Raises:
        TemplateError: One cannot be used; file, line and cause are named.
    """
    return Templates.load(chosen_or_shipped(settings.templates, "templates"))


@dataclass(slots=True, kw_only=True)
class LastLook:
    """Asks, just before the wire, which duties of a notice still want telling (guarantee G5).

    The duties are worked out anew only when something was recorded, the day changed, or other
    rules came into force since the last notice.
    """

    book: Callable[[], Rulebook]
    ledger: Ledger
    clock: Clock
    _as_of: tuple[int, date, str] | None = field(init=False, default=None)
    _history: History = field(init=False, default_factory=History)
    _standing: dict[str, dict[DutyKey, Duty]] = field(init=False, default_factory=dict)

    def __call__(self, claimed: Claimed) -> Review:
        """The facts without the duties that were closed, moved or paused since the notice was decided."""
        gone: dict[DutyKey, str] = {}
        for told in claimed.items:
            if told.task and not told.stage.startswith(OFFICE_STAGES):
                key = (told.task, told.unit, told.period)
                reason = _settled(self._duties_of(told.task).get(key), told.revision)
                if reason is not None:
                    gone[key] = reason
        if not gone:
            return Review(facts=claimed.facts)
        left = without_duties(claimed.facts, set(gone))
        return Review(facts=left, state=NoticeState.SUPERSEDED, reason="、".join(sorted(set(gone.values()))))

    def _duties_of(self, task_id: str) -> dict[DutyKey, Duty]:
        book, today = self.book(), self.clock.today()
        as_of = (self.ledger.outbox.events_now(), today, book.digest)
        if as_of != self._as_of:
            self._as_of, self._history, self._standing = as_of, self.ledger.history(), {}
        if task_id not in self._standing:
            task = book.task(task_id)
            found = [] if task is None else duties(book, self._history, today, tasks=[task])
            self._standing[task_id] = {duty.key: duty for duty in found}
        return self._standing[task_id]


def _settled(duty: Duty | None, revision: int) -> str | None:
    """Why a duty need not be told any more; None where it must."""
    if duty is None:
        return GONE
    if duty.status in CLOSED:
        return CLOSED_WORDS[duty.status]
    if duty.paused:
        return "paused"
    return "moved" if duty.revision > revision else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fallback:
    """Another way to the same recipient when one is dead: the outbox folder, where a person finds it."""

    def __call__(self, notice: Claimed | Entry) -> Substitute | None:
        """Write it to the folder; the office's digest says so."""
        if notice.channel == "file":
            return None
        return Substitute(reason="fallback_of", channel="file", address=notice.address, contact=notice.contact)


def renderer(templates: Templates) -> Render:
    """Facts to message, with these templates."""

    def rendered(facts: Facts, *, channel: str, today: date, maybe_twice: bool) -> Message:
        return render(dict(facts), channel=channel, today=today, templates=templates, maybe_twice=maybe_twice)

    return rendered
