"""Headers folded by the short way are, byte for byte, those of the library, and let nothing in."""

from datetime import datetime
from email.headerregistry import Address
from email.policy import SMTP
from email.utils import format_datetime

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gkbot.delivery.mail_folding import agrees, folded_address, folded_date, folded_text
from gkbot.delivery.mail_headers import header_line

WORDS = "年报公开任务，（）【】：还剩李某A岗"
letters = st.one_of(
    st.sampled_from(WORDS),
    st.sampled_from("abzABZ019-!*+/'#%&~.,;:()<>@\"[]\\=?_"),
    st.sampled_from("éüß😀👍👨\u200d👩\u202e\u2066\u200b\ufeff\u3000\u00a0\u2028\u0085"),
    st.characters(exclude_categories=["Cs"]),
)
words = st.one_of(
    st.text(st.sampled_from(WORDS), max_size=60),
    st.text(st.sampled_from("abzABZ019-!*+/"), max_size=30),
    st.text(letters, max_size=40),
)
texts = st.lists(words, max_size=6).map(" ".join)
plain_texts = texts.map(lambda text: " ".join(text.split()))
addresses = st.from_regex(r"[a-z][a-z0-9_.+-]{0,60}[a-z0-9]@[a-z0-9]{1,9}(\.[a-z]{2,9}){1,3}", fullmatch=True).filter(
    lambda address: ".." not in address
)


def written(name: str, value: object) -> bytes:
    return SMTP.fold_binary(*SMTP.header_store_parse(name, value))


def test_this_library_folds_as_the_short_way_does() -> None:
    assert agrees()


@given(name=st.sampled_from(["Subject", "List-Unsubscribe"]), text=plain_texts)
@settings(max_examples=400, deadline=None)
@example(name="Subject", text="年" * 14 + " 9 天")  # a line that ends at a blank
@example(name="Subject", text="a" * 70 + " 年报")
@example(name="Subject", text="=?utf-8?b?5bm0?= 年报")
@example(name="Subject", text="é" * 30)
def test_a_text_is_folded_as_the_library_does(name: str, text: str) -> None:
    assert folded_text(name, text) in {None, written(name, text)}


@given(display_name=plain_texts, address=addresses)
@settings(max_examples=400, deadline=None)
@example(display_name="公" * 12, address="u1@example.gov.cn")
@example(display_name="公" * 13, address="u1@example.gov.cn")
@example(display_name="公开岗" * 9, address="u" * 60 + "@example.gov.cn")
@example(display_name="李某, 公开岗 (A)", address="u1@example.gov.cn")
def test_a_mailbox_is_folded_as_the_library_does(display_name: str, address: str) -> None:
    found = folded_address("To", display_name, address)
    assert found is None or found == written("To", Address(display_name, addr_spec=address))


@given(when=st.datetimes(timezones=st.timezones()))
@settings(deadline=None)
def test_a_date_is_what_the_library_writes(when: datetime) -> None:
    text = format_datetime(when)
    assert folded_date("Date", text) in {None, written("Date", text)}


@given(name=st.sampled_from(["Subject", "To", "Date", "Message-ID", "X-Gkbot-Number"]), text=texts)
@settings(max_examples=400, deadline=None)
@example(name="Subject", text="年报\r\nBcc: all@example.cn")
@example(name="To", text="年报\r\nBcc: all@example.cn")
@example(name="Message-ID", text="<a@b.cn>\nBcc: all@example.cn")
@example(name="Date", text="Mon, 24 Jul 2023 01:00:00 +0000\n")
def test_no_text_begins_a_header_of_its_own(name: str, text: str) -> None:
    try:
        line = header_line(name, (text, "u1@example.gov.cn") if name == "To" else text)
    except (ValueError, IndexError, LookupError):
        return  # refused, or more than the library's parsers can take
    first, *more = line.removesuffix(b"\r\n").split(b"\r\n")
    assert first.startswith(f"{name}:".encode())
    assert all(each.startswith(b" ") for each in more)
    assert not any(each in line.replace(b"\r\n ", b"").removesuffix(b"\r\n") for each in (b"\r", b"\n"))


@given(text=st.text(letters))
def test_the_short_way_writes_printable_characters_only(text: str) -> None:
    for line in (folded_text("Subject", text), folded_address("To", text, "u1@example.gov.cn")):
        assert line is None or line.replace(b"\r\n", b"").decode("ascii").isprintable()


@pytest.mark.parametrize(
    "text", ["", " 年报", "年报\t甲", "年报\n", "年\x00报", "年\x7f报", "=?utf-8?q?a?=", "年\ud800", "年  报", "a\x85b"]
)
def test_what_is_not_plain_is_left_to_the_library(text: str) -> None:
    assert folded_text("Subject", text) is None
    assert folded_address("To", text, "u1@example.gov.cn") is None


@pytest.mark.parametrize("address", ["a@b@c.cn", "a b@c.cn", "a@c.cn>", "a..b@c.cn", "年@c.cn", "a@c.cn\n", ""])
def test_an_address_that_is_not_plain_is_left_to_the_library(address: str) -> None:
    assert folded_address("To", "公开岗", address) is None


@pytest.mark.parametrize(
    "text",
    [
        "【政务公开提醒】公布政府信息公开工作年度报告 1月31日（周日，暂定）截止，还剩9天（县财政局）",
        "【政务公开提醒】3项任务，最急：公布预算 7月31日（周一）截止，今日到期（苍溪县）",
        "GK-2023 report",
    ],
)
def test_the_subjects_of_everyday_take_the_short_way(text: str) -> None:
    assert folded_text("Subject", text) == written("Subject", text)


@pytest.mark.parametrize("name", ["公开岗1", "办公室信息公开岗（A岗）", "李某", "县政府办 李某", "Office"])
def test_the_names_of_everyday_take_the_short_way(name: str) -> None:
    expected = written("To", Address(name, addr_spec="u123@example.gov.cn"))
    assert folded_address("To", name, "u123@example.gov.cn") == expected
