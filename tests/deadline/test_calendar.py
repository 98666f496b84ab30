"""What the working-day calendar answers, layer by layer."""

from datetime import date

import pytest

from gkbot.deadline.calendar import Calendar, coming_year_notice, missing_notice_year
from gkbot.deadline.year_notice import YearNotice

CALENDAR = Calendar.builtin()
NOTICE_2027 = YearNotice(
    year=2027,
    basis="国务院办公厅关于2027年部分节假日安排的通知",
    published=date(2026, 12, 1),
    off=(("元旦", date(2026, 12, 31), date(2027, 1, 3)),),
    work=(date(2027, 1, 31),),
)


def test_a_make_up_saturday_is_a_workday():
    assert CALENDAR.is_workday(date(2026, 2, 14))
    assert CALENDAR.make_up_workday(date(2026, 2, 14))
    assert CALENDAR.rest_name(date(2026, 2, 14)) is None


def test_a_weekday_inside_a_holiday_is_a_rest_day():
    assert not CALENDAR.is_workday(date(2026, 2, 16))
    assert CALENDAR.rest_name(date(2026, 2, 16)) == "春节"


def test_a_plain_weekend_is_named_by_its_weekday():
    assert CALENDAR.rest_name(date(2026, 3, 7)) == "周六"
    assert CALENDAR.rest_name(date(2026, 3, 8)) == "周日"


def test_2026_has_248_workdays():
    assert CALENDAR.workdays_between(date(2025, 12, 31), date(2026, 12, 31)) == 248


def test_the_day_itself_is_not_counted():
    assert CALENDAR.add_workdays(date(2026, 3, 2), 1) == date(2026, 3, 3)
    assert CALENDAR.add_workdays(date(2026, 3, 3), -1) == date(2026, 3, 2)


def test_counting_nothing_gives_the_day_back():
    assert CALENDAR.add_workdays(date(2026, 3, 7), 0) == date(2026, 3, 7)


def test_the_nearest_workdays_around_national_day():
    assert CALENDAR.workday_on_or_before(date(2026, 10, 4)) == date(2026, 9, 30)
    assert CALENDAR.workday_on_or_after(date(2026, 10, 4)) == date(2026, 10, 8)
    assert CALENDAR.workday_on_or_after(date(2026, 10, 10)) == date(2026, 10, 10)


def test_workdays_between_turns_negative_backwards():
    assert CALENDAR.workdays_between(date(2026, 3, 2), date(2026, 3, 9)) == 5
    assert CALENDAR.workdays_between(date(2026, 3, 9), date(2026, 3, 2)) == -5


def test_december_moved_by_the_next_notice_is_known():
    assert CALENDAR.is_workday(date(2018, 12, 29))
    assert CALENDAR.rest_name(date(2018, 12, 31)) == "元旦"


def test_an_unpublished_year_is_taken_by_weekday_less_the_statutory_days():
    assert CALENDAR.rest_name(date(2027, 1, 1)) == "元旦"
    assert CALENDAR.rest_name(date(2027, 2, 5)) == "春节"  # 除夕
    assert CALENDAR.is_workday(date(2027, 2, 10))
    assert CALENDAR.is_workday(date(2027, 10, 4))
    assert not CALENDAR.is_workday(date(2027, 1, 31))


def test_an_unpublished_year_says_so():
    assert CALENDAR.is_published(2026)
    assert not CALENDAR.is_published(2027)
    assert not CALENDAR.is_published(2003)


def test_late_december_waits_for_the_next_notice():
    assert CALENDAR.is_published(date(2026, 12, 28))
    assert not CALENDAR.is_published(date(2026, 12, 29))
    assert CALENDAR.with_year(NOTICE_2027).is_published(date(2026, 12, 31))


def test_a_notice_moves_its_year_and_the_december_before():
    calendar = CALENDAR.with_year(NOTICE_2027)
    assert calendar.is_workday(date(2027, 1, 31))
    assert calendar.rest_name(date(2026, 12, 31)) == "元旦"
    assert CALENDAR.is_workday(date(2026, 12, 31))


@pytest.mark.parametrize(
    "notice",
    [
        YearNotice(year=2027, basis="", off=NOTICE_2027.off),
        YearNotice(year=2027, basis="国务院办公厅通知"),
    ],
    ids=["without a basis", "without days"],
)
def test_a_notice_without_basis_or_days_publishes_nothing(notice):
    calendar = CALENDAR.with_year(notice)
    assert not calendar.is_published(2027)
    assert not calendar.is_workday(date(2027, 1, 1))


def test_a_single_day_wins_over_the_notice_whatever_the_order():
    local = CALENDAR.with_days(rest={date(2026, 4, 15): "泼水节"}, work=[date(2026, 4, 18)])
    for calendar in (local, local.with_year(NOTICE_2027)):
        assert calendar.rest_name(date(2026, 4, 15)) == "泼水节"
        assert calendar.make_up_workday(date(2026, 4, 18))


def test_a_day_set_by_the_office_is_sure():
    assert CALENDAR.with_days(work=[date(2026, 12, 31)]).is_published(date(2026, 12, 31))


def test_the_missing_years_of_a_stretch_are_listed():
    assert CALENDAR.unpublished(date(2026, 12, 1), date(2026, 12, 28)) == ()
    assert CALENDAR.unpublished(date(2026, 12, 1), date(2026, 12, 29)) == (2027,)
    assert CALENDAR.unpublished(date(2026, 12, 1), date(2028, 3, 1)) == (2027, 2028)
    assert CALENDAR.unpublished(date(2027, 3, 2), date(2027, 3, 1)) == ()


@pytest.mark.parametrize(
    ("today", "severity"),
    [
        (date(2026, 9, 30), None),
        (date(2026, 10, 1), "warning"),
        (date(2026, 11, 30), "warning"),
        (date(2026, 12, 1), "error"),
        (date(2027, 3, 1), "error"),
    ],
)
def test_a_missing_notice_is_warned_of_from_october_and_wrong_from_december(today, severity):
    assert coming_year_notice(today, CALENDAR) == severity


def test_the_missing_year_is_named():
    assert missing_notice_year(date(2026, 11, 1), CALENDAR) == 2027
    assert missing_notice_year(date(2027, 11, 1), CALENDAR) == 2027
    assert missing_notice_year(date(2026, 11, 1), CALENDAR.with_year(NOTICE_2027)) is None


@pytest.mark.parametrize("count", [100_001, -100_001, 10**12])
def test_a_monstrous_count_is_refused_at_once(count):
    with pytest.raises(OverflowError):
        CALENDAR.add_workdays(date(2026, 1, 1), count)


def test_the_end_of_time_is_an_overflow():
    with pytest.raises(OverflowError):
        CALENDAR.add_workdays(date(9999, 12, 20), 20)
    with pytest.raises(OverflowError):
        CALENDAR.add_workdays(date(1, 1, 5), -20)
