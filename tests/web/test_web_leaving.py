"""A contact's wish to be left out of digests: noted once by a POST, never by a GET; the office decides."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from desks import Browser
from small_books import CANGXI, DOCUMENT, book, by, day, event, known, task

from gkbot.clock import FixedClock
from gkbot.ledger import Ledger
from gkbot.planning import Channels, EventKind, History, Notice, plan_day
from gkbot.planning.threads import thread_of
from gkbot.rulebook.values import Rulebook
from gkbot.service.facts import FactsMaker
from gkbot.service.links import Links
from gkbot.service.rules import InForce
from gkbot.settings import Secret, Settings
from gkbot.web.app import create_app
from gkbot.web.office_desk import OfficeDesk

CLOCK = FixedClock(datetime(2023, 7, 24, 4, tzinfo=UTC))
SETTINGS = Settings(public_url="https://gk.example", secret_key=Secret("0123456789abcdef"))
POST = "办公室公开岗"


@dataclass
class Place:
    browser: Browser
    ledger: Ledger

    def wishes(self) -> list[tuple[str | None, str]]:
        return [(found.unit, found.contact) for found in self.ledger.addresses.open()]


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with Ledger.open(f"sqlite:///{tmp_path / 'gkbot.db'}", clock=CLOCK) as ledger:
        desk = OfficeDesk(SETTINGS, CLOCK, ledger=ledger, in_force=lambda: InForce(book=book(task())))
        yield Place(Browser(create_app(desk, public_url="https://gk.example")), ledger)


def path() -> str:
    address = Links.of(SETTINGS, CLOCK).leaving(CANGXI.name, POST)
    assert address is not None
    return address.removeprefix("https://gk.example")


def test_looking_at_the_link_changes_nothing(place: Place) -> None:
    answer = place.browser.get(path())
    assert (answer.status_code, f"{CANGXI.name} {POST}" in answer.text) == (200, True)
    assert place.wishes() == []


def test_one_click_of_a_mail_program_is_noted_once(place: Place) -> None:
    for _ in range(2):
        answer = place.browser.post(path(), {"List-Unsubscribe": "One-Click"})
        assert (answer.status_code, "申请已转告办公室" in answer.text) == (200, True)
    assert place.wishes() == [(CANGXI.name, POST)]


def test_another_site_cannot_press_the_button(place: Place) -> None:
    assert place.browser.post(path(), {}, origin="https://evil.example").status_code == 403
    assert place.wishes() == []


@pytest.mark.parametrize("token", ["nonsense", "x" * 5000])
def test_a_token_that_is_not_ours_is_refused(place: Place, token: str) -> None:
    assert place.browser.post(f"/u/{token}", {}).status_code == 404
    assert place.wishes() == []


def test_a_link_for_answers_is_none_for_leaving(place: Place) -> None:
    address = Links.of(SETTINGS, CLOCK).report("GY-01", CANGXI.name, "2023-07-31", POST)
    assert address is not None
    assert place.browser.post(f"/u/{address.rsplit('/', 1)[1]}", {}).status_code == 404


def digest_of(office: Rulebook, on: str, history: History | None = None) -> Notice:
    notices = plan_day(office, history or History(), day(on), channels=Channels(email=True)).notices
    return next(found for found in notices if found.recipient.unit == CANGXI.name and not found.draft)


TWO = (task(), task("GY-02", by("2023-12-31")))


def test_a_digest_says_how_to_leave() -> None:
    office = book(*TWO)
    found = FactsMaker(SETTINGS, CLOCK, office).of(digest_of(office, "2023-07-24"))["leaving"]
    assert found == {"url": f"https://gk.example{path()}", "mailbox": "admin@example.gov.cn"}


def test_without_https_only_the_mailbox_is_named() -> None:
    office = book(*TWO)
    plain = Settings(public_url="http://gk.example", secret_key=SETTINGS.secret_key)
    found = FactsMaker(plain, CLOCK, office).of(digest_of(office, "2023-07-24"))["leaving"]
    assert found == {"url": None, "mailbox": "admin@example.gov.cn"}


def test_nobody_leaves_a_single_reminder() -> None:
    office = book(task())
    assert FactsMaker(SETTINGS, CLOCK, office).of(digest_of(office, "2023-07-24", known(task())))["leaving"] is None


def test_nobody_leaves_what_the_law_demands() -> None:
    document = replace(DOCUMENT, file="rules/statutory/statutory.yaml")
    office = book(*(replace(found, document=document) for found in TWO))
    assert FactsMaker(SETTINGS, CLOCK, office).of(digest_of(office, "2023-07-24"))["leaving"] is None


@pytest.mark.fault("F21")
def test_a_day_moved_in_the_file_takes_the_old_one_back() -> None:
    moved = task("GY-01", by("2023-08-31"))
    office = book(moved)
    history = History(
        first_seen={"GY-01": date(2023, 5, 17)},
        periods_seen={("GY-01", "2023-07-31"): date(2023, 5, 17), ("GY-01", "2023-08-31"): date(2023, 7, 24)},
        events=(event(EventKind.ACKNOWLEDGED, task="GY-01", on="2023-06-01"),),
        last_scan=date(2023, 7, 21),
    )
    notice = digest_of(office, "2023-07-24", history)
    (entry,) = FactsMaker(SETTINGS, CLOCK, office, history).of(notice)["entries"]
    assert entry["thread"] == thread_of("GY-01", CANGXI.name, "2023-08-31")
    assert entry["withdrawn"] == [
        {"thread": thread_of("GY-01", CANGXI.name, "2023-07-31"), "day": "2023-07-31", "sequence": 2}
    ]
