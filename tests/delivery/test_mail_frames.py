"""Mails filled into kept frames are, byte for byte, those that `EmailMessage` would make."""

import base64
import quopri
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gkbot.delivery.mail import mail_bytes, mail_of
from gkbot.delivery.mail_frames import framed
from gkbot.delivery.transport import Parcel
from tests.plans import MONDAY

Make = Callable[..., Parcel]
SENDER = "bot@example.gov.cn"
HEADERS = {"From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "X-Gkbot-Number", "MIME-Version"} | {
    "Content-Type",
    "Content-Transfer-Encoding",
}
texts = st.text(st.characters(blacklist_categories=("Cs",)), max_size=400)
names = st.sampled_from(["期限.ics", "期限调整.ics"])
calendars = st.lists(
    st.fixed_dictionaries({"name": names, "method": st.sampled_from(["PUBLISH", "CANCEL"]), "text": texts}), max_size=2
)
payloads = st.fixed_dictionaries(
    {"subject": texts, "text": texts, "html": st.one_of(st.none(), texts)}, optional={"calendars": calendars}
)


@pytest.fixture(scope="module")
def make() -> Make:
    def made(payload: dict[str, Any], number: str = "7QK3M9ZD") -> Parcel:
        return Parcel(
            payload=payload,
            number=number,
            message_id=f"<n{number}@example.gov.cn>",
            thread=None,
            day=MONDAY,
            unit="苍溪县",
            contact="办公室公开岗",
            address="a@example.gov.cn",
            maybe_twice=False,
            at=datetime(2023, 7, 24, 1, 0, tzinfo=UTC),
        )

    return made


@given(payload=payloads, number=st.from_regex(r"[0-9A-Z]{6,20}", fullmatch=True))
def test_a_filled_frame_is_what_the_library_writes(make: Make, payload: dict[str, Any], number: str) -> None:
    parcel = make(payload, number)
    assert mail_bytes(parcel, sender=SENDER) == mail_of(parcel, sender=SENDER).as_bytes()


@pytest.mark.parametrize("number", ["Z", "ZZZZZZZZ", "x" * 60, "a_b c"])
def test_any_number_gives_the_mail_the_library_writes(make: Make, number: str) -> None:
    parcel = make({"subject": "年报", "text": "年报\n", "html": "<p>年报</p>"}, number)
    assert mail_bytes(parcel, sender=SENDER) == mail_of(parcel, sender=SENDER).as_bytes()


def test_a_body_that_looks_like_a_mark_stays_as_it_is(make: Make) -> None:
    parcel = make({"subject": "年报", "text": "gkbot-body-1", "html": "gkbot-body-0", "calendars": []})
    assert mail_bytes(parcel, sender=SENDER) == mail_of(parcel, sender=SENDER).as_bytes()
    assert framed(parcel.payload, parcel.number).count(b"Z2tib3QtYm9keS0x") == 1


words = st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=120).map(lambda text: " ".join(text.split()))


@given(subject=words, contact=words)
@example(subject="年" * 200, contact="公开岗" * 30)
@example(subject="a, b " * 40, contact='"A, B" <x@y>')
@example(subject="=?utf-8?q?x?= 年", contact="=?utf-8?q?x?= 岗")
def test_subject_and_names_come_back_whole_and_in_lawful_lines(make: Make, subject: str, contact: str) -> None:
    parcel = replace(make({"subject": subject, "text": "x"}), contact=contact)
    raw = mail_bytes(parcel, sender=SENDER)
    assert raw == mail_of(parcel, sender=SENDER).as_bytes()
    headers = raw.partition(b"\r\n\r\n")[0]
    assert headers.isascii()
    assert b"\n" not in headers.replace(b"\r\n", b"")
    for found in re.finditer(rb"=\?utf-8\?([bq])\?([^?]*)\?=", headers):
        assert len(found[0]) <= 75
        (base64.b64decode(found[2]) if found[1] == b"b" else quopri.decodestring(found[2], header=True)).decode()
    seen = message_from_bytes(raw, policy=policy.SMTP)
    assert set(seen.keys()) <= HEADERS
    if subject.isascii() is False:
        assert " ".join(str(seen["Subject"]).split()) == subject
        assert max(len(line) for line in headers.split(b"\r\n") if line.startswith((b"Subject", b" "))) <= 78
    assert [each.addr_spec for each in seen["To"].addresses] == [parcel.address]
