"""What was told to whom, as rows: the memory that keeps anybody from hearing a thing twice."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, RowMapping

from gkbot.ledger.database import Database
from gkbot.ledger.tables import TOLD
from gkbot.planning.digest import LINES, told_by
from gkbot.planning.memory import FADING
from gkbot.planning.values import Notice, Told

_UNIQUE = ["task", "unit", "period", "revision", "stage", "channel", "address"]


def write_told(database: Database, connection: Connection, notices: Sequence[Notice], ids: Mapping[str, int]) -> None:
    """Remember what these notices say; `ids` are theirs by key."""
    rows = [_row(told, ids[notice.key]) for notice in notices for told in told_by([notice])]
    database.insert_new(connection, TOLD, rows, _UNIQUE)


def told_of(row: RowMapping) -> Told:
    """The value of a row."""
    period = None if row["stage"] == LINES else row["period"] or None
    return Told(**{**row, "period": period})


def _row(told: Told, notice_id: int) -> dict[str, Any]:
    values = {name: getattr(told, name) for name in Told.__dataclass_fields__}
    day = str(told.day)
    return {
        **values,
        "period": day if told.stage == LINES else told.period or "",
        "notice_id": notice_id,
        "lasting": not told.stage.startswith((*FADING, LINES)),
    }
