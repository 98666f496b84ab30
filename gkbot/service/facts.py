"""What an office adds to the facts of a notice: whom to ask, who signs, the links, which days are none any more."""

from collections.abc import Callable, Set
from datetime import date

from gkbot.clock import Clock
from gkbot.deadline import Calendar
from gkbot.ledger import Facts
from gkbot.notices import ReportBack, facts
from gkbot.notices.facts import ANSWER_WORKDAYS
from gkbot.planning import History, Item, Notice, NoticeKind, fixed_periods
from gkbot.planning.threads import thread_of
from gkbot.planning.values import DutyKey
from gkbot.planning.withdrawals import is_withdrawn
from gkbot.planning.withdrawing import task_of
from gkbot.rulebook import Rulebook
from gkbot.rulebook.values import Task, Unit
from gkbot.service.links import Links
from gkbot.settings import Settings

OFFICE_STAGES = "office-"
CHANGED = "changed"
STATUTORY = "statutory"  # the folder of the shipped rules that follow from law


class FactsMaker:
    """Makes the facts of the notices of one rule book."""

    def __init__(self, settings: Settings, clock: Clock, book: Rulebook, history: History | None = None) -> None:
        """Take what is the same for every notice.

        Args:
            history: Knows the due days of the past; None where nothing is to be taken back.
        """
        self._book = book
        self._links = Links.of(settings, clock)
        self._history = history or History()
        self._fixed: set[tuple[str, str]] | None = None
        self._units: dict[str, Unit] | None = None
        self._ended = {(found.task, found.unit, found.period): found for found in self._history.withdrawals}

    def of(self, notice: Notice) -> Facts:
        """Everything the message of a notice may say, JSON-able, without secrets."""

        def link_of(item: Item) -> str | None:
            return self._links.report(item.task, item.unit, item.period, notice.recipient.contact)

        report = ReportBack(link_of=link_of)
        gone = {name: task_of(found) for (name, *_), found in self._ended.items()} if _tells_of_end(notice) else None
        known = facts(notice, self._book, contact_line=self._contact_line(notice), report=report, gone=gone)
        entries = [
            {**entry, "withdrawn": self._withdrawn(item, notice.day)} if _takes_back(item) else entry
            for item, entry in zip(notice.items, known["entries"], strict=True)
        ]
        known["issuer"] = self._signs(notice, known["issuer"])
        return {**known, "entries": entries, "leaving": self._leaving(notice), "people": self._people(notice)}

    def _signs(self, notice: Notice, issuer: str | None) -> str | None:
        """Who signs a letter: who issued the document, but of what is demanded by law the office's own post."""
        task = next((self._book.task(item.task) for item in notice.items), None)
        if task is None or not _is_statutory(task):
            return issuer
        return next((admin.post for admin in self._book.admins_for(task.document.folder)), None)

    def _withdrawn(self, item: Item, day: date) -> list[Facts]:
        """The days, still to come, that calendars are to forget.

        Those before a moved one were other duties, with names of their own.
        """
        if is_withdrawn(item.stage):
            return self._ended_day(item, day)
        if self._fixed is None:
            self._fixed = set(fixed_periods(self._book))
        old = {period for task, period in self._history.periods_seen if task == item.task}
        gone = sorted(period for period in old if (item.task, period) not in self._fixed and period >= day.isoformat())
        # However often such a day was put off, each time was an event: one more than all of them is surely higher.
        sequence = 1 + sum(event.task == item.task for event in self._history.events)
        return [
            {"thread": thread_of(item.task, item.unit, period), "day": period, "sequence": sequence} for period in gone
        ]

    def _ended_day(self, item: Item, day: date) -> list[Facts]:
        found = self._ended[item.task, item.unit, item.period]
        if found.due is None or found.due < day:
            return []
        thread = thread_of(item.task, item.unit, item.period)
        return [{"thread": thread, "day": found.due.isoformat(), "sequence": item.revision}]

    def _people(self, notice: Notice) -> Facts:
        """Unit → whom a group's message calls on for it, so that nobody is called on for what is settled meanwhile."""
        if not notice.recipient.robot:
            return {}
        if self._units is None:
            self._units = {unit.name: unit for unit in self._book.units}
        found = {item.unit: self._units[item.unit] for item in notice.items if item.unit in self._units}
        return {
            unit.name: [name for contact in unit.contacts for name in (contact.wecom, contact.mobile) if name]
            for unit in found.values()
        }

    def _leaving(self, notice: Notice) -> Facts | None:
        """Where a contact may ask to be left out: of digests only, and of none that tells of duties by law."""
        unit, contact = notice.recipient.unit, notice.recipient.contact
        if notice.kind is not NoticeKind.DIGEST or unit is None or notice.recipient.robot:
            return None
        tasks = [task for item in notice.items if (task := self._book.task(item.task)) is not None]
        if any(_is_statutory(task) for task in tasks):
            return None
        admin = next(iter(self._book.admins_for(tasks[0].document.folder if tasks else "")), None)
        ways = {"url": self._links.leaving(unit, contact), "mailbox": admin.email if admin else None}
        return ways if any(ways.values()) else None

    def _contact_line(self, notice: Notice) -> str | None:
        """The office's post and mail address, of the folder the first task stands in."""
        task = next((self._book.task(item.task) for item in notice.items), None)
        admins = self._book.admins_for(task.document.folder if task else "")
        lines = [" ".join(part for part in (admin.post, admin.email) if part) for admin in admins[:1]]
        return lines[0] if lines else None


def with_time_to_answer(facts: Facts, calendar: Callable[[], Calendar], today: date) -> Facts:
    """A letter's facts with a day for the answer that is still to come, however long the draft has lain."""
    if not facts.get("letter") or date.fromisoformat(facts["answer_by"]) > today:
        return facts
    return {**facts, "answer_by": calendar().add_workdays(today, ANSWER_WORKDAYS).isoformat()}


def _is_statutory(task: Task) -> bool:
    return STATUTORY in task.document.file.split("/")


def _takes_back(item: Item) -> bool:
    """Whether days that were told hold no more."""
    return CHANGED in {item.stage, *item.also} or is_withdrawn(item.stage)


def _tells_of_end(notice: Notice) -> bool:
    return any(is_withdrawn(item.stage) for item in notice.items)


def without_duties(known: Facts, gone: Set[DutyKey]) -> Facts | None:
    """The facts without the entries of these duties; None where no unit's duty is left.

    Entries of an admin's list stay: they tell what was so on the day.
    """
    entries = [entry for entry in known["entries"] if not _is_gone(entry, gone)]
    if not entries and not known["lines"]:
        return None
    return {**known, "entries": entries, **_called(known, {entry["unit"] for entry in entries})}


def _called(known: Facts, units: Set[str]) -> Facts:
    """Mentions and telephone numbers without those of units that have nothing left to do."""
    people = known.get("people", {})
    still = {name for unit in units for name in people.get(unit, ())}
    gone = {name for names in people.values() for name in names} - still
    return {key: [name for name in known[key] if name not in gone] for key in ("mentions", "mobiles") if key in known}


def _is_gone(entry: Facts, gone: Set[DutyKey]) -> bool:
    is_office = str(entry["stage"]).startswith(OFFICE_STAGES)
    return not is_office and (entry["task"], entry["unit"], entry["period"]) in gone
