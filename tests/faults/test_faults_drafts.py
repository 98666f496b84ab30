"""Drafts do not pile up: of a duty there is one, and none where the duty wants none any more."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from gkbot.ledger import Entry, NoticeState
from gkbot.planning import EventKind, NewEvent
from gkbot.service.office import Office as Desk
from gkbot.service.records import record
from tests.faults.test_faults_withdrawn import accepted
from tests.told_days import RULES, Office

LED = RULES.replace(
    "邮箱: jia@example.gov.cn}]\n",
    "邮箱: jia@example.gov.cn}]\n    分管领导: {岗位: 副县长, 邮箱: li@example.gov.cn}\n",
)
URGED, WRITTEN, LISTED = "2026-08-03T09:05", "2026-08-05T09:05", "2026-08-14T09:05"  # 1, 3 and 10 workdays after


@pytest.fixture
def office(tmp_path: Path, url: str) -> Iterator[Office]:
    made = Office(tmp_path, url=url, keeps=True, rules=LED)
    for moment in ("2026-07-10T09:05", "2026-07-31T09:05", URGED):
        made.day(moment)
    yield made
    made.ledger.close()


def drafts(office: Office) -> list[Entry]:
    return [entry for entry in office.ledger.outbox.entries(state=NoticeState.HELD) if entry.draft]


def letters(office: Office) -> list[str]:
    return [entry.facts["letter"] for entry in drafts(office)]


def taken_back(office: Office) -> list[tuple[str, str | None]]:
    found = office.ledger.outbox.entries(state=NoticeState.SUPERSEDED)
    return [(entry.facts["letter"], entry.reason) for entry in reversed(found) if entry.draft]


@pytest.mark.fault("F21")
def test_a_later_letter_takes_the_place_of_the_one_that_nobody_approved(office: Office) -> None:
    assert letters(office) == ["urge"]
    office.day(WRITTEN)
    assert letters(office) == ["escalation"]
    office.day(LISTED)
    assert letters(office) == ["bulletin"]
    assert taken_back(office) == [("urge", "later letter"), ("escalation", "later letter")]


@pytest.mark.fault("F21")
@pytest.mark.parametrize(
    ("kind", "reason", "details"),
    [
        (EventKind.DONE, "done", {}),
        (EventKind.REPORTED, "reported", {}),
        (EventKind.PAUSED, "paused", {}),
        (EventKind.EXTENDED, "moved", {"until": date(2026, 9, 30)}),
        (EventKind.CANCELLED, "cancelled", {}),
    ],
)
def test_a_draft_goes_when_its_duty_wants_none(
    office: Office, kind: EventKind, reason: str, details: dict[str, object]
) -> None:
    for task in ("SX-01", "SX-02"):
        office.record(kind, task, **details)
    office.day("2026-08-04T09:05")
    assert (letters(office), taken_back(office)) == ([], [("urge", reason)])


@pytest.mark.fault("F21")
def test_a_draft_of_two_speaks_of_the_one_that_is_left(office: Office) -> None:
    office.record(EventKind.DONE)
    office.day("2026-08-04T09:05")
    (draft,) = drafts(office)
    assert [entry["task"] for entry in draft.facts["entries"]] == ["SX-02"]


@pytest.mark.fault("F21")
def test_a_draft_about_a_deleted_task_is_taken_back(office: Office) -> None:
    accepted(office, LED.replace("SX-01", "SX-11").replace("SX-02", "SX-12"))
    office.day("2026-08-04T09:05")
    assert (letters(office), taken_back(office)) == ([], [("urge", "gone")])


@pytest.mark.fault("F21")
def test_what_a_person_records_takes_the_draft_back_at_once(office: Office) -> None:
    desk = Desk(settings=office.settings, clock=office.clock, book=office.book, ledger=office.ledger)
    for task in ("SX-01", "SX-02"):
        record(desk, NewEvent(kind=EventKind.DONE, task=task, at=office.clock.now(), actor="张三", unit="甲县"))
    assert letters(office) == []


@pytest.mark.fault("F21")
def test_a_letter_that_a_person_released_stays_released(office: Office) -> None:
    (draft,) = drafts(office)
    office.ledger.outbox.release(draft.number, who="张三", why="同意")
    office.day(WRITTEN)
    assert letters(office) == ["escalation"]
    assert taken_back(office) == []
