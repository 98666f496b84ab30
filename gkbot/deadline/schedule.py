"""What a deadline's words say, before any day is worked out."""

from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum


class Kind(StrEnum):
    """The six kinds of deadline of `gkbot when`."""

    BY = "by"
    WITHIN = "within"
    RECURRING = "recurring"
    AFTER_EVENT = "after_event"
    ONGOING = "ongoing"
    VAGUE = "vague"


class Roll(StrEnum):
    """What becomes of a due day that is a rest day (遇休息日)."""

    NONE = "不顺延"
    FOLLOWING = "顺延"
    PRECEDING = "提前"


class Unit(StrEnum):
    """Units a period is counted in; values are the keys of `offset` in the JSON."""

    HOURS = "hours"
    DAYS = "days"
    WORKDAYS = "workdays"
    WEEKS = "weeks"
    MONTHS = "months"
    YEARS = "years"


class Freq(StrEnum):
    """How often a recurring deadline comes; values are those of `recurrence.freq`."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    HALFYEARLY = "halfyearly"
    YEARLY = "yearly"


class Worded:
    """A schedule that says itself in canonical Chinese; `canonical.parse` reads it back."""

    __slots__ = ()

    def __str__(self) -> str:
        from gkbot.deadline import canonical

        return canonical.text(self)  # type: ignore[arg-type]  # every subclass is a Schedule


UNIT_WORDS = {
    Unit.HOURS: "小时",
    Unit.DAYS: "日",
    Unit.WORKDAYS: "个工作日",
    Unit.WEEKS: "周",
    Unit.MONTHS: "个月",
    Unit.YEARS: "年",
}
FREQ_WORDS = {
    Freq.DAILY: "日",
    Freq.WEEKLY: "周",
    Freq.MONTHLY: "月",
    Freq.QUARTERLY: "季度",
    Freq.HALFYEARLY: "半年",
    Freq.YEARLY: "年",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class By(Worded):
    """Done by a day.

    Attributes:
        due: Last day in time, inclusive.
        at: The hour, where the words name one.
    """

    due: date
    at: time | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Within(Worded):
    """A stretch with a first and a last day, both inclusive."""

    start: date
    due: date
    at: time | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A day inside a period of a recurrence.

    Attributes:
        month: Month within the period, from 1 (yearly 1–12, half-yearly 1–6, quarterly 1–3);
            None for monthly and weekly rhythms.
        day: Day of the month 1–31, clamped to the month's length; -1 is the last day.
        weekday: ISO weekday 1–7: of the week, or with `nth` of the month.
        nth: The so-manieth `weekday` of the month, or its workday where that is None (第三个周五, 最后一个工作日);
            counted from the month's end when negative.
        festival: A festival of the lunar calendar, 春节, or the day before it, 春节前; for yearly rhythms only.
        later: Periods after the one reported on (次年4月30日 → 1).
    """

    month: int | None = None
    day: int | None = None
    weekday: int | None = None
    nth: int | None = None
    festival: str | None = None
    later: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Recurring(Worded):
    """A duty that comes back.

    Attributes:
        interval: Every so many periods (每两年 → 2).
        count: Times per period (每年至少2次 → 2).
        at_least: The count is a minimum.
        marks: Due days within each period; empty means any day of it, so its last day counts.
        at: The hour of the due day, where the words name one.
        start: First day from which the duty holds (2017年起 → 2017-01-01), inclusive.
        until: Last day on which it holds, inclusive.
        months: Calendar months in which it holds (每年3月至12月每月); empty means all.
    """

    freq: Freq
    interval: int = 1
    count: int = 1
    at_least: bool = False
    marks: tuple[Mark, ...] = ()
    at: time | None = None
    start: date | None = None
    until: date | None = None
    months: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AfterEvent(Worded):
    """So many units after an event, or before it.

    Attributes:
        event: The words that name the event (决策征求意见结束).
        amount: Units counted; negative means before the event. The event's own day is not counted.
        own_document: The event is the issue of the document itself (印发之日起).
    """

    event: str
    amount: int
    unit: Unit
    own_document: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Ongoing(Worded):
    """Kept up without a last day (长期坚持, 持续推进)."""

    word: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Vague(Worded):
    """Words without a day, which a person must decide (及时, 尽快, 适时)."""

    word: str


Schedule = By | Within | Recurring | AfterEvent | Ongoing | Vague
