"""Another way to the same recipient when one is dead.

A unit's contacts are told by mail and its group by robot, each of the same items: so a dead robot
leaves nobody untold who has a mailbox, and a dead mailbox nobody whose group was told. What would
only repeat that goes to the folder, where a person finds it. Whatever is dead, the office hears of it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from gkbot.ledger import FALLBACK, Claimed, Entry, Facts, Ledger, NoticeState, Substitute
from gkbot.ledger.rows import channel_id
from gkbot.planning import Channels, NoticeKind
from gkbot.rulebook import Rulebook

_REACHES = frozenset({NoticeState.PENDING, NoticeState.LEASED, NoticeState.SENT})


@dataclass(frozen=True, slots=True, kw_only=True)
class Fallback:
    """The unit's group for a contact's dead mailbox, where the group does not hear of it anyway; else the folder.

    Attributes:
        book, ledger: None where only the folder is wanted.
    """

    book: Callable[[], Rulebook] | None = None
    ledger: Ledger | None = None
    channels: Channels = field(default_factory=Channels)

    def __call__(self, notice: Claimed | Entry) -> Substitute | None:
        """What takes the place of a dead notice; None for one that the folder itself did not take."""
        if notice.channel == "file":
            return None
        group = self._group_of(notice)
        if group is None:
            return Substitute(reason=FALLBACK, channel="file", address=notice.address, contact=notice.contact)
        channel, address = group
        return Substitute(reason=FALLBACK, channel=channel, address=address, contact=notice.unit or notice.contact)

    def _group_of(self, notice: Claimed | Entry) -> tuple[str, str] | None:
        """Channel and address of the unit's group; a letter to a leader never goes there."""
        letter = notice.kind in {NoticeKind.ESCALATION, NoticeKind.ADMIN}
        if self.book is None or self.ledger is None or notice.channel != "email" or letter or not notice.unit:
            return None
        robots = {unit.robot for unit in self.book().units if unit.name == notice.unit}
        robot = robots.pop() if len(robots) == 1 else None
        if not robot:
            return None
        channel, address = self.channels.of_robot(robot)
        if channel == "file" or self._is_disabled(channel_id(channel, address)):
            return None
        return None if self._is_told(notice, channel, address) else (channel, address)

    def _is_disabled(self, gate: str) -> bool:
        assert self.ledger is not None  # noqa: S101 - asked above
        return gate in {found.channel_id for found in self.ledger.outbox.disabled_channels()}

    def _is_told(self, notice: Claimed | Entry, channel: str, address: str) -> bool:
        """Whether the group was told the same of the same day, or will be."""
        assert self.ledger is not None  # noqa: S101 - asked above
        told: set[tuple[str, str]] = set()
        for entry in self.ledger.outbox.entries(day=notice.day, address=address):
            if entry.channel == channel and entry.state in _REACHES:
                told |= _duties(entry.facts)
        return _duties(notice.facts) <= told


def _duties(facts: Facts) -> set[tuple[str, str]]:
    return {(entry["task"], entry["unit"]) for entry in facts.get("entries", ())}
