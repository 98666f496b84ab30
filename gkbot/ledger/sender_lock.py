"""The lock file beside a SQLite database: whoever holds it may send, and nobody else can."""

import fcntl
import os
from pathlib import Path

from gkbot.errors import LedgerError
from gkbot.os_words import in_words


def take_lock(database: Path) -> int | None:
    """Hold the lock; None where another process does. The kernel lets go of it with the process, however that ends.

    Raises:
        LedgerError: The file cannot be made.
    """
    try:
        lock = os.open(database.with_name(database.name + ".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
    except OSError as error:
        raise LedgerError(f"建不了数据库 {database} 旁边的锁文件：{in_words(error)}。请检查属主和权限。") from None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(lock)
        return None
    return lock
