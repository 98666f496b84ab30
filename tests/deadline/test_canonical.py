"""The canonical text of every schedule reads back to the schedule."""

from datetime import date, time

from hypothesis import given
from hypothesis import strategies as st

from gkbot.deadline import AfterEvent, By, Freq, Mark, Ongoing, Recurring, Schedule, Unit, Vague, Within
from gkbot.deadline.canonical import parse
from gkbot.deadline.vocabulary import ONGOING, VAGUE

days = st.dates(date(1, 1, 1), date(9999, 12, 31))
hours = st.none() | st.times().map(lambda moment: time(moment.hour, moment.minute))
month_days = st.integers(1, 31) | st.just(-1)
PERIOD_MONTHS = {Freq.QUARTERLY: 3, Freq.HALFYEARLY: 6, Freq.YEARLY: 12}


def marks(freq: Freq) -> st.SearchStrategy[Mark]:
    if freq is Freq.WEEKLY:
        return st.builds(Mark, weekday=st.integers(1, 7))
    if freq is Freq.MONTHLY:
        return st.one_of(st.builds(Mark, day=month_days, later=st.integers(0, 3)), nth_days(st.none()))
    months = st.integers(1, PERIOD_MONTHS[freq])
    plain = st.builds(Mark, month=months, day=month_days, later=st.integers(0, 3))
    festivals = st.builds(Mark, festival=st.sampled_from(["春节", "春节前", "清明前", "腊八"]))
    return st.one_of(plain, nth_days(months), *([festivals] if freq is Freq.YEARLY else []))


def nth_days(months: st.SearchStrategy[int | None]) -> st.SearchStrategy[Mark]:
    nth = st.integers(-5, 5).filter(bool)
    return st.builds(Mark, month=months, nth=nth, weekday=st.none() | st.integers(1, 7), later=st.integers(0, 3))


@st.composite
def recurrences(draw: st.DrawFn) -> Recurring:
    freq = draw(st.sampled_from(Freq))
    several = st.just(()) if freq is Freq.DAILY else st.lists(marks(freq), max_size=4).map(tuple)
    return Recurring(
        freq=freq,
        interval=draw(st.integers(1, 12)),
        count=draw(st.integers(1, 99)),
        at_least=draw(st.booleans()),
        marks=draw(several),
        at=draw(hours),
        start=draw(st.none() | days),
        until=draw(st.none() | days),
        months=draw(st.lists(st.integers(1, 12), max_size=12).map(tuple)),
    )


schedules = st.one_of(
    st.builds(By, due=days, at=hours),
    st.builds(Within, start=days, due=days, at=hours),
    recurrences(),
    st.builds(
        AfterEvent,
        event=st.text(),
        amount=st.integers(-500, 500),
        unit=st.sampled_from(Unit),
        own_document=st.booleans(),
    ),
    st.builds(Ongoing, word=st.sampled_from(ONGOING)),
    st.builds(Vague, word=st.sampled_from(VAGUE)),
)


@given(schedule=schedules)
def test_the_canonical_text_reads_back(schedule: Schedule) -> None:
    assert parse(str(schedule)) == schedule


def test_the_canonical_text_is_plain_chinese() -> None:
    report = Recurring(freq=Freq.YEARLY, marks=(Mark(month=1, day=31),))
    reply = AfterEvent(event="收到申请", amount=20, unit=Unit.WORKDAYS)

    assert str(By(due=date(2023, 7, 31), at=time(17))) == "2023年7月31日17:00前"
    assert str(report) == "每年1月31日前"
    assert str(reply) == "自“收到申请”之日起20个工作日内"
