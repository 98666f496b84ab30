"""The calendar part: RFC 5545 lines, UIDs that stay, and the same bytes in every copy."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from gkbot.delivery.mail import mail_bytes, mail_of, payload_of, without_attachments
from gkbot.delivery.mail_calendar import calendars_of
from gkbot.delivery.transport import Parcel
from gkbot.notices.message import DueDay, Leaving, Message

DAY = date(2023, 7, 31)
SENDER = "bot@example.gov.cn"
words = st.text(st.characters(blacklist_categories=("Cs", "Cc", "Zl", "Zp")), max_size=300)


def due(thread: str = "00ff", day: date = DAY, **changed: object) -> DueDay:
    values = {"sequence": 0, "told_on": date(2023, 7, 24), "summary": "截止：公布年报（县财政局）"}
    return DueDay(thread=thread, day=day, **{**values, **changed})  # type: ignore[arg-type]  # test values


def message(*days: DueDay, **changed: object) -> Message:
    values = {"subject": "年报", "text": "年报\n", "html": "<p>年报</p>", "due_days": days}
    return Message(**{**values, **changed})  # type: ignore[arg-type]  # test values


def texts(*days: DueDay) -> dict[str, str]:
    found = calendars_of(message(*days), organizer=SENDER, domain="example.gov.cn")
    return {each["method"]: each["text"] for each in found}


def event_of(text: str) -> dict[str, str]:
    (event,) = Calendar.from_ical(text).walk("VEVENT")
    return {name: event[name].to_ical().decode() for name in event}


def sent(parcel: Parcel) -> EmailMessage:
    mail = message_from_bytes(mail_of(parcel, sender=SENDER).as_bytes(), policy=policy.default)
    assert isinstance(mail, EmailMessage)
    return mail


def test_a_due_day_is_an_event_of_a_whole_day() -> None:
    assert event_of(texts(due(sequence=2, description="来源：要点", url="https://x.gov.cn/x/1"))["PUBLISH"]) == {
        "UID": "o00ff@example.gov.cn",
        "SEQUENCE": "2",
        "DTSTAMP": "20230723T160000Z",
        "DTSTART": "20230731",
        "DTEND": "20230801",
        "ORGANIZER": "mailto:bot@example.gov.cn",
        "SUMMARY": "截止：公布年报（县财政局）",
        "TRANSP": "TRANSPARENT",
        "STATUS": "CONFIRMED",
        "DESCRIPTION": "来源：要点",
        "URL": "https://x.gov.cn/x/1",
    }


def test_the_day_is_written_as_a_date_without_an_hour() -> None:
    assert "DTSTART;VALUE=DATE:20230731\r\nDTEND;VALUE=DATE:20230801\r\n" in texts(due())["PUBLISH"]


def test_a_day_given_up_is_cancelled_under_the_same_uid() -> None:
    found = texts(due(), due(thread="0abc", is_withdrawn=True, sequence=1))
    assert event_of(found["PUBLISH"])["UID"] == "o00ff@example.gov.cn"
    gone = event_of(found["CANCEL"])
    assert (gone["UID"], gone["SEQUENCE"], gone["STATUS"]) == ("o0abc@example.gov.cn", "1", "CANCELLED")
    assert "METHOD:CANCEL\r\n" in found["CANCEL"]


def test_a_message_without_due_days_has_no_calendar() -> None:
    assert texts() == {}


@given(summary=words, description=words)
@settings(max_examples=150, deadline=None)
def test_no_line_is_over_75_octets_and_no_character_is_cut(summary: str, description: str) -> None:
    text = texts(due(summary=summary, description=description))["PUBLISH"]
    for line in text.encode().split(b"\r\n"):
        assert len(line) <= 75
        line.decode()  # a character cut in two could not be read


@given(summary=words, description=words)
@settings(max_examples=150, deadline=None)
def test_whatever_the_words_a_reader_gets_them_back(summary: str, description: str) -> None:
    text = texts(due(summary=summary, description=description))["PUBLISH"]
    (event,) = Calendar.from_ical(text).walk("VEVENT")
    assert str(event["SUMMARY"]) == summary
    assert str(event.get("DESCRIPTION", "")) == description
    assert (event.decoded("DTSTART"), event.decoded("DTEND")) == (DAY, date(2023, 8, 1))


def test_the_calendar_is_an_attachment_beside_text_and_html(parcel: Callable[..., Parcel]) -> None:
    mail = sent(parcel(payload_of(message(due()), sender=SENDER)))
    body, calendar = mail.iter_parts()
    assert (mail.get_content_type(), body.get_content_type()) == ("multipart/mixed", "multipart/alternative")
    assert calendar["Content-Type"] == 'text/calendar; charset="utf-8"; method="PUBLISH"'
    assert (calendar.get_content_disposition(), calendar.get_filename()) == ("attachment", "期限.ics")
    assert calendar.get_payload(decode=True).decode() == texts(due())["PUBLISH"]


def test_copies_are_the_same_bytes_whenever_they_leave(parcel: Callable[..., Parcel]) -> None:
    at = datetime(2023, 7, 24, 1, tzinfo=UTC)
    payload = payload_of(message(due(), leaving=Leaving(mailbox="o@x.cn")), sender=SENDER, at=at)
    later = datetime(2023, 7, 25, 8, tzinfo=UTC)
    first, second = (mail_of(parcel(payload, at=moment), sender=SENDER).as_bytes() for moment in (at, later))
    assert first == second


def test_the_plainer_form_has_no_attachments() -> None:
    plain = without_attachments(payload_of(message(due()), sender=SENDER))
    assert plain == {"subject": "年报", "text": "年报\n", "html": "<p>年报</p>"}
    assert without_attachments(plain) is None


@pytest.mark.parametrize(
    ("leaving", "headers"),
    [
        (None, (None, None)),
        (Leaving(), (None, None)),
        (Leaving(mailbox="o@x.cn"), ("<mailto:o@x.cn>", None)),
        (
            Leaving(url="https://x.cn/u/1", mailbox="o@x.cn"),
            ("<https://x.cn/u/1>, <mailto:o@x.cn>", "List-Unsubscribe=One-Click"),
        ),
    ],
)
def test_who_may_ask_to_be_left_out_is_told_how(
    parcel: Callable[..., Parcel], leaving: Leaving | None, headers: tuple[str | None, str | None]
) -> None:
    mail = sent(parcel(payload_of(message(leaving=leaving), sender=SENDER)))
    assert (mail["List-Unsubscribe"], mail["List-Unsubscribe-Post"]) == headers


@pytest.mark.parametrize("length", [10, 70, 150, 380])
def test_a_long_way_out_is_never_encoded(parcel: Callable[..., Parcel], length: int) -> None:
    link = f"https://gongkai.example.gov.cn/leave/{'x' * length}"
    payload = payload_of(message(leaving=Leaving(url=link, mailbox="office@example.gov.cn")), sender=SENDER)
    for raw in (mail_bytes(parcel(payload), sender=SENDER), mail_of(parcel(payload), sender=SENDER).as_bytes()):
        header = re.search(rb"(?m)^List-Unsubscribe:((?: .*\r\n)+)", raw)
        assert header is not None
        assert header[1].replace(b"\r\n", b"").strip() == f"<{link}>, <mailto:office@example.gov.cn>".encode()
        assert max(map(len, raw.split(b"\r\n"))) <= 998


def test_a_long_thread_is_never_encoded(parcel: Callable[..., Parcel]) -> None:
    thread = f"<o1@{'gongkai.' * 12}example.gov.cn>"
    raw = mail_bytes(replace(parcel(payload_of(message(), sender=SENDER)), thread=thread), sender=SENDER)
    assert f"References: {thread}\r\n".encode() in raw


def test_no_control_character_gets_into_a_header(parcel: Callable[..., Parcel]) -> None:
    payload = payload_of(Message(subject="年报\x07 due\x1b[31m", text="x\n", html="<p>x</p>"), sender=SENDER)
    raw = mail_bytes(replace(parcel(payload), contact="A\x00 B\x85"), sender=SENDER)
    headers = raw.partition(b"\r\n\r\n")[0]
    assert not re.search(rb"[\x00-\x09\x0b\x0c\x0e-\x1f\x7f]", headers)
    assert sent(replace(parcel(payload), contact="A\x00 B\x85"))["To"].addresses[0].display_name == "A B"
