"""The outbox folder: without a mail server or a robot, messages are written as .eml and .md files.

Names sort by day and can be read: 2023-07-24_苍溪县人民政府_办公室公开岗_7QK3M9ZD.eml. A message whose number is there
already is not written again, so a repeated attempt does no harm.
"""

import os
import re
from pathlib import Path

from gkbot.delivery.mail import mail_bytes, payload_of
from gkbot.delivery.transport import Parcel
from gkbot.ledger import Outcome, Payload, Rate, Receipt, UnclearPolicy
from gkbot.notices.message import Message
from gkbot.os_words import in_words

_UNFIT = re.compile(r'[\s/\\:*?"<>|\x00-\x1f]+')
_MOST_NAME_BYTES = 90
_SEPARATOR = "\n\n---\n\n"


class FileTransport:
    """Writes messages into a folder."""

    channel = "file"
    deadline_seconds = 30.0
    rates: tuple[Rate, ...] = ()
    policy = UnclearPolicy.RESEND_ONCE
    disabled_is_final = False
    says_when_at_risk = False

    def __init__(self, folder: Path, *, sender: str = "gkbot@localhost") -> None:
        """Take the folder, made at the first message, and the address mails are from."""
        self.folder = folder
        self.sender = sender
        self.domain = sender.rpartition("@")[2]

    def freeze(self, message: Message, address: str) -> tuple[Payload, ...]:
        """A mail for a mail address, one text in markdown for a robot's name."""
        if "@" in address or not message.parts:
            return (payload_of(message, sender=self.sender),)
        return ({"markdown": _SEPARATOR.join(message.parts)},)

    def plainer(self, payload: Payload) -> Payload | None:
        """A file takes everything."""
        return None

    def send(self, parcel: Parcel) -> Receipt:
        """Write the file so that it is there as a whole or not at all."""
        kind = "md" if "markdown" in parcel.payload else "eml"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            target = self.folder / f"{_name(parcel)}.{kind}"
            present = self._present(target, parcel)
            if present is not None:
                return Receipt(outcome=Outcome.OK, code="present", reply=present.name, phase="written")
            _write_whole(target, self._content(parcel))
        except OSError as error:
            code = type(error).__name__
            return Receipt(outcome=Outcome.RETRY, code=code, reply=in_words(error), phase="writing")
        return Receipt(outcome=Outcome.OK, code="written", reply=target.name, phase="written")

    def close(self) -> None:
        """Nothing to let go of."""

    def _present(self, target: Path, parcel: Parcel) -> Path | None:
        """What an earlier attempt wrote; under another name only where one was unclear: looking costs all the years."""
        if target.exists():
            return target
        return next(self.folder.glob(f"*_{parcel.number}{target.suffix}"), None) if parcel.maybe_twice else None

    def _content(self, parcel: Parcel) -> bytes:
        if "markdown" in parcel.payload:
            return f"{parcel.payload['markdown']}\n".encode()
        return mail_bytes(parcel, sender=self.sender)


def _name(parcel: Parcel) -> str:
    whom = [_fit(part) for part in (parcel.unit, parcel.contact) if part]
    return "_".join([parcel.day.isoformat(), *dict.fromkeys(whom), parcel.number])


def _fit(text: str) -> str:
    clean = _UNFIT.sub("-", text).strip("-.") or "-"
    return clean.encode()[:_MOST_NAME_BYTES].decode("utf-8", "ignore")


def _for_the_office(path: str, flags: int) -> int:
    """Readable for the owner's group, who passes the messages on; for nobody else, whatever the umask."""
    return os.open(path, flags, 0o640)


def _write_whole(target: Path, content: bytes) -> None:
    """Write beside, force to the disk, then rename: a crash leaves no half file."""
    beside = target.with_name(f".{target.name}.part")
    with open(beside, "wb", opener=_for_the_office) as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(target)
    folder = os.open(target.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
