"""The service in figures, for Prometheus: counted in the ledger by one asker at a time, told again for some seconds.

Whoever asks often, or many at once, never takes more than one connection from those who send.
"""

import threading
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, time

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from gkbot import __version__
from gkbot.clock import Clock
from gkbot.errors import LedgerBusy, LedgerError
from gkbot.ledger import Ledger, NoticeState
from gkbot.ledger.figures import OPEN, Figures, Totals
from gkbot.service.auditing.auditor import FRESH_SECONDS, WAIT_SECONDS, Auditor
from gkbot.service.auditing.values import Audit, Severity
from gkbot.service.auditing.vitals import Role


class Metrics(Collector):
    """Collects the figures of one service in a registry of its own."""

    def __init__(self, ledger: Ledger, auditor: Auditor, clock: Clock) -> None:
        """Stand beside a service."""
        self._ledger = ledger
        self._auditor = auditor
        self._clock = clock
        self._registry = CollectorRegistry(auto_describe=False)
        self._registry.register(self)
        self._lock = threading.Lock()
        self._told = b""
        self._told_at = float("-inf")

    def text(self) -> bytes:
        """What /metrics answers, in the text format; as of a few seconds ago, or of the last time while one counts.

        Raises:
            LedgerBusy: The first count takes too long.
        """
        if not self._lock.acquire(timeout=0 if self._told else WAIT_SECONDS):
            if self._told:
                return self._told
            raise LedgerBusy("还在统计，请过一会儿再来。")
        try:
            if not 0 <= self._clock.monotonic() - self._told_at < FRESH_SECONDS:
                self._told, self._told_at = generate_latest(self._registry), self._clock.monotonic()
            return self._told
        finally:
            self._lock.release()

    def collect(self) -> Iterator[Metric]:
        """Everything, as it is now; without a readable ledger all that needs none."""
        found = self._auditor.look()
        yield _gauge("gkbot_build_info", "Version of gkbot", 1, version=__version__)
        yield from self._of_audit(found)
        yield from self._of_process()
        try:
            figures, totals = self._ledger.counting.figures(), self._ledger.counting.totals()
        except LedgerError:
            yield _gauge("gkbot_ledger_up", "Whether the ledger can be read", 0)
            return
        yield _gauge("gkbot_ledger_up", "Whether the ledger can be read", 1)
        yield from self._of_ledger(figures, totals)

    def _of_audit(self, found: Audit) -> Iterator[Metric]:
        counted = Counter(finding.severity for finding in found.findings)
        findings = GaugeMetricFamily("gkbot_findings", "Findings of the audit", labels=["severity"])
        for severity in Severity:
            findings.add_metric([str(severity)], counted[severity])
        yield findings
        codes = GaugeMetricFamily("gkbot_finding", "Findings of this kind", labels=["code", "severity"])
        for (code, severity), count in Counter((each.code, each.severity) for each in found.findings).items():
            codes.add_metric([code, str(severity)], count)
        yield codes
        if self._auditor.clean_at is not None:
            age = (self._clock.now() - self._auditor.clean_at).total_seconds()
            yield _gauge("gkbot_clean_audit_age_seconds", "Since the last audit that found nothing", max(0.0, age))
        if found.last_check is not None:
            midnight = datetime.combine(found.last_check, time.min, self._clock.zone)
            text = "Midnight of the last day that was looked at"
            yield _gauge("gkbot_last_check_timestamp_seconds", text, midnight.timestamp())

    def _of_process(self) -> Iterator[Metric]:
        vitals = self._auditor.gatherer.vitals
        if vitals is None:
            return
        yield _gauge("gkbot_active", "Whether this process sends (0: another one does)", vitals.role is Role.ACTIVE)
        if vitals.epoch is not None:
            yield _gauge("gkbot_instance_epoch", "Number of this start; rises with every start", vitals.epoch)
        silent = GaugeMetricFamily("gkbot_thread_silent_seconds", "Since a thread was heard of", labels=["thread"])
        for sign in vitals.signs():
            silent.add_metric([sign.name], max(0.0, sign.silent_seconds))
        yield silent

    def _of_ledger(self, figures: Figures, totals: Totals) -> Iterator[Metric]:
        notices = GaugeMetricFamily("gkbot_notices", "Notices by state", labels=["channel", "state"])
        for channel in sorted({channel for channel, _ in totals.notices}):
            for state in NoticeState:
                notices.add_metric([channel, str(state)], totals.notices.get((channel, state), 0))
        yield notices
        attempts = CounterMetricFamily("gkbot_attempts", "Attempts by outcome", labels=["channel", "outcome"])
        running = GaugeMetricFamily("gkbot_attempts_open", "Attempts without outcome", labels=["channel"])
        for (channel, outcome), count in sorted(totals.attempts.items()):
            if outcome == OPEN:
                running.add_metric([channel], count)
            else:
                attempts.add_metric([channel, outcome], count)
        yield attempts
        yield running
        yield _gauge("gkbot_drafts", "Letters that wait for a person to send them", figures.drafts)
        since = figures.waiting_since
        age = 0.0 if since is None else max(0.0, (self._clock.now() - since).total_seconds())
        yield _gauge("gkbot_oldest_waiting_seconds", "How long the oldest unsent notice has been due", age)
        disabled = GaugeMetricFamily(
            "gkbot_channel_disabled", "Whether a channel is switched off", labels=["channel_id"]
        )
        for gate in figures.gates:
            disabled.add_metric([gate.channel_id], gate.disabled_reason is not None)
        yield disabled


def _gauge(name: str, text: str, value: float, **labels: str) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, text, labels=list(labels))
    family.add_metric(list(labels.values()), value)
    return family
