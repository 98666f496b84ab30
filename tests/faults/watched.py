"""A real service as a process of its own, with short intervals, whose parts can be made to hang by a file's name.

python -m tests.faults.watched     # settings from the environment, flags in the current folder
"""

import logging
import os
import signal
import sys
import threading
from pathlib import Path

from gkbot.clock import SystemClock
from gkbot.delivery import FileTransport
from gkbot.ledger import Ledger
from gkbot.service.auditing.systemd import Systemd
from gkbot.service.background import Service
from gkbot.service.logs import set_up_logs
from gkbot.service.rules import InForce, RuleKeeper
from gkbot.service.sending import transports_of
from gkbot.service.stopping import Stopper
from gkbot.settings import load_settings
from gkbot.web import Metrics, OfficeDesk, WebServer, bind, create_app

AUDIT_SECONDS = 0.2
SILENT_SECONDS = 2.0
LOOK_SECONDS = 0.2
HANG_SENDER, HANG_PLANNER, KILL_PLANNER = "hang-sender", "hang-planner", "kill-planner"
_never = threading.Event()


def hang(flag: str) -> None:
    """Stand still while a file of this name is there."""
    while Path(flag).exists():
        _never.wait(0.05)


class HangingFolder(FileTransport):
    """A channel whose line may hang."""

    def close(self) -> None:
        hang(HANG_SENDER)
        super().close()


class HangingKeeper(RuleKeeper):
    """Rule files that may lie on a disk that does not answer, or kill who reads them."""

    def refresh(self) -> InForce:
        hang(HANG_PLANNER)
        if Path(KILL_PLANNER).exists():
            raise KeyboardInterrupt
        return super().refresh()


def main() -> None:
    """Serve until told to stop."""
    settings = load_settings(dotenv=None)
    set_up_logs(settings.zone, logging.DEBUG)
    clock, stopper = SystemClock(settings.zone), Stopper()
    signal.signal(signal.SIGTERM, lambda *_: stopper.stop())
    with Ledger.open(settings.database_url, clock=clock) as ledger:
        others = [made for made in transports_of(settings, clock) if made.channel != "file"]
        service = Service(
            settings=settings,
            clock=clock,
            ledger=ledger,
            stopper=stopper,
            transports=lambda: [*others, HangingFolder(settings.outbox_dir, sender="gkbot@localhost")],
            audit_seconds=AUDIT_SECONDS,
            most_silent_seconds=SILENT_SECONDS,
            take_over_seconds=AUDIT_SECONDS,
            systemd=Systemd.of(os.environ),
        )
        service.keeper = service.looks.keeper = HangingKeeper(settings.rules, ledger, clock)
        desk = OfficeDesk(
            settings, clock, ledger=ledger, in_force=lambda: service.keeper.current, auditor=service.auditor
        )
        app = create_app(desk, metrics=Metrics(ledger, service.auditor, clock).text)
        with WebServer(app, bind(settings.web_host, settings.web_port)):
            threading.Thread(target=_tick, args=(stopper,), daemon=True).start()
            service.run()


def _tick(stopper: Stopper) -> None:
    while not stopper.is_stopping():
        stopper.wake()
        stopper.wait_for_stop(LOOK_SECONDS)


if __name__ == "__main__":
    sys.exit(main())
