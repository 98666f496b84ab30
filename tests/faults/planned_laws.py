"""I1: what was planned is what was decided (facts/delivery.md 6)."""

from collections import Counter

from tests.faults.case import Case, Violated

DECISION = ("task", "unit", "period", "revision", "stage", "channel", "address")


def i1_planned_is_decided(case: Case) -> None:
    """No decision stands twice."""
    for _, tables in case.outboxes():
        keys = Counter(row["dedupe_key"] for row in tables["notice"])
        if max(keys.values()) > 1:
            raise Violated(f"a key twice: {keys.most_common(1)}")
        told = Counter(tuple(row[name] for name in DECISION) for row in tables["told"])
        if told and max(told.values()) > 1:
            raise Violated(f"told twice: {told.most_common(1)}")
