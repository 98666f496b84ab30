"""Parcels, servers and a ledger for the tests of delivery."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from gkbot.clock import FixedClock
from gkbot.delivery.transport import Parcel
from gkbot.ledger import Ledger
from tests.delivery.leaks import Leaks
from tests.plans import MONDAY
from tests.servers import RobotServer, SmtpServer, certificate


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(datetime(2023, 7, 24, 1, 0, tzinfo=UTC))


@pytest.fixture
def ledger(tmp_path: Path, clock: FixedClock) -> Iterator[Ledger]:
    with Ledger.open(f"sqlite:///{tmp_path / 'gkbot.db'}", clock=clock) as opened:
        yield opened


@pytest.fixture
def leaks(
    ledger: Ledger,
    clock: FixedClock,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> Leaks:
    return Leaks(ledger=ledger, clock=clock, folder=tmp_path, caplog=caplog, capsys=capsys)


@pytest.fixture
def mail() -> Iterator[SmtpServer]:
    with SmtpServer() as server:
        yield server


@pytest.fixture
def robot() -> Iterator[RobotServer]:
    with RobotServer() as server:
        yield server


@pytest.fixture(scope="session")
def local_certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return certificate(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def parcel() -> Callable[..., Parcel]:
    def make(payload: dict[str, Any] | None = None, **changed: Any) -> Parcel:
        values: dict[str, Any] = {
            "payload": payload or {"subject": "【政务公开提醒】年报", "text": "年报\n.点行\n", "html": "<p>年报</p>"},
            "number": "7QK3M9ZD",
            "message_id": "<n7QK3M9ZD.0123456789abcdef@bot.example.gov.cn>",
            "thread": "<o00ff@bot.example.gov.cn>",
            "day": MONDAY,
            "unit": "苍溪县人民政府",
            "contact": "办公室公开岗",
            "address": "a@example.gov.cn",
            "maybe_twice": False,
            "at": datetime(2023, 7, 24, 1, 0, tzinfo=UTC),
        }
        return Parcel(**{**values, **changed})

    return make
