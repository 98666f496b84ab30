"""The reckoning in words: the first thing a unit contests."""

from datetime import date, datetime, timedelta, timezone

from gkbot.deadline.calendar import Calendar
from gkbot.deadline.counting import count_from, rolled
from gkbot.deadline.extension import Extension
from gkbot.deadline.reckoning import Reckoning, Step
from gkbot.deadline.schedule import Roll, Unit

CALENDAR = Calendar.builtin()
CHINA = timezone(timedelta(hours=8))


def told(trigger, amount, unit, *, roll=Roll.FOLLOWING, **more):
    return [step.text for step in count_from(trigger, amount, unit, calendar=CALENDAR, roll=roll, **more).steps]


def test_workdays_are_told_stretch_by_stretch_with_every_skipped_day():
    assert told(date(2026, 1, 30), 20, Unit.WORKDAYS) == [
        "自2026年1月30日（周五）起算，当日不计入（《民法典》第二百零一条），共20个工作日",
        "1月31日（周六）、2月1日（周日）：休息，不计",
        "2月2日（周一）至2月6日（周五）：5个工作日，计至第5个",
        "2月7日（周六）、2月8日（周日）：休息，不计",
        "2月9日（周一）至2月13日（周五）：5个工作日，计至第10个",
        "2月14日（周六）调休上班，计为第11个工作日",
        "2月15日（周日）至2月23日（周一）：春节放假，不计",
        "2月24日（周二）至2月27日（周五）：4个工作日，计至第15个",
        "2月28日（周六）调休上班，计为第16个工作日",
        "3月1日（周日）：休息，不计",
        "3月2日（周一）至3月5日（周四）：4个工作日，计至第20个",
        "截止2026年3月5日（周四）（含当日）",
    ]


def test_a_rolled_end_names_the_holiday_and_the_law():
    assert told(date(2026, 9, 14), 20, Unit.DAYS) == [
        "自2026年9月14日（周一）起算，当日不计入（《民法典》第二百零一条），共20日，到2026年10月4日（周日）",
        "2026年10月4日（周日）国庆节放假，顺延到休假结束后的工作日2026年10月8日（周四）（《民法典》第二百零三条）",
        "截止2026年10月8日（周四）（含当日）",
    ]


def test_a_clamped_month_end_is_explained():
    assert "2026年2月没有31日，取当月最后一日（《民法典》第二百零二条）" in told(date(2026, 1, 31), 1, Unit.MONTHS)


def test_a_pause_is_told_with_its_days():
    assert told(date(2026, 3, 2), 10, Unit.DAYS, pauses=[(date(2026, 3, 4), date(2026, 3, 6))])[1:3] == [
        "3月4日（周三）至3月6日（周五）：暂停计时，不计3日",
        "扣除暂停的日子，期满日为2026年3月15日（周日）",
    ]
    assert told(date(2026, 3, 2), 5, Unit.WORKDAYS, pauses=[(date(2026, 3, 4), date(2026, 3, 6))])[2] == (
        "3月4日（周三）至3月6日（周五）：暂停计时，不计"
    )


def test_an_extension_is_told_with_approver_and_paper():
    texts = told(
        date(2026, 3, 2), 5, Unit.WORKDAYS, extensions=[Extension(amount=5, approver="张某", basis="审批单3号")]
    )
    assert "经张某批准延期（审批单3号），在原截止日后延长5个工作日" in texts
    assert texts[-1] == "截止2026年3月16日（周一）（含当日）"


def test_a_count_over_new_year_says_what_is_not_yet_known():
    assert told(date(2026, 12, 28), 5, Unit.WORKDAYS) == [
        "自2026年12月28日（周一）起算，当日不计入（《民法典》第二百零一条），共5个工作日",
        "12月29日（周二）至12月31日（周四）：3个工作日，计至第3个",
        "2027年1月1日（周五）：元旦放假，不计",
        "1月2日（周六）、1月3日（周日）：休息，不计",
        "1月4日（周一）、1月5日（周二）：2个工作日，计至第5个",
        "2027年放假安排没有公布或没有收录，先按周一至周五、除去法定节假日推算，结果暂定",
        "截止2027年1月5日（周二）（含当日）",
    ]


def test_a_count_that_ends_in_late_december_says_why_it_is_provisional():
    assert told(date(2026, 12, 3), 20, Unit.WORKDAYS)[-2:] == [
        "2027年放假安排尚未公布，可能调动2026年12月29日至31日，结果暂定",
        "截止2026年12月31日（周四）（含当日）",
    ]


def test_a_count_backwards_is_told_backwards():
    assert told(date(2026, 2, 28), -6, Unit.WORKDAYS) == [
        "自2026年2月28日（周六）往前数，当日不计入（《民法典》第二百零一条），共6个工作日",
        "2月24日（周二）至2月27日（周五）：4个工作日，计至第4个",
        "2月15日（周日）至2月23日（周一）：春节放假，不计",
        "2月14日（周六）调休上班，计为第5个工作日",
        "2月13日（周五）：计为第6个工作日",
        "截止2026年2月13日（周五）（含当日）",
    ]


def test_hours_are_told_to_the_minute():
    assert told(datetime(2026, 2, 14, 17, 5, tzinfo=CHINA), 24, Unit.HOURS) == [
        "自2026年2月14日（周六）17时05分起数24小时，节假日和夜间不停",
        "截止2026年2月15日（周日）17时05分",
    ]


def test_a_fixed_day_that_stays_on_a_rest_day_says_so():
    assert [step.text for step in rolled(date(2026, 1, 31), Roll.NONE, CALENDAR).steps] == [
        "规定的日期是2026年1月31日（周六）",
        "2026年1月31日（周六）是休息日，规定日期不顺延",
        "截止2026年1月31日（周六）（含当日）",
    ]


def test_reckonings_with_the_same_steps_are_equal_however_told():
    lazy = rolled(date(2026, 3, 2), Roll.NONE, CALENDAR)
    step = Step(day=date(2026, 3, 2), text="规定的日期是2026年3月2日（周一）")
    last = Step(day=date(2026, 3, 2), text="截止2026年3月2日（周一）（含当日）")
    plain = Reckoning(due=date(2026, 3, 2), nominal=date(2026, 3, 2), steps=(step, last))
    assert lazy == plain
    assert hash(lazy) == hash(plain)
    assert lazy.steps[0] == step
    assert lazy.steps[-1:] == (last,)
    assert "规定的日期" in repr(lazy)


def test_an_extension_to_a_day_is_told_with_that_day():
    extension = Extension(until=date(2026, 3, 31), approver="张某", basis="审批单3号")
    assert told(date(2026, 3, 2), 5, Unit.WORKDAYS, extensions=[extension])[-1] == (
        "经张某批准延期（审批单3号），截止改为2026年3月31日（周二）（含当日）"
    )


def test_hours_are_extended_in_words_too():
    extension = Extension(amount=12, approver="张某", basis="电话请示")
    start = datetime(2026, 3, 2, 9, tzinfo=CHINA)
    assert told(start, 24, Unit.HOURS, extensions=[extension])[-1] == (
        "经张某批准延期（电话请示），截止改为2026年3月3日（周二）21时00分"
    )


def test_a_local_rest_day_is_named_in_the_count():
    local = CALENDAR.with_days(rest={date(2026, 4, 15): "泼水节"})
    found = count_from(date(2026, 4, 14), 1, Unit.WORKDAYS, calendar=local, roll=Roll.NONE)
    assert found.steps[1].text == "4月15日（周三）：泼水节放假，不计"
