"""Silences as people say and read them: names looked up in the rule files, days inclusive."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from gkbot.errors import UnitNotFound, UsageError
from gkbot.planning.suppressions import NewSuppression, Suppression, SuppressionKind
from gkbot.rulebook.values import Document
from gkbot.service.office import Office

KINDS = {"静默": SuppressionKind.SILENCE, "推迟": SuppressionKind.POSTPONE, "知悉": SuppressionKind.ACK}
WORDS = {kind: word for word, kind in KINDS.items()}
LONGEST_TEXT = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A silence in words; `until` is the last day, None where it has none."""

    id: int
    kind: str
    what: str
    since: str
    until: str | None
    author: str
    reason: str
    is_over: bool

    def as_json(self) -> dict[str, object]:
        """For `--json`."""
        return {name: getattr(self, name) for name in self.__slots__}

    def sentence(self) -> str:
        """One Chinese line for the person who wrote it down."""
        until = f"到{self.until}为止（含当日）" if self.until else "直到 gkbot silence end"
        later = "这期间的不再补告" if self.kind == WORDS[SuppressionKind.ACK] else "结束后仍适用的会补告"
        return f"{self.kind}：{self.what}，从{self.since}起，{until}；{later}。"


def add_silence(office: Office, wanted: NewSuppression, *, everything: bool = False) -> Suppression:
    """Write a silence down.

    Args:
        wanted: Names as people say them.
        everything: It is meant for the whole office, and names nothing.

    Raises:
        TaskNotFound, UnitNotFound, UsageError: What it speaks of is not there, or it makes no sense.
    """
    assert office.ledger is not None  # noqa: S101 - commands that record open the office for writing
    named = bool(wanted.matcher())
    if named == everything:
        cure = (
            "不能和 --unit 等同写" if named else "写明 --unit、--address、--task、--document；整个办公室写 --everything"
        )
        raise UsageError(f"静默的范围不清楚：{cure}。")
    _refuse_senseless(wanted, office.clock.today())
    new = replace(
        wanted,
        reason=wanted.reason[:LONGEST_TEXT],
        unit=wanted.unit and _unit(office, wanted.unit),
        address=wanted.address and _address(office, wanted.address),
        task=wanted.task and office.task(wanted.task).id,
        document=wanted.document and _document(office, wanted.document).id,
    )
    return office.ledger.suppressions.add(new)


def end_silence(office: Office, number: int, *, who: str, why: str) -> Suppression:
    """Let a silence hold no longer, from today on.

    Raises:
        UsageError: There is none of this number, or it is over.
    """
    assert office.ledger is not None  # noqa: S101 - commands that record open the office for writing
    return office.ledger.suppressions.end(number, day=office.clock.today(), who=who, why=why)


def about(found: Suppression, office: Office) -> Told:
    """A silence in words."""
    titles = {document.id: document.number or document.title for document in office.book.documents}
    parts = [
        found.unit,
        found.address,
        found.task and f"任务{found.task}",
        found.document and f"文件{titles.get(found.document, found.document)}",
    ]
    return Told(
        id=found.id,
        kind=WORDS[found.kind],
        what="、".join(part for part in parts if part) or "整个办公室",
        since=found.since.isoformat(),
        until=None if found.end is None else max(found.since, found.end - timedelta(days=1)).isoformat(),
        author=found.author,
        reason=found.reason,
        is_over=found.end is not None and found.end <= office.clock.today(),
    )


def end_words(told: Told) -> str:
    """The last day, for a table."""
    return (told.until or "未定") + ("（已结束）" if told.is_over else "")


def _refuse_senseless(new: NewSuppression, today: date) -> None:
    if new.kind is SuppressionKind.POSTPONE and new.end is None:
        raise UsageError("推迟要用 --until 写明最后一天。")
    if new.end is not None and new.end <= today:
        raise UsageError(f"静默的最后一天{new.end - timedelta(days=1)}已经过去。")
    if new.end is not None and new.end <= new.since:
        raise UsageError("静默的最后一天早于第一天。")


def _unit(office: Office, name: str) -> str:
    found = office.book.resolve_unit(name)
    if found is None:
        raise UnitNotFound(name, office.book.near_units(name))
    return found.name


def _address(office: Office, text: str) -> str:
    """A mail address or a robot's name that some unit is reached by."""
    known: dict[str, str] = {}
    for unit in office.book.units:
        named = (unit.robot, *(contact.email for contact in unit.contacts), unit.leader and unit.leader.email)
        known |= {found.casefold(): found for found in named if found}
    if text.strip().casefold() not in known:
        raise UsageError(f"通讯录里没有邮箱或机器人“{text}”。")
    return known[text.strip().casefold()]


def _document(office: Office, text: str) -> Document:
    found = [
        document
        for document in office.book.documents
        if text in document.title or text in (document.number or "") or text in document.id
    ]
    if len(found) != 1:
        problem = f"有{len(found)}份文件符合“{text}”，请写得更全" if found else f"没有符合“{text}”的文件"
        raise UsageError(f"{problem}。用 gkbot show 查看文件。")
    return found[0]
