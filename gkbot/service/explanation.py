"""Why a date is what it is and why a notice came or did not, for `gkbot explain`."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, tzinfo

from gkbot.deadline import Deadline
from gkbot.iso import iso
from gkbot.planning import Channels, Duty, Event, EventKind, History, explain_day
from gkbot.planning.open_days import OpenDays
from gkbot.planning.stages import Stage, Timetables
from gkbot.planning.telling import timetable_of, unit_series
from gkbot.rulebook.values import Rulebook, Task
from gkbot.service.views import WEEKDAY_WORDS, status_of

DutyKey = tuple[str, str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class PhraseTold:
    """An entry of 期限 and how it is read."""

    words: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodTold:
    """A due day, the units it holds for, how it was reckoned, what changed it and when it is spoken of."""

    period: str | None
    due: date | None
    due_words: str
    units: tuple[str, ...]
    steps: tuple[str, ...]
    events: tuple[str, ...]
    stages: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Everything `gkbot explain` says of a task.

    Attributes:
        today: For each duty (unit, period), what the day says of it or why it is silent.
    """

    task: Task
    day: date
    source: str
    phrases: tuple[PhraseTold, ...]
    periods: tuple[PeriodTold, ...]
    duties: tuple[Duty, ...]
    today: Mapping[DutyKey, Sequence[str]] = field(default_factory=dict)

    def as_json(self) -> dict[str, object]:
        """For `--json`."""
        return {
            "task": self.task.id,
            "date": self.day.isoformat(),
            "source": self.source,
            "phrases": [{"text": phrase.words, "reading": list(phrase.lines)} for phrase in self.phrases],
            "periods": [
                {
                    "period": period.period,
                    "due": iso(period.due),
                    "units": list(period.units),
                    "steps": list(period.steps),
                    "events": list(period.events),
                    "stages": list(period.stages),
                }
                for period in self.periods
            ],
            "duties": [
                {
                    "unit": duty.unit.name,
                    "period": duty.period,
                    "status": status_of(duty, self.day),
                    "today": list(self.today.get((duty.unit.name, duty.period), ())),
                }
                for duty in self.duties
            ],
        }


def explanation(
    book: Rulebook, history: History, task: Task, mine: Sequence[Duty], day: date, *, channels: Channels
) -> Explanation:
    """Explain the duties `mine` of a task as of `day`."""
    plan, silences = explain_day(book, history, day, [task], channels=channels)
    today: dict[DutyKey, list[str]] = {}
    for silence in silences:
        today.setdefault((silence.unit, silence.period), []).append((silence.text or silence.reason).rstrip("。"))
    told: dict[tuple[DutyKey, str], list[str]] = {}
    for notice in plan.notices:
        for item in notice.items:
            if item.task == task.id:
                line = ((item.unit, item.period), item.reason.rstrip("。"))
                told.setdefault(line, []).append(notice.recipient.contact)
    for (key, reason), contacts in told.items():
        today.setdefault(key, []).append(f"今天告知{'、'.join(dict.fromkeys(contacts))}：{reason}")
    return Explanation(
        task=task,
        day=day,
        source=_source(task),
        phrases=tuple(_phrase(task, index) for index in range(len(task.words))),
        periods=_periods(mine, Timetables(OpenDays.of(book)), history.zone),
        duties=tuple(mine),
        today={key: tuple(dict.fromkeys(said)) for key, said in today.items()},
    )


def day_in_words(day: date) -> str:
    """2023年7月31日（周一）."""
    return f"{day.year}年{day.month}月{day.day}日（{WEEKDAY_WORDS[day.weekday()]}）"


def _source(task: Task) -> str:
    document = task.document
    parts = [f"《{document.title}》", document.number or "", task.clause or ""]
    return " ".join(part for part in parts if part)


def _phrase(task: Task, index: int) -> PhraseTold:
    deadline: Deadline | None = task.deadlines[index] if index < len(task.deadlines) else None
    lines = []
    if deadline is not None:
        lines.append(deadline.why)
        lines += [f"另一种读法：{other.due}，{other.why}" for other in deadline.alternatives]
        lines += [f"疑点：{doubt.text}" for doubt in deadline.doubts]
    settled = task.confirmation
    if settled is not None and index == 0:
        lines.append(f"确认：截止{day_in_words(settled.due)}，{settled.by}于{settled.on}确认，理由：{settled.reason}")
    return PhraseTold(words=task.words[index], lines=tuple(lines))


def _periods(mine: Sequence[Duty], timetables: Timetables, zone: tzinfo) -> tuple[PeriodTold, ...]:
    grouped: dict[tuple[str | None, date | None, int, str], list[Duty]] = {}
    for duty in mine:
        grouped.setdefault((duty.period, duty.due, duty.revision, str(duty.role)), []).append(duty)
    return tuple(_period(group, timetables, zone) for group in grouped.values())


def _period(group: Sequence[Duty], timetables: Timetables, zone: tzinfo) -> PeriodTold:
    duty = group[0]
    table = timetable_of(duty, timetables)
    words = "没有日期" if duty.due is None else day_in_words(duty.due).replace("）", "，含当日）")
    return PeriodTold(
        period=duty.period,
        due=duty.due,
        due_words=words + ("，暂定" if duty.provisional else ""),
        units=tuple(each.unit.name for each in group),
        steps=() if duty.reckoning is None else tuple(step.text for step in duty.reckoning.steps),
        events=tuple(_events(group, zone)),
        stages=() if table is None else tuple(_stage(stage) for stage in unit_series(duty, table)),
    )


def _events(group: Sequence[Duty], zone: tzinfo) -> Iterator[str]:
    """What people recorded that moved the due day or the notices; a unit is named where it is one of several."""
    found = {event.id: event for duty in group for event in duty.events}
    for _, event in sorted(found.items()):
        what = _event(event)
        if what is not None:
            who = f"{event.unit}：" if event.unit is not None and len(group) > 1 else ""
            yield f"{who}{what}（登记于{day_in_words(event.at.astimezone(zone).date())}）"


def _event(event: Event) -> str | None:
    match event.kind:
        case EventKind.EXTENDED if event.until is not None:
            return f"延期至{day_in_words(event.until)}，批准人：{event.approver}，依据：{event.basis}"
        case EventKind.ADOPTED:
            return "接管，开始正常催办"
        case EventKind.REOPENED:
            return "退回补办" + (f"：{event.note}" if event.note else "")
        case EventKind.RESCHEDULED if event.until is not None:
            return f"放假安排变化，截止改为{day_in_words(event.until)}"
        case EventKind.WITHDRAWN:
            return event.note or "事项已撤销"
        case EventKind.CANCELLED:
            return "停办"
        case _:
            return None


def _stage(stage: Stage) -> str:
    day = f"{stage.day}（{WEEKDAY_WORDS[stage.day.weekday()]}）"
    if stage.after_due:
        return f"{day}逾期第{stage.count}个工作日"
    what = "到期当日" if stage.name == "due" else f"到期前{stage.count}{'个工作日' if stage.workdays else '天'}"
    return f"{day}{what}" + ("（提前到工作日）" if stage.planned != stage.day else "")
