"""A point in time as it is written: what the words say and what they leave open."""


class Point:
    """A point in time as written; None is what the words leave open.

    Defaults are class attributes: most points set two or three of them, and many points are made.
    """

    start: int
    end: int
    year: int | None = None
    year_shift: int | None = None
    same_year: bool = False  # 当年: the year last told of
    month: int | None = None
    month_shift: int | None = None
    day: int | None = None
    part: str | None = None
    part_of: str = ""  # year, quarter, month: for a part without a unit before it
    quarter: int | None = None
    quarter_shift: int | None = None
    half: int | None = None
    festival: str | None = None
    lunar: tuple[int | None, ...] | None = None
    plan: int | None = None
    weekday: int | None = None
    week_shift: int | None = None
    day_shift: int | None = None
    bare: int | None = None
    hour: int | None = None
    minute: int = 0
    end_of_work: bool = False
    noted_weekday: int | None = None
    counted: int | None = None  # 含当日 1, 不含当日 0
    inside: bool = False  # 年内
    nth_month: int | None = None
    nth_week: int | None = None
    nth: int | None = None  # 第三个周五, 最后一个工作日: counted from the end when negative
    nth_weekday: int | None = None  # of `nth`; None for workdays
    near_month: bool = False  # 月底, 下旬 without a month: this one, or the next where it has gone by
    lost_unit: bool = False  # 8月30前: 日 is missing
    lost_month: bool = False  # ?月20日: the number of the month is missing

    def __init__(self, start: int, end: int) -> None:
        self.start = start
        self.end = end

    @property
    def has_year(self) -> bool:
        """The words name the year, plainly or relative to now."""
        return self.year is not None or self.year_shift is not None or self.plan is not None

    @property
    def scale(self) -> str:
        """The size of the unit named: day, part, month, quarter, half or year."""
        if (
            self.day is not None
            or self.festival
            or self.lunar
            or self.weekday is not None
            or self.day_shift is not None
            or self.nth is not None
        ):
            return "day"
        if self.part is not None:
            return "part"
        if self.month is not None or self.month_shift is not None:
            return "month"
        if self.quarter is not None or self.quarter_shift is not None:
            return "quarter"
        if self.half is not None:
            return "half"
        return "bare" if self.bare is not None and not self.has_year else "year"
