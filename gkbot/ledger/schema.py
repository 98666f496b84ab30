"""The schema's version: recognised at every start, brought up to date under a lock.

Alembic is imported only when there is something to do; the usual start reads one row.
All missing migrations run in one transaction, so that a kill leaves the old version or the new
one (facts/delivery.md 3.7, CP13). On SQLite nobody sends meanwhile and a copy is kept beside the
file; on PostgreSQL a sender of another version stops at its next claim.
"""

import logging
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, inspect, text

from gkbot.errors import LedgerBusy, LedgerOutdated
from gkbot.ledger.active import sender_kept_out
from gkbot.ledger.backups import back_up, backup_before
from gkbot.ledger.crash_points import crash_point
from gkbot.ledger.database import Database

log = logging.getLogger(__name__)

SCHEMA_VERSION = "0002"
_VERSION = text("SELECT version_num FROM alembic_version")
_BUSY_TRIES = 30
"""Another process may be at work on the same change; each try waits for SQLite's busy timeout."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Migrations:
    """The scripts that lead to a version; tests have some of their own."""

    folder: Path
    version: str


MIGRATIONS = Migrations(folder=Path(__file__).parent / "migrations", version=SCHEMA_VERSION)


def bring_up_to_date(database: Database, migrations: Migrations = MIGRATIONS) -> str | None:
    """Run what migrations are missing, in one transaction, one instance at a time.

    Returns:
        The version before; None where the database held nothing yet.

    Raises:
        LedgerOutdated: The database was written by a newer gkbot.
        LedgerBusy: A change is needed, and a service of the old version still runs on the SQLite file.
    """
    with database.reading() as connection:
        found = version_of(connection)
    if found != migrations.version:
        _wait_for_turn(database)
        found = _upgrade(database, migrations)
        crash_point("CP13")
    return found


def refuse_another_version(connection: Connection) -> None:
    """Make sure the tables are still those this program knows; asked before anything is claimed.

    Raises:
        LedgerOutdated: Another program has changed the schema since this one started.
    """
    refuse_version(connection.execute(_VERSION).scalar())


def refuse_version(found: str | None) -> None:
    """The same for a version already read.

    Raises:
        LedgerOutdated: It is another one.
    """
    if found != SCHEMA_VERSION:
        raise LedgerOutdated(
            f"数据库的版本已经变成 {found}，正在运行的程序是 {SCHEMA_VERSION} 的。已停止发送，请用新版本重新启动服务。"
        )


def version_of(connection: Connection) -> str | None:
    """The schema's version as the database says it; None before the first migration."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.execute(_VERSION).scalar()
    return found


def run_migrations(connection: Connection, migrations: Migrations = MIGRATIONS) -> None:
    """Run what is missing on a connection, inside its transaction.

    Each step passes CP13, so that tests can end the process after any of them.
    """
    from alembic import command

    config = _config(migrations)
    config.attributes["connection"] = connection
    config.attributes["on_step"] = lambda **_step: crash_point("CP13")
    command.upgrade(config, "head")


def _wait_for_turn(database: Database) -> None:
    """Let another process finish the same change: on SQLite it may take longer than the busy timeout."""
    for left in reversed(range(_BUSY_TRIES)):
        try:
            with database.writing() as connection:
                connection.execute(text("SELECT 1"))
        except LedgerBusy:
            if not left:
                raise
        else:
            return


def _upgrade(database: Database, migrations: Migrations) -> str | None:
    """The change itself; gives back the version found, which another process may have brought up to date."""
    facts: dict[str, object] = {"database": database.name, "to": migrations.version}
    with ExitStack() as until_committed, database.migrating() as connection:
        database.lock(connection, "schema")
        found = version_of(connection)
        if found == migrations.version:
            return found
        if found is not None and found not in _known(migrations):
            raise LedgerOutdated(
                f"数据库 {database.name} 的版本（{found}）比本程序（{migrations.version}）新。"
                "请把 gkbot 升级到写它的版本，或从升级前的备份恢复数据库。"
            )
        if found is not None and database.path is not None:
            until_committed.enter_context(sender_kept_out(database.path))
            copy = backup_before(database.path, found, database.clock.today())
            back_up(database.path, copy, replacing=True)
            facts["backup"] = copy
        crash_point("CP13")
        run_migrations(connection, migrations)
    if found is not None:
        log.info("database upgraded", extra={"from": found, **facts})
    return found


def _known(migrations: Migrations) -> set[str]:
    from alembic.script import ScriptDirectory

    return {script.revision for script in ScriptDirectory.from_config(_config(migrations)).walk_revisions()}


def _config(migrations: Migrations) -> Any:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(migrations.folder).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config
