"""A thousand due items on one robot: all told, within the rate, the urgent first, by one instance or two (F23)."""

import re
from pathlib import Path

import pytest

from tests.databases import DATABASES, fresh_database
from tests.faults.bursts import Burst, play

ITEM = re.compile(r"（(GY2023-\d{4})）")


def items_of(burst: Burst) -> list[str]:
    """Every line of the long digest, in the order of arrival; the headline names none."""
    return [name for text in burst.texts for name in ITEM.findall(text)]


@pytest.mark.fault("F23")
@pytest.mark.parametrize("kind", DATABASES)
def test_a_thousand_due_items_are_told_within_the_rate_and_the_urgent_one_at_once(kind: str, tmp_path: Path) -> None:
    with fresh_database(kind, tmp_path) as url:
        burst = play(url, items=1000, instances=2 if kind == "postgresql" else 1)
    told = items_of(burst)
    assert sorted(told) == [f"GY2023-{n:04}" for n in range(1000)]
    due_today = [name for name in told if int(name[-4:]) % 2 == 0]
    assert told[:500] == due_today
    assert len(burst.texts) <= 40
    assert burst.longest_bytes <= 4096
    assert burst.most_in(60) <= 20
    assert burst.urgent_after <= 60


@pytest.mark.fault("F23")
@pytest.mark.postgresql
def test_45009_closes_the_gate_for_both_instances(tmp_path: Path) -> None:
    with fresh_database("postgresql", tmp_path) as url:
        burst = play(url, items=400, instances=2, too_fast_at=3, enters_after=70)
    gap = burst.at[2] - burst.at[1]
    assert gap >= 60
    assert len(set(items_of(burst))) == len(items_of(burst)) == 400
