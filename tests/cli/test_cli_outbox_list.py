"""`gkbot outbox list`: what waits for a person is listed however much has gone out since."""

import sqlite3
from pathlib import Path

from tests.acceptance.small import FIRST_DAY, small_office

_MANY = """
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5100)
INSERT INTO notice SELECT {columns} FROM notice, n WHERE notice.id = (SELECT min(id) FROM notice)
"""
_NEW = {"id": "NULL", "number": "'N' || i", "dedupe_key": "'key' || i", "day": "'2099-01-01'", "state": "'sent'"}


def test_what_waits_is_listed_though_thousands_were_sent_since(tmp_path: Path) -> None:
    office = small_office(tmp_path)
    office.ask("daily", "--date", FIRST_DAY)
    with sqlite3.connect(office.folder / "gkbot.db") as database:
        names = [row[1] for row in database.execute("PRAGMA table_info(notice)")]
        database.execute(_MANY.format(columns=", ".join(_NEW.get(name, name) for name in names)))
        database.execute("UPDATE notice SET state = 'dead' WHERE id = (SELECT min(id) FROM notice)")
    database.close()
    assert [entry["state"] for entry in office.ask("outbox", "list")] == ["dead"]
