"""Names as documents write them: folded, looked up upward, cut at the list comma."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gkbot.rulebook.names import NameBook, fold, nearest, split_names, upward


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("各县（区）", "各县(区)"),
        ("市發改委", "市发改委"),
        ("市 财政 局", "市财政局"),
        ("ＸＸ县", "XX县"),
        ("县财政局\u200b", "县财政局"),
        ("各縣、市", "各县、市"),
    ],
)
def test_two_spellings_of_one_name_are_equal(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@given(st.text(alphabet="各縣县（区）(區)ＡaA 　\u200b〔〕々é", max_size=20))
def test_folding_again_changes_nothing(name: str) -> None:
    assert fold(fold(name)) == fold(name)


def test_a_folder_sees_its_own_names_first_and_those_above_it() -> None:
    book: NameBook[str] = NameBook()
    book.add("", "财政局", "全市")
    book.add("a", "财政局", "甲")
    assert list(upward("a/b")) == ["a/b", "a", ""]
    assert (book.find("财政局", "a/b"), book.find("财政局", "c")) == (("甲",), ("全市",))
    assert set(book.anywhere("財政局")) == {"甲", "全市"}


def test_a_string_is_cut_into_the_longest_known_names() -> None:
    known = {fold(name) for name in ("各州、市人民政府", "各州", "省财政厅", "各县（市、区）政府")}
    text = "省财政厅、各州、市人民政府、 各县(市、区)政府、省某厅（局、办）、省乙厅"
    assert split_names(text, lambda part: fold(part) in known) == [
        ("省财政厅", 0),
        ("各州、市人民政府", 5),
        ("各县(市、区)政府", 15),
        ("省某厅（局、办）", 25),
        ("省乙厅", 34),
    ]


@given(st.text(alphabet="、甲乙（） ", max_size=30))
def test_cutting_loses_nothing_but_commas_and_blanks(text: str) -> None:
    pieces = split_names(text, lambda _: False)
    assert all(text[at : at + len(name)] == name for name, at in pieces)
    kept = "".join(name for name, _ in pieces)
    assert [char for char in kept if char not in "、 "] == [char for char in text if char not in "、 "]


def test_a_near_name_is_proposed_as_it_is_spelled() -> None:
    assert nearest("县财整局", ["县财政局", "县发展和改革局"]) == ["县财政局"]
    assert nearest("天气", ["县财政局"]) == []
