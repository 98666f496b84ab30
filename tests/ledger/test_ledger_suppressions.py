"""Silences in the ledger: written, listed, ended, read back for planning; each step audited."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from gkbot.clock import FixedClock
from gkbot.errors import UsageError
from gkbot.ledger import Ledger
from gkbot.planning.suppressions import NewSuppression, SuppressionKind
from tests.databases import DATABASES, fresh_database

CLOCK = FixedClock(datetime(2026, 7, 24, 1, 0, tzinfo=UTC))
NEW = NewSuppression(
    kind=SuppressionKind.SILENCE,
    since=date(2026, 7, 24),
    end=date(2026, 7, 29),
    author="张三",
    reason="迎检",
    unit="甲县",
    task="SX-01",
)


@pytest.mark.parametrize("kind", DATABASES)
def test_a_silence_comes_back_as_it_was_written_until_it_is_ended(kind: str, tmp_path: Path) -> None:
    with fresh_database(kind, tmp_path) as url, Ledger.open(url, clock=CLOCK) as ledger:
        written = ledger.suppressions.add(NEW)
        assert ledger.suppressions.all(date(2026, 7, 28)) == (written,) == ledger.history().suppressions
        assert (written.since, written.end, written.matcher()) == (NEW.since, NEW.end, NEW.matcher())
        assert ledger.suppressions.all(date(2026, 7, 29)) == ()
        ended = ledger.suppressions.end(written.id, day=date(2026, 7, 25), who="李四", why="检查结束")
        assert ended.end == date(2026, 7, 25)
        assert not ended.holds(date(2026, 7, 25))
        with pytest.raises(UsageError, match="已经结束"):
            ledger.suppressions.end(written.id, day=date(2026, 7, 25), who="李四", why="再")
        told = [(entry.who, entry.what, entry.why) for entry in ledger.trail.audit()]
        assert told == [
            ("李四", f"end silence {written.id}", "检查结束"),
            ("张三", f"silence {written.id} task=SX-01 unit=甲县", "迎检"),
        ]


def test_a_silence_that_is_not_there_cannot_be_ended(tmp_path: Path) -> None:
    with Ledger.open(f"sqlite:///{tmp_path / 'gkbot.db'}", clock=CLOCK) as ledger, pytest.raises(UsageError):
        ledger.suppressions.end(7, day=date(2026, 7, 24), who="李四", why="没有")
