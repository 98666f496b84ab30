"""What the admins hear each working morning: what falls due, whether all is well, how much went out."""

from collections import Counter
from datetime import date, timedelta

from gkbot.ledger import Ledger, NoticeState
from gkbot.planning import CLOSED
from gkbot.planning.alive import SignOfLife
from gkbot.planning.kept_agenda import KeptAgenda, due_on
from gkbot.rulebook import Rulebook
from gkbot.rulebook.values import Role
from gkbot.service.auditing.values import Audit, Severity

DONE_NOW = frozenset({"scan-missing"})
"""What the check that writes the sign of life does itself."""
MOST_NAMED = 3
ONE_DAY = timedelta(days=1)


def sign_of_life(ledger: Ledger, book: Rulebook, day: date, found: Audit, *, agendas: KeptAgenda) -> SignOfLife:
    """The sign of this morning; where the auditor found something, it says that instead of 系统正常."""
    return SignOfLife(
        due=_due(ledger, book, day, agendas), state=f"{_state(found)}{_sent(ledger, book, day)}。{_cure(found)}"
    )


def _due(ledger: Ledger, book: Rulebook, day: date, agendas: KeptAgenda) -> Counter[str]:
    """How many duties fall due today, by folder; a support unit's share is the lead's duty."""
    history = ledger.history(book)
    return Counter(
        duty.task.document.folder
        for duty in due_on(agendas.of(book, history, day), history, day)
        if duty.role is not Role.SUPPORT and duty.status not in CLOSED
    )


def _sent(ledger: Ledger, book: Rulebook, day: date) -> str:
    before = book.calendar.workday_on_or_before(day - ONE_DAY)
    word = "昨日" if before == day - ONE_DAY else f"上个工作日（{before.month}月{before.day}日）"
    became = ledger.counting.days(before, day - ONE_DAY)
    if not became.wanted:
        return f"{word}没有要发的消息"
    return f"{word}发送 {became.of(NoticeState.SENT)}/{became.wanted}"


def _state(found: Audit) -> str:
    serious = _serious(found)
    if not serious:
        return "系统正常，"
    named = "；".join(serious[:MOST_NAMED])
    more = "等" if len(serious) > MOST_NAMED else ""
    return f"系统有{len(serious)}处要处理：{named}{more}。"


def _cure(found: Audit) -> str:
    return "用 gkbot status 查看怎么办。" if _serious(found) else ""


def _serious(found: Audit) -> list[str]:
    return [
        finding.what
        for finding in found.findings
        if finding.severity is not Severity.NOTE and finding.code not in DONE_NOW
    ]
