"""Whether there is a ledger yet, told without opening or creating one."""

from pathlib import Path

_SQLITE = "sqlite:///"


def ledger_exists(url: str) -> bool:
    """False only for a SQLite file that is not there; a server's database is taken to be."""
    if not url.startswith("sqlite:"):
        return True
    path = url.removeprefix(_SQLITE).partition("?")[0]
    return path not in {"", ":memory:", url} and Path(path).exists()
