"""Sending: the transports that the settings name, and a last look at the duties before the wire."""

from datetime import date

from gkbot.clock import Clock
from gkbot.delivery import EmailTransport, FileTransport, MailServer, Transport
from gkbot.delivery.transport import Render
from gkbot.ledger import Facts, Ledger, Rate
from gkbot.notices import Message, Templates, render
from gkbot.service.bouncing import BouncedAddresses
from gkbot.service.groups import group_transports
from gkbot.settings import Settings, SmtpSettings
from gkbot.shipped import chosen_or_shipped

HOUR_SECONDS = 3600.0


def transports_of(settings: Settings, clock: Clock, ledger: Ledger | None = None) -> tuple[Transport, ...]:
    """One transport for each kind of channel; the folder comes last, for what found no other way in the same run.

    Args:
        ledger: Knows which mailboxes take nothing any more; None where nothing is remembered.

    Raises:
        SettingsError: An address cannot be used.
    """
    sender = settings.smtp.mail_from if settings.smtp else "gkbot@localhost"
    found: list[Transport] = []
    if settings.smtp is not None:
        bounced = frozenset[str] if ledger is None else BouncedAddresses(ledger, clock)
        found.append(EmailTransport(mail_server(settings.smtp), clock, bounced=bounced))
    found.extend(group_transports(settings))
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
        ca_file=None if smtp.ca_file is None else str(smtp.ca_file),
        helo=smtp.helo,
        pace=pace_of(smtp),
    )


def pace_of(smtp: SmtpSettings) -> tuple[Rate, ...]:
    """What the account takes: one every few seconds, and so many an hour, some of them kept for what is urgent."""
    pace: list[Rate] = []
    if smtp.every_seconds > 0:
        pace.append(Rate(most=1, seconds=smtp.every_seconds))
    if smtp.per_hour > 0:
        pace.append(Rate(most=smtp.per_hour, seconds=HOUR_SECONDS, reserve=smtp.per_hour // 10))
    return tuple(pace)


def templates_of(settings: Settings) -> Templates:
    """The office's templates, or the shipped ones where it has none.

    Raises:
        TemplateError: One cannot be used; file, line and cause are named.
    """
    return Templates.load(chosen_or_shipped(settings.templates, "templates"))


def renderer(templates: Templates) -> Render:
    """Facts to message, with these templates."""

    def rendered(facts: Facts, *, channel: str, today: date, maybe_twice: bool) -> Message:
        return render(dict(facts), channel=channel, today=today, templates=templates, maybe_twice=maybe_twice)

    return rendered
