"""The schema's version: recognised at every start, brought up to date under a lock.

Alembic is imported only when there is something to do; the usual start reads one row.
"""

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from gkbot.errors import LedgerOutdated
from gkbot.ledger.crash_points import crash_point
from gkbot.ledger.database import Database

SCHEMA_VERSION = "0001"
_MIGRATIONS = Path(__file__).parent / "migrations"


def bring_up_to_date(database: Database) -> None:
    """Run what migrations are missing, in one transaction, one instance at a time.

    Raises:
        LedgerOutdated: The database was written by a newer gkbot.
    """
    with database.reading() as connection:
        if version_of(connection) == SCHEMA_VERSION:
            return
    with database.writing() as connection:
        database.lock(connection, "schema")
        version = version_of(connection)
        if version != SCHEMA_VERSION:
            _upgrade(connection, version, database.name)
            crash_point("CP13")


def version_of(connection: Connection) -> str | None:
    """The schema's version as the database says it; None before the first migration."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return found


def _upgrade(connection: Connection, version: str | None, name: str) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if version is not None and version not in known:
        raise LedgerOutdated(
            f"数据库 {name} 的版本（{version}）比本程序（{SCHEMA_VERSION}）新。"
            "请把 gkbot 升级到写它的版本，或从升级前的备份恢复数据库。"
        )
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
