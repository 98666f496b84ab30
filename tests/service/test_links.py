"""Links for contacts: nobody can guess one, change one or use one for ever."""

from datetime import UTC, datetime, timedelta

import pytest

from gkbot.clock import FixedClock
from gkbot.service.links import LIFE, MOST_CHARACTERS, Link, Links
from gkbot.settings import Secret

KEY = Secret("0123456789abcdef0123456789abcdef")
NOON = datetime(2023, 7, 24, 4, tzinfo=UTC)
LINK = Link(task="GY2023-05", unit="苍溪县人民政府", period="2023-07-31", contact="办公室公开岗")


def made(clock: FixedClock | None = None, key: Secret | None = KEY, url: str | None = "https://gk.example") -> Links:
    return Links(url, key, clock=clock or FixedClock(NOON))


def token_of(links: Links, period: str | None = "2023-07-31") -> str:
    address = links.report("GY2023-05", "苍溪县人民政府", period, "办公室公开岗")
    assert address is not None
    assert address.startswith("https://gk.example/x/")
    return address.removeprefix("https://gk.example/x/")


def test_a_link_is_read_as_it_was_made() -> None:
    assert made().read(token_of(made())) == LINK


def test_a_duty_without_period_has_a_link_too() -> None:
    found = made().read(token_of(made(), None))
    assert found is not None
    assert found.period is None


def test_a_token_needs_no_escaping_and_stays_short() -> None:
    token = token_of(made())
    assert token.replace("-", "").replace("_", "").replace(".", "").isalnum()
    assert token.isascii()
    assert len(token) < 220


def test_without_address_or_key_there_are_no_links() -> None:
    assert made(url=None).report("A", "B", None, "C") is None
    assert made(key=None).report("A", "B", None, "C") is None
    assert made(key=None).read(token_of(made())) is None


def test_another_key_reads_nothing() -> None:
    assert made(key=Secret("another key of sixteen or more")).read(token_of(made())) is None


def test_every_changed_character_spoils_the_token() -> None:
    token = token_of(made())
    payload, stamp, signature = token.split(".")
    assert made().read(f"{payload}.{stamp}.{signature[:-2]}") is None
    for place in range(len(payload) + 1 + len(stamp)):
        other = "A" if token[place] != "A" else "B"
        assert made().read(token[:place] + other + token[place + 1 :]) is None


@pytest.mark.parametrize("token", ["", ".", "..", "x", "a.b.c", "é.é.é", "\x00", "A" * (MOST_CHARACTERS + 1), "公开"])
def test_what_is_no_token_is_read_as_nothing(token: str) -> None:
    assert made().read(token) is None


def test_a_link_expires_and_says_so() -> None:
    clock = FixedClock(NOON)
    token = token_of(made(clock))
    clock.moment = NOON + LIFE
    assert made(clock).read(token) == LINK
    clock.moment += timedelta(seconds=1)
    found = made(clock).read(token)
    assert found is not None
    assert found.is_expired


def test_a_signature_for_something_else_is_not_taken_for_a_link() -> None:
    from itsdangerous import URLSafeTimedSerializer

    assert made().read(str(URLSafeTimedSerializer(KEY.reveal()).dumps(["A", "B", None, "C"]))) is None


def test_the_key_shows_nowhere() -> None:
    assert KEY.reveal() not in repr(made())
    assert KEY.reveal() not in token_of(made())
