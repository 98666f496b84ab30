"""Messages that reached nobody: each told once to the admins of its office, then counted once a week."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gkbot.planning.conditions import Condition
from gkbot.planning.desk import Desk
from gkbot.planning.office import is_first_workday_of_week
from gkbot.planning.recipients import address_of
from gkbot.planning.values import Recipient

MOST_NAMED = 20
CURE = "用 gkbot outbox list 查看：改好联系方式后用 retry 重发，已另行通知的用 drop 撤销。"


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A message that was given up, or waits for a person after an unclear attempt.

    Attributes:
        folders: Of the offices whose tasks it speaks of.
        text: Whom it was for and why it failed; no whole address.
    """

    number: str
    folders: tuple[str, ...]
    text: str

    @property
    def mark(self) -> str:
        """How the history remembers that an admin was told."""
        return f"undelivered-{self.number}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Undelivered(Condition):
    """The messages that reached nobody and of which no person has disposed yet."""

    name: str = "undelivered"
    over: str = ""
    failures: tuple[Failure, ...] = ()

    def tell(self, desk: Desk) -> None:
        """Name to each admin what is new; on the first workday of a week, count what is left."""
        is_weekly = is_first_workday_of_week(desk.today.day, desk.today.calendar)
        for admin, failures in self._heard(desk).items():
            address = address_of(admin)
            known = desk.memory.said.get(address, set())
            fresh = [failure for failure in failures if failure.mark not in known]
            if fresh:
                desk.tell_admin(admin, _lines(fresh), *(failure.mark for failure in fresh))
            left = len(failures) - len(fresh)
            if left and is_weekly and not desk.memory.is_served(address):
                desk.digests.remark(admin, f"此前告知的未送达消息还有{left}条没有处理。{CURE}")

    def _heard(self, desk: Desk) -> dict[Recipient, list[Failure]]:
        heard: dict[Recipient, list[Failure]] = {}
        for failure in self.failures:
            admins = (admin for folder in failure.folders for admin in desk.directory.admins(folder))
            for admin in dict.fromkeys(admins):
                heard.setdefault(admin, []).append(failure)
        return heard


def _lines(fresh: Sequence[Failure]) -> Iterator[str]:
    yield f"有{len(fresh)}条消息未送达："
    yield from (failure.text for failure in fresh[:MOST_NAMED])
    if len(fresh) > MOST_NAMED:
        yield f"另有{len(fresh) - MOST_NAMED}条。"
    yield CURE
