"""The sign of life: each working morning the admins hear that all is well, so that silence is an alarm.

It goes with the admin's list of the day where there is one, else in a short message of its own.
That it was said stands in the history as a mark (`alive-2026-03-05`), as for lasting states.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from gkbot.planning.conditions import Condition
from gkbot.planning.desk import Desk
from gkbot.planning.memory import ALIVE
from gkbot.planning.recipients import Address, address_of


@dataclass(frozen=True, slots=True, kw_only=True)
class SignOfLife(Condition):
    """What the admins hear this morning.

    Attributes:
        due: How many duties fall due today, by folder.
        state: How the system is and how much went out, in words; a whole clause with full stop.
    """

    name: str = ALIVE
    over: str = ""
    due: Mapping[str, int] = field(default_factory=dict)
    state: str = "系统正常。"

    def tell(self, desk: Desk) -> None:
        """Tell every admin, once a day."""
        mark = f"{ALIVE}{desk.today.day.isoformat()}"
        for admin in desk.directory.all_admins():
            address = address_of(admin)
            if mark in desk.memory.said.get(address, ()):
                continue
            line = f"今日到期{self._due_for(desk, address)}项，{self.state}"
            bundle = desk.digests.reported(admin)
            if bundle is None or bundle.is_empty():
                desk.digests.set_apart(admin, [line], [mark])
            else:
                desk.digests.remark(admin, line)
                desk.digests.mark(admin, [mark])

    def _due_for(self, desk: Desk, address: Address) -> int:
        """What falls due in the offices of one admin."""
        admins = desk.directory.admins
        return sum(
            count for folder, count in self.due.items() if address in {address_of(each) for each in admins(folder)}
        )
