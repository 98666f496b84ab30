"""A copy of a SQLite database in one file, made while others write, checked before it counts.

SQLite's online backup (https://www.sqlite.org/backup.html) in one step: one consistent state, and in
WAL mode no writer waits for it. The copy appears under its name only when it is whole.
"""

import contextlib
import errno
import os
import sqlite3
from datetime import date
from pathlib import Path

from gkbot.errors import LedgerError, UsageError
from gkbot.ledger.troubles import said_in_words
from gkbot.os_words import in_words


def back_up(source: Path, target: Path, *, replacing: bool = False) -> None:
    """Copy a database into a new file that only its owner can read.

    Args:
        replacing: Take the place of an older file of this name.

    Raises:
        UsageError: There is a file of this name already, and it is not to be replaced.
        LedgerError: The source cannot be read, the copy not be written, or it is not sound.
    """
    if not source.is_file():
        raise UsageError(f"没有数据库 {source}，没有什么可备份的。")
    if target.exists() and not replacing:
        raise UsageError(f"{target} 已经有了，不会覆盖。请换一个文件名。")
    unfinished = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        _copy(source, unfinished)
        _check(unfinished)
        _appear(unfinished, target, replacing=replacing)
    except OSError as error:
        raise LedgerError(f"备份 {target} 写不成：{in_words(error)}。请检查文件夹、权限和磁盘空间。") from None
    finally:
        with contextlib.suppress(OSError):
            unfinished.unlink(missing_ok=True)


def backup_before(source: Path, version: str, day: date) -> Path:
    """Where the copy made before a change of the schema lies: beside the database, with version and day."""
    return source.with_name(f"{source.stem}-v{version}-{day.isoformat()}{source.suffix or '.db'}")


def _copy(source: Path, unfinished: Path) -> None:
    os.close(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600))
    try:
        with (
            contextlib.closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as reading,
            contextlib.closing(sqlite3.connect(unfinished)) as writing,
        ):
            reading.backup(writing)
            writing.execute("PRAGMA journal_mode=DELETE")  # one file, without a -wal beside it
    except sqlite3.Error as error:
        if getattr(error, "sqlite_errorname", None) == "SQLITE_FULL":  # it is the copy that has no room
            raise OSError(errno.ENOSPC, str(unfinished)) from None
        raise said_in_words(str(source), error) from None


def _check(unfinished: Path) -> None:
    try:
        with contextlib.closing(sqlite3.connect(unfinished)) as connection:
            said = [row[0] for row in connection.execute("PRAGMA integrity_check(3)")]
    except sqlite3.Error as error:
        said = [str(error)]
    if said != ["ok"]:
        raise LedgerError(
            f"备份没有通过完整性检查（{said[0][:200]}）：数据库本身可能已损坏，备份没有留下。"
            "请停止服务，用 sqlite3 的 .recover 抢救，或从以前的备份恢复。"
        )


def _appear(unfinished: Path, target: Path, *, replacing: bool) -> None:
    with unfinished.open("rb") as written:
        os.fsync(written.fileno())
    if replacing:
        unfinished.replace(target)
    else:
        try:
            os.link(unfinished, target)  # unlike a rename it never takes another file's place
        except FileExistsError:
            raise UsageError(f"{target} 已经有了，不会覆盖。请换一个文件名。") from None
    folder = os.open(target.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
