"""Whether somebody sends from a database: what must not be changed or copied under a sender's feet.

On SQLite the lock file tells; on PostgreSQL the heartbeats do.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Connection, select

from gkbot.errors import LedgerBusy
from gkbot.ledger.database import Database
from gkbot.ledger.sender_lock import take_lock
from gkbot.ledger.tables import INSTANCE

ALIVE_FOR = timedelta(minutes=5)
"""A heartbeat is written once a minute; after this long without one a process is taken for dead."""


@contextmanager
def sender_kept_out(path: Path) -> Iterator[None]:
    """Hold a SQLite database's sender lock, so that nobody begins to send.

    Raises:
        LedgerBusy: Somebody sends.
    """
    lock = take_lock(path)
    if lock is None:
        raise LedgerBusy(f"后台服务正在用数据库 {path}。请先停止它（systemctl stop gkbot），再做一次。")
    try:
        yield
    finally:
        os.close(lock)


def refuse_while_alive(database: Database, connection: Connection) -> None:
    """Refuse where a process on PostgreSQL may still be sending.

    Raises:
        LedgerBusy: One has said so lately and has not ended; it is named.
    """
    since = database.now(connection) - ALIVE_FOR
    query = select(INSTANCE.c.name).where(INSTANCE.c.ended_at.is_(None), INSTANCE.c.heartbeat_at > since)
    names = sorted(set(connection.execute(query).scalars()))
    if names:
        minutes = ALIVE_FOR // timedelta(minutes=1)
        raise LedgerBusy(
            f"还有 gkbot 在用数据库 {database.name}：{'、'.join(names[:5])}。"
            f"请先停止全部实例，再做一次；被强行结束的，等 {minutes} 分钟。"
        )
