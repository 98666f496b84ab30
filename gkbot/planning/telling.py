"""What is to be said of one duty today: the stage that applies, or the reason for silence."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from gkbot.planning.memory import NEW, Window
from gkbot.planning.reasons import CLOSED_REASONS
from gkbot.planning.stages import Stage, Timetable, Timetables
from gkbot.planning.values import Announcement, Duty, NoticeKind, Reason, Status
from gkbot.rulebook.values import Role


def timetable_of(duty: Duty, timetables: Timetables) -> Timetable | None:
    """The timetable of a duty; None without a due day."""
    if duty.due is None:
        return None
    overdue_from = duty.due
    if duty.adopted_on is not None:
        overdue_from = max(duty.due, duty.adopted_on)
    return timetables.of(duty.task.plan, duty.due, overdue_from, duty.task.document.folder)


def unit_series(duty: Duty, timetable: Timetable) -> tuple[Stage, ...]:
    """The stages the duty's unit hears."""
    return timetable.support if duty.role is Role.SUPPORT else timetable.owner


def applying(stages: Sequence[Stage], duty: Duty, window: Window) -> Stage | None:
    """The most urgent stage that applies today and has not lapsed; only this one is made up for after a stop."""
    for stage in reversed(stages):
        if window.holds(stage.day) and applies(stage, duty, window.until):
            return stage
    return None


def applies(stage: Stage, duty: Duty, day: date) -> bool:
    """Whether a stage still makes sense on `day`, whether or not it was told."""
    if duty.due is None or (duty.since is not None and stage.day < duty.since):
        return False
    if stage.after_due:
        return duty.closes is None or stage.day <= duty.closes
    return day <= duty.due and (duty.opens is None or stage.day >= duty.opens)


def silent_because(duty: Duty, day: date) -> Reason | None:
    """Why a duty is not spoken of at all; None when it may be."""
    if duty.status in CLOSED_REASONS:
        return CLOSED_REASONS[duty.status]
    if duty.task.document.issued > day:
        return Reason.NOT_ISSUED
    if duty.paused:
        return Reason.PAUSED
    if duty.is_late_loaded:
        return Reason.LATE_LOADED
    return None


def announcements_of(duty: Duty, window: Window) -> list[Announcement]:
    """What is to be said once about a duty and falls into the window."""
    return [found for found in duty.announcements if window.holds(found.on)]


def announced_new(duties: Sequence[Duty], on: date, day: date) -> list[Duty]:
    """The duties of a new task, one of each unit saying that it is new: the next to fall due."""
    chosen: dict[str, Duty] = {}
    for duty in duties:
        if silent_because(duty, day) is None:
            known = chosen.get(duty.unit.name)
            if known is None or _urgency(duty, day) < _urgency(known, day):
                chosen[duty.unit.name] = duty
    new = Announcement(stage=NEW, on=on, text="新录入的任务，首次告知")
    keys = {duty.key for duty in chosen.values()}
    return [replace(duty, announcements=(new, *duty.announcements)) if duty.key in keys else duty for duty in duties]


def _urgency(duty: Duty, day: date) -> tuple[int, date]:
    """Coming due days first, the nearest first; then duties without a day; then past ones."""
    if duty.due is None:
        return 1, date.max
    return (0, duty.due) if duty.due >= day else (2, duty.due)


def without_reminder(duty: Duty) -> Reason:
    """Why a duty without a due day has no reminders."""
    return Reason.WAITING if duty.status is Status.WAITING else Reason.NO_DUE_DAY


def next_day(stages: Iterable[Stage], duty: Duty, day: date) -> date | None:
    """The next day after `day` on which something will be said if nothing happens."""
    coming = (stage.day for stage in stages if stage.day > day and applies(stage, duty, stage.day))
    return min(coming, default=None)


def kind_on(duty: Duty, day: date) -> NoticeKind:
    """How a duty stands on `day`, for grouping and for the kind of the notice."""
    if duty.due is None:
        return NoticeKind.NEW
    if day > duty.due:
        return NoticeKind.OVERDUE
    return NoticeKind.DUE if day == duty.due else NoticeKind.UPCOMING
