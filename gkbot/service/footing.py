"""What the service stands on that may give way one day: said once in the log, at the start."""

import logging

from gkbot.clock import Clock
from gkbot.errors import LedgerError
from gkbot.ledger.condition import database_condition

log = logging.getLogger(__name__)


def warn_of_the_database(url: str, clock: Clock) -> None:
    """Warn of a SQLite file on a network disk, and of a PostgreSQL server that forgets what it confirmed."""
    try:
        found = database_condition(url, clock=clock, writes=False)
    except LedgerError:
        return  # whoever works with it says so
    if found.remote is not None:
        log.warning(
            "database on a network disk",
            extra={"path": found.path, "kind": found.remote, "cause": "SQLite 的锁和写入靠不住，请换到本机磁盘"},
        )
    if found.synchronous_commit == "off":
        log.warning(
            "database may forget", extra={"setting": "synchronous_commit=off", "cause": "断电后可能重复发送，请改成 on"}
        )
