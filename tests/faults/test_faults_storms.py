"""F02, F09: several senders, killed at random, against receivers in a bad mood; `make soak` plays it large."""

from collections import Counter
from pathlib import Path

import pytest

from tests.databases import fresh_database
from tests.faults.receivers import CALM
from tests.faults.storms import Blown, Storm, blow
from tests.faults.zygote import Zygote


def assert_only_doubt_doubles(blown: Blown) -> None:
    assert blown.figures.lost == 0
    assert blown.figures.doubled <= blown.figures.unclear
    assert blown.kills > 0


@pytest.mark.fault("F02")
@pytest.mark.postgresql
def test_three_killed_senders_on_postgresql_lose_nothing(senders: Zygote, tmp_path: Path) -> None:
    with fresh_database("postgresql", tmp_path) as url:
        assert_only_doubt_doubles(blow(senders, url, tmp_path, Storm(workers=3, notices=200, done=10)))


@pytest.mark.fault("F02")
def test_a_killed_and_restarted_sender_on_sqlite_loses_nothing(senders: Zygote, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'gkbot.db'}"
    assert_only_doubt_doubles(blow(senders, url, tmp_path, Storm(workers=1, notices=200, done=10)))


@pytest.mark.fault("F02")
def test_a_storm_on_held_messages_doubles_nothing(senders: Zygote, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'gkbot.db'}"
    blown = blow(senders, url, tmp_path, Storm(workers=1, notices=100, policy="hold"))
    assert (blown.figures.lost, blown.figures.doubled) == (0, 0)


@pytest.mark.fault("F09")
@pytest.mark.postgresql
def test_four_equal_instances_never_send_a_key_twice(senders: Zygote, tmp_path: Path) -> None:
    with fresh_database("postgresql", tmp_path) as url:
        blown = blow(
            senders, url, tmp_path, Storm(workers=4, notices=200, kill_every=0, mood=CALM, mail_mood=CALM, speed=4.0)
        )
    assert max(Counter(entry.label for entry in blown.book.arrived()).values()) == 1
    assert len({row["instance"] for row in blown.found["attempt"]}) == 4
    assert (blown.figures.lost, blown.figures.doubled, blown.figures.unclear) == (0, 0, 0)
