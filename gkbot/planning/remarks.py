"""Remarks for the admins of an office, each told once: a bounced mailbox, a contact's wish, a dead channel."""

from dataclasses import dataclass

from gkbot.planning.conditions import Condition
from gkbot.planning.desk import Desk
from gkbot.planning.recipients import address_of
from gkbot.planning.values import Recipient


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """One thing to be told.

    Attributes:
        mark: How the history remembers that it was; never shown.
        folders: Of the offices it concerns; empty for all.
        text: One or two Chinese sentences.
    """

    mark: str
    text: str
    folders: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Remarks(Condition):
    """Remarks, told to each admin once."""

    name: str = "remarks"
    over: str = ""
    remarks: tuple[Remark, ...] = ()

    def tell(self, desk: Desk) -> None:
        """Tell each admin what is new to them."""
        for admin, remarks in self._heard(desk).items():
            known = desk.memory.said.get(address_of(admin), set())
            fresh = [remark for remark in remarks if remark.mark not in known]
            if fresh:
                desk.tell_admin(admin, [remark.text for remark in fresh], *(remark.mark for remark in fresh))

    def _heard(self, desk: Desk) -> dict[Recipient, list[Remark]]:
        heard: dict[Recipient, list[Remark]] = {}
        for remark in self.remarks:
            some = [admin for folder in remark.folders for admin in desk.directory.admins(folder)]
            for admin in dict.fromkeys(some or desk.directory.all_admins()):
                heard.setdefault(admin, []).append(remark)
        return heard
