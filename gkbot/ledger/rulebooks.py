"""The rule files in force, kept whole, so that a broken edit never stops the service."""

import io
import zipfile
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, insert, select

from gkbot.ledger.tables import AUDIT, RULEBOOK_VERSION

_ARCHIVE_DAY = (1980, 1, 1, 0, 0, 0)  # the ZIP format's first; the same files give the same bytes


def keep_rulebook(connection: Connection, files: Mapping[str, bytes], digest: str, at: datetime) -> bool:
    """Keep these files as the rule book in force; False where they are it already."""
    if active_digest(connection) == digest:
        return False
    row = {"digest": digest, "adopted_at": at, "archive": _packed(files)}
    connection.execute(insert(RULEBOOK_VERSION).values(row))
    return True


def accept_rulebook(
    connection: Connection, files: Mapping[str, bytes], digest: str, at: datetime, *, who: str, why: str
) -> bool:
    """Keep these files as the rule book in force because a person says so; who and what is audited.

    Returns:
        Whether they were not it already.
    """
    before = active_digest(connection)
    is_new = keep_rulebook(connection, files, digest, at)
    row = {"at": at, "who": who, "what": "accept rules", "why": why, "before_hash": before, "after_hash": digest}
    connection.execute(insert(AUDIT).values(row))
    return is_new


def active_digest(connection: Connection) -> str | None:
    """The digest of the files that came into force last; None before the first."""
    query = select(RULEBOOK_VERSION.c.digest).order_by(RULEBOOK_VERSION.c.id.desc()).limit(1)
    found: str | None = connection.execute(query).scalar()
    return found


def adopted_at(connection: Connection) -> datetime | None:
    """When the files in force came into force; None before the first."""
    query = select(RULEBOOK_VERSION.c.adopted_at).order_by(RULEBOOK_VERSION.c.id.desc()).limit(1)
    found: datetime | None = connection.execute(query).scalar()
    return found


def active_rulebook(connection: Connection) -> Mapping[str, bytes] | None:
    """The files that came into force last; None before the first."""
    query = select(RULEBOOK_VERSION.c.archive).order_by(RULEBOOK_VERSION.c.id.desc()).limit(1)
    archive = connection.execute(query).scalar()
    return None if archive is None else _unpacked(archive)


def _packed(files: Mapping[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(files):
            archive.writestr(zipfile.ZipInfo(path, _ARCHIVE_DAY), files[path], zipfile.ZIP_DEFLATED)
    return target.getvalue()


def _unpacked(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}
