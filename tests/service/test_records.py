"""What is recorded must make sense; the person who records it is told what it does."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from gkbot.clock import ShiftedClock
from gkbot.errors import UsageError
from gkbot.planning import EventKind, NewEvent, duties
from gkbot.service.explanation import explanation
from gkbot.service.office import Office, open_office
from gkbot.service.records import record
from gkbot.settings import load_settings

RULES = Path(__file__).parents[2] / "rules" / "guangyuan"
COUNTED = "GY2023-50"  # 结束后1个月内


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    values = {"GKBOT_RULES": str(RULES), "GKBOT_DATABASE_URL": f"sqlite:///{tmp_path / 'gkbot.db'}"}
    settings = load_settings(values, dotenv=None)
    with open_office(settings, ShiftedClock.to(date(2023, 7, 24), settings.zone), writes=True) as opened:
        yield opened


def say(office: Office, kind: EventKind, task: str = "GY2023-05", unit: str | None = "苍溪县", **more: object) -> str:
    event = NewEvent(kind=kind, task=task, unit=unit, at=office.clock.now(), actor="测试", **more)  # type: ignore[arg-type]
    return record(office, event).sentence()


def extend(office: Office, until: str) -> str:
    until_day = date.fromisoformat(until)
    return say(office, EventKind.EXTENDED, until=until_day, approver="王某", basis="办函〔2023〕8号")


@pytest.mark.parametrize("until", ["2023-07-31", "2023-07-28", "2023-07-01"])
def test_an_extension_gives_more_time(office: Office, until: str) -> None:
    with pytest.raises(UsageError, match=f"现在的截止日是2023-07-31，{until}不比它晚，不是延期"):
        extend(office, until)
    assert office.history().events == ()


def test_a_second_extension_goes_beyond_the_first(office: Office) -> None:
    assert extend(office, "2023-08-15").endswith("已登记延期至2023-08-15（批准人：王某，依据：办函〔2023〕8号）。")
    with pytest.raises(UsageError, match="现在的截止日是2023-08-15"):
        extend(office, "2023-08-10")


def test_an_extension_recorded_late_says_that_its_day_has_passed(office: Office) -> None:
    later = Office(
        settings=office.settings,
        clock=ShiftedClock.to(date(2023, 9, 1), office.settings.zone),
        book=office.book,
        ledger=office.ledger,
    )
    assert extend(later, "2023-08-31").endswith("这一天已经过去，仍算逾期。")


def test_only_what_is_closed_is_reopened(office: Office) -> None:
    with pytest.raises(UsageError, match="现在是“办理中，还剩7天”，没有办结，不用退回"):
        say(office, EventKind.REOPENED)
    for closing in (EventKind.DONE, EventKind.REPORTED):
        say(office, closing)
        assert "已退回补办" in say(office, EventKind.REOPENED)


def test_a_second_event_on_the_same_day_is_said_to_count_as_one(office: Office) -> None:
    again = "同一天此前已登记过，按一件计，以先登记的为准。"
    first = say(office, EventKind.OCCURRED, COUNTED, occurred_on=date(2023, 7, 3))
    assert again not in first
    assert first + again == say(office, EventKind.OCCURRED, COUNTED, occurred_on=date(2023, 7, 3))
    assert again not in say(office, EventKind.OCCURRED, COUNTED, occurred_on=date(2023, 7, 4))
    assert again not in say(office, EventKind.OCCURRED, COUNTED, "旺苍县", occurred_on=date(2023, 7, 3))


def test_an_explanation_tells_extensions_adoptions_and_returns(office: Office) -> None:
    extend(office, "2023-08-16")
    say(office, EventKind.ADOPTED)
    say(office, EventKind.DONE)
    say(office, EventKind.REOPENED, note="链接打不开")
    task, day = office.task("GY2023-05"), office.clock.today()
    mine = duties(office.book, office.history(), day, tasks=[task])
    told = explanation(office.book, office.history(), task, mine, day, channels=office.channels)
    (moved,) = [period for period in told.periods if period.due == date(2023, 8, 16)]
    assert moved.events == (
        "延期至2023年8月16日（周三），批准人：王某，依据：办函〔2023〕8号（登记于2023年7月24日（周一））",
        "接管，开始正常催办（登记于2023年7月24日（周一））",
        "退回补办：链接打不开（登记于2023年7月24日（周一））",
    )
    assert all(period.events == () for period in told.periods if period is not moved)


def test_events_of_one_unit_among_several_name_it(office: Office) -> None:
    say(office, EventKind.ADOPTED)
    task, day = office.task("GY2023-05"), office.clock.today()
    mine = duties(office.book, office.history(), day, tasks=[task])
    told = explanation(office.book, office.history(), task, mine, day, channels=office.channels)
    lines = [line for period in told.periods for line in period.events]
    assert lines == ["苍溪县：接管，开始正常催办（登记于2023年7月24日（周一））"]


def test_a_pause_is_said_with_its_end_and_goes_on_when_resumed(office: Office) -> None:
    until = date(2023, 7, 28)
    assert say(office, EventKind.PAUSED, until=until).endswith("已暂停，不再提醒，到2023-07-28为止（含当日）。")
    with pytest.raises(UsageError, match="已经暂停"):
        say(office, EventKind.PAUSED)
    assert say(office, EventKind.RESUMED).endswith("已恢复提醒。")
    with pytest.raises(UsageError, match="没有暂停，不用恢复"):
        say(office, EventKind.RESUMED)


def test_what_is_done_or_over_is_not_paused(office: Office) -> None:
    with pytest.raises(UsageError, match="2023-07-01已经过去"):
        say(office, EventKind.PAUSED, until=date(2023, 7, 1))
    say(office, EventKind.DONE)
    with pytest.raises(UsageError, match="本来就不提醒"):
        say(office, EventKind.PAUSED)
