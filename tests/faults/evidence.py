"""What the database says afterwards, read by plain SQL: the model asks no room of the program."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, MetaData, create_engine, inspect, text
from sqlalchemy.engine import make_url


@dataclass(frozen=True, slots=True)
class Evidence:
    """The rows of every table, by its name.

    Attributes:
        said: Everything the processes logged and printed.
    """

    tables: dict[str, list[dict[str, Any]]]
    said: str = ""

    def __getitem__(self, table: str) -> list[dict[str, Any]]:
        return self.tables[table]

    def dump(self) -> str:
        """All of it as text, to be searched for secrets."""
        return "\n".join(str(row) for rows in self.tables.values() for row in rows)


def evidence(url: str, folder: Path, *, tables: Collection[str] = ()) -> Evidence:
    """Read every table, or these, and every log."""
    engine = create_engine(_address(url))
    try:
        with engine.connect() as connection:
            names = tables or inspect(connection).get_table_names()
            metadata = MetaData()
            metadata.reflect(connection, only=list(names), resolve_fks=False)
            tables = {name: _rows(connection, metadata, name) for name in names}
    finally:
        engine.dispose()
    said = "\n".join(path.read_text(errors="replace") for path in sorted(folder.glob("process-*.log")))
    return Evidence(tables, said)


def undecided(url: str) -> int:
    """How many notices are still on their way; a part behind a held one waits for a person like that."""
    engine = create_engine(_address(url))
    query = "SELECT COUNT(*) FROM notice WHERE state IN ('pending', 'leased') AND next_at IS NOT NULL"
    try:
        with engine.connect() as connection:
            return int(connection.execute(text(query)).scalar_one())
    finally:
        engine.dispose()


def moment(value: Any) -> datetime:
    """A moment as either database gives it, in naive UTC."""
    made: datetime = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    return made if made.tzinfo is None else made.astimezone(UTC).replace(tzinfo=None)


def _address(url: str) -> str:
    parsed = make_url(url)
    if parsed.drivername in {"postgres", "postgresql"}:
        parsed = parsed.set(drivername="postgresql+psycopg")
    return parsed.render_as_string(hide_password=False)


def _rows(connection: Connection, metadata: MetaData, name: str) -> list[dict[str, Any]]:
    table = metadata.tables[name]
    query = table.select().order_by(*table.primary_key.columns)
    return [dict(row) for row in connection.execute(query).mappings()]
