"""Whom a unit, a leader or an office is reached through."""

from dataclasses import dataclass, field, replace
from typing import Self

from gkbot.planning.values import Channels, Recipient
from gkbot.planning.withdrawals import Heard
from gkbot.rulebook.values import Admin, Contact, Rulebook, Unit

FILE = "file"  # the channel that needs nothing configured
Address = tuple[str, str]  # channel and address: one person's mailbox, or one robot's group


@dataclass(slots=True)
class Directory:
    """The recipients of a rule book, each worked out once."""

    book: Rulebook
    channels: Channels
    homes: dict[Address, str]
    _units: dict[tuple[str, str], tuple[Recipient, ...]] = field(default_factory=dict)
    _admins: dict[str, tuple[Recipient, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, book: Rulebook, channels: Channels) -> Self:
        """Note the folder in which each address is first named."""
        directory = cls(book=book, channels=channels, homes={})
        for unit in book.units:
            for recipient in directory.unit(unit):
                directory.homes.setdefault(address_of(recipient), unit.folder)
        return directory

    def unit(self, unit: Unit) -> tuple[Recipient, ...]:
        """Each contact's mailbox, and the group of the unit's robot; empty when nobody can be reached."""
        key = unit.folder, unit.name
        known = self._units.get(key)
        if known is None:
            mail = [self._mail(unit.name, contact.post, contact.email) for contact in unit.contacts]
            group = self._group(unit) if unit.robot else None
            known = self._units[key] = _distinct([*mail, group])
        return known

    def again(self, heard: Heard, unit: Unit) -> Recipient:
        """Who was told, as reached today: by the unit's own contacts and group where the address is theirs still."""
        address = heard.address.casefold()
        for found in self.unit(unit):
            if found.address.casefold() == address and found.robot == heard.robot:
                return replace(found, mentions=(), mobiles=())
        channel, name = self.channels.of_robot(heard.address) if heard.robot else (FILE, heard.address)
        if not heard.robot and "@" in name and self.channels.email:
            channel = "email"
        return Recipient(unit=unit.name, contact=heard.contact, channel=channel, address=name, robot=heard.robot)

    def leader(self, unit: Unit) -> Recipient | None:
        """The unit's 分管领导, by mail, or as a file for whoever carries it there; None when none is named."""
        if unit.leader is None:
            return None
        by_mail = self._mail(unit.name, unit.leader.post, unit.leader.email)
        if by_mail is not None:
            return by_mail
        return Recipient(
            unit=unit.name,
            contact=unit.leader.post,
            channel=FILE,
            address=f"{unit.name}{unit.leader.post}",
        )

    def admins(self, folder: str) -> tuple[Recipient, ...]:
        """The admins of the nearest folder upward, by mail and by robot."""
        known = self._admins.get(folder)
        if known is None:
            found: list[Recipient | None] = []
            for admin in self.book.admins_for(folder):
                found.append(self._mail(None, admin.post, admin.email))
                found.append(self._admin_group(admin))
            known = self._admins[folder] = _distinct(found)
        return known

    def all_admins(self) -> tuple[Recipient, ...]:
        """The admins of every folder, each once."""
        folders = dict.fromkeys(admin.folder for admin in self.book.admins)
        return _distinct([found for folder in folders for found in self.admins(folder)])

    def home(self, recipient: Recipient) -> str:
        """Folder of the office a recipient belongs to, for the key of its notices."""
        return self.homes.get(address_of(recipient), "")

    def _mail(self, unit: str | None, post: str, email: str | None) -> Recipient | None:
        if not email:
            return None
        channel = "email" if self.channels.email else FILE
        return Recipient(unit=unit, contact=post, channel=channel, address=email)

    def _group(self, unit: Unit) -> Recipient:
        channel, address = self.channels.of_robot(unit.robot or "")
        return Recipient(
            unit=unit.name,
            contact=unit.name,
            channel=channel,
            address=address,
            mentions=_each(unit.contacts, "wecom"),
            mobiles=_each(unit.contacts, "mobile"),
            robot=True,
        )

    def _admin_group(self, admin: Admin) -> Recipient | None:
        if not admin.robot:
            return None
        channel, address = self.channels.of_robot(admin.robot)
        return Recipient(
            unit=None,
            contact=admin.post,
            channel=channel,
            address=address,
            mentions=(admin.wecom,) if admin.wecom else (),
            mobiles=(admin.mobile,) if admin.mobile else (),
            robot=True,
        )


def address_of(recipient: Recipient) -> Address:
    """What makes two recipients one: mail addresses do not differ by case."""
    return normal_address(recipient.channel, recipient.address)


def normal_address(channel: str, address: str) -> Address:
    """An address as it is compared."""
    return channel, address.casefold() if "@" in address else address


def _each(contacts: tuple[Contact, ...], name: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for contact in contacts if (value := getattr(contact, name))))


def _distinct(found: list[Recipient | None]) -> tuple[Recipient, ...]:
    known: dict[Address, Recipient] = {}
    for recipient in found:
        if recipient is not None:
            known.setdefault(address_of(recipient), recipient)
    return tuple(known.values())
