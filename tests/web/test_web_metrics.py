"""The figures, read with Prometheus's own parser, and compared with what stands in the ledger."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from prometheus_client.metrics_core import Metric
from prometheus_client.parser import text_string_to_metric_families
from small_books import book, task
from sqlalchemy import update

from gkbot.clock import FixedClock
from gkbot.errors import LedgerError
from gkbot.ledger import Ledger
from gkbot.ledger.figures import Totals
from gkbot.ledger.tables import NOTICE
from gkbot.service.auditing.auditor import FRESH_SECONDS, Auditor
from gkbot.service.auditing.vitals import LOOK, Role, Vitals
from gkbot.service.rules import InForce
from gkbot.settings import Settings
from gkbot.web.metrics import Metrics
from tests.ledger_rows import attempt, gate
from tests.plans import enqueue, many, notice

NINE = datetime(2023, 7, 24, 1, 0, tzinfo=UTC)


@dataclass
class Measured:
    """A service that is measured."""

    metrics: Metrics
    ledger: Ledger
    clock: FixedClock
    vitals: Vitals
    auditor: Auditor

    def families(self) -> dict[str, Metric]:
        return {family.name: family for family in text_string_to_metric_families(self.metrics.text().decode())}

    def values(self, name: str) -> dict[tuple[str, ...], float]:
        """Label values → number, of one family; the labels in the order of their names."""
        samples = self.families()[name].samples
        return {tuple(value for _, value in sorted(found.labels.items())): found.value for found in samples}


@pytest.fixture
def measured(tmp_path: Path) -> Iterator[Measured]:
    clock = FixedClock(NINE)
    settings = Settings(database_url=f"sqlite:///{tmp_path / 'gkbot.db'}", outbox_dir=tmp_path, state_dir=tmp_path)
    vitals = Vitals(clock)
    vitals.role, vitals.epoch = Role.ACTIVE, 7
    vitals.expect(LOOK, 300)
    with Ledger.open(settings.database_url, clock=clock) as ledger:
        auditor = Auditor.of(settings, clock, ledger, lambda: InForce(book=book(task())), vitals=vitals)
        ledger.keep_rulebook({}, "test", NINE)
        enqueue(ledger, notice("letter", draft=True), *many(3))
        yield Measured(Metrics(ledger, auditor, clock), ledger, clock, vitals, auditor)


def test_notices_are_counted_by_channel_and_state(measured: Measured) -> None:
    with measured.ledger._database.writing() as connection:
        connection.execute(update(NOTICE).where(NOTICE.c.dedupe_key == "k0").values(state="sent"))
    values = measured.values("gkbot_notices")
    assert {labels: count for labels, count in values.items() if count} == {
        ("email", "pending"): 2,
        ("email", "sent"): 1,
    }
    assert values["email", "dead"] == 0
    assert measured.values("gkbot_drafts") == {(): 1}


def test_attempts_are_a_counter_and_those_that_run_a_gauge(measured: Measured) -> None:
    attempt(measured.ledger, outcome="unclear")
    attempt(measured.ledger, outcome="ok", token=2)
    attempt(measured.ledger, "k1")
    families = measured.families()
    assert (families["gkbot_attempts"].type, families["gkbot_attempts_open"].type) == ("counter", "gauge")
    assert {sample.name for sample in families["gkbot_attempts"].samples} == {"gkbot_attempts_total"}
    assert measured.values("gkbot_attempts") == {("email", "ok"): 1, ("email", "unclear"): 1}
    assert measured.values("gkbot_attempts_open") == {("email",): 1}


def test_the_oldest_that_waits_and_the_channels_that_are_off_are_told(measured: Measured) -> None:
    gate(measured.ledger, disabled_reason="535", disabled_at=NINE)
    gate(measured.ledger, "wecom:OFFICE")
    measured.clock.advance(90)
    assert measured.values("gkbot_oldest_waiting_seconds") == {(): 90}
    assert measured.values("gkbot_channel_disabled") == {("email",): 1, ("wecom:OFFICE",): 0}


def test_findings_the_process_and_the_last_check_are_told(measured: Measured) -> None:
    assert measured.values("gkbot_findings") == {("note",): 0, ("warn",): 0, ("fail",): 0}
    measured.clock.advance(1000)
    assert measured.values("gkbot_finding") == {("late", "fail"): 1, ("thread-silent", "fail"): 1}
    assert measured.values("gkbot_clean_audit_age_seconds") == {(): 1000}
    assert measured.values("gkbot_thread_silent_seconds") == {(LOOK,): 1000}
    assert (measured.values("gkbot_active"), measured.values("gkbot_instance_epoch")) == ({(): 1}, {(): 7})
    midnight = datetime(2023, 7, 24, tzinfo=measured.clock.zone).timestamp()
    assert measured.values("gkbot_last_check_timestamp_seconds") == {(): midnight}


def test_names_follow_the_conventions(measured: Measured) -> None:
    families = measured.families()
    assert all(name.startswith("gkbot_") for name in families)
    assert all(family.documentation for family in families.values())
    assert all(not name.endswith("_total") for name, family in families.items() if family.type == "gauge")


def test_the_ledger_is_counted_once_in_some_seconds(measured: Measured) -> None:
    assert measured.values("gkbot_drafts") == {(): 1}
    enqueue(measured.ledger, notice("another", draft=True))
    measured.clock.advance(FRESH_SECONDS / 2)
    assert measured.values("gkbot_drafts") == {(): 1}
    measured.clock.advance(FRESH_SECONDS)
    assert measured.values("gkbot_drafts") == {(): 2}


def test_one_asker_counts_and_the_others_hear_what_was_told_last(
    measured: Measured, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts, counted = measured.ledger.counting.totals, threading.Event()
    asked = []

    def slow() -> Totals:
        asked.append(threading.current_thread())
        assert counted.wait(10)
        return counts()

    told = measured.metrics.text()
    measured.clock.advance(FRESH_SECONDS)
    monkeypatch.setattr(measured.ledger.counting, "totals", slow)
    first = threading.Thread(target=measured.metrics.text)
    first.start()
    while not asked:
        first.join(0.01)
    assert [measured.metrics.text() for _ in range(40)] == [told] * 40
    counted.set()
    first.join()
    assert asked == [first]


def test_no_address_of_anybody_is_in_the_figures(measured: Measured) -> None:
    assert "example.gov.cn" not in measured.metrics.text().decode()


def test_a_ledger_that_cannot_be_read_is_a_figure_too(measured: Measured, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(*_asked: date) -> None:
        raise LedgerError("/secret/place.db")

    monkeypatch.setattr(measured.ledger.watching, "seen", failing)
    monkeypatch.setattr(measured.ledger.counting, "figures", failing)
    assert measured.values("gkbot_ledger_up") == {(): 0}
    assert measured.values("gkbot_finding")["database", "fail"] == 1
    assert "gkbot_notices" not in measured.families()


def test_a_passive_instance_says_so(measured: Measured) -> None:
    measured.vitals.role, measured.vitals.epoch = Role.PASSIVE, None
    assert measured.values("gkbot_active") == {(): 0}
    assert "gkbot_instance_epoch" not in measured.families()
