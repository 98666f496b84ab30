"""What the database says afterwards, read by plain SQL: the model asks no room of the program."""

import json
import sqlite3
from collections.abc import Callable, Collection, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy.engine import make_url

Rows = list[dict[str, Any]]
Ask = Callable[[str], Rows]


@dataclass(frozen=True, slots=True)
class Evidence:
    """The rows of every table, by its name.

    Attributes:
        said: Everything the processes logged and printed.
    """

    tables: dict[str, Rows]
    said: str = ""

    def __getitem__(self, table: str) -> Rows:
        return self.tables[table]

    def dump(self) -> str:
        """All of it as text, to be searched for secrets."""
        return "\n".join(str(row) for rows in self.tables.values() for row in rows)


def evidence(url: str, folder: Path, *, tables: Collection[str] = ()) -> Evidence:
    """Read every table, or these, and every log."""
    said = "\n".join(path.read_text(errors="replace") for path in sorted(folder.glob("process-*.log")))
    return Evidence(rows_of(url, tables), said)


def rows_of(url: str, tables: Collection[str] = ()) -> dict[str, Rows]:
    """Every table, or these, in the order in which the rows came."""
    with asked(url) as ask:
        names = tables or [row["name"] for row in ask(_NAMES[is_file(url)])]
        return {name: ask(f'SELECT * FROM "{name}"{_ORDER.get(name, "")}') for name in names}  # noqa: S608 - own names


def undecided(url: str) -> int:
    """How many notices are still on their way; a part behind a held one waits for a person like that."""
    query = "SELECT COUNT(*) AS n FROM notice WHERE state IN ('pending', 'leased') AND next_at IS NOT NULL"
    with asked(url) as ask:
        return int(ask(query)[0]["n"])


def moment(value: Any) -> datetime:
    """A moment as either database gives it, in naive UTC."""
    made: datetime = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    return made if made.tzinfo is None else made.astimezone(UTC).replace(tzinfo=None)


def plain(url: str) -> str:
    """The one way to write an address here, without the driver's name."""
    parsed = make_url(url)
    return parsed.set(drivername=parsed.get_backend_name()).render_as_string(hide_password=False)


def is_file(url: str) -> bool:
    """Whether it is a SQLite database."""
    return make_url(url).get_backend_name() == "sqlite"


@contextmanager
def asked(url: str) -> Iterator[Ask]:
    """The driver alone, one consistent state."""
    if is_file(url):
        with closing(sqlite3.connect(f"file:{make_url(url).database}?mode=rw", uri=True)) as file:
            file.row_factory = sqlite3.Row
            file.execute("BEGIN")
            yield lambda query: [_decoded(dict(row)) for row in file.execute(query)]
        return
    import psycopg
    from psycopg.rows import dict_row

    with psycopg.connect(plain(url), row_factory=dict_row) as server:
        yield lambda query: server.execute(query.encode()).fetchall()


_ORDER = {"notice": " ORDER BY id", "told": " ORDER BY id", "event": " ORDER BY id", "occurrence": " ORDER BY id",
          "attempt": " ORDER BY notice_id, token", "scan_run": " ORDER BY logical_date"}  # fmt: skip
_NAMES = {
    True: "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
    False: "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = current_schema()",
}
_JSON = ("body", "facts", "mentions", "mobiles", "recent", "counts", "matcher")


def _decoded(row: dict[str, Any]) -> dict[str, Any]:
    """SQLite keeps JSON as text."""
    return {name: json.loads(value) if name in _JSON and value is not None else value for name, value in row.items()}
