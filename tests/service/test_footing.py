"""What the database stands on that may give way: said by doctor, and in the log when the service starts."""

import logging
from pathlib import Path

import pytest
from patients import NOW, patient

from gkbot.clock import FixedClock
from gkbot.errors import LedgerError
from gkbot.ledger import Ledger
from gkbot.service.doctor.database import probe_database
from gkbot.service.doctor.values import Grade
from gkbot.service.footing import warn_of_the_database
from gkbot.service.logs import EventFormatter
from tests.databases import fresh_database


@pytest.fixture
def on_nfs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home that the machine takes for a network disk."""
    mounts = tmp_path / "mounts"
    mounts.write_text(f"/dev/vda1 / ext4 rw 0 0\nnas:/x {tmp_path.resolve()} nfs4 rw 0 0\n")
    monkeypatch.setattr("gkbot.ledger.file_systems._MOUNTS", mounts)
    return tmp_path


def test_sqlite_on_a_network_disk_is_warned_of(on_nfs: Path, caplog: pytest.LogCaptureFixture) -> None:
    url = patient(on_nfs).settings.database_url
    Ledger.open(url, clock=FixedClock(NOW)).close()
    finding = probe_database(patient(on_nfs))
    assert finding.grade is Grade.CAUTION
    assert "nfs4" in finding.message
    warn_of_the_database(url, FixedClock(NOW))
    assert [record.message for record in caplog.records] == ["database on a network disk"]


@pytest.mark.postgresql
def test_a_server_that_does_not_wait_for_its_disk_is_warned_of(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with fresh_database("postgresql", tmp_path) as address:
        url = f"{address}%20-csynchronous_commit%3Doff"
        Ledger.open(url, clock=FixedClock(NOW)).close()
        finding = probe_database(patient(tmp_path, database_url=url))
        warn_of_the_database(url, FixedClock(NOW))
    assert finding.grade is Grade.CAUTION
    assert "synchronous_commit" in finding.message
    assert [record.message for record in caplog.records] == ["database may forget"]


def test_a_sound_database_is_not_warned_of(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    url = patient(tmp_path).settings.database_url
    Ledger.open(url, clock=FixedClock(NOW)).close()
    warn_of_the_database(url, FixedClock(NOW))
    assert caplog.records == []


def test_the_log_tells_the_cause_of_trouble_with_the_database() -> None:
    error = LedgerError("数据库 var/gkbot.db：磁盘已满。请清理磁盘。")
    record = logging.makeLogRecord({"msg": "sending stands still", "exc_info": (type(error), error, None)})
    assert "cause=数据库 var/gkbot.db" in EventFormatter(FixedClock(NOW).zone).format(record).replace('"', "")
