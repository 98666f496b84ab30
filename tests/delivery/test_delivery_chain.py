"""The chained turns in every weather: the sender itself, an SMTP server, and faults wherever one can strike.

`-k "sqlite-17"` meets the weather of seed 17 again. Senders weakened on purpose show that the laws object.
"""

from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from gkbot.ledger import Outcome, Receipt
from tests.rough_weather import FOUL, POLICIES, Weather, broken_in

SEEDS = [pytest.param("sqlite", seed, id=f"sqlite-{seed}") for seed in range(28)] + [
    pytest.param("postgresql", seed, id=f"postgresql-{seed}", marks=pytest.mark.postgresql) for seed in range(3)
]


@pytest.mark.parametrize(("kind", "seed"), SEEDS)
def test_the_laws_hold_in_every_weather(kind: str, seed: int, tmp_path: Path) -> None:
    broken, _ = broken_in(Weather.drawn(seed), kind, tmp_path)
    assert broken == []


def test_the_laws_hold_where_every_kind_of_fault_strikes(tmp_path: Path) -> None:
    runs = [broken_in(Weather(seed, policy), "sqlite", tmp_path / policy) for seed, policy in enumerate(POLICIES)]
    assert [broken for broken, _ in runs] == [[], [], []]
    assert set(FOUL) == {kind for _, struck in runs for kind in +struck}


@pytest.mark.parametrize(
    ("part", "weakened", "law"),
    [
        ("ledger.turns.risk", lambda *_, **__: True, "each copy is on record"),
        ("ledger.attempts._is_stale", lambda *_: False, "nothing leaves once it is done"),
        ("ledger.verdicts.unclear_attempts", lambda *_, **__: 0, "nothing doubles unless it is to be resent"),
        ("ledger.verdicts.abandon_attempts", lambda *_: None, "no attempt is left open"),
        ("delivery.email.line_lost", lambda *_: Receipt(outcome=Outcome.OK, code="250"), "what is sent has arrived"),
    ],
    ids=["no risk is written", "events are ignored", "doubts are forgotten", "crashes are ignored", "silence is a yes"],
)
def test_the_laws_object_to_a_weakened_sender(part: str, weakened: Any, law: str, tmp_path: Path) -> None:
    weathers = [Weather(seed, POLICIES[seed % len(POLICIES)]) for seed in range(20)]
    with patch(f"gkbot.{part}", weakened):
        assert any(law in dict(broken_in(each, "sqlite", tmp_path / str(each.seed))[0]) for each in weathers)
