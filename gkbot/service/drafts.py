"""Drafts that nobody needs any more: of duties settled since, and of those a later letter speaks of."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date

from gkbot.ledger import Facts, Ledger
from gkbot.ledger.drafts import Draft
from gkbot.planning import Duty, History, duties
from gkbot.planning.stages import BULLETIN, ESCALATION, URGE
from gkbot.planning.values import DutyKey
from gkbot.rulebook import Rulebook
from gkbot.service.facts import without_duties
from gkbot.service.last_look import PAUSED, settled

LATER_LETTER = "later letter"
ORDER = (URGE, ESCALATION, BULLETIN)  # as they follow one another


def withdraw_drafts(
    ledger: Ledger, book: Rulebook, history: History, today: date, *, only: Collection[str] | None = None
) -> int:
    """Take back every waiting letter none of whose duties wants it; let the others speak of the rest only.

    Args:
        history: Of the book's tasks.
        only: Look at these tasks only; None for all.

    Returns:
        How many were taken back.
    """
    waiting = ledger.drafts.waiting()
    tasks = [task for name in _tasks(waiting) if (task := book.task(name)) is not None]
    standing = {duty.key: duty for duty in duties(book, history, today, tasks=tasks)}
    last = _last_letters(waiting)
    count = 0
    for draft in waiting:
        asked = [key for key in draft.duties if only is None or key[0] in only]
        found = {key: _unwanted(draft, key, standing.get(key), last) for key in asked}
        unwanted = {key: reason for key, reason in found.items() if reason is not None}
        if unwanted:
            count += _take_back(ledger, draft, unwanted)
    return count


def _tasks(waiting: Iterable[Draft]) -> list[str]:
    return list(dict.fromkeys(task for draft in waiting for task, _, _ in draft.duties))


def _last_letters(waiting: Iterable[Draft]) -> Mapping[DutyKey, int]:
    """The letter that counts for each duty: the furthest one, of several the latest."""
    ranked = sorted(waiting, key=lambda draft: (_rank(draft), draft.id))
    return {key: draft.id for draft in ranked for key in draft.duties}


def _rank(draft: Draft) -> int:
    return ORDER.index(draft.letter) if draft.letter in ORDER else 0


def _unwanted(draft: Draft, key: DutyKey, duty: Duty | None, last: Mapping[DutyKey, int]) -> str | None:
    """Why a letter need not speak of a duty; None where it must."""
    due = next((entry["due"] for entry in draft.facts["entries"] if _key(entry) == key), None)
    gone = settled(duty, draft.duties[key], due)
    if gone is not None:
        return gone.reason
    return None if last[key] == draft.id else LATER_LETTER


def _key(entry: Facts) -> DutyKey:
    return entry["task"], entry["unit"], entry["period"]


def _take_back(ledger: Ledger, draft: Draft, unwanted: Mapping[DutyKey, str]) -> int:
    """What a pause keeps back is written of again when it is over, if it still applies then."""
    ledger.drafts.forget(draft, [key for key, reason in unwanted.items() if reason == PAUSED])
    left = without_duties(draft.facts, set(unwanted))
    if left is not None:
        ledger.drafts.shorten(draft, left)
        return 0
    ledger.drafts.withdraw(draft, "、".join(sorted(set(unwanted.values()))))
    return 1
