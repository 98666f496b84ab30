"""Noting what a person did to the ledger itself."""

from datetime import datetime

from sqlalchemy import Connection, insert

from gkbot.ledger.tables import AUDIT


def write_audit(connection: Connection, now: datetime, who: str, what: str, why: str) -> None:
    """Note what a person did, in the transaction that does it."""
    row = {"at": now, "who": who, "what": what, "why": why, "before_hash": None, "after_hash": None}
    connection.execute(insert(AUDIT).values(row))
