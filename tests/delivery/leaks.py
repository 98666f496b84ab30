"""The shared leak test: a message is tried again and again, then everything anybody could look into is looked into."""

import logging
from dataclasses import dataclass
from pathlib import Path

import pytest

from gkbot.clock import FixedClock
from gkbot.delivery import Transport
from gkbot.ledger import Ledger
from gkbot.planning import Notice
from tests.plans import enqueue, worker_for

SERVERS_OWN = "mail.log"  # the receiver's, which may say what it likes


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaks:
    """What one sender said, printed and left behind."""

    ledger: Ledger
    clock: FixedClock
    folder: Path
    caplog: pytest.LogCaptureFixture
    capsys: pytest.CaptureFixture[str]

    def listen(self, *loggers: str) -> None:
        """Take down all that these say, however small, and all of ours."""
        for name in ("", "gkbot", *loggers):
            logging.getLogger(name).setLevel(logging.DEBUG)
            self.caplog.set_level(logging.DEBUG, logger=name)

    def none_of(
        self, *secrets: str, transport: Transport, notice: Notice, pause_seconds: float, said: str = ""
    ) -> None:
        """Send three times and fail where a secret shows.

        Args:
            said: What else is to be looked into.
        """
        enqueue(self.ledger, notice)
        with self.ledger.outbox.activate("test") as instance:
            worker = worker_for(self.ledger, instance, self.clock, transport)
            for _ in range(3):
                worker.drain()
                self.clock.advance(pause_seconds)
        self.ledger.close()
        records = [record for record in self.caplog.records if record.name != SERVERS_OWN]
        assert "notice attempted" in [record.getMessage() for record in records]
        told = "".join(f"{logging.Formatter().format(record)}{vars(record)}" for record in records)
        printed = self.capsys.readouterr()
        for secret in secrets:
            search(secret, self.folder, f"{said}{told}{printed.out}{printed.err}{worker.tally}", transport)


def search(secret: str, folder: Path, said: str, transport: Transport) -> None:
    """Fail where a secret shows."""
    assert secret not in said
    assert secret not in repr(transport)
    assert secret not in str(vars(transport))
    for file in folder.rglob("*"):
        if file.is_file():
            assert secret.encode() not in file.read_bytes(), file.name
