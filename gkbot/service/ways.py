"""How a way to somebody is named to people: its channel, and who reads there; machines are given the ids."""

from gkbot.ledger import Entry
from gkbot.planning import Recipient

CHANNEL_WORDS = {"email": "邮件", "wecom": "群机器人", "apprise": "群机器人", "file": "发件文件夹"}
ROBOTS = frozenset({"wecom", "apprise"})


def channel_word(channel: str) -> str:
    """邮件, 群机器人 or 发件文件夹."""
    return CHANNEL_WORDS.get(channel, channel)


def named_channel(channel_id: str) -> str:
    """群机器人 COUNTIES for `wecom:COUNTIES`."""
    channel, _, name = channel_id.partition(":")
    return f"{channel_word(channel)} {name}".rstrip()


def reader(recipient: Recipient) -> str:
    """The contact's post; of a robot its group, since its contact only repeats the units."""
    return f"群 {recipient.address}" if recipient.robot else recipient.contact


def whom(recipient: Recipient) -> str:
    """Unit and reader, as a message's addressee is written."""
    return f"{recipient.unit or '管理员'} {reader(recipient)}"


def reader_of(entry: Entry) -> str:
    """As `reader`, of a message of the outbox: a mail's substitute may go to a group, a group's to the folder."""
    is_group = entry.channel in ROBOTS or (entry.channel == "file" and bool(entry.facts.get("robot")))
    return f"群 {entry.address}" if is_group else entry.contact


def whom_of(entry: Entry) -> str:
    """Unit and reader of a message of the outbox."""
    return f"{entry.unit or '管理员'} {reader_of(entry)}"
