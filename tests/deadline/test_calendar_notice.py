"""What a careful reader questions in a copied holiday notice."""

from dataclasses import replace
from datetime import date

import pytest

from gkbot.deadline.year_notice import CalendarFault, YearNotice, shipped_notice

GOOD = shipped_notice(2026)


def faults(notice: YearNotice) -> list[CalendarFault]:
    return [fault for fault, _ in notice.checks()]


def test_a_faithful_copy_raises_no_question():
    assert GOOD.checks() == []


@pytest.mark.parametrize(
    ("work", "fault"),
    [
        ((date(2026, 2, 25),), CalendarFault.WORK_ON_WEEKDAY),
        ((date(2026, 2, 15),), CalendarFault.WORK_IN_HOLIDAY),
        ((date(2027, 1, 31),), CalendarFault.OUTSIDE_YEAR),
        ((date(2026, 2, 14),), CalendarFault.TWICE),
    ],
)
def test_a_wrong_make_up_day_is_found(work, fault):
    assert faults(replace(GOOD, work=GOOD.work + work)) == [fault]


def test_a_holiday_in_two_pieces_is_found():
    pieces = (("国庆节", date(2026, 10, 1), date(2026, 10, 3)), ("国庆节", date(2026, 10, 5), date(2026, 10, 7)))
    assert faults(replace(GOOD, off=GOOD.off[:-1] + pieces)) == [CalendarFault.BROKEN_HOLIDAY]


def test_a_forgotten_festival_is_found_by_its_statutory_days():
    notice = replace(GOOD, off=GOOD.off[:-1])
    assert [text for _, text in notice.checks()] == [
        "法定节假日2026-10-01（国庆节）没有放假",
        "法定节假日2026-10-02（国庆节）没有放假",
        "法定节假日2026-10-03（国庆节）没有放假",
    ]


def test_reversed_days_are_found():
    notice = replace(GOOD, off=(*GOOD.off, ("校庆", date(2026, 3, 3), date(2026, 3, 2))))
    assert faults(notice) == [CalendarFault.REVERSED]


def test_a_day_in_two_holidays_is_found():
    notice = replace(GOOD, off=(*GOOD.off, ("校庆", date(2026, 10, 7), date(2026, 10, 7))))
    assert faults(notice) == [CalendarFault.TWICE]


def test_a_wrong_number_of_make_up_days_is_a_warning():
    [(fault, text)] = replace(GOOD, work=GOOD.work[:-1]).checks()
    assert not fault.is_error
    assert text == "放假占用工作日19天，按规律应有调休上班6天，实际写了5天，请核对"


def test_a_copy_without_basis_is_a_warning():
    assert faults(replace(GOOD, basis=" ")) == [CalendarFault.NO_BASIS]


def test_a_copy_without_days_is_an_error():
    assert faults(YearNotice(year=2027, basis="通知")) == [CalendarFault.EMPTY]
    assert CalendarFault.EMPTY.is_error


def test_the_december_before_belongs_to_the_notice():
    assert shipped_notice(2019).checks() == []
    assert date(2018, 12, 29) in shipped_notice(2019).work
