"""The shipped years beside the packages that also know them."""

from datetime import date, timedelta

import chinese_calendar
import holidays
import pytest

from gkbot.deadline.calendar import Calendar
from gkbot.deadline.calendar_years import YEARS
from gkbot.deadline.statutory import statutory_days
from gkbot.deadline.year_notice import SHIPPED, shipped_notice

CALENDAR = Calendar.builtin()
DAYS = [date(2004, 1, 1) + timedelta(days=offset) for offset in range((date(2027, 1, 1) - date(2004, 1, 1)).days)]


def test_every_day_but_one_agrees_with_chinesecalendar():
    # 国办发明电〔2005〕35号: “12月31日（星期六）上班”
    assert [day for day in DAYS if CALENDAR.is_workday(day) != chinese_calendar.is_workday(day)] == [date(2005, 12, 31)]


def test_every_day_agrees_with_holidays():
    china = holidays.country_holidays("CN", years=range(2004, 2028))
    assert [day for day in DAYS if CALENDAR.is_workday(day) != china.is_working_day(day)] == []


def test_the_shipped_years_are_2004_to_2026():
    assert list(YEARS) == list(SHIPPED) == list(range(2004, 2027))
    assert shipped_notice(2027) is None


@pytest.mark.parametrize("year", YEARS)
def test_a_shipped_year_has_no_error(year):
    assert [text for fault, text in shipped_notice(year).checks() if fault.is_error] == []


def test_only_real_exceptions_break_the_count_of_make_up_days():
    # 2015: an extra day off for the anniversary of victory; 2020: Spring Festival prolonged
    assert [year for year in YEARS if shipped_notice(year).checks()] == [2015, 2020]


@pytest.mark.parametrize("year", range(2027, 2100))
def test_the_statutory_days_of_a_coming_year_are_thirteen_festival_days(year):
    expected = holidays.country_holidays("CN", years=year, observed=False)
    assert set(statutory_days(year)) == set(expected)


def test_the_official_rest_days_of_2026_are_shipped():
    assert [f"{name} {first:%m-%d} {last:%m-%d}" for name, first, last in shipped_notice(2026).off] == [
        "元旦 01-01 01-03",
        "春节 02-15 02-23",
        "清明节 04-04 04-06",
        "劳动节 05-01 05-05",
        "端午节 06-19 06-21",
        "中秋节 09-25 09-27",
        "国庆节 10-01 10-07",
    ]
