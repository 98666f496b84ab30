"""What goes out instead of a dead notice is looked at like the notice itself; both databases."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from gkbot.ledger import FALLBACK, PLAIN, Claimed, Entry, Instance, NoticeState, Substitute
from gkbot.planning import EventKind
from tests.databases import DATABASES, fresh_database
from tests.ledger.hand import DEAD, OK, Hand
from tests.told_days import Office

PLANNED, NEXT_DAY, SEVEN_BEFORE = "2026-07-24T10:35", "2026-07-27T10:35", "2026-07-24"
PARTS = ({"markdown": "（1/2）"}, {"markdown": "（2/2）公布预算、公布决算"})
EVERY_KIND = pytest.mark.parametrize("kind", [FALLBACK, PLAIN, "rest"])


@pytest.fixture(params=DATABASES)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    with fresh_database(request.param, tmp_path) as address:
        yield address


@pytest.fixture
def office(tmp_path: Path, url: str) -> Iterator[Office]:
    told = Office(tmp_path, url=url)
    told.at("2026-01-20T09:05").plan()
    told.at(PLANNED).plan()
    yield told
    told.ledger.close()


def instead(kind: str) -> Substitute:
    reason = PLAIN if kind == PLAIN else FALLBACK
    body = {"markdown": "公布预算、公布决算"} if kind == PLAIN else None
    return Substitute(reason=reason, channel="file", address="GROUP", contact="甲县", body=body)


def refused(office: Office, kind: str) -> None:
    """Of all that waits for the unit another way is taken, a day later."""
    with office.ledger.outbox.activate("test", state_dir=office.settings.state_dir) as me:
        hand = Hand(office.ledger, me)
        while (claimed := hand.claim("file")) is not None:
            assert hand.begin(claimed, *PARTS) if kind == "rest" else hand.begin(claimed)
            if kind == "rest" and claimed.part_no == 1:
                hand.finish(claimed, OK)
            elif claimed.origin is None and claimed.unit:
                hand.finish(claimed, DEAD, substitute=instead(kind))
                return


def substitute(office: Office) -> Entry:
    (found,) = [entry for entry in office.ledger.outbox.entries() if entry.origin is not None]
    return found


def claim_again(office: Office, me: Instance) -> Claimed:
    claimed = Hand(office.ledger, me).claim("file")
    assert claimed is not None
    assert claimed.origin is not None
    return claimed


@EVERY_KIND
def test_a_substitute_of_what_is_all_done_meanwhile_is_not_sent(office: Office, kind: str) -> None:
    refused(office, kind)
    for task in ("SX-01", "SX-02"):
        office.record(EventKind.DONE, task)
    office.send()
    assert (substitute(office).state, substitute(office).reason) == (NoticeState.SUPERSEDED, "done")


@pytest.mark.parametrize(("kind", "says_done_one"), [(FALLBACK, False), (PLAIN, True), ("rest", True)])
def test_a_substitute_of_what_is_partly_done_goes_out_word_for_word_where_it_must(
    office: Office, kind: str, says_done_one: bool
) -> None:
    refused(office, kind)
    office.record(EventKind.DONE, "SX-01")
    office.send()
    assert substitute(office).state is NoticeState.SENT
    (text,) = [path.read_text() for path in office.settings.outbox_dir.glob("*.md")]
    assert "公布决算" in text
    assert ("公布预算" in text) is says_done_one


@EVERY_KIND
def test_what_was_silenced_before_the_substitute_left_is_told_when_the_silence_ends(office: Office, kind: str) -> None:
    refused(office, kind)
    office.silence(SEVEN_BEFORE, unit="甲县")
    office.send()
    assert (substitute(office).state, substitute(office).reason) == (NoticeState.SUPERSEDED, "silenced")
    office.day(NEXT_DAY)
    assert any("公布决算" in mail for mail in office.mails())


def test_a_silence_that_ends_the_same_day_lets_the_day_be_decided_anew(office: Office) -> None:
    refused(office, FALLBACK)
    office.silence(SEVEN_BEFORE, unit="甲县")
    office.send()
    (silence,) = office.ledger.suppressions.all()
    office.ledger.suppressions.end(silence.id, day=office.clock.today(), who="张三", why="说错了")
    office.day("2026-07-24T10:45")
    assert any("公布决算" in mail for mail in office.mails())


def test_an_event_between_claim_and_attempt_of_a_substitute_makes_it_be_looked_at_again(office: Office) -> None:
    refused(office, FALLBACK)
    with office.ledger.outbox.activate("test", state_dir=office.settings.state_dir) as me:
        claimed = claim_again(office, me)
        assert {told.task for told in claimed.items} == {"SX-01", "SX-02"}
        office.record(EventKind.DONE, "SX-01")
        assert not Hand(office.ledger, me).begin(claimed)


def test_what_a_substitute_tells_counts_once_as_told(office: Office) -> None:
    before = office.ledger.history().told
    refused(office, FALLBACK)
    office.send()
    assert substitute(office).state is NoticeState.SENT
    assert office.ledger.history().told == before


@EVERY_KIND
def test_a_substitute_that_waits_goes_when_the_days_it_tells_of_have_moved(office: Office, kind: str) -> None:
    refused(office, kind)
    for task in ("SX-01", "SX-02"):
        office.record(EventKind.EXTENDED, task, until=date(2026, 8, 14))
    office.at(NEXT_DAY).plan()
    assert substitute(office).state is NoticeState.SUPERSEDED
