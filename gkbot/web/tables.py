"""All duties at a glance: the overview and the ledger table."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import TypeVar

from gkbot.ledger import Ledger, NoticeState
from gkbot.planning import CLOSED, Duty, Status
from gkbot.rulebook.values import Document, Problem
from gkbot.service.rules import InForce
from gkbot.service.views import STATUS_WORDS, status_of
from gkbot.web.desk import Choice, Overview, Row, Some, Table, Watched
from gkbot.web.wording import STATE_WORDS, draft_of, named, row_of

SOON_DAYS = 15  # the first advance of the plan 常规
MOST_ON_OVERVIEW = 30
MOST_IN_TABLE = 500
CURRENT = "current"
STATUS_CHOICES = (("", "全部"), (CURRENT, "未归档"), *STATUS_WORDS.items())

T = TypeVar("T")
S = TypeVar("S")


def overview_of(
    in_force: InForce, found: Sequence[Duty], day: date, *, outbox: Ledger, last_check: date | None, is_late: bool
) -> Overview:
    """The state of the office on `day`."""
    current = sorted(found, key=_by_due)
    held = outbox.outbox.entries(state=NoticeState.HELD)
    counts = outbox.counts()
    return Overview(
        day=named(day),
        last_check="" if last_check is None else named(last_check),
        is_late=is_late,
        watched=tuple(_watched(document, found, day) for document in in_force.book.documents),
        due_soon=_rows([duty for duty in current if _is_due_soon(duty, day)], day),
        overdue=_rows([duty for duty in current if duty.is_overdue(day)], day),
        to_verify=_rows([duty for duty in current if duty.status is Status.REPORTED], day),
        drafts=_some(held, draft_of),
        problems=_some(in_force.broken, _said),
        is_older_version=bool(in_force.broken),
        outbox={word: counts[state] for state, word in STATE_WORDS.items()},
    )


def table_of(found: Sequence[Duty], day: date, choice: Choice) -> Table:
    """The duties that fit the choice: what is still to be done first, soonest first."""
    fitting = [duty for duty in found if _fits(duty, day, choice)]
    documents = {duty.task.document.id: duty.task.document.title for duty in found}
    return Table(
        day=named(day),
        choice=choice,
        found=_rows(sorted(fitting, key=_by_due), day, MOST_IN_TABLE),
        units=tuple(sorted({duty.unit.name for duty in found})),
        documents=tuple(documents.items()),
        statuses=STATUS_CHOICES,
    )


def _fits(duty: Duty, day: date, choice: Choice) -> bool:
    status = status_of(duty, day)
    return (
        choice.unit in {"", duty.unit.name}
        and choice.document in {"", duty.task.document.id}
        and (choice.status in {"", status} or (choice.status == CURRENT and status != Status.ARCHIVED))
    )


def _watched(document: Document, found: Iterable[Duty], day: date) -> Watched:
    mine = [duty for duty in found if duty.task.document.id == document.id]
    coming = [duty.due for duty in mine if duty.due is not None and duty.due >= day and duty.status not in CLOSED]
    return Watched(
        title=document.title,
        number=document.number or "",
        tasks=len({duty.task.id for duty in mine}),
        duties=len(mine),
        overdue=sum(duty.is_overdue(day) for duty in mine),
        next_due=named(min(coming)) if coming else "",
        is_archived=document.is_archived(day),
    )


def _is_due_soon(duty: Duty, day: date) -> bool:
    left = duty.days_left(day)
    return left is not None and 0 <= left <= SOON_DAYS and duty.status not in CLOSED


def _by_due(duty: Duty) -> tuple[bool, bool, date]:
    return duty.status in CLOSED, duty.due is None, duty.due or date.max


def _rows(found: Sequence[Duty], day: date, most: int = MOST_ON_OVERVIEW) -> Some[Row]:
    return _some(found, lambda duty: row_of(duty, day), most)


def _some(found: Sequence[S], shown: Callable[[S], T], most: int = MOST_ON_OVERVIEW) -> Some[T]:
    return Some(rows=tuple(shown(one) for one in found[:most]), total=len(found))


def _said(problem: Problem) -> str:
    place = f"{problem.place.file}:{problem.place.line}:{problem.place.column}"
    return f"{place}: {problem.code} {problem.message}{f'。{problem.fix}' if problem.fix else ''}"
