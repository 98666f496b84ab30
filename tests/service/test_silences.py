"""Silences as people say them: names are looked up, what makes no sense is refused."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from gkbot.clock import ShiftedClock
from gkbot.errors import TaskNotFound, UnitNotFound, UsageError
from gkbot.planning.suppressions import NewSuppression, SuppressionKind
from gkbot.service.office import Office, open_office
from gkbot.service.silences import about, add_silence, end_silence
from gkbot.settings import load_settings

RULES = Path(__file__).parents[2] / "rules" / "guangyuan"
TODAY = date(2023, 7, 24)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    values = {"GKBOT_RULES": str(RULES), "GKBOT_DATABASE_URL": f"sqlite:///{tmp_path / 'gkbot.db'}"}
    settings = load_settings(values, dotenv=None)
    with open_office(settings, ShiftedClock.to(TODAY, settings.zone), writes=True) as opened:
        yield opened


def wanted(**changes: object) -> NewSuppression:
    values = {
        "kind": SuppressionKind.SILENCE,
        "since": TODAY,
        "end": date(2023, 7, 29),
        "author": "张三",
        "reason": "迎检",
    }
    return NewSuppression(**{**values, **changes})  # type: ignore[arg-type]


def test_names_are_looked_up_and_told_in_words(office: Office) -> None:
    found = add_silence(office, wanted(unit="苍溪县", task="GY2023-05", document="15号"))
    assert found.unit == "苍溪县"
    words = about(found, office).sentence()
    assert words.startswith(
        "静默：苍溪县、任务GY2023-05、文件广府办发〔2023〕15号，从2023-07-24起，到2023-07-28为止（含当日）"
    )


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"unit": "没有县"}, UnitNotFound),
        ({"task": "X-1"}, TaskNotFound),
        ({"document": "没有这份文件"}, UsageError),
        ({"address": "nobody@example.com"}, UsageError),
        ({}, UsageError),
        ({"task": "GY2023-05", "kind": SuppressionKind.POSTPONE, "end": None}, UsageError),
        ({"task": "GY2023-05", "end": TODAY}, UsageError),
        ({"task": "GY2023-05", "since": date(2023, 8, 1)}, UsageError),
    ],
)
def test_what_makes_no_sense_is_refused(office: Office, changes: dict[str, object], error: type[Exception]) -> None:
    with pytest.raises(error):
        add_silence(office, wanted(**changes))
    assert office.ledger is not None
    assert office.ledger.suppressions.all() == ()


def test_the_whole_office_is_said_on_purpose_and_ended_at_once(office: Office) -> None:
    found = add_silence(office, wanted(end=None), everything=True)
    assert "整个办公室" in about(found, office).sentence()
    ended = end_silence(office, found.id, who="李四", why="演练结束")
    assert about(ended, office).is_over
