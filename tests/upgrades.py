"""Upgrades of the schema that only tests make: three real migrations on top of the program's own.

`python -m tests.upgrades URL FOLDER` upgrades a database in a process of its own, to be killed.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from gkbot.clock import SystemClock
from gkbot.ledger.database import Database
from gkbot.ledger.schema import MIGRATIONS, Migrations, bring_up_to_date, version_of

NEWEST = "9003"
STEPS = 3
TESTS = Path(__file__).parent


def migrations_in(folder: Path) -> Migrations:
    """The program's own migrations and the three of the tests, in a folder."""
    if not folder.exists():
        shutil.copytree(MIGRATIONS.folder, folder, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copytree(TESTS / "data" / "migrations", folder / "versions", dirs_exist_ok=True)
    return Migrations(folder=folder, version=NEWEST)


def start_upgrade(url: str, folder: Path, *, kill: str | None = None) -> "subprocess.Popen[bytes]":
    """Upgrade in a process of its own; `kill` is a crash point such as "13:2"."""
    environment = {**os.environ, **({"CP": kill} if kill else {})}
    return subprocess.Popen([sys.executable, "-m", "tests.upgrades", url, str(folder)], env=environment)


def version_in(url: str) -> str | None:
    """The version a database is at."""
    database = Database(url, clock=SystemClock())
    try:
        with database.reading() as connection:
            return version_of(connection)
    finally:
        database.close()


if __name__ == "__main__":
    opened = Database(sys.argv[1], clock=SystemClock())
    bring_up_to_date(opened, Migrations(folder=Path(sys.argv[2]), version=NEWEST))
    opened.close()
