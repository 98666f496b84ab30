"""One notice for each recipient, channel and day, out of all that is to be said."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from hashlib import sha256

from gkbot.planning.memory import ALIVE
from gkbot.planning.recipients import Address, Directory, address_of
from gkbot.planning.values import Item, Notice, NoticeKind, Recipient, Told

KEY_VERSION = "gkbot-notice-1"  # facts/delivery.md 3.2; raise it only where old keys must not be met again
KEY_LENGTH = 32
UNITS_NAMED = 3  # a shared mailbox or group is called by so many units, then counted
GROUPS = (
    NoticeKind.DUE,
    NoticeKind.UPCOMING,
    NoticeKind.OVERDUE,
    NoticeKind.NEW,
    NoticeKind.WITHDRAWN,
    NoticeKind.ESCALATION,
)
FOR_ITEMS = frozenset({NoticeKind.NEW, NoticeKind.WITHDRAWN})  # a notice of such items is a digest
LINES = "lines"


@dataclass(slots=True)
class Bundle:
    """What one recipient is told today."""

    recipients: dict[Recipient, None] = field(default_factory=dict)
    items: list[Item] = field(default_factory=list)
    office: list[Item] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    marks: list[str] = field(default_factory=list)
    letter: str = ""

    def is_empty(self) -> bool:
        """Whether there is nothing to say."""
        return not (self.items or self.office or self.lines)


@dataclass(slots=True)
class Digests:
    """The bundles of a day, by recipient; drafts apart, since they are letters of their own.

    Attributes:
        apart: What admins hear who have their list of the day already, each a message of its own.
    """

    bundles: dict[tuple[Address, str], Bundle] = field(default_factory=dict)
    apart: list[Bundle] = field(default_factory=list)

    def add(self, recipient: Recipient, item: Item) -> None:
        """Tell a unit's recipient of a duty."""
        self._of(recipient).items.append(item)

    def draft(self, recipient: Recipient, item: Item) -> None:
        """Draft a letter about a duty; the item's stage says which."""
        self._of(recipient, letter=item.stage).items.append(item)

    def report(self, recipient: Recipient, item: Item) -> None:
        """Tell an admin of a duty."""
        self._of(recipient).office.append(item)

    def remark(self, recipient: Recipient, line: str) -> None:
        """Tell an admin something, once."""
        lines = self._of(recipient).lines
        if line not in lines:
            lines.append(line)

    def mark(self, recipient: Recipient, marks: Iterable[str]) -> None:
        """Note which states the lines for an admin tell of."""
        self._of(recipient).marks.extend(marks)

    def set_apart(self, recipient: Recipient, lines: Iterable[str], marks: Iterable[str]) -> None:
        """Tell an admin something in a message of its own."""
        self.apart.append(Bundle(recipients={recipient: None}, lines=list(lines), marks=list(marks)))

    def reported(self, recipient: Recipient) -> Bundle | None:
        """What the recipient is told so far."""
        return self.bundles.get((address_of(recipient), ""))

    def notices(
        self, day: date, off: tuple[date, date] | None, order: dict[str, int], directory: Directory
    ) -> tuple[Notice, ...]:
        """The notices of the day: to units in the order in which they came up, then to admins, then drafts."""
        bundles = sorted(self.bundles.values(), key=lambda bundle: (bool(bundle.letter), not bundle.items))
        return (
            *(_notice(bundle, day, off, order, directory) for bundle in bundles if not bundle.is_empty()),
            *(_notice(bundle, day, None, order, directory, is_apart=True) for bundle in self.apart),
        )

    def _of(self, recipient: Recipient, *, letter: str = "") -> Bundle:
        bundle = self.bundles.setdefault((address_of(recipient), letter), Bundle(letter=letter))
        bundle.recipients[recipient] = None
        return bundle


def told_by(notices: Iterable[Notice]) -> Iterable[Told]:
    """What the notices say, for the ledger to remember."""
    for notice in notices:
        recipient = notice.recipient
        for item in notice.items:
            for stage in (item.stage, *item.also):
                yield Told(
                    task=item.task,
                    unit=item.unit,
                    period=item.period,
                    revision=item.revision,
                    stage=stage,
                    channel=recipient.channel,
                    address=recipient.address,
                    day=notice.day,
                )
        for mark in (*(() if notice.items or is_sign_of_life(notice) else (LINES,)), *notice.marks):
            yield Told(
                task="",
                unit="",
                period=None,
                revision=0,
                stage=mark,
                channel=recipient.channel,
                address=recipient.address,
                day=notice.day,
            )


def is_sign_of_life(notice: Notice) -> bool:
    """Whether a notice says nothing but that all is well."""
    return not notice.items and len(notice.lines) == 1 and [mark[: len(ALIVE)] for mark in notice.marks] == [ALIVE]


def notice_key(folder: str, recipient: Recipient, day: date, letter: str) -> str:
    """The key that makes a notice one: office, kind of letter, channel, address and day, length-prefixed."""
    channel, address = address_of(recipient)
    digest = sha256()
    for field_ in (KEY_VERSION, folder, letter, channel, address, day.isoformat()):
        data = field_.encode()
        digest.update(len(data).to_bytes(4, "big") + data)
    return digest.hexdigest()[:KEY_LENGTH]


def _notice(
    bundle: Bundle,
    day: date,
    off: tuple[date, date] | None,
    order: dict[str, int],
    directory: Directory,
    *,
    is_apart: bool = False,
) -> Notice:
    recipient = _joined(list(bundle.recipients))
    letter = bundle.marks[0] if is_apart else bundle.letter or "digest"
    items = (*_sorted(bundle.items, order), *_sorted(bundle.office, order))
    was_off = off if any(item.catch_up for item in items) else None
    return Notice(
        key=notice_key(directory.home(recipient), recipient, day, letter),
        day=day,
        kind=_kind(bundle),
        recipient=recipient,
        items=items,
        draft=bool(bundle.letter),
        off_since=was_off[0] if was_off else None,
        off_until=was_off[1] if was_off else None,
        lines=tuple(bundle.lines),
        marks=tuple(bundle.marks),
    )


def _kind(bundle: Bundle) -> NoticeKind:
    if bundle.letter:
        return NoticeKind.ESCALATION
    if not bundle.items:
        return NoticeKind.ADMIN
    kinds = {item.kind for item in bundle.items}
    if len(kinds) > 1 or kinds & FOR_ITEMS or bundle.office or bundle.lines:
        return NoticeKind.DIGEST
    return kinds.pop()


def _sorted(items: list[Item], order: dict[str, int]) -> list[Item]:
    return sorted(
        items,
        key=lambda item: (
            GROUPS.index(item.kind),
            item.due or date.max,
            order.get(item.task, 0),
        ),
    )


def _joined(recipients: list[Recipient]) -> Recipient:
    """One recipient out of those that share an address: units and mentions together."""
    first = recipients[0]
    if len(recipients) == 1:
        return first
    units = list(dict.fromkeys(found.unit for found in recipients if found.unit))
    named = "、".join(units[:UNITS_NAMED])
    if len(units) > UNITS_NAMED:
        named += f"等{len(units)}个单位"
    return replace(
        first,
        unit=named or None,
        contact=named if first.robot and named else first.contact,
        mentions=_all(found.mentions for found in recipients),
        mobiles=_all(found.mobiles for found in recipients),
    )


def _all(values: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for each in values for value in each))
