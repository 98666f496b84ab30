"""A notice as facts: everything its message may say, as JSON, kept in the outbox until it leaves."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from gkbot.iso import iso
from gkbot.notices import wording
from gkbot.planning.threads import thread_of
from gkbot.planning.values import Item, Notice, NoticeKind
from gkbot.planning.withdrawals import WITHDRAWN, is_withdrawn
from gkbot.rulebook.values import Rulebook, Task

Facts = dict[str, Any]

ANSWER_WORKDAYS = 5  # a letter asks for an answer within so many workdays
OFFICE = "office-"
SENSITIVE_TITLE = "事项内容请登录内网查看"
NUMBER_LENGTH = 10


def no_link(item: Item) -> str | None:  # noqa: ARG001 - the shape of ReportBack.link_of
    """No page to report on."""
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportBack:
    """How a unit says that it is done.

    Attributes:
        mailbox: Answers to the mail are read there; None when nobody reads them.
        link_of: Address of the page on which a duty is reported done; None where there is no page.
    """

    mailbox: str | None = None
    link_of: Callable[[Item], str | None] = no_link


def facts(
    notice: Notice,
    book: Rulebook,
    *,
    contact_line: str | None = None,
    report: ReportBack | None = None,
    gone: Mapping[str, Task] | None = None,
) -> Facts:
    """Everything the message of a notice may say; of sensitive tasks only number and count.

    Args:
        gone: Tasks that are in no rule file any more, as they were told.
        contact_line: Whom to ask: post, name, telephone; None where none is set.
        report: None where units can only answer by other ways.
    """
    report = report or ReportBack()
    known = {found.id: found for found in book.tasks} if not book.tasks_by_id else book.tasks_by_id
    tasks = {item.task: known.get(item.task) or (gone or {})[item.task] for item in notice.items}
    entries = [_entry(item, tasks[item.task], book, report, notice.draft) for item in notice.items]
    recipient = notice.recipient
    return {
        "version": 1,
        "number": notice.key[:NUMBER_LENGTH].upper(),
        "kind": str(notice.kind),
        "day": notice.day.isoformat(),
        "draft": notice.draft,
        "letter": notice.items[0].stage if notice.draft and notice.items else None,
        "robot": recipient.robot,
        "unit": recipient.unit,
        "contact": recipient.contact,
        "mentions": list(recipient.mentions),
        "mobiles": list(recipient.mobiles),
        "contact_line": contact_line,
        "mailbox": report.mailbox,
        "issuer": _issuer(notice, tasks),
        "off_since": iso(notice.off_since),
        "off_until": iso(notice.off_until),
        "answer_by": book.calendar.add_workdays(notice.day, ANSWER_WORKDAYS).isoformat(),
        "lines": list(notice.lines),
        "entries": entries,
    }


def _entry(item: Item, task: Task, book: Rulebook, report: ReportBack, draft: bool) -> Facts:
    is_open, is_over = not task.sensitive, is_withdrawn(item.stage)
    due = item.due
    return {
        "task": task.id,
        "thread": thread_of(item.task, item.unit, item.period),
        "sensitive": task.sensitive,
        "title": task.title if is_open else SENSITIVE_TITLE,
        "clause": task.clause if is_open else None,
        "words": list(task.words) if is_open else [],
        "document": task.document.title if is_open else None,
        "document_number": task.document.number if is_open else None,
        "basis": task.basis if is_open else None,
        "requirement": task.requirement if is_open and not is_over else None,
        "metric": task.metric if is_open and not is_over else None,
        "lead": list(task.lead) if is_open else [],
        "support": list(task.support) if is_open else [],
        "responsible": list(task.responsible) if is_open else [],
        "unit": item.unit,
        "role": str(item.role),
        "period": item.period,
        "due": iso(due),
        "at": f"{item.at:%H:%M}" if item.at else None,
        "last_workday": _last_workday(due, book),
        "rest_provisional": due is not None and not book.calendar.is_published(due),
        "provisional": item.provisional,
        "stage": item.stage,
        "also": list(item.also),
        "kind": str(item.kind),
        "number": item.number,
        "of": item.of,
        "revision": item.revision,
        "reason": item.reason if is_open else "",
        "catch_up": item.catch_up,
        "link": None if draft or is_over or task.sensitive or item.stage.startswith(OFFICE) else report.link_of(item),
    }


def _last_workday(due: date | None, book: Rulebook) -> str | None:
    """The working day before a due day that is a rest day; None where the due day is worked."""
    if due is None or book.calendar.is_workday(due):
        return None
    return book.calendar.workday_on_or_before(due).isoformat()


def _issuer(notice: Notice, tasks: Any) -> str | None:
    issuers = [found for item in notice.items if (found := tasks[item.task].document.issuer)]
    return issuers[0] if issuers else None


def is_office(entry: Facts) -> bool:
    """Whether an entry is part of an admin's list."""
    return str(entry["stage"]).startswith(OFFICE)


def group_of(entry: Facts, today: date) -> str:
    """The heading under which an entry stands when the message leaves: due, upcoming, changed, new, the office's."""
    if is_office(entry):
        stage = str(entry["stage"]).removeprefix(OFFICE)
        return OFFICE + ("unreachable" if stage.startswith("unreachable") else stage)
    if entry["kind"] in {NoticeKind.ESCALATION, NoticeKind.WITHDRAWN}:
        return str(entry["kind"])
    if entry["kind"] == NoticeKind.NEW or entry["due"] is None:
        return "changed" if change_of(entry) else "new"
    days = (date.fromisoformat(entry["due"]) - today).days
    return "upcoming" if days > 0 else ("due" if days == 0 else "overdue")


def change_of(entry: Facts) -> str | None:
    """What an entry announces besides its being new: a day moved, a count begun, a task sent back or taken back."""
    announced = {entry["stage"], *entry["also"]}
    if announced & {"changed", "opened"} or any(name.startswith(("reopened-", WITHDRAWN)) for name in announced):
        return str(entry["reason"]).partition("；")[0].rstrip("。")
    return None


def left_of(entry: Facts, today: date) -> str | None:
    """How long there is on the day the message leaves; None without a due day."""
    return wording.time_left(date.fromisoformat(entry["due"]), today) if entry["due"] else None
