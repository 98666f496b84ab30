"""Events filled into kept shapes are, byte for byte, those that icalendar would write."""

from collections.abc import Callable
from datetime import date
from itertools import product

from hypothesis import example, given, settings
from hypothesis import strategies as st

from gkbot.delivery.mail_events import _pieces, event_by_library, event_text
from gkbot.notices.message import DueDay

DAY = date(2023, 7, 31)
SENDER = "bot@example.gov.cn"
letters = st.one_of(
    st.sampled_from("年报任务：；，。（）ab1 ,;\\^\nN"),
    st.sampled_from("é😀\u202e\u2028\u0085\r\t\x00"),
    st.characters(exclude_categories=["Cs"]),
)
plain = st.text(st.sampled_from("年报任务：；，。（）ab1 ,;\\^\nN😀"), max_size=400)
texts = st.one_of(plain, st.text(letters, max_size=200))
urls = st.one_of(st.none(), texts, st.text(st.sampled_from("abz/?=&,;%^"), max_size=120).map("https://x.cn/".__add__))


days = st.dates(date(1950, 1, 1), date(2100, 1, 1))


@given(
    summary=texts,
    description=texts,
    url=urls,
    thread=texts,
    is_withdrawn=st.booleans(),
    sequence=st.integers(0, 2000),
    days=st.tuples(days, days),
)
@settings(max_examples=400, deadline=None)
@example("a" * 65 + "\\", "年" * 20 + ",", "https://x.cn/" + "^" * 90, "1", False, 0, (DAY, DAY))
@example("\\N", "甲\r乙", "", "年" * 40, True, 1, (DAY, DAY))
@example("年报", "", "https://x.cn/\nATTACH:x", "1", False, 1, (DAY, DAY))
@example("mark-url", "mark-uid", "mark-summary", "mark-description", False, 987654, (DAY, DAY))
def test_an_event_is_what_the_library_writes(
    summary: str,
    description: str,
    url: str | None,
    thread: str,
    is_withdrawn: bool,
    sequence: int,
    days: tuple[date, date],
) -> None:
    found = DueDay(
        thread=thread,
        sequence=sequence,
        day=days[0],
        told_on=days[1],
        summary=summary,
        description=description,
        url=url,
        is_withdrawn=is_withdrawn,
    )
    assert written(event_text, found) == written(event_by_library, found)


def written(write: Callable[..., str], found: DueDay) -> str | type[Exception]:
    """The event, or how it was refused."""
    try:
        return write(found, uid=f"o{found.thread}@example.gov.cn", organizer=SENDER)
    except (AssertionError, ValueError) as error:
        return type(error)


def test_no_shape_is_left_to_the_library() -> None:
    for shape in product((False, True), repeat=3):
        named = dict(zip(("is_withdrawn", "has_description", "has_url"), shape, strict=True))
        assert _pieces(SENDER, **named) is not None
