"""Events filled into kept shapes are, byte for byte, those that icalendar would write."""

from collections.abc import Callable
from datetime import date

from hypothesis import example, given, settings
from hypothesis import strategies as st

from gkbot.delivery.mail_events import MARKS, Shape, Words, by_library, event_text
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


@given(summary=texts, description=texts, url=urls, thread=texts, is_withdrawn=st.booleans())
@settings(max_examples=400, deadline=None)
@example(
    summary="a" * 65 + "\\", description="年" * 20 + ",", url="https://x.cn/" + "^" * 90, thread="1", is_withdrawn=False
)
@example(summary="\\N", description="甲\r乙", url="", thread="年" * 40, is_withdrawn=True)
@example(summary=MARKS.url, description=MARKS.uid, url=MARKS.summary, thread=MARKS.uid, is_withdrawn=False)
@example(summary="年报", description="", url="https://x.cn/\nATTACH:x", thread="1", is_withdrawn=False)
def test_an_event_is_what_the_library_writes(
    summary: str, description: str, url: str | None, thread: str, is_withdrawn: bool
) -> None:
    found = DueDay(
        thread=thread,
        sequence=1,
        day=DAY,
        told_on=date(2023, 7, 24),
        summary=summary,
        description=description,
        url=url,
        is_withdrawn=is_withdrawn,
    )
    shape = Shape(1, DAY, found.told_on, SENDER, is_withdrawn, bool(description), url is not None)
    words = Words(f"o{thread}@example.gov.cn", summary, description, url or "")
    assert written(lambda: event_text(found, uid=words.uid, organizer=SENDER)) == written(
        lambda: by_library(shape, words)
    )


def written(write: Callable[[], str]) -> str | type[Exception]:
    """The event, or how it was refused."""
    try:
        return write()
    except (AssertionError, ValueError) as error:
        return type(error)
