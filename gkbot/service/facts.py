"""What an office adds to the facts of a notice: whom to ask, and the link that reports back."""

from collections.abc import Set

from gkbot.clock import Clock
from gkbot.ledger import Facts
from gkbot.notices import ReportBack, facts
from gkbot.planning import Item, Notice
from gkbot.rulebook import Rulebook
from gkbot.service.links import Links
from gkbot.settings import Settings

OFFICE_STAGES = "office-"
DutyKey = tuple[str, str, str | None]


class FactsMaker:
    """Makes the facts of the notices of one rule book."""

    def __init__(self, settings: Settings, clock: Clock, book: Rulebook) -> None:
        """Take what is the same for every notice."""
        self._book = book
        self._links = Links.of(settings, clock)

    def of(self, notice: Notice) -> Facts:
        """Everything the message of a notice may say, JSON-able, without secrets."""

        def link_of(item: Item) -> str | None:
            return self._links.report(item.task, item.unit, item.period, notice.recipient.contact)

        report = ReportBack(link_of=link_of)
        return facts(notice, self._book, contact_line=self._contact_line(notice), report=report)

    def _contact_line(self, notice: Notice) -> str | None:
        """The office's post and mail address, of the folder the first task stands in."""
        task = next((self._book.task(item.task) for item in notice.items), None)
        admins = self._book.admins_for(task.document.folder if task else "")
        lines = [" ".join(part for part in (admin.post, admin.email) if part) for admin in admins[:1]]
        return lines[0] if lines else None


def without_duties(known: Facts, gone: Set[DutyKey]) -> Facts | None:
    """The facts without the entries of these duties; None where no unit's duty is left.

    Entries of an admin's list stay: they tell what was so on the day.
    """
    entries = [entry for entry in known["entries"] if not _is_gone(entry, gone)]
    if not entries and not known["lines"]:
        return None
    return {**known, "entries": entries}


def _is_gone(entry: Facts, gone: Set[DutyKey]) -> bool:
    is_office = str(entry["stage"]).startswith(OFFICE_STAGES)
    return not is_office and (entry["task"], entry["unit"], entry["period"]) in gone
