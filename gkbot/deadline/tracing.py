"""How a text was read, step by step, for `gkbot when --trace`: words, rules, meanings, days."""

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from typing import TYPE_CHECKING

from gkbot.deadline.clauses import Clause
from gkbot.deadline.deadlines import Deadline
from gkbot.deadline.frame import Frame
from gkbot.deadline.lexer import tokens
from gkbot.deadline.normal import Folded
from gkbot.deadline.reader import Reader
from gkbot.deadline.reading import deadline_of
from gkbot.deadline.schedule import Recurring

if TYPE_CHECKING:
    from gkbot.deadline.calendar import Calendar

KINDS = {
    "year": "年", "relyear": "相对年", "month": "月", "relmonth": "相对月", "day": "日",
    "relday": "相对日", "date": "日期", "quarter": "季度", "relquarter": "相对季度", "half": "半年",
    "yearpart": "年的一段", "monthpart": "月的一段", "quarterpart": "季的一段", "part": "一段",
    "festival": "节日", "lunar": "农历", "plan": "五年规划期", "planname": "规划名",
    "weekday": "星期", "noted": "括注星期", "counted": "含不含当日", "daypart": "时段", "hour": "钟点",
    "clock": "钟点", "minute": "分", "offwork": "下班", "count": "数量", "bare": "数字",
    "times": "次数", "least": "至少", "most": "至多", "every": "周期", "deeds": "周期事项",
    "nthmonth": "第几个月", "nthweek": "第几周", "nthday": "第几个", "before": "前", "inside": "内",
    "ending": "止", "starting": "起", "limit": "期限词", "notbefore": "不早于", "from": "自",
    "upto": "至", "now": "即日起", "duration": "为期", "advance": "提前", "vague": "无日期词",
    "ongoing": "长期词", "about": "左右", "other": "不算数",
}  # fmt: skip
RULES = {
    "bound": "时间点", "stretch": "起止", "count": "从事件起算", "recurrence": "周期", "yearly_count": "一年几次",
    "deeds": "周期事项", "wordless": "无日期词", "running": "为期多久",
}  # fmt: skip
VERDICTS = {
    "deadline": "是期限", "refused": "不是期限（看前后文）", "no such day": "没有这样的日子", "no day": "没有日期",
}  # fmt: skip
DAYS_SHOWN = 4
YEARS_AHEAD = 12  # for the next days of a rhythm


@dataclass(frozen=True, slots=True)
class Step:
    """A clause the grammar found, and what became of it."""

    words: str
    span: tuple[int, int]
    rule: str
    verdict: str  # deadline, refused …


@dataclass(frozen=True, slots=True)
class Trace:
    """How a text was read.

    Attributes:
        tokens: Kind, words and place of each.
        days: For each deadline its next due days.
    """

    tokens: tuple[tuple[str, str, tuple[int, int]], ...]
    steps: tuple[Step, ...]
    deadlines: tuple[Deadline, ...]
    days: tuple[tuple[date, ...], ...] = ()

    def __str__(self) -> str:
        """For people, in Chinese."""
        return "\n".join([*self._words(), *self._clauses(), *self._meanings()])

    def _words(self) -> list[str]:
        said = [f"{words}（{KINDS.get(kind, kind)}）" for kind, words, _ in self.tokens]
        return ["一、认出的词", f"    {' '.join(said)}" if said else "    没有与期限有关的词"]

    def _clauses(self) -> list[str]:
        said = [
            f"    “{step.words}”  第{step.span[0] + 1}至{step.span[1]}字  按“{RULES.get(step.rule, step.rule)}”读："
            f"{VERDICTS.get(step.verdict, step.verdict)}"
            for step in self.steps
        ]
        return ["二、合成的短语", *(said or ["    没有"])]

    def _meanings(self) -> list[str]:
        lines = ["三、含义和日期"]
        for deadline, days in zip(self.deadlines, self.days, strict=True):
            read_as, *steps = deadline.steps
            lines += [f"    {read_as}", *(f"        {step}" for step in steps)]
            if days:
                lines.append(f"        日期：{'、'.join(day.isoformat() for day in days)}")
        return lines if self.deadlines else [*lines, "    没有读出期限"]


def trace(text: str, *, issued: date, year: int | None = None, calendar: "Calendar") -> Trace:
    """What `read` does, with its intermediate steps."""
    folded = Folded(text)
    found = tokens(folded.text)
    reader = Reader(folded, found, Frame(issued=issued, year=year or issued.year, calendar=calendar), calendar)
    reader.verdicts = []
    deadlines = tuple(deadline_of(reading, folded, issued, calendar) for reading in reader.readings())
    shown = tuple((token.kind, *_words(folded, token.start, token.end)) for token in found)
    steps = tuple(_step(clause, verdict, folded) for clause, verdict in reader.verdicts)
    return Trace(shown, steps, deadlines, tuple(_next_days(each, issued, calendar) for each in deadlines))


def _words(folded: Folded, start: int, end: int) -> tuple[str, tuple[int, int]]:
    span = folded.span(start, end)
    return folded.source[slice(*span)], span


def _step(clause: Clause, verdict: str, folded: Folded) -> Step:
    words, span = _words(folded, clause.start, clause.end)
    return Step(words=words, span=span, rule=clause.rule, verdict=verdict)


def _next_days(deadline: Deadline, issued: date, calendar: "Calendar") -> tuple[date, ...]:
    """The due day, or of a rhythm the next few from the day of issue on."""
    if not isinstance(deadline.schedule, Recurring):
        return () if deadline.due is None else (date(deadline.due.year, deadline.due.month, deadline.due.day),)
    from gkbot.deadline.occurrences import occurrences

    end = date.max if issued.year + YEARS_AHEAD > date.max.year else issued + timedelta(days=366 * YEARS_AHEAD)
    coming = occurrences(deadline.schedule, start=issued, end=end, calendar=calendar)
    return tuple(found.due for found in islice(coming, DAYS_SHOWN))
